"""Look for doubles among those of the same name or birth date: a name that is but similar says too little alone.

To compare with all names that share a few letters took 155 ms in a clinic of 50,000, to weigh people who can never be a hint.
"""

import importlib

from django.db import migrations, models

ALIKE = """
CREATE FUNCTION tonus_patients_like(
    a_name text, turned text, a_phone text, an_email text, born date[], most integer
)
RETURNS TABLE (patient_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off SET random_page_cost = 1 AS $$
    SELECT p.id FROM patients_patient p
    WHERE a_phone <> '' AND p.clinic_id = tonus_clinic() AND p.phone = a_phone
    UNION
    SELECT p.id FROM patients_patient p
    WHERE an_email <> '' AND p.email <> '' AND lower(p.email) = lower(an_email) AND p.clinic_id = tonus_clinic()
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE a_name <> '' AND p.clinic_id = tonus_clinic() AND p.name_key IN (lower(a_name), lower(turned))
     ORDER BY p.id LIMIT most)
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE tonus_sound(a_name) <> '' AND p.clinic_id = tonus_clinic()
       AND (p.name_sound = tonus_sound(a_name) OR p.name_sound = tonus_sound(turned))
     ORDER BY p.id LIMIT most)
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE p.clinic_id = tonus_clinic() AND p.date_of_birth = ANY (born)
     ORDER BY greatest(similarity(p.name_key, lower(a_name)), similarity(p.name_sound, tonus_sound(a_name))) DESC, p.id LIMIT most)
$$;
"""

before = importlib.import_module("patients.migrations.0005_names_by_their_sound")


class Migration(migrations.Migration):
    dependencies = [("patients", "0005_names_by_their_sound")]
    operations = [
        migrations.AddIndex(
            model_name="patient",
            index=models.Index(fields=["clinic", "date_of_birth"], name="patient_by_birth"),
        ),
        migrations.RunSQL("DROP FUNCTION tonus_patients_like(text, text, text, integer)", before.ALIKE),
        migrations.RunSQL(
            ALIKE, "DROP FUNCTION tonus_patients_like(text, text, text, text, date[], integer)"
        ),
    ]
