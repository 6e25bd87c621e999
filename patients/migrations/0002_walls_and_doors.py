"""Row-level security, the two doors of sign-in, and a read log that nobody rewrites."""

from django.db import migrations

from clinic.walls import wall

IDENTITIES = """
CREATE FUNCTION tonus_identities(someone uuid)
RETURNS TABLE (clinic_id uuid, clinic_slug text, clinic_name text, roles text[], name text, member_id uuid, patient_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT c.id, c.slug::text, c.name::text, m.roles::text[], trim(m.title || ' ' || u.name), m.id, NULL::uuid
    FROM clinic_membership m JOIN clinic_clinic c ON c.id = m.clinic_id JOIN clinic_user u ON u.id = m.user_id
    WHERE m.user_id = someone AND m.is_active AND u.is_active
    UNION ALL
    SELECT c.id, c.slug::text, c.name::text, ARRAY['patient'], trim(p.given_name || ' ' || p.family_name), NULL, p.id
    FROM patients_patient p JOIN clinic_clinic c ON c.id = p.clinic_id JOIN clinic_user u ON u.id = p.user_id
    WHERE p.user_id = someone AND p.archived_at IS NULL AND p.deceased_on IS NULL AND u.is_active
    ORDER BY 3, 6
$$;
"""

PEOPLE_BEHIND = """
CREATE FUNCTION tonus_people_behind(an_email text, a_phone text)
RETURNS TABLE (patient_id uuid, user_id uuid, clinic_id uuid, clinic_slug text, clinic_name text, given_name text,
               language text, has_pin boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.id, p.user_id, c.id, c.slug::text, c.name::text, p.given_name::text, p.language::text, p.pin <> ''
    FROM patients_patient p JOIN clinic_clinic c ON c.id = p.clinic_id JOIN clinic_user u ON u.id = p.user_id
    WHERE p.invited_at IS NOT NULL AND p.archived_at IS NULL AND p.deceased_on IS NULL AND u.is_active
      AND ((an_email <> '' AND p.email <> '' AND lower(p.email) = lower(an_email)) OR (a_phone <> '' AND p.phone = a_phone))
    ORDER BY p.given_name, p.id
$$;
"""

APPEND_ONLY = """
CREATE FUNCTION tonus_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% is append only', TG_TABLE_NAME USING ERRCODE = 'integrity_constraint_violation';
END $$;
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON patients_chartread FOR EACH ROW EXECUTE FUNCTION tonus_refuse_change();
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0001_initial"), ("clinic", "0002_walls")]
    operations = [
        *wall(
            "patients_patient",
            "patients_patientevent",
            "patients_consent",
            "patients_consentevent",
            "patients_careteam",
            "patients_careteamevent",
            "patients_safetyflag",
            "patients_safetyflagevent",
            "patients_safetyanswer",
            "patients_safetyanswerevent",
            "patients_diagnosis",
            "patients_diagnosisevent",
            "patients_chartread",
        ),
        migrations.RunSQL(IDENTITIES, "DROP FUNCTION tonus_identities(uuid)"),
        migrations.RunSQL(PEOPLE_BEHIND, "DROP FUNCTION tonus_people_behind(text, text)"),
        migrations.RunSQL(
            APPEND_ONLY, "DROP TRIGGER append_only ON patients_chartread; DROP FUNCTION tonus_refuse_change()"
        ),
    ]
