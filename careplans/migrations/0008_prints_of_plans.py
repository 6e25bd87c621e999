"""Prints of signed plans: behind the wall, of signed versions alone, and never changed."""

import django.db.models.deletion
import django.utils.timezone
from django.db import migrations, models

import clinic.ids
import clinic.walls
from clinic.walls import wall

SIGNED = """
CREATE FUNCTION tonus_print_of_signed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM careplans_careplan WHERE id = NEW.plan_id AND signed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'only a signed plan is printed' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER of_signed BEFORE INSERT ON careplans_planprint FOR EACH ROW EXECUTE FUNCTION tonus_print_of_signed();
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON careplans_planprint FOR EACH ROW EXECUTE FUNCTION tonus_refuse_change();
"""
UNSIGNED = """
DROP TRIGGER append_only ON careplans_planprint;
DROP TRIGGER of_signed ON careplans_planprint;
DROP FUNCTION tonus_print_of_signed();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0007_builder"),
        ("clinic", "0005_invitations"),
        ("patients", "0002_walls_and_doors"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanPrint",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("home-programme", "Home programme"), ("plan", "Plan")], max_length=20
                    ),
                ),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")], max_length=8
                    ),
                ),
                (
                    "layout",
                    models.CharField(
                        choices=[("normal", "Normal print"), ("large", "Large print")], max_length=10
                    ),
                ),
                ("facts", models.JSONField()),
                ("facts_sha256", models.CharField(max_length=64)),
                ("release", models.CharField(max_length=40)),
                ("pdf_sha256", models.CharField(max_length=64)),
                ("printed_at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="prints",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "printed_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_planprint_in_clinic"),
                    clinic.walls.SameClinic("plan", name="planprint_plan_same_clinic"),
                    clinic.walls.SameClinic("printed_by", name="planprint_by_same_clinic"),
                    models.UniqueConstraint(
                        fields=("clinic", "plan", "kind", "language", "layout", "facts_sha256", "release"),
                        name="planprint_once",
                    ),
                ],
            },
        ),
        *wall("careplans_planprint"),
        migrations.RunSQL(SIGNED, UNSIGNED),
    ]
