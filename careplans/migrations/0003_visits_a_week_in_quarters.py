"""Once in four weeks is 0.25 visits a week, and must stay that."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0002_walls_and_seals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="clinicprescription",
            name="visits_per_week",
            field=models.DecimalField(decimal_places=2, max_digits=4),
        ),
        migrations.AlterField(
            model_name="clinicprescriptionevent",
            name="visits_per_week",
            field=models.DecimalField(decimal_places=2, max_digits=4),
        ),
    ]
