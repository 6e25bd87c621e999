"""Phases, goals and a plan's diagnoses have no state columns: for them the seal compared with nothing, and held nothing.

A trigger made without arguments has a TG_ARGV that is null, and null is never different. Now it is an empty list.
"""

from django.db import migrations

SEAL = """
CREATE OR REPLACE FUNCTION tonus_seal_part() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed timestamptz;
    state_columns text[] := coalesce(TG_ARGV::text[], '{}');
BEGIN
    SELECT signed_at INTO sealed FROM careplans_careplan
    WHERE id = CASE WHEN TG_OP = 'DELETE' THEN OLD.plan_id ELSE NEW.plan_id END FOR SHARE;
    IF sealed IS NULL AND TG_OP = 'UPDATE' AND OLD.plan_id <> NEW.plan_id THEN
        SELECT signed_at INTO sealed FROM careplans_careplan WHERE id = OLD.plan_id FOR SHARE;
    END IF;
    IF sealed IS NOT NULL AND (
        TG_OP <> 'UPDATE' OR to_jsonb(OLD) - state_columns IS DISTINCT FROM to_jsonb(NEW) - state_columns
    ) THEN
        RAISE EXCEPTION 'a signed plan does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("careplans", "0003_visits_a_week_in_quarters")]
    operations = [migrations.RunSQL(SEAL, migrations.RunSQL.noop)]
