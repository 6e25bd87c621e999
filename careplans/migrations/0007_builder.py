"""How much help an exercise needs, what each level of a goal would be, how much a day is too much, and steps to go back."""

import django.contrib.postgres.fields
import django.db.models.deletion
import pgtrigger.compiler
import pgtrigger.migrations
from django.contrib.postgres.operations import AddConstraintNotValid
from django.db import migrations, models

import clinic.ids
import clinic.walls
from clinic.walls import wall


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0006_plans_signed_for_a_record"),
        ("catalogue", "0002_walls"),
        ("clinic", "0005_invitations"),
        ("patients", "0010_find_the_misspelt_by_index"),
    ]

    operations = [
        migrations.CreateModel(
            name="DraftStep",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("revision", models.PositiveIntegerField()),
                ("content", models.JSONField()),
                ("undone", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-revision"],
                "abstract": False,
            },
        ),
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
        pgtrigger.migrations.RemoveTrigger(
            model_name="goal",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goal",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="goal",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="homeprescription",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="homeprescription",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="homeprescription",
            name="delete_delete",
        ),
        migrations.AddField(
            model_name="careplan",
            name="daily_minutes_max",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="careplanevent",
            name="daily_minutes_max",
            field=models.PositiveSmallIntegerField(blank=True, null=True),
        ),
        migrations.AddField(
            model_name="goal",
            name="gas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(blank=True, max_length=200), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="goal",
            name="weight",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="goalevent",
            name="gas",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(blank=True, max_length=200), blank=True, default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="goalevent",
            name="weight",
            field=models.PositiveSmallIntegerField(default=1),
        ),
        migrations.AddField(
            model_name="homeprescription",
            name="assistance",
            field=models.CharField(
                blank=True,
                choices=[
                    ("passive", "Passive: moved by a person or a device"),
                    ("by-carer", "With a carer’s help"),
                    ("active-assisted", "Active, helping along"),
                    ("active", "Active, without help"),
                ],
                default="",
                max_length=16,
            ),
        ),
        migrations.AddField(
            model_name="homeprescriptionevent",
            name="assistance",
            field=models.CharField(
                blank=True,
                choices=[
                    ("passive", "Passive: moved by a person or a device"),
                    ("by-carer", "With a carer’s help"),
                    ("active-assisted", "Active, helping along"),
                    ("active", "Active, without help"),
                ],
                default="",
                max_length=16,
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="careplan",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "daily_minutes_max", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "signed_for", "start_date", "status", "status_reason", "updated_at", "version") VALUES (NEW."amend_reason", NEW."clinic_id", NEW."content_sha256", NEW."created_at", NEW."created_by_id", NEW."current_phase_id", NEW."daily_minutes_max", NEW."findings", NEW."id", NEW."lineage_id", NEW."overrides", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."protocol_id", NEW."protocol_text", NEW."replaces_id", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."signed_for", NEW."start_date", NEW."status", NEW."status_reason", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="300eccab98719c4feac29f7c0f18b83f8c87f294",
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
                    func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "daily_minutes_max", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "signed_for", "start_date", "status", "status_reason", "updated_at", "version") VALUES (NEW."amend_reason", NEW."clinic_id", NEW."content_sha256", NEW."created_at", NEW."created_by_id", NEW."current_phase_id", NEW."daily_minutes_max", NEW."findings", NEW."id", NEW."lineage_id", NEW."overrides", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."protocol_id", NEW."protocol_text", NEW."replaces_id", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."signed_for", NEW."start_date", NEW."status", NEW."status_reason", NEW."updated_at", NEW."version"); RETURN NULL;',
                    hash="b396b578ece52e59c7d72baad78b6b4d9ce14973",
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
                    func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "daily_minutes_max", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "signed_for", "start_date", "status", "status_reason", "updated_at", "version") VALUES (OLD."amend_reason", OLD."clinic_id", OLD."content_sha256", OLD."created_at", OLD."created_by_id", OLD."current_phase_id", OLD."daily_minutes_max", OLD."findings", OLD."id", OLD."lineage_id", OLD."overrides", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."protocol_id", OLD."protocol_text", OLD."replaces_id", OLD."revision", OLD."signed_at", OLD."signed_by_id", OLD."signed_for", OLD."start_date", OLD."status", OLD."status_reason", OLD."updated_at", OLD."version"); RETURN NULL;',
                    hash="eda53cd05b98b7ad97a3bcd5f1073cd9e5892e03",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_c0b84",
                    table="careplans_careplan",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_goalevent" ("baseline", "benefit", "clinic_id", "due_on", "gas", "id", "measure_id", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "text", "weight") VALUES (NEW."baseline", NEW."benefit", NEW."clinic_id", NEW."due_on", NEW."gas", NEW."id", NEW."measure_id", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."target", NEW."text", NEW."weight"); RETURN NULL;',
                    hash="d2c1a6289b9814f15fb8e2c83866d52ddc44627a",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_42e1e",
                    table="careplans_goal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "careplans_goalevent" ("baseline", "benefit", "clinic_id", "due_on", "gas", "id", "measure_id", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "text", "weight") VALUES (NEW."baseline", NEW."benefit", NEW."clinic_id", NEW."due_on", NEW."gas", NEW."id", NEW."measure_id", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."target", NEW."text", NEW."weight"); RETURN NULL;',
                    hash="b7a048f6b9f59a227e522ba4742b3e0774015875",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b2ce5",
                    table="careplans_goal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="goal",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_goalevent" ("baseline", "benefit", "clinic_id", "due_on", "gas", "id", "measure_id", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "text", "weight") VALUES (OLD."baseline", OLD."benefit", OLD."clinic_id", OLD."due_on", OLD."gas", OLD."id", OLD."measure_id", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."target", OLD."text", OLD."weight"); RETURN NULL;',
                    hash="66b4fd6dbd44366b47998976084a70903a53bac7",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_41ffb",
                    table="careplans_goal",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="homeprescription",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_homeprescriptionevent" ("assistance", "clinic_id", "days_of_week", "exercise_id", "hold_s", "id", "lineage_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "reps", "rest_s", "sets", "side", "status", "status_reason", "times") VALUES (NEW."assistance", NEW."clinic_id", NEW."days_of_week", NEW."exercise_id", NEW."hold_s", NEW."id", NEW."lineage_id", NEW."note", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phase_id", NEW."plan_id", NEW."reps", NEW."rest_s", NEW."sets", NEW."side", NEW."status", NEW."status_reason", NEW."times"); RETURN NULL;',
                    hash="f6d13b6826955308145bf43562fcb40247a94cd7",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_35907",
                    table="careplans_homeprescription",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="homeprescription",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "careplans_homeprescriptionevent" ("assistance", "clinic_id", "days_of_week", "exercise_id", "hold_s", "id", "lineage_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "reps", "rest_s", "sets", "side", "status", "status_reason", "times") VALUES (NEW."assistance", NEW."clinic_id", NEW."days_of_week", NEW."exercise_id", NEW."hold_s", NEW."id", NEW."lineage_id", NEW."note", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phase_id", NEW."plan_id", NEW."reps", NEW."rest_s", NEW."sets", NEW."side", NEW."status", NEW."status_reason", NEW."times"); RETURN NULL;',
                    hash="d1bc1d23747f7f6ab023db48afa0d303bdc9ff03",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_b07bc",
                    table="careplans_homeprescription",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="homeprescription",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_homeprescriptionevent" ("assistance", "clinic_id", "days_of_week", "exercise_id", "hold_s", "id", "lineage_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "reps", "rest_s", "sets", "side", "status", "status_reason", "times") VALUES (OLD."assistance", OLD."clinic_id", OLD."days_of_week", OLD."exercise_id", OLD."hold_s", OLD."id", OLD."lineage_id", OLD."note", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phase_id", OLD."plan_id", OLD."reps", OLD."rest_s", OLD."sets", OLD."side", OLD."status", OLD."status_reason", OLD."times"); RETURN NULL;',
                    hash="3466b81f28347079bb728dc78e456f1469c77c09",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_4c1ee",
                    table="careplans_homeprescription",
                    when="AFTER",
                ),
            ),
        ),
        AddConstraintNotValid(
            model_name="careplan",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("daily_minutes_max", None), ("daily_minutes_max__range", (5, 240)), _connector="OR"
                ),
                name="careplan_daily_minutes",
            ),
        ),
        AddConstraintNotValid(
            model_name="goal",
            constraint=models.CheckConstraint(
                condition=models.Q(("gas__len", 0), ("gas__len", 5), _connector="OR"), name="goal_levels"
            ),
        ),
        AddConstraintNotValid(
            model_name="goal",
            constraint=models.CheckConstraint(condition=models.Q(("weight__lte", 9)), name="goal_weight"),
        ),
        migrations.AddField(
            model_name="draftstep",
            name="clinic",
            field=models.ForeignKey(
                editable=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinic.clinic",
            ),
        ),
        migrations.AddField(
            model_name="draftstep",
            name="made_by",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinic.membership",
            ),
        ),
        migrations.AddField(
            model_name="draftstep",
            name="plan",
            field=models.ForeignKey(
                on_delete=django.db.models.deletion.CASCADE, related_name="steps", to="careplans.careplan"
            ),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=models.UniqueConstraint(fields=("clinic", "id"), name="careplans_draftstep_in_clinic"),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=clinic.walls.SameClinic("plan", name="draftstep_plan_same_clinic"),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=clinic.walls.SameClinic("made_by", name="draftstep_maker_same_clinic"),
        ),
        migrations.AddConstraint(
            model_name="draftstep",
            constraint=models.UniqueConstraint(fields=("plan", "revision"), name="draftstep_revision_once"),
        ),
        *wall("careplans_draftstep"),
    ]
