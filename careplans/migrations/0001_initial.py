import clinic.ids
import clinic.walls
import django.contrib.postgres.fields
import django.core.validators
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("clinic", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CarePlan",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="plans",
                        to="patients.patient",
                    ),
                ),
                ("lineage_id", models.UUIDField(default=clinic.ids.uuid7, editable=False)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="replaced_by",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("on-hold", "On hold"),
                            ("completed", "Completed"),
                            ("revoked", "Revoked"),
                            ("superseded", "Superseded"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.protocol",
                    ),
                ),
                ("protocol_text", models.JSONField(blank=True, default=dict)),
                ("start_date", models.DateField(blank=True, null=True)),
                ("amend_reason", models.CharField(blank=True, max_length=500)),
                ("status_reason", models.CharField(blank=True, max_length=500)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "created_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("overrides", models.JSONField(blank=True, default=dict)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("content_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_careplan_in_clinic"),
                    clinic.walls.SameClinic("patient", name="careplan_patient_same_clinic"),
                    clinic.walls.SameClinic("replaces", name="careplan_replaces_same_clinic"),
                    clinic.walls.SameClinic("created_by", name="careplan_creator_same_clinic"),
                    clinic.walls.SameClinic("signed_by", name="careplan_signer_same_clinic"),
                    models.UniqueConstraint(fields=("lineage_id", "version"), name="careplan_version_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("status__in", ["active", "on-hold"])),
                        fields=("lineage_id",),
                        name="careplan_one_running_version",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("status", "draft")),
                        fields=("lineage_id",),
                        name="careplan_one_draft",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("status", "draft")),
                            models.Q(
                                ("signed_at__isnull", False),
                                ("signed_by__isnull", False),
                                ("start_date__isnull", False),
                                models.Q(("content_sha256", ""), _negated=True),
                            ),
                            _connector="OR",
                        ),
                        name="careplan_signed_unless_draft",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["clinic", "patient", "status"], name="careplan_by_patient"),
                    models.Index(fields=["clinic", "status", "-updated_at"], name="careplan_by_status"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "start_date", "status", "status_reason", "updated_at", "version") VALUES (NEW."amend_reason", NEW."clinic_id", NEW."content_sha256", NEW."created_at", NEW."created_by_id", NEW."current_phase_id", NEW."findings", NEW."id", NEW."lineage_id", NEW."overrides", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."protocol_id", NEW."protocol_text", NEW."replaces_id", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."start_date", NEW."status", NEW."status_reason", NEW."updated_at", NEW."version"); RETURN NULL;',
                            hash="5020e74f614469dad4012d8e5c187a9aedba9a69",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_fef4e",
                            table="careplans_careplan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "start_date", "status", "status_reason", "updated_at", "version") VALUES (NEW."amend_reason", NEW."clinic_id", NEW."content_sha256", NEW."created_at", NEW."created_by_id", NEW."current_phase_id", NEW."findings", NEW."id", NEW."lineage_id", NEW."overrides", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."protocol_id", NEW."protocol_text", NEW."replaces_id", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."start_date", NEW."status", NEW."status_reason", NEW."updated_at", NEW."version"); RETURN NULL;',
                            hash="9a6d9091a5021f9181ce8e05a5e5dd9fe1e3a818",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_a53bf",
                            table="careplans_careplan",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_careplanevent" ("amend_reason", "clinic_id", "content_sha256", "created_at", "created_by_id", "current_phase_id", "findings", "id", "lineage_id", "overrides", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "protocol_id", "protocol_text", "replaces_id", "revision", "signed_at", "signed_by_id", "start_date", "status", "status_reason", "updated_at", "version") VALUES (OLD."amend_reason", OLD."clinic_id", OLD."content_sha256", OLD."created_at", OLD."created_by_id", OLD."current_phase_id", OLD."findings", OLD."id", OLD."lineage_id", OLD."overrides", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."protocol_id", OLD."protocol_text", OLD."replaces_id", OLD."revision", OLD."signed_at", OLD."signed_by_id", OLD."start_date", OLD."status", OLD."status_reason", OLD."updated_at", OLD."version"); RETURN NULL;',
                            hash="76e64352df983287814d7e61945de30a3b76f18a",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c0b84",
                            table="careplans_careplan",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Phase",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="phases",
                        to="careplans.careplan",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=150)),
                ("weeks", models.DecimalField(decimal_places=1, max_digits=4)),
                ("entry", models.TextField(blank=True, max_length=2000)),
                ("progress_when", models.TextField(blank=True, max_length=2000)),
                (
                    "education",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_phase_in_clinic"),
                    clinic.walls.SameClinic("plan", name="phase_plan_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("weeks__gt", 0), ("weeks__lte", 104)), name="phase_weeks"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_phaseevent" ("clinic_id", "education", "entry", "id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "progress_when", "weeks") VALUES (NEW."clinic_id", NEW."education", NEW."entry", NEW."id", NEW."name", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."progress_when", NEW."weeks"); RETURN NULL;',
                            hash="61a9cb3f09d89c5f2248d54bbfc766d1df7c9f39",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_af5f1",
                            table="careplans_phase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_phaseevent" ("clinic_id", "education", "entry", "id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "progress_when", "weeks") VALUES (NEW."clinic_id", NEW."education", NEW."entry", NEW."id", NEW."name", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."progress_when", NEW."weeks"); RETURN NULL;',
                            hash="34e84f6b29401ad925abbdfc15dcc1fd48317306",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_79bad",
                            table="careplans_phase",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_phaseevent" ("clinic_id", "education", "entry", "id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "progress_when", "weeks") VALUES (OLD."clinic_id", OLD."education", OLD."entry", OLD."id", OLD."name", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."progress_when", OLD."weeks"); RETURN NULL;',
                            hash="2cb4eb6c507f55c99cc1cd03e9085e0e8a2480a7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_34db7",
                            table="careplans_phase",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CarePlanEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.careplan",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                ("lineage_id", models.UUIDField(default=clinic.ids.uuid7, editable=False)),
                ("version", models.PositiveSmallIntegerField(default=1)),
                (
                    "replaces",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("draft", "Draft"),
                            ("active", "Active"),
                            ("on-hold", "On hold"),
                            ("completed", "Completed"),
                            ("revoked", "Revoked"),
                            ("superseded", "Superseded"),
                        ],
                        default="draft",
                        max_length=12,
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.protocol",
                    ),
                ),
                ("protocol_text", models.JSONField(blank=True, default=dict)),
                ("start_date", models.DateField(blank=True, null=True)),
                (
                    "current_phase",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.phase",
                    ),
                ),
                ("amend_reason", models.CharField(blank=True, max_length=500)),
                ("status_reason", models.CharField(blank=True, max_length=500)),
                ("revision", models.PositiveIntegerField(default=1)),
                (
                    "created_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "signed_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("signed_at", models.DateTimeField(blank=True, null=True)),
                ("overrides", models.JSONField(blank=True, default=dict)),
                ("findings", models.JSONField(blank=True, default=list)),
                ("content_sha256", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="75f4a08c5a153088c68e5f3ebf6690a697f9591f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c20af",
                            table="careplans_careplanevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicPrescription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clinic_items",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="clinic_items",
                        to="careplans.phase",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("lineage_id", models.UUIDField(default=clinic.ids.uuid7)),
                (
                    "modality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.modality"
                    ),
                ),
                (
                    "sites",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("dosage", models.JSONField(blank=True, default=dict)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("visits_per_week", models.DecimalField(decimal_places=1, max_digits=3)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused")], default="active", max_length=8
                    ),
                ),
                ("status_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "id"), name="careplans_clinicprescription_in_clinic"
                    ),
                    clinic.walls.SameClinic("plan", name="clinicrx_plan_same_clinic"),
                    clinic.walls.SameClinic("phase", name="clinicrx_phase_same_clinic"),
                    models.UniqueConstraint(fields=("plan", "lineage_id"), name="clinicrx_lineage_once"),
                    models.CheckConstraint(
                        condition=models.Q(("visits_per_week__gt", 0), ("visits_per_week__lte", 14)),
                        name="clinicrx_visits",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_clinicprescriptionevent" ("clinic_id", "dosage", "id", "lineage_id", "minutes", "modality_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "sites", "status", "status_reason", "visits_per_week") VALUES (NEW."clinic_id", NEW."dosage", NEW."id", NEW."lineage_id", NEW."minutes", NEW."modality_id", NEW."note", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phase_id", NEW."plan_id", NEW."sites", NEW."status", NEW."status_reason", NEW."visits_per_week"); RETURN NULL;',
                            hash="c3b0a158f2af9d22c58884788cb8860ed747c0f8",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d63f0",
                            table="careplans_clinicprescription",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_clinicprescriptionevent" ("clinic_id", "dosage", "id", "lineage_id", "minutes", "modality_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "sites", "status", "status_reason", "visits_per_week") VALUES (NEW."clinic_id", NEW."dosage", NEW."id", NEW."lineage_id", NEW."minutes", NEW."modality_id", NEW."note", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phase_id", NEW."plan_id", NEW."sites", NEW."status", NEW."status_reason", NEW."visits_per_week"); RETURN NULL;',
                            hash="c78f2104f62d8367982bc4b966b9864ef538d848",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_284e1",
                            table="careplans_clinicprescription",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_clinicprescriptionevent" ("clinic_id", "dosage", "id", "lineage_id", "minutes", "modality_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "sites", "status", "status_reason", "visits_per_week") VALUES (OLD."clinic_id", OLD."dosage", OLD."id", OLD."lineage_id", OLD."minutes", OLD."modality_id", OLD."note", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phase_id", OLD."plan_id", OLD."sites", OLD."status", OLD."status_reason", OLD."visits_per_week"); RETURN NULL;',
                            hash="4e4083a56b8773afe3c1c97f23228f35ed82d417",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_ce15e",
                            table="careplans_clinicprescription",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicPrescriptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.clinicprescription",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.phase",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("lineage_id", models.UUIDField(default=clinic.ids.uuid7)),
                (
                    "modality",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.modality",
                    ),
                ),
                (
                    "sites",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("dosage", models.JSONField(blank=True, default=dict)),
                ("minutes", models.PositiveSmallIntegerField()),
                ("visits_per_week", models.DecimalField(decimal_places=1, max_digits=3)),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused")], default="active", max_length=8
                    ),
                ),
                ("status_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="f4c0a39963899e52aed7481d27ae8c99c3534e79",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a2e36",
                            table="careplans_clinicprescriptionevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="DiaryEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="diary",
                        to="patients.patient",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "pain",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("spasm_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "spasm_severity",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                (
                    "sleep",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("medication_taken", models.BooleanField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("told_at", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_diaryentry_in_clinic"),
                    clinic.walls.SameClinic("patient", name="diary_patient_same_clinic"),
                    models.UniqueConstraint(fields=("clinic", "patient", "day"), name="diary_one_a_day"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pain", None), ("pain__lte", 10), _connector="OR"),
                            models.Q(("spasm_severity", None), ("spasm_severity__lte", 10), _connector="OR"),
                            models.Q(("sleep", None), ("sleep__lte", 10), _connector="OR"),
                        ),
                        name="diary_0_to_10",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_diaryentryevent" ("clinic_id", "day", "id", "medication_taken", "note", "pain", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sleep", "spasm_count", "spasm_severity", "told_at") VALUES (NEW."clinic_id", NEW."day", NEW."id", NEW."medication_taken", NEW."note", NEW."pain", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."sleep", NEW."spasm_count", NEW."spasm_severity", NEW."told_at"); RETURN NULL;',
                            hash="413fbcdff6e088229be90d941abb9795887429ce",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_cca62",
                            table="careplans_diaryentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_diaryentryevent" ("clinic_id", "day", "id", "medication_taken", "note", "pain", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sleep", "spasm_count", "spasm_severity", "told_at") VALUES (NEW."clinic_id", NEW."day", NEW."id", NEW."medication_taken", NEW."note", NEW."pain", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."sleep", NEW."spasm_count", NEW."spasm_severity", NEW."told_at"); RETURN NULL;',
                            hash="166ffa1dc77e8924fc50eb3bb72949aff80c5dbd",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_1463e",
                            table="careplans_diaryentry",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_diaryentryevent" ("clinic_id", "day", "id", "medication_taken", "note", "pain", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "sleep", "spasm_count", "spasm_severity", "told_at") VALUES (OLD."clinic_id", OLD."day", OLD."id", OLD."medication_taken", OLD."note", OLD."pain", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."sleep", OLD."spasm_count", OLD."spasm_severity", OLD."told_at"); RETURN NULL;',
                            hash="34f6cc53bab1251365d7dc4de597cb8e17aadf4e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_01673",
                            table="careplans_diaryentry",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DiaryEntryEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.diaryentry",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                ("day", models.DateField()),
                (
                    "pain",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("spasm_count", models.PositiveSmallIntegerField(blank=True, null=True)),
                (
                    "spasm_severity",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                (
                    "sleep",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("medication_taken", models.BooleanField(blank=True, null=True)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("told_at", models.JSONField(default=dict)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ff3d99301899e85a51fae0c55ac18ab79f8936c2",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_03995",
                            table="careplans_diaryentryevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomePrescription",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="home_items",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="home_items",
                        to="careplans.phase",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("lineage_id", models.UUIDField(default=clinic.ids.uuid7)),
                (
                    "exercise",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.exercise"
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True, choices=[("left", "Left"), ("right", "Right")], max_length=5, null=True
                    ),
                ),
                ("sets", models.PositiveSmallIntegerField()),
                ("reps", models.PositiveSmallIntegerField()),
                ("hold_s", models.PositiveSmallIntegerField()),
                ("rest_s", models.PositiveSmallIntegerField()),
                (
                    "days_of_week",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TimeField(), size=None),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused")], default="active", max_length=8
                    ),
                ),
                ("status_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "id"), name="careplans_homeprescription_in_clinic"
                    ),
                    clinic.walls.SameClinic("plan", name="homerx_plan_same_clinic"),
                    clinic.walls.SameClinic("phase", name="homerx_phase_same_clinic"),
                    models.UniqueConstraint(fields=("plan", "lineage_id"), name="homerx_lineage_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("days_of_week__contained_by", [1, 2, 3, 4, 5, 6, 7]),
                            ("days_of_week__len__gte", 1),
                        ),
                        name="homerx_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("times__len__gte", 1), ("times__len__lte", 20)),
                        name="homerx_times",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_homeprescriptionevent" ("clinic_id", "days_of_week", "exercise_id", "hold_s", "id", "lineage_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "reps", "rest_s", "sets", "side", "status", "status_reason", "times") VALUES (NEW."clinic_id", NEW."days_of_week", NEW."exercise_id", NEW."hold_s", NEW."id", NEW."lineage_id", NEW."note", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phase_id", NEW."plan_id", NEW."reps", NEW."rest_s", NEW."sets", NEW."side", NEW."status", NEW."status_reason", NEW."times"); RETURN NULL;',
                            hash="952eaef7c893444deb8f7d51c01cde4a7358b04e",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_35907",
                            table="careplans_homeprescription",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_homeprescriptionevent" ("clinic_id", "days_of_week", "exercise_id", "hold_s", "id", "lineage_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "reps", "rest_s", "sets", "side", "status", "status_reason", "times") VALUES (NEW."clinic_id", NEW."days_of_week", NEW."exercise_id", NEW."hold_s", NEW."id", NEW."lineage_id", NEW."note", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phase_id", NEW."plan_id", NEW."reps", NEW."rest_s", NEW."sets", NEW."side", NEW."status", NEW."status_reason", NEW."times"); RETURN NULL;',
                            hash="cbcbbc3dbca1ad7bbbc0d3900d6562e86c8c03ad",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b07bc",
                            table="careplans_homeprescription",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_homeprescriptionevent" ("clinic_id", "days_of_week", "exercise_id", "hold_s", "id", "lineage_id", "note", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phase_id", "plan_id", "reps", "rest_s", "sets", "side", "status", "status_reason", "times") VALUES (OLD."clinic_id", OLD."days_of_week", OLD."exercise_id", OLD."hold_s", OLD."id", OLD."lineage_id", OLD."note", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phase_id", OLD."plan_id", OLD."reps", OLD."rest_s", OLD."sets", OLD."side", OLD."status", OLD."status_reason", OLD."times"); RETURN NULL;',
                            hash="194f4b18513e001b853798dabdfbf94b6adb0ada",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4c1ee",
                            table="careplans_homeprescription",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SyncEvent",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="sync_events",
                        to="patients.patient",
                    ),
                ),
                ("event_id", models.UUIDField()),
                ("type", models.CharField(max_length=10)),
                ("occurred_at", models.DateTimeField()),
                ("received_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_syncevent_in_clinic"),
                    clinic.walls.SameClinic("patient", name="syncevent_patient_same_clinic"),
                    models.UniqueConstraint(fields=("clinic", "patient", "event_id"), name="syncevent_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExerciseLog",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="exercise_logs",
                        to="patients.patient",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="log",
                        to="careplans.syncevent",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="logs",
                        to="careplans.homeprescription",
                    ),
                ),
                ("lineage_id", models.UUIDField()),
                ("day", models.DateField()),
                ("session", models.TimeField()),
                ("occurred_at", models.DateTimeField()),
                ("sets_done", models.PositiveSmallIntegerField(default=0)),
                (
                    "pain_before",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                (
                    "pain_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("too_painful", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_exerciselog_in_clinic"),
                    clinic.walls.SameClinic("patient", name="exerciselog_patient_same_clinic"),
                    clinic.walls.SameClinic("prescription", name="exerciselog_rx_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("pain_before", None), ("pain_before__lte", 10), _connector="OR"),
                            models.Q(("pain_after", None), ("pain_after__lte", 10), _connector="OR"),
                        ),
                        name="exerciselog_pain_0_to_10",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["clinic", "patient", "-day"], name="exerciselog_by_day"),
                    models.Index(fields=["clinic", "lineage_id", "-day"], name="exerciselog_by_lineage"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_exerciselogevent" ("clinic_id", "day", "event_id", "id", "lineage_id", "note", "occurred_at", "pain_after", "pain_before", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescription_id", "session", "sets_done", "too_painful") VALUES (NEW."clinic_id", NEW."day", NEW."event_id", NEW."id", NEW."lineage_id", NEW."note", NEW."occurred_at", NEW."pain_after", NEW."pain_before", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."prescription_id", NEW."session", NEW."sets_done", NEW."too_painful"); RETURN NULL;',
                            hash="fc4abe8efe02114c205f86d2af73d667935ca0f5",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_34d3c",
                            table="careplans_exerciselog",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_exerciselogevent" ("clinic_id", "day", "event_id", "id", "lineage_id", "note", "occurred_at", "pain_after", "pain_before", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescription_id", "session", "sets_done", "too_painful") VALUES (NEW."clinic_id", NEW."day", NEW."event_id", NEW."id", NEW."lineage_id", NEW."note", NEW."occurred_at", NEW."pain_after", NEW."pain_before", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."prescription_id", NEW."session", NEW."sets_done", NEW."too_painful"); RETURN NULL;',
                            hash="788d71e48286dc65124ccad8679a0a805678a8d0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e9fcd",
                            table="careplans_exerciselog",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_exerciselogevent" ("clinic_id", "day", "event_id", "id", "lineage_id", "note", "occurred_at", "pain_after", "pain_before", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescription_id", "session", "sets_done", "too_painful") VALUES (OLD."clinic_id", OLD."day", OLD."event_id", OLD."id", OLD."lineage_id", OLD."note", OLD."occurred_at", OLD."pain_after", OLD."pain_before", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."prescription_id", OLD."session", OLD."sets_done", OLD."too_painful"); RETURN NULL;',
                            hash="d292ccfa6d90995848083aa47e21076eb57761eb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a989c",
                            table="careplans_exerciselog",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExerciseLogEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.exerciselog",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.syncevent",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.homeprescription",
                    ),
                ),
                ("lineage_id", models.UUIDField()),
                ("day", models.DateField()),
                ("session", models.TimeField()),
                ("occurred_at", models.DateTimeField()),
                ("sets_done", models.PositiveSmallIntegerField(default=0)),
                (
                    "pain_before",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                (
                    "pain_after",
                    models.PositiveSmallIntegerField(
                        blank=True, null=True, validators=[django.core.validators.MaxValueValidator(10)]
                    ),
                ),
                ("too_painful", models.BooleanField(default=False)),
                ("note", models.CharField(blank=True, max_length=1000)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="cf0386a6ab39218e30474cd6fc70bdc8028794ea",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_337e7",
                            table="careplans_exerciselogevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Goal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="goals",
                        to="careplans.careplan",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("text", models.CharField(max_length=500)),
                (
                    "measure",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.measure",
                    ),
                ),
                ("benefit", models.CharField(blank=True, max_length=30)),
                ("baseline", models.CharField(blank=True, max_length=30, null=True)),
                ("target", models.CharField(blank=True, max_length=30, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_goal_in_clinic"),
                    clinic.walls.SameClinic("plan", name="goal_plan_same_clinic"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_goalevent" ("baseline", "benefit", "clinic_id", "due_on", "id", "measure_id", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "text") VALUES (NEW."baseline", NEW."benefit", NEW."clinic_id", NEW."due_on", NEW."id", NEW."measure_id", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."target", NEW."text"); RETURN NULL;',
                            hash="10e7a94457e250a7eeb9a1e52c78255275f5109a",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_42e1e",
                            table="careplans_goal",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_goalevent" ("baseline", "benefit", "clinic_id", "due_on", "id", "measure_id", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "text") VALUES (NEW."baseline", NEW."benefit", NEW."clinic_id", NEW."due_on", NEW."id", NEW."measure_id", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."target", NEW."text"); RETURN NULL;',
                            hash="dc1c9e910f5ae574979a9495cdce0dae70a65311",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b2ce5",
                            table="careplans_goal",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_goalevent" ("baseline", "benefit", "clinic_id", "due_on", "id", "measure_id", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "target", "text") VALUES (OLD."baseline", OLD."benefit", OLD."clinic_id", OLD."due_on", OLD."id", OLD."measure_id", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."target", OLD."text"); RETURN NULL;',
                            hash="07f9a2b0de867eefc9b5839e85c8b1a5b4fd1fb4",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_41ffb",
                            table="careplans_goal",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="GoalEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.goal",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.careplan",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("text", models.CharField(max_length=500)),
                (
                    "measure",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.measure",
                    ),
                ),
                ("benefit", models.CharField(blank=True, max_length=30)),
                ("baseline", models.CharField(blank=True, max_length=30, null=True)),
                ("target", models.CharField(blank=True, max_length=30, null=True)),
                ("due_on", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="eab557606f25306686f5019cc29001b158f4a8b1",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_b89a9",
                            table="careplans_goalevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="HomePrescriptionEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.homeprescription",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "phase",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.phase",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("lineage_id", models.UUIDField(default=clinic.ids.uuid7)),
                (
                    "exercise",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.exercise",
                    ),
                ),
                (
                    "side",
                    models.CharField(
                        blank=True, choices=[("left", "Left"), ("right", "Right")], max_length=5, null=True
                    ),
                ),
                ("sets", models.PositiveSmallIntegerField()),
                ("reps", models.PositiveSmallIntegerField()),
                ("hold_s", models.PositiveSmallIntegerField()),
                ("rest_s", models.PositiveSmallIntegerField()),
                (
                    "days_of_week",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.PositiveSmallIntegerField(), size=None
                    ),
                ),
                (
                    "times",
                    django.contrib.postgres.fields.ArrayField(base_field=models.TimeField(), size=None),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("paused", "Paused")], default="active", max_length=8
                    ),
                ),
                ("status_reason", models.CharField(blank=True, max_length=500)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="d31a0de9910726d3307a702575022c985659684c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_75a98",
                            table="careplans_homeprescriptionevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PhaseEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.phase",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.careplan",
                    ),
                ),
                ("order", models.PositiveSmallIntegerField(default=1)),
                ("name", models.CharField(max_length=150)),
                ("weeks", models.DecimalField(decimal_places=1, max_digits=4)),
                ("entry", models.TextField(blank=True, max_length=2000)),
                ("progress_when", models.TextField(blank=True, max_length=2000)),
                (
                    "education",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e6b0d2408598aa8bef05d5d0afd2022d31ae9585",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8dfbf",
                            table="careplans_phaseevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanDiagnosis",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="plan_diagnoses",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "diagnosis",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.diagnosis"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "id"), name="careplans_plandiagnosis_in_clinic"
                    ),
                    clinic.walls.SameClinic("plan", name="plandiagnosis_plan_same_clinic"),
                    clinic.walls.SameClinic("diagnosis", name="plandiagnosis_diag_same_clinic"),
                    models.UniqueConstraint(fields=("plan", "diagnosis"), name="plandiagnosis_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_plandiagnosisevent" ("clinic_id", "diagnosis_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."clinic_id", NEW."diagnosis_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id"); RETURN NULL;',
                            hash="0d17087b591c005b0c9069b5e98bd7b7fe7eb069",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_78334",
                            table="careplans_plandiagnosis",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_plandiagnosisevent" ("clinic_id", "diagnosis_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (NEW."clinic_id", NEW."diagnosis_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id"); RETURN NULL;',
                            hash="51b1aa35d7b55604869f5f4ef826ed7f6fd1a795",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_edac9",
                            table="careplans_plandiagnosis",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_plandiagnosisevent" ("clinic_id", "diagnosis_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id") VALUES (OLD."clinic_id", OLD."diagnosis_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id"); RETURN NULL;',
                            hash="6adfe5294703a420b32228fc6c7b39a233db3bd7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_016f6",
                            table="careplans_plandiagnosis",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="PlanDiagnosisEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.plandiagnosis",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "diagnosis",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.diagnosis",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="42b12af556ea30998f87719b556467c734323a3f",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_459e0",
                            table="careplans_plandiagnosisevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="StopReport",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stop_reports",
                        to="patients.patient",
                    ),
                ),
                (
                    "event",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stop",
                        to="careplans.syncevent",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="careplans.homeprescription",
                    ),
                ),
                ("cue", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_stopreport_in_clinic"),
                    clinic.walls.SameClinic("patient", name="stopreport_patient_same_clinic"),
                    clinic.walls.SameClinic("prescription", name="stopreport_rx_same_clinic"),
                    clinic.walls.SameClinic("seen_by", name="stopreport_seer_same_clinic"),
                ],
                "indexes": [
                    models.Index(
                        condition=models.Q(("seen_at", None)),
                        fields=["clinic", "-occurred_at"],
                        name="stopreport_open",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_stopreportevent" ("clinic_id", "cue", "event_id", "id", "note", "occurred_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescription_id", "seen_at", "seen_by_id") VALUES (NEW."clinic_id", NEW."cue", NEW."event_id", NEW."id", NEW."note", NEW."occurred_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."prescription_id", NEW."seen_at", NEW."seen_by_id"); RETURN NULL;',
                            hash="edfc419174b3831b08684d0ef8c878bd0220baa4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_9a786",
                            table="careplans_stopreport",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_stopreportevent" ("clinic_id", "cue", "event_id", "id", "note", "occurred_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescription_id", "seen_at", "seen_by_id") VALUES (NEW."clinic_id", NEW."cue", NEW."event_id", NEW."id", NEW."note", NEW."occurred_at", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."prescription_id", NEW."seen_at", NEW."seen_by_id"); RETURN NULL;',
                            hash="1e93d8c4d013563bbc8fa41665b98472f2cda91f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_fa168",
                            table="careplans_stopreport",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_stopreportevent" ("clinic_id", "cue", "event_id", "id", "note", "occurred_at", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "prescription_id", "seen_at", "seen_by_id") VALUES (OLD."clinic_id", OLD."cue", OLD."event_id", OLD."id", OLD."note", OLD."occurred_at", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."prescription_id", OLD."seen_at", OLD."seen_by_id"); RETURN NULL;',
                            hash="dd79bbeb8148583401a8219695654b3a1c3d098b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_430f8",
                            table="careplans_stopreport",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="StopReportEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.stopreport",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        db_constraint=False,
                        editable=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "event",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.syncevent",
                    ),
                ),
                (
                    "prescription",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.homeprescription",
                    ),
                ),
                ("cue", models.CharField(max_length=60)),
                ("note", models.CharField(blank=True, max_length=1000)),
                ("occurred_at", models.DateTimeField()),
                (
                    "seen_by",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("seen_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="98ec17ca79e014f7fb2228741ee9f61e1ab363a0",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_3b355",
                            table="careplans_stopreportevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="careplan",
            name="current_phase",
            field=models.ForeignKey(
                blank=True,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="careplans.phase",
            ),
        ),
    ]
