"""A promise and a preference stay with their patient, but for a merge of two records."""

from django.db import migrations

from patients.guards import stays_with_patient


class Migration(migrations.Migration):
    dependencies = [
        ("reminders", "0002_walls_and_claims"),
        ("patients", "0009_one_person_one_record"),
    ]
    operations = stays_with_patient("reminders_reminder", "reminders_preference")
