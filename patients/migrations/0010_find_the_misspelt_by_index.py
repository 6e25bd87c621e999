"""Somebody meant in another spelling is found by the two indexes on names, and only where few are spelled as typed.

Under one OR the planner compared the name of every patient of the clinic instead: a quarter of a second among 50,000.
"""

import importlib

from django.db import migrations

FIND = r"""
CREATE OR REPLACE FUNCTION tonus_find_patients(words text[], digits text, a_number integer, a_member uuid, most integer)
RETURNS TABLE (patient_id uuid, likeness real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off SET random_page_cost = 1
SET pg_trgm.word_similarity_threshold = 0.7 AS $$
DECLARE
    enough CONSTANT integer := 20;  -- spelled as typed: nobody looks further for another spelling
    said text := array_to_string(words, ' ');
    heard text := tonus_sound(array_to_string(words, ' '));
    head text := 'SELECT p.id, word_similarity($1, p.name_key) FROM patients_patient p WHERE p.clinic_id = $2';
    alike text := 'SELECT p.id, greatest(word_similarity($1, p.name_key), word_similarity($4, p.name_sound)) FROM ';
    near text := 'WITH near AS MATERIALIZED ('
        'SELECT a.id FROM patients_patient a WHERE a.clinic_id = $2 AND a.name_key %> $1 UNION '
        'SELECT b.id FROM patients_patient b WHERE $4 <> '''' AND b.clinic_id = $2 AND b.name_sound %> $4) ';
    tail text := ' ORDER BY p.archived_at IS NOT NULL, 2 DESC, p.name_key, p.id LIMIT $3';
    always text := '';  -- what holds of those spelled as typed, and of the others
    meant text := '';
    word text;
    hits integer;
BEGIN
    IF a_member IS NOT NULL THEN  -- only those whom this member treats, under the record that they were merged into
        always := ' AND EXISTS (SELECT FROM patients_careteam t'
            ' WHERE t.patient_id = coalesce(p.merged_into_id, p.id) AND t.member_id = $5)';
    END IF;
    IF digits <> '' AND a_number IS NOT NULL THEN
        meant := format(' AND (p.phone LIKE %L OR p.number = %s)', '%' || digits || '%', a_number);
    ELSIF digits <> '' THEN
        meant := format(' AND p.phone LIKE %L', '%' || digits || '%');
    ELSIF a_number IS NOT NULL THEN
        meant := format(' AND p.number = %s', a_number);
    END IF;
    IF said <> '' THEN
        always := always || meant;
        meant := '';
        FOREACH word IN ARRAY words LOOP
            word := replace(replace(replace(word, '\', '\\'), '%', '\%'), '_', '\_');
            IF length(word) < 3 THEN
                meant := meant || format(' AND (p.name_key LIKE %L OR p.name_key LIKE %L)', word || '%', '% ' || word || '%');
            ELSE
                meant := meant || format(' AND p.name_key LIKE %L', '%' || word || '%');
            END IF;
        END LOOP;
    ELSIF meant = '' THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE head || always || meant || tail USING said, tonus_clinic(), most, heard, a_member;
    GET DIAGNOSTICS hits = ROW_COUNT;
    IF said <> '' AND hits < least(most, enough) THEN  -- as it may be meant: another spelling, another script, a letter too many
        IF digits <> '' OR a_number IS NOT NULL THEN  -- the phone leads to few: their names are compared one by one
            near := alike || 'patients_patient p WHERE p.clinic_id = $2 AND (p.name_key %> $1 OR $4 <> '''' AND p.name_sound %> $4)';
        ELSE
            near := near || alike || 'near JOIN patients_patient p ON p.id = near.id WHERE true';
        END IF;
        IF length(said) < 5 THEN  -- of so few letters a wrong one is a third
            PERFORM set_config('pg_trgm.word_similarity_threshold', '0.6', true);
        END IF;
        RETURN QUERY EXECUTE near || always || ' AND NOT (true' || meant || ')' || tail
            USING said, tonus_clinic(), most - hits, heard, a_member;
    END IF;
END $$;
"""

before = importlib.import_module("patients.migrations.0005_names_by_their_sound")


class Migration(migrations.Migration):
    dependencies = [("patients", "0009_one_person_one_record")]
    operations = [
        # loads pg_trgm: only what is loaded lets others than a superuser set its thresholds for a function
        migrations.RunSQL("SELECT show_limit()", "SELECT show_limit()"),
        migrations.RunSQL(FIND, before.FIND.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION", 1)),
    ]
