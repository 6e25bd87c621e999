"""Row-level security on the practice's tables; the door that lists the clinics."""

from django.db import migrations

from clinic.walls import wall


class Migration(migrations.Migration):
    dependencies = [("clinic", "0001_initial")]
    operations = [
        *wall("clinic_membership", "clinic_membershipevent", "clinic_idempotencykey"),
        migrations.RunSQL(
            """
            ALTER TABLE clinic_clinic ENABLE ROW LEVEL SECURITY;
            CREATE POLICY clinic_wall ON clinic_clinic USING (id = tonus_clinic()) WITH CHECK (id = tonus_clinic());
            ALTER TABLE clinic_clinicevent ENABLE ROW LEVEL SECURITY;
            CREATE POLICY clinic_wall ON clinic_clinicevent USING (id = tonus_clinic()) WITH CHECK (id = tonus_clinic());
            """,
            """
            DROP POLICY clinic_wall ON clinic_clinicevent;
            ALTER TABLE clinic_clinicevent DISABLE ROW LEVEL SECURITY;
            DROP POLICY clinic_wall ON clinic_clinic;
            ALTER TABLE clinic_clinic DISABLE ROW LEVEL SECURITY;
            """,
        ),
        migrations.RunSQL(
            """
            CREATE FUNCTION tonus_clinic_ids() RETURNS SETOF uuid LANGUAGE sql STABLE SECURITY DEFINER
            SET search_path = pg_catalog, public AS $$ SELECT id FROM clinic_clinic ORDER BY id $$;
            """,
            "DROP FUNCTION tonus_clinic_ids()",
        ),
    ]
