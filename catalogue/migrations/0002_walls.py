"""Row-level security: shipped entries are everybody's to read, own ones their clinic's alone."""

from django.db import migrations

from catalogue.guards import shared_reference_guard
from clinic.walls import shared_wall, wall

SHIPPED = [
    f"catalogue_{name}"
    for name in (
        "catalogueversion",
        "source",
        "vocabulary",
        "condition",
        "flag",
        "safetyrule",
        "redflag",
        "modality",
        "measure",
        "educationtopic",
    )
]


class Migration(migrations.Migration):
    dependencies = [("catalogue", "0001_initial"), ("clinic", "0002_walls")]
    operations = [
        *shared_wall(
            "catalogue_exercise", "catalogue_exerciseevent", "catalogue_protocol", "catalogue_protocolevent"
        ),
        *wall("catalogue_hiddenentry"),
        migrations.RunSQL(
            """
            CREATE FUNCTION tonus_refuse_foreign_entry() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER
            SET search_path = pg_catalog, public AS $$
            DECLARE
                entry uuid := to_jsonb(NEW) ->> TG_ARGV[0];
                owner uuid;
            BEGIN
                IF entry IS NULL THEN RETURN NEW; END IF;
                EXECUTE format('SELECT clinic_id FROM %I WHERE id = $1', TG_ARGV[1]) INTO owner USING entry;
                IF owner IS NOT NULL AND owner <> NEW.clinic_id THEN
                    RAISE EXCEPTION 'this % belongs to another clinic', TG_ARGV[1] USING ERRCODE = 'foreign_key_violation';
                END IF;
                RETURN NEW;
            END $$;
            """,
            "DROP FUNCTION tonus_refuse_foreign_entry()",
        ),
        migrations.RunSQL(
            # What ships is the owner's to write (load_catalogue): no request can change a safety rule.
            "; ".join(f"REVOKE INSERT, UPDATE, DELETE ON {table} FROM tonus_app" for table in SHIPPED),
            "; ".join(f"GRANT INSERT, UPDATE, DELETE ON {table} TO tonus_app" for table in SHIPPED),
        ),
        shared_reference_guard("catalogue_hiddenentry", "exercise_id", "catalogue_exercise"),
        shared_reference_guard("catalogue_hiddenentry", "protocol_id", "catalogue_protocol"),
    ]
