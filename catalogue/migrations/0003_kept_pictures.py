"""Pictures that papers were printed with: everybody's to read, the owner's to add. A key that is the hash of its row lets none change.

Taken back, it loses the pictures of earlier releases: their prints then show none."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0002_walls")]
    operations = [
        migrations.CreateModel(
            name="KeptPicture",
            fields=[
                ("sha256", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("svg", models.TextField()),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "sha256",
                                models.Func(
                                    "svg",
                                    output_field=models.TextField(),
                                    template="encode(sha256(convert_to(%(expressions)s, 'UTF8')), 'hex')",
                                ),
                            )
                        ),
                        name="keptpicture_is_what_its_key_says",
                    )
                ]
            },
        ),
        migrations.RunSQL(
            "REVOKE INSERT, UPDATE, DELETE ON catalogue_keptpicture FROM tonus_app",
            "GRANT INSERT, UPDATE, DELETE ON catalogue_keptpicture TO tonus_app",
        ),
    ]
