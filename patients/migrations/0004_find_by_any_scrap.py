"""Two doors for looking people up by a scrap of a name, a phone or an address.

Behind row-level security PostgreSQL uses an index only through leakproof operators, and the trigram ones are not: every
search would read the whole clinic. So these two read as the owner, inside the clinic of the scope and nothing else, and
answer ids alone; the rows are then read through both walls as ever.
"""

from django.db import migrations

FIND = """
CREATE FUNCTION tonus_find_patients(words text[], digits text, a_number integer, most integer)
RETURNS TABLE (patient_id uuid, likeness real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
DECLARE
    said text := array_to_string(words, ' ');
    head text := 'SELECT p.id, word_similarity($1, p.name_key) FROM patients_patient p WHERE p.clinic_id = $2';
    tail text := ' ORDER BY 2 DESC, p.name_key, p.id LIMIT $3';
    meant text := '';
    word text;
    hits integer;
BEGIN
    IF digits <> '' AND a_number IS NOT NULL THEN
        meant := format(' AND (p.phone LIKE %L OR p.number = %s)', '%' || digits || '%', a_number);
    ELSIF digits <> '' THEN
        meant := format(' AND p.phone LIKE %L', '%' || digits || '%');
    ELSIF a_number IS NOT NULL THEN
        meant := format(' AND p.number = %s', a_number);
    END IF;
    IF said <> '' THEN
        head := head || meant;
        meant := '';
        FOREACH word IN ARRAY words LOOP
            word := replace(replace(replace(word, '\\', '\\\\'), '%', '\\%'), '_', '\\_');
            IF length(word) < 3 THEN
                meant := meant || format(' AND (p.name_key LIKE %L OR p.name_key LIKE %L)', word || '%', '% ' || word || '%');
            ELSE
                meant := meant || format(' AND p.name_key LIKE %L', '%' || word || '%');
            END IF;
        END LOOP;
    ELSIF meant = '' THEN
        RETURN;
    END IF;
    RETURN QUERY EXECUTE head || meant || tail USING said, tonus_clinic(), most;
    GET DIAGNOSTICS hits = ROW_COUNT;
    IF said <> '' AND hits < most THEN  -- as it may be meant: a letter too many, or another spelling
        RETURN QUERY EXECUTE head || ' AND p.name_key %> $1 AND NOT (true' || meant || ')' || tail
            USING said, tonus_clinic(), most - hits;
    END IF;
END $$;
"""

ALIKE = """
CREATE FUNCTION tonus_patients_like(a_name text, a_phone text, an_email text, most integer)
RETURNS TABLE (patient_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT p.id FROM patients_patient p
    WHERE a_phone <> '' AND p.clinic_id = tonus_clinic() AND p.phone = a_phone
    UNION
    SELECT p.id FROM patients_patient p
    WHERE an_email <> '' AND p.email <> '' AND lower(p.email) = lower(an_email) AND p.clinic_id = tonus_clinic()
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE a_name <> '' AND p.clinic_id = tonus_clinic() AND p.name_key % lower(a_name)
     ORDER BY similarity(p.name_key, lower(a_name)) DESC, p.id LIMIT most)
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("patients", "0003_flags_are_renewed"), ("clinic", "0002_walls")]
    operations = [
        migrations.RunSQL(FIND, "DROP FUNCTION tonus_find_patients(text[], text, integer, integer)"),
        migrations.RunSQL(ALIKE, "DROP FUNCTION tonus_patients_like(text, text, text, integer)"),
    ]
