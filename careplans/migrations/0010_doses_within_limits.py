"""No dose outside its hard limits is stored, whoever writes; and what a safety fact paused is taken up again by a signature only.

What is signed is not looked at: it was right when it was signed, and a later edition of the catalogue may draw limits closer.
Nor is what comes from there unchanged, in the draft of the next version; signing asks anew (services/plans.py).
"""

from django.db import migrations

# The catalogue's own limits, row by row: data is the entry as in its files. 1e-9 is that of careplans/dosage.py.
DOSES = """
CREATE FUNCTION tonus_refuse_dose(what text) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'a dose is outside its limits: %', what USING ERRCODE = 'check_violation';
END $$;

-- NULL where a limit is missing: whoever asks refuses whatever IS NOT TRUE
CREATE FUNCTION tonus_within(value numeric, limits jsonb) RETURNS boolean LANGUAGE sql IMMUTABLE AS $$
    SELECT value BETWEEN (limits->>'min')::numeric - 1e-9 AND (limits->>'max')::numeric + 1e-9
$$;

CREATE FUNCTION tonus_clinic_dose() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    modality jsonb;
    parameter jsonb;
    given record;
BEGIN
    IF TG_OP = 'UPDATE' AND (OLD.modality_id, OLD.dosage, OLD.minutes) IS NOT DISTINCT FROM
        (NEW.modality_id, NEW.dosage, NEW.minutes) THEN RETURN NEW; END IF;
    SELECT data INTO modality FROM catalogue_modality WHERE id = NEW.modality_id;
    IF NOT FOUND THEN RETURN NEW; END IF;  -- the foreign key says so
    IF EXISTS (
        SELECT FROM careplans_careplan plan
        JOIN careplans_clinicprescription before ON before.plan_id = plan.replaces_id
        WHERE plan.id = NEW.plan_id AND before.lineage_id = NEW.lineage_id
            AND (before.modality_id, before.dosage, before.minutes) = (NEW.modality_id, NEW.dosage, NEW.minutes)
    ) THEN RETURN NEW; END IF;
    IF tonus_within(NEW.minutes, modality->'session_minutes') IS NOT TRUE THEN
        PERFORM tonus_refuse_dose('minutes');
    END IF;
    IF jsonb_typeof(NEW.dosage) <> 'object' THEN PERFORM tonus_refuse_dose('dosage'); END IF;
    FOR given IN SELECT key, value FROM jsonb_each(NEW.dosage) LOOP
        SELECT one INTO parameter FROM jsonb_array_elements(modality->'parameters') one WHERE one->>'id' = given.key;
        IF NOT FOUND THEN PERFORM tonus_refuse_dose(given.key); END IF;
        IF parameter->>'type' = 'choice' THEN
            IF NOT EXISTS (SELECT FROM jsonb_array_elements(parameter->'choices') one WHERE one = given.value) THEN
                PERFORM tonus_refuse_dose(given.key);
            END IF;
        ELSIF jsonb_typeof(given.value) <> 'number' OR
            tonus_within((given.value #>> '{}')::numeric, parameter) IS NOT TRUE THEN
            PERFORM tonus_refuse_dose(given.key);
        END IF;
    END LOOP;
    RETURN NEW;
END $$;

CREATE FUNCTION tonus_home_dose() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    limits jsonb;
BEGIN
    IF TG_OP = 'UPDATE' AND
        (OLD.exercise_id, OLD.sets, OLD.reps, OLD.hold_s, OLD.rest_s, OLD.days_of_week, OLD.times) IS NOT DISTINCT FROM
        (NEW.exercise_id, NEW.sets, NEW.reps, NEW.hold_s, NEW.rest_s, NEW.days_of_week, NEW.times)
        THEN RETURN NEW; END IF;
    SELECT data->'dosage' INTO limits FROM catalogue_exercise WHERE id = NEW.exercise_id;
    IF NOT FOUND THEN RETURN NEW; END IF;  -- the foreign key, or the guard against another clinic's, says so
    IF EXISTS (
        SELECT FROM careplans_careplan plan
        JOIN careplans_homeprescription before ON before.plan_id = plan.replaces_id
        WHERE plan.id = NEW.plan_id AND before.lineage_id = NEW.lineage_id AND
            (before.exercise_id, before.sets, before.reps, before.hold_s, before.rest_s, before.days_of_week, before.times) =
            (NEW.exercise_id, NEW.sets, NEW.reps, NEW.hold_s, NEW.rest_s, NEW.days_of_week, NEW.times)
    ) THEN RETURN NEW; END IF;
    IF tonus_within(NEW.sets, limits->'sets') IS NOT TRUE THEN PERFORM tonus_refuse_dose('sets'); END IF;
    IF tonus_within(NEW.reps, limits->'reps') IS NOT TRUE THEN PERFORM tonus_refuse_dose('reps'); END IF;
    IF tonus_within(NEW.hold_s, limits->'hold_s') IS NOT TRUE THEN PERFORM tonus_refuse_dose('hold_s'); END IF;
    IF tonus_within(NEW.rest_s, limits->'rest_s') IS NOT TRUE THEN PERFORM tonus_refuse_dose('rest_s'); END IF;
    -- fewer days or times than usual are allowed: less is safe
    IF (cardinality(NEW.days_of_week) <= (limits->'days_per_week'->>'max')::int) IS NOT TRUE THEN
        PERFORM tonus_refuse_dose('days_of_week');
    END IF;
    IF (cardinality(NEW.times) <= (limits->'times_per_day'->>'max')::int) IS NOT TRUE THEN
        PERFORM tonus_refuse_dose('times');
    END IF;
    RETURN NEW;
END $$;

-- named so that the seal speaks first: triggers fire in the order of their names
CREATE TRIGGER zz_within_limits BEFORE INSERT OR UPDATE OF modality_id, dosage, minutes ON careplans_clinicprescription
    FOR EACH ROW EXECUTE FUNCTION tonus_clinic_dose();
CREATE TRIGGER zz_within_limits BEFORE INSERT OR UPDATE OF exercise_id, sets, reps, hold_s, rest_s, days_of_week, times
    ON careplans_homeprescription FOR EACH ROW EXECUTE FUNCTION tonus_home_dose();
"""
UNDOSED = """
DROP TRIGGER zz_within_limits ON careplans_homeprescription;
DROP TRIGGER zz_within_limits ON careplans_clinicprescription;
DROP FUNCTION tonus_home_dose();
DROP FUNCTION tonus_clinic_dose();
DROP FUNCTION tonus_within(numeric, jsonb);
DROP FUNCTION tonus_refuse_dose(text);
"""

STAYS_PAUSED = """
CREATE FUNCTION tonus_stays_paused() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM careplans_careplan WHERE id = NEW.plan_id AND signed_at IS NOT NULL) THEN
        RAISE EXCEPTION 'what is paused is taken up again by signing the next version'
            USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""


def stays_paused(part):
    table = f"careplans_{part}"
    return migrations.RunSQL(
        f"CREATE TRIGGER stays_paused BEFORE UPDATE OF status ON {table} FOR EACH ROW"
        " WHEN (OLD.status = 'paused' AND NEW.status <> 'paused') EXECUTE FUNCTION tonus_stays_paused()",
        f"DROP TRIGGER stays_paused ON {table}",
    )


class Migration(migrations.Migration):
    dependencies = [("careplans", "0009_plans_checked_again"), ("catalogue", "0002_walls")]
    operations = [
        migrations.RunSQL(DOSES, UNDOSED),
        migrations.RunSQL(STAYS_PAUSED, "DROP FUNCTION tonus_stays_paused()"),
        *(stays_paused(part) for part in ("clinicprescription", "homeprescription")),
    ]
