"""A row changes three times in its life, and every index with it: leave only those that something asks."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("reminders", "0002_walls_and_claims")]
    operations = [
        migrations.RemoveIndex(model_name="reminder", name="reminder_by_appointment"),
        migrations.AlterField(
            model_name="reminder",
            name="clinic",
            field=models.ForeignKey(
                db_index=False,
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinic.clinic",
            ),
        ),
        migrations.AlterField(
            model_name="reminder",
            name="patient",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="reminders",
                to="patients.patient",
            ),
        ),
        migrations.AddIndex(
            model_name="reminder",
            index=models.Index(fields=["clinic", "state", "-due_at"], name="reminder_by_state"),
        ),
    ]
