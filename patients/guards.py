"""What is one patient's stays theirs: a trigger on every table with a `patient_id`, as a migration operation."""

from django.db.migrations import RunSQL

# A row changes hands along a merge of two records, or back along an undone one, and in no other way.
STAYS = """
CREATE FUNCTION tonus_stays_with_patient() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM patients_recordmerge m WHERE m.clinic_id = NEW.clinic_id AND (
            m.merged_id = OLD.patient_id AND m.survivor_id = NEW.patient_id AND m.undone_at IS NULL
            OR m.survivor_id = OLD.patient_id AND m.merged_id = NEW.patient_id AND m.undone_at IS NOT NULL
        )
    ) THEN
        RAISE EXCEPTION '% stays with its patient', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
"""
UNSTAYED = "DROP FUNCTION tonus_stays_with_patient()"


def stays_with_patient(*tables: str) -> list[RunSQL]:
    """Hold the rows of `tables` to their patient ("patients_consent", …)."""
    return [
        RunSQL(
            f"CREATE TRIGGER stays_with_patient BEFORE UPDATE OF patient_id ON {table} FOR EACH ROW"
            " WHEN (OLD.patient_id IS DISTINCT FROM NEW.patient_id) EXECUTE FUNCTION tonus_stays_with_patient()",
            f"DROP TRIGGER stays_with_patient ON {table}",
        )
        for table in tables
    ]
