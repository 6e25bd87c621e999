"""Row-level security, and the seal: what is signed does not change, whoever writes."""

from django.db import migrations

from catalogue.guards import shared_reference_guard
from clinic.walls import wall

TABLES = [
    "careplan",
    "plandiagnosis",
    "goal",
    "phase",
    "clinicprescription",
    "homeprescription",
    "exerciselog",
    "diaryentry",
    "stopreport",
]

# A signed plan's own row: only the state columns may still move (TG_ARGV). A draft may be deleted, a signed version never.
PLAN_SEAL = """
CREATE FUNCTION tonus_seal_plan() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NULL THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - TG_ARGV::text[] IS DISTINCT FROM to_jsonb(NEW) - TG_ARGV::text[] THEN
        RAISE EXCEPTION 'a signed plan does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER zz_seal BEFORE UPDATE OR DELETE ON careplans_careplan FOR EACH ROW
    EXECUTE FUNCTION tonus_seal_plan('status', 'status_reason', 'current_phase_id', 'updated_at');
"""

# Its parts: nothing is added or taken away, and only an item's state may move. The lock makes a part wait for a signature
# that is just being made, and then see it.
PART_SEAL = """
CREATE FUNCTION tonus_seal_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed timestamptz;
BEGIN
    SELECT signed_at INTO sealed FROM careplans_careplan
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END FOR SHARE;
    IF sealed IS NULL AND TG_OP = 'UPDATE' AND OLD.plan_id <> NEW.plan_id THEN
        SELECT signed_at INTO sealed FROM careplans_careplan WHERE id = OLD.plan_id FOR SHARE;
    END IF;
    IF sealed IS NOT NULL AND NOT (
        TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV::text[] = to_jsonb(NEW) - TG_ARGV::text[]
    ) THEN
        RAISE EXCEPTION 'a signed plan does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""
PARTS = {
    "plandiagnosis": "",
    "goal": "",
    "phase": "",
    "clinicprescription": "'status', 'status_reason'",
    "homeprescription": "'status', 'status_reason'",
}


def seal(part, state_columns):
    table = f"careplans_{part}"
    return migrations.RunSQL(
        f"CREATE TRIGGER zz_seal BEFORE INSERT OR UPDATE OR DELETE ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION tonus_seal_part({state_columns})",
        f"DROP TRIGGER zz_seal ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0001_initial"),
        ("catalogue", "0002_walls"),
        ("patients", "0002_walls_and_doors"),
    ]
    operations = [
        *wall(
            *(f"careplans_{name}{kind}" for name in TABLES for kind in ("", "event")), "careplans_syncevent"
        ),
        shared_reference_guard("careplans_careplan", "protocol_id", "catalogue_protocol"),
        shared_reference_guard("careplans_homeprescription", "exercise_id", "catalogue_exercise"),
        migrations.RunSQL(
            PLAN_SEAL, "DROP TRIGGER zz_seal ON careplans_careplan; DROP FUNCTION tonus_seal_plan()"
        ),
        migrations.RunSQL(PART_SEAL, "DROP FUNCTION tonus_seal_part()"),
        *(seal(part, columns) for part, columns in PARTS.items()),
    ]
