"""A plan keeps the record it was signed for; and what is a patient's stays theirs, but for a merge of two records.

So the seals let the patient's column go: `stays_with_patient` holds it.
"""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

from patients.guards import stays_with_patient

OWNED = ("careplan", "exerciselog", "diaryentry", "stopreport", "syncevent", "assessment", "measurement")

FILL = """
ALTER TABLE careplans_careplan DISABLE TRIGGER USER;
UPDATE careplans_careplan SET signed_for = patient_id WHERE signed_at IS NOT NULL;
ALTER TABLE careplans_careplan ENABLE TRIGGER USER;
"""


def seal(table, function, when, *columns):
    listed = ", ".join(f"'{column}'" for column in columns)
    made = (
        f"DROP TRIGGER zz_seal ON {table}; CREATE TRIGGER zz_seal BEFORE {when} ON {table} FOR EACH ROW"
        f" EXECUTE FUNCTION {function}({{columns}})"
    )
    return migrations.RunSQL(made.format(columns=f"{listed}, 'patient_id'"), made.format(columns=listed))


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0005_assessments"),
        ("patients", "0009_one_person_one_record"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="careplan",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="careplan",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="careplan",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="careplan",
            name="signed_for",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        migrations.AddField(
            model_name="careplanevent",
            name="signed_for",
            field=models.UUIDField(blank=True, editable=False, null=True),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="careplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "signed_for", "start_date", "status", "status_reason", "updated_at", "version") VALUES (NEW."amend_reason", NEW."clinic_id", NEW."content_sha256", NEW."created_at", NEW."created_by_id", NEW."current_phase_id", NEW."findings", NEW."id", NEW."lineage_id", NEW."overrides", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."protocol_id", NEW."protocol_text", NEW."replaces_id", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."signed_for", NEW."start_date", NEW."status", NEW."status_reason", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="ff82f2b941f74fc966d3ae07856412f8079e1326",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_fef4e",
                    table="careplans_careplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="careplan",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "signed_for", "start_date", "status", "status_reason", "updated_at", "version") VALUES (NEW."amend_reason", NEW."clinic_id", NEW."content_sha256", NEW."created_at", NEW."created_by_id", NEW."current_phase_id", NEW."findings", NEW."id", NEW."lineage_id", NEW."overrides", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."protocol_id", NEW."protocol_text", NEW."replaces_id", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."signed_for", NEW."start_date", NEW."status", NEW."status_reason", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="cec6af7d35bab6682c31eafb9b8a28c5582ee226",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_a53bf",
                    table="careplans_careplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="careplan",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "signed_for", "start_date", "status", "status_reason", "updated_at", "version") VALUES (OLD."amend_reason", OLD."clinic_id", OLD."content_sha256", OLD."created_at", OLD."created_by_id", OLD."current_phase_id", OLD."findings", OLD."id", OLD."lineage_id", OLD."overrides", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."protocol_id", OLD."protocol_text", OLD."replaces_id", OLD."revision", OLD."signed_at", OLD."signed_by_id", OLD."signed_for", OLD."start_date", OLD."status", OLD."status_reason", OLD."updated_at", OLD."version"); RETURN NULL;',
                    hash="e4c8bcca80b9a9f800024653ca84a5e15a2df6a5",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c0b84",
                    table="careplans_careplan",
                    when="AFTER",
                ),
            ),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        seal(
            "careplans_careplan",
            "tonus_seal_plan",
            "UPDATE OR DELETE",
            *("status", "status_reason", "current_phase_id", "updated_at"),
        ),
        seal(
            "careplans_assessment",
            "tonus_seal_assessment",
            "UPDATE OR DELETE",
            *("voided_at", "void_reason", "updated_at"),
        ),
        seal(
            "careplans_measurement",
            "tonus_seal_measurement",
            "INSERT OR UPDATE OR DELETE",
            *("voided_at", "void_reason"),
        ),
        *stays_with_patient(*(f"careplans_{name}" for name in OWNED)),
    ]
