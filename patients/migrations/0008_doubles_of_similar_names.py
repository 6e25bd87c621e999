"""Look for doubles among names that are but similar too: who changed their phone and knows only their age is found by nothing else.

Only names that share more than half of their sound's pieces are fetched, so that a common name costs no more than a rare one.
"""

import importlib

from django.db import migrations

before = importlib.import_module("patients.migrations.0006_doubles_by_name_or_birth")

ALIKE = """
CREATE OR REPLACE FUNCTION tonus_patients_like(
    a_name text, turned text, a_phone text, an_email text, born date[], most integer
)
RETURNS TABLE (patient_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off SET random_page_cost = 1
SET pg_trgm.similarity_threshold = 0.5 AS $$
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
     WHERE tonus_sound(a_name) <> '' AND p.clinic_id = tonus_clinic() AND p.name_sound % tonus_sound(a_name)
     ORDER BY similarity(p.name_sound, tonus_sound(a_name)) DESC, p.id LIMIT most)
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE p.clinic_id = tonus_clinic() AND p.date_of_birth = ANY (born)
     ORDER BY greatest(similarity(p.name_key, lower(a_name)), similarity(p.name_sound, tonus_sound(a_name))) DESC, p.id LIMIT most)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0007_medications")]
    operations = [
        # loads pg_trgm: only what is loaded lets others than a superuser set its thresholds for a function
        migrations.RunSQL("SELECT show_limit()", "SELECT show_limit()"),
        migrations.RunSQL(ALIKE, before.ALIKE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)),
    ]
