"""Names are found and compared by how they sound, across spellings and scripts; an assistant's search looks among theirs.

`tonus_sound` is patients/spelling.py in SQL, so that the column is right whoever writes the row. The doors that look people
up (0004) read it too, and never the whole table: the planner takes the comparing of two names for cheaper than it is.
"""

import importlib

import django.contrib.postgres.indexes
import django.db.models.functions.text
import pgtrigger.compiler
import pgtrigger.migrations
from django.conf import settings
from django.db import migrations, models

SOUND = r"""
CREATE FUNCTION tonus_sound(name text) RETURNS text
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE SET search_path = pg_catalog AS $$
DECLARE
    said text := regexp_replace(lower(normalize(name, NFKD)), '[\u0300-\u036f\u200c\u200d''’]', '', 'g');
BEGIN
    IF said ~ '[\u0900-\u09ff]' THEN
        said := replace(replace(said, U&'\09C7\09BE', U&'\09CB'), U&'\09C7\09D7', U&'\09CC');
        said := regexp_replace(said, '[ডঢडढ][\u09bc\u093c]', 'र', 'g');
        said := regexp_replace(said, '[\u09bc\u093c\u0901\u0903\u0981\u0983]', '', 'g');
        said := translate(said,
            'ঁংঃ঄অআইঈউঊঋঌ঍঎এঐ঑঒ওঔকখগঘঙচছজঝঞটঠডঢণতথদধন঩পফবভমযর঱ল঳঴঵শষসহ঺঻ঽািীুূৃৄ৅৆েৈ৉৊োৌ্ৰৱ',
            'ँंःऄअआइईउऊऋऌऍऎएऐऑऒओऔकखगघङचछजझञटठडढणतथदधनऩपफबभमयरऱलळऴवशषसहऺऻऽािीुूृॄॅॆेैॉॊोौ्रव');
        said := replace(said, U&'\0943', U&'\094D\0930\093F');
        said := regexp_replace(said, '([क-ह])(?![\u093e-\u094d])', '\1अ', 'g');
        said := replace(said, U&'\094D', '');
        said := translate(said, 'अआइईउऊऋएऐओऔािीुूेैोौंकखगघङचछजझञटठडढणतथदधनपफबभमयरलवशषसहळ',
            'aaiiuureeooaiiuueeoonkkggnččjjnttddnttddnpfbbmyrlbssshl');
    END IF;
    said := regexp_replace(said, '[^a-zč]+', ' ', 'g');
    said := translate(replace(said, 'ch', 'č'), 'c', 'k');
    said := translate(replace(replace(said, 'x', 'ks'), 'ph', 'f'), 'qzvw', 'kjbb');
    said := regexp_replace(said, '([bčdfgjklmnprst])h', '\1', 'g');
    said := replace(replace(replace(replace(said, 'ee', 'i'), 'oo', 'u'), 'au', 'o'), 'ou', 'o');
    said := regexp_replace(said, '([bčdfgjklmnprst])y(?=[ao])', '\1', 'g');
    said := regexp_replace(translate(said, 'o', 'a'), '(.)\1+', '\1', 'g');
    said := regexp_replace(said, '([^ ][^ ])a(?= |$)', '\1', 'g');
    said := regexp_replace(said, 'y(?= |$)', 'i', 'g');
    said := replace(replace(said, 'ai', 'e'), 'ei', 'e');
    RETURN btrim(translate(said, 'č', 'c'));
END $$;
"""

FIND = """
CREATE FUNCTION tonus_find_patients(words text[], digits text, a_number integer, a_member uuid, most integer)
RETURNS TABLE (patient_id uuid, likeness real)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off SET random_page_cost = 1 AS $$
DECLARE
    said text := array_to_string(words, ' ');
    heard text := tonus_sound(array_to_string(words, ' '));
    head text := 'SELECT p.id, word_similarity($1, p.name_key) FROM patients_patient p WHERE p.clinic_id = $2';
    tail text := ' ORDER BY p.archived_at IS NOT NULL, 2 DESC, p.name_key, p.id LIMIT $3';
    meant text := '';
    word text;
    hits integer;
BEGIN
    IF a_member IS NOT NULL THEN  -- only those whom this member treats
        head := head || ' AND EXISTS (SELECT FROM patients_careteam t WHERE t.patient_id = p.id AND t.member_id = $5)';
    END IF;
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
    RETURN QUERY EXECUTE head || meant || tail USING said, tonus_clinic(), most, heard, a_member;
    GET DIAGNOSTICS hits = ROW_COUNT;
    IF said <> '' AND hits < most THEN  -- as it may be meant: another spelling, another script, a letter too many
        head := replace(head, 'word_similarity($1, p.name_key)',
            'greatest(word_similarity($1, p.name_key), word_similarity($4, p.name_sound))');
        RETURN QUERY EXECUTE head || ' AND (p.name_key %> $1 OR $4 <> '''' AND p.name_sound %> $4) AND NOT (true' || meant || ')'
            || tail USING said, tonus_clinic(), most - hits, heard, a_member;
    END IF;
END $$;
"""

ALIKE = """
CREATE OR REPLACE FUNCTION tonus_patients_like(a_name text, a_phone text, an_email text, most integer)
RETURNS TABLE (patient_id uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public SET enable_seqscan = off SET random_page_cost = 1 AS $$
    SELECT p.id FROM patients_patient p
    WHERE a_phone <> '' AND p.clinic_id = tonus_clinic() AND p.phone = a_phone
    UNION
    SELECT p.id FROM patients_patient p
    WHERE an_email <> '' AND p.email <> '' AND lower(p.email) = lower(an_email) AND p.clinic_id = tonus_clinic()
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE a_name <> '' AND p.clinic_id = tonus_clinic() AND p.name_key % lower(a_name)
     ORDER BY similarity(p.name_key, lower(a_name)) DESC, p.id LIMIT most)
    UNION
    (SELECT p.id FROM patients_patient p
     WHERE tonus_sound(a_name) <> '' AND p.clinic_id = tonus_clinic() AND p.name_sound % tonus_sound(a_name)
     ORDER BY similarity(p.name_sound, tonus_sound(a_name)) DESC, p.id LIMIT most)
$$;
"""

before = importlib.import_module("patients.migrations.0004_find_by_any_scrap")


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0002_walls"),
        ("patients", "0004_find_by_any_scrap"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.RunSQL(SOUND, "DROP FUNCTION tonus_sound(text)"),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="update_update",
        ),
        migrations.RemoveField(
            model_name="patientevent",
            name="name_key",
        ),
        migrations.AddField(
            model_name="patient",
            name="name_sound",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    django.db.models.functions.text.Concat("given_name", models.Value(" "), "family_name"),
                    function="tonus_sound",
                ),
                output_field=models.TextField(),
            ),
        ),
        migrations.AddIndex(
            model_name="patient",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["clinic", "name_sound"],
                name="patient_sound_trgm",
                opclasses=["uuid_ops", "gin_trgm_ops"],
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."age_told_on" IS DISTINCT FROM (NEW."age_told_on") OR OLD."age_years" IS DISTINCT FROM (NEW."age_years") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."clinic_id" IS DISTINCT FROM (NEW."clinic_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."date_of_birth" IS DISTINCT FROM (NEW."date_of_birth") OR OLD."deceased_on" IS DISTINCT FROM (NEW."deceased_on") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."emergency_contact" IS DISTINCT FROM (NEW."emergency_contact") OR OLD."family_name" IS DISTINCT FROM (NEW."family_name") OR OLD."given_name" IS DISTINCT FROM (NEW."given_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."phone_owner" IS DISTINCT FROM (NEW."phone_owner") OR OLD."pin" IS DISTINCT FROM (NEW."pin") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."referred_by" IS DISTINCT FROM (NEW."referred_by") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."timezone" IS DISTINCT FROM (NEW."timezone") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (NEW."address", NEW."age_told_on", NEW."age_years", NEW."archived_at", NEW."clinic_id", NEW."created_at", NEW."date_of_birth", NEW."deceased_on", NEW."email", NEW."emergency_contact", NEW."family_name", NEW."given_name", NEW."id", NEW."invited_at", NEW."language", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_owner", NEW."pin", NEW."reason", NEW."referred_by", NEW."sex", NEW."timezone", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                    hash="bce181bc1bc66f8ca65d9ab226be16f3a2a37d45",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_546ce",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL("DROP FUNCTION tonus_find_patients(text[], text, integer, integer)", before.FIND),
        migrations.RunSQL(FIND, "DROP FUNCTION tonus_find_patients(text[], text, integer, uuid, integer)"),
        migrations.RunSQL(ALIKE, before.ALIKE.replace("CREATE FUNCTION", "CREATE OR REPLACE FUNCTION")),
    ]
