"""History leaves out what the database works out itself (starts_at): the span it comes from is there."""

import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("scheduling", "0003_starts_at"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="appointment",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="booking",
            name="update_update",
        ),
        migrations.RemoveField(
            model_name="appointmentevent",
            name="starts_at",
        ),
        migrations.RemoveField(
            model_name="bookingevent",
            name="starts_at",
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="appointment",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."arrived_at" IS DISTINCT FROM (NEW."arrived_at") OR OLD."clinic_id" IS DISTINCT FROM (NEW."clinic_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."created_by_id" IS DISTINCT FROM (NEW."created_by_id") OR OLD."ended_at" IS DISTINCT FROM (NEW."ended_at") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."override_hours_reason" IS DISTINCT FROM (NEW."override_hours_reason") OR OLD."patient_id" IS DISTINCT FROM (NEW."patient_id") OR OLD."plan_id" IS DISTINCT FROM (NEW."plan_id") OR OLD."series_id" IS DISTINCT FROM (NEW."series_id") OR OLD."span" IS DISTINCT FROM (NEW."span") OR OLD."started_at" IS DISTINCT FROM (NEW."started_at") OR OLD."status" IS DISTINCT FROM (NEW."status") OR OLD."status_reason" IS DISTINCT FROM (NEW."status_reason") OR OLD."type_id" IS DISTINCT FROM (NEW."type_id") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at"))',
                    func='INSERT INTO "scheduling_appointmentevent" ("arrived_at", "clinic_id", "created_at", "created_by_id", "ended_at", "id", "override_hours_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "series_id", "span", "started_at", "status", "status_reason", "type_id", "updated_at") VALUES (NEW."arrived_at", NEW."clinic_id", NEW."created_at", NEW."created_by_id", NEW."ended_at", NEW."id", NEW."override_hours_reason", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."series_id", NEW."span", NEW."started_at", NEW."status", NEW."status_reason", NEW."type_id", NEW."updated_at"); RETURN NULL;',
                    hash="83eda044d132a29aa3dd4ad203ee2b20e148cb89",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_7193b",
                    table="scheduling_appointment",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="booking",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."active" IS DISTINCT FROM (NEW."active") OR OLD."appointment_id" IS DISTINCT FROM (NEW."appointment_id") OR OLD."clinic_id" IS DISTINCT FROM (NEW."clinic_id") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."lane" IS DISTINCT FROM (NEW."lane") OR OLD."resource_id" IS DISTINCT FROM (NEW."resource_id") OR OLD."span" IS DISTINCT FROM (NEW."span"))',
                    func='INSERT INTO "scheduling_bookingevent" ("active", "appointment_id", "clinic_id", "id", "lane", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resource_id", "span") VALUES (NEW."active", NEW."appointment_id", NEW."clinic_id", NEW."id", NEW."lane", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."resource_id", NEW."span"); RETURN NULL;',
                    hash="92b4fb9136ab870f1f535f2657996dabcb13a452",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_db94f",
                    table="scheduling_booking",
                    when="AFTER",
                ),
            ),
        ),
    ]
