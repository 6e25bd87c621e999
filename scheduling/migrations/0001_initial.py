import clinic.ids
import clinic.walls
import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.db.models.deletion
import django.db.models.expressions
import django.db.models.lookups
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("careplans", "0001_initial"),
        ("clinic", "0001_initial"),
        ("patients", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="AppointmentType",
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
                ("code", models.SlugField(max_length=40)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("minutes", models.PositiveSmallIntegerField(default=45, verbose_name="minutes")),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["code"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "id"), name="scheduling_appointmenttype_in_clinic"
                    ),
                    models.UniqueConstraint(fields=("clinic", "code"), name="appointmenttype_code_once"),
                    models.CheckConstraint(
                        condition=models.Q(("minutes__gte", 5), ("minutes__lte", 480)),
                        name="appointmenttype_minutes",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmenttypeevent" ("active", "clinic_id", "code", "id", "minutes", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."clinic_id", NEW."code", NEW."id", NEW."minutes", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id"); RETURN NULL;',
                            hash="d007cf7f9e99eaa25d1ea27b6e21974d6fbb949a",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c7557",
                            table="scheduling_appointmenttype",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_appointmenttypeevent" ("active", "clinic_id", "code", "id", "minutes", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (NEW."active", NEW."clinic_id", NEW."code", NEW."id", NEW."minutes", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id"); RETURN NULL;',
                            hash="b013e8b2ab3b9e3607c9e07c7e60dab3c9efda71",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_deb78",
                            table="scheduling_appointmenttype",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmenttypeevent" ("active", "clinic_id", "code", "id", "minutes", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id") VALUES (OLD."active", OLD."clinic_id", OLD."code", OLD."id", OLD."minutes", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id"); RETURN NULL;',
                            hash="9b6dd142dbcd59d568e09e20da9ea24efce16031",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_358c8",
                            table="scheduling_appointmenttype",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Series",
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
                        related_name="series",
                        to="patients.patient",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointmenttype",
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="series",
                        to="careplans.careplan",
                    ),
                ),
                ("pattern", models.JSONField(blank=True, default=dict)),
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
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="scheduling_series_in_clinic"),
                    clinic.walls.SameClinic("patient", name="series_patient_same_clinic"),
                    clinic.walls.SameClinic("type", name="series_type_same_clinic"),
                    clinic.walls.SameClinic("plan", name="series_plan_same_clinic"),
                    clinic.walls.SameClinic("created_by", name="series_creator_same_clinic"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_seriesevent" ("clinic_id", "created_at", "created_by_id", "id", "patient_id", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "type_id") VALUES (NEW."clinic_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."patient_id", NEW."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."type_id"); RETURN NULL;',
                            hash="bae94b79fce65e7b25d1a06b47d9614b61c1afd2",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_526a9",
                            table="scheduling_series",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_seriesevent" ("clinic_id", "created_at", "created_by_id", "id", "patient_id", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "type_id") VALUES (NEW."clinic_id", NEW."created_at", NEW."created_by_id", NEW."id", NEW."patient_id", NEW."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."type_id"); RETURN NULL;',
                            hash="a4dd6a08c778b1685fb78be2a1e84f9cc14140f4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_e99a3",
                            table="scheduling_series",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_seriesevent" ("clinic_id", "created_at", "created_by_id", "id", "patient_id", "pattern", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "type_id") VALUES (OLD."clinic_id", OLD."created_at", OLD."created_by_id", OLD."id", OLD."patient_id", OLD."pattern", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."type_id"); RETURN NULL;',
                            hash="29b68d5a46dbc8442ae1a3fa79dd814b96c24c0b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_6f496",
                            table="scheduling_series",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Appointment",
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
                        related_name="appointments",
                        to="patients.patient",
                    ),
                ),
                (
                    "type",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="scheduling.appointmenttype",
                    ),
                ),
                ("span", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("in-treatment", "In session"),
                            ("done", "Done"),
                            ("no-show", "Missed"),
                            ("cancelled", "Cancelled"),
                            ("unplaced", "Without a place"),
                        ],
                        default="booked",
                        max_length=12,
                    ),
                ),
                (
                    "plan",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="careplans.careplan",
                    ),
                ),
                (
                    "series",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="appointments",
                        to="scheduling.series",
                    ),
                ),
                ("override_hours_reason", models.CharField(blank=True, max_length=300)),
                ("status_reason", models.CharField(blank=True, max_length=300)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
                    "starts_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("span"), function="lower"),
                        output_field=models.DateTimeField(),
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="scheduling_appointment_in_clinic"),
                    clinic.walls.SameClinic("patient", name="appointment_patient_same_clinic"),
                    clinic.walls.SameClinic("type", name="appointment_type_same_clinic"),
                    clinic.walls.SameClinic("plan", name="appointment_plan_same_clinic"),
                    clinic.walls.SameClinic("series", name="appointment_series_same_clinic"),
                    clinic.walls.SameClinic("created_by", name="appointment_creator_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("span__isempty", False)), name="appointment_span_not_empty"
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(
                            ("status__in", ["booked", "confirmed", "arrived", "in-treatment", "done"])
                        ),
                        expressions=[("clinic", "="), ("patient", "="), ("span", "&&")],
                        name="appointment_patient_one_at_a_time",
                        violation_error_code="conflict",
                        violation_error_message="This patient already has a visit then.",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.expressions.CombinedExpression(
                                models.Func(
                                    models.F("span"), function="upper", output_field=models.DateTimeField()
                                ),
                                "-",
                                models.Func(
                                    models.F("span"), function="lower", output_field=models.DateTimeField()
                                ),
                            ),
                            models.Value(datetime.timedelta(seconds=28800), models.DurationField()),
                        ),
                        name="appointment_not_too_long",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["clinic", "patient", "status"], name="appointment_by_patient"),
                    models.Index(fields=["clinic", "-updated_at"], name="appointment_by_update"),
                    models.Index(fields=["clinic", "starts_at"], name="appointment_by_start"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmentevent" ("arrived_at", "clinic_id", "created_at", "created_by_id", "ended_at", "id", "override_hours_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "series_id", "span", "started_at", "status", "status_reason", "type_id", "updated_at") VALUES (NEW."arrived_at", NEW."clinic_id", NEW."created_at", NEW."created_by_id", NEW."ended_at", NEW."id", NEW."override_hours_reason", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."series_id", NEW."span", NEW."started_at", NEW."status", NEW."status_reason", NEW."type_id", NEW."updated_at"); RETURN NULL;',
                            hash="cbc79b50735cc31603c4dae3335cfe43407bd0e2",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_cdcf2",
                            table="scheduling_appointment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_appointmentevent" ("arrived_at", "clinic_id", "created_at", "created_by_id", "ended_at", "id", "override_hours_reason", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "series_id", "span", "started_at", "status", "status_reason", "type_id", "updated_at") VALUES (OLD."arrived_at", OLD."clinic_id", OLD."created_at", OLD."created_by_id", OLD."ended_at", OLD."id", OLD."override_hours_reason", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."series_id", OLD."span", OLD."started_at", OLD."status", OLD."status_reason", OLD."type_id", OLD."updated_at"); RETURN NULL;',
                            hash="5de91129e15001e18a2fd411c6e17424200fc112",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c56ad",
                            table="scheduling_appointment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="AppointmentTypeEvent",
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
                        to="scheduling.appointmenttype",
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
                ("code", models.SlugField(db_index=False, max_length=40)),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("minutes", models.PositiveSmallIntegerField(default=45, verbose_name="minutes")),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6833f7d703eedd476474895a6435e21360042fa9",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_a8383",
                            table="scheduling_appointmenttypeevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Resource",
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
                    "kind",
                    models.CharField(
                        choices=[("therapist", "Therapist"), ("room", "Room"), ("device", "Device")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("short_name", models.CharField(blank=True, max_length=12, verbose_name="short name")),
                ("capacity", models.PositiveSmallIntegerField(default=1, verbose_name="capacity")),
                ("hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                (
                    "member",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="resources",
                        to="clinic.membership",
                    ),
                ),
                ("equipment", models.CharField(blank=True, max_length=60, verbose_name="equipment")),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["kind", "name"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="scheduling_resource_in_clinic"),
                    clinic.walls.SameClinic("member", name="resource_member_same_clinic"),
                    models.UniqueConstraint(fields=("clinic", "kind", "name"), name="resource_name_once"),
                    models.CheckConstraint(
                        condition=models.Q(("capacity__gte", 1), ("capacity__lte", 50)),
                        name="resource_capacity",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_resourceevent" ("active", "capacity", "clinic_id", "equipment", "hours", "id", "kind", "member_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name") VALUES (NEW."active", NEW."capacity", NEW."clinic_id", NEW."equipment", NEW."hours", NEW."id", NEW."kind", NEW."member_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."short_name"); RETURN NULL;',
                            hash="a867393e4bf53cb1c741693e4fc3e4ca3db00ba9",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_c875b",
                            table="scheduling_resource",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_resourceevent" ("active", "capacity", "clinic_id", "equipment", "hours", "id", "kind", "member_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name") VALUES (NEW."active", NEW."capacity", NEW."clinic_id", NEW."equipment", NEW."hours", NEW."id", NEW."kind", NEW."member_id", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."short_name"); RETURN NULL;',
                            hash="fa8bb78ee37a910ae45667915a083b37d780fe7b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_bcc1f",
                            table="scheduling_resource",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_resourceevent" ("active", "capacity", "clinic_id", "equipment", "hours", "id", "kind", "member_id", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "short_name") VALUES (OLD."active", OLD."capacity", OLD."clinic_id", OLD."equipment", OLD."hours", OLD."id", OLD."kind", OLD."member_id", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."short_name"); RETURN NULL;',
                            hash="3e7e6b1b0c9aa8d0a75c7a9a3edacb2b99226ffa",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_deb5e",
                            table="scheduling_resource",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Booking",
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
                    "appointment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="bookings",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="bookings",
                        to="scheduling.resource",
                    ),
                ),
                ("lane", models.PositiveSmallIntegerField(default=1)),
                ("span", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("active", models.BooleanField(default=True)),
                (
                    "starts_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("span"), function="lower"),
                        output_field=models.DateTimeField(),
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="scheduling_booking_in_clinic"),
                    clinic.walls.SameClinic("appointment", name="booking_appointment_same_clinic"),
                    clinic.walls.SameClinic("resource", name="booking_resource_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("span__isempty", False)), name="booking_span_not_empty"
                    ),
                    models.UniqueConstraint(fields=("appointment", "resource"), name="booking_resource_once"),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        condition=models.Q(("active", True)),
                        expressions=[("clinic", "="), ("resource", "="), ("lane", "="), ("span", "&&")],
                        name="booking_one_at_a_time",
                        violation_error_code="conflict",
                        violation_error_message="This is already booked then.",
                    ),
                    models.CheckConstraint(
                        condition=django.db.models.lookups.LessThanOrEqual(
                            django.db.models.expressions.CombinedExpression(
                                models.Func(
                                    models.F("span"), function="upper", output_field=models.DateTimeField()
                                ),
                                "-",
                                models.Func(
                                    models.F("span"), function="lower", output_field=models.DateTimeField()
                                ),
                            ),
                            models.Value(datetime.timedelta(seconds=28800), models.DurationField()),
                        ),
                        name="booking_not_too_long",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["clinic", "resource", "starts_at"], name="booking_by_start")
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_bookingevent" ("active", "appointment_id", "clinic_id", "id", "lane", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resource_id", "span") VALUES (NEW."active", NEW."appointment_id", NEW."clinic_id", NEW."id", NEW."lane", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."resource_id", NEW."span"); RETURN NULL;',
                            hash="7c071b7bc67b21a2322336aa21ab2d7896579424",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_7f30b",
                            table="scheduling_booking",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_bookingevent" ("active", "appointment_id", "clinic_id", "id", "lane", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "resource_id", "span") VALUES (OLD."active", OLD."appointment_id", OLD."clinic_id", OLD."id", OLD."lane", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."resource_id", OLD."span"); RETURN NULL;',
                            hash="14b21b8b98ce316bc250ac69a41667211c39eeeb",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_589b6",
                            table="scheduling_booking",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
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
                ],
            },
        ),
        migrations.CreateModel(
            name="Closure",
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
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="closures",
                        to="scheduling.resource",
                    ),
                ),
                ("span", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("extra", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="scheduling_closure_in_clinic"),
                    clinic.walls.SameClinic("resource", name="closure_resource_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("span__isempty", False)), name="closure_span_not_empty"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_closureevent" ("clinic_id", "extra", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resource_id", "span") VALUES (NEW."clinic_id", NEW."extra", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."resource_id", NEW."span"); RETURN NULL;',
                            hash="0fd4424df255de57ab5ad5d3f0d05267463aceaa",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_30a6d",
                            table="scheduling_closure",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "scheduling_closureevent" ("clinic_id", "extra", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resource_id", "span") VALUES (NEW."clinic_id", NEW."extra", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."resource_id", NEW."span"); RETURN NULL;',
                            hash="c6d44c641bb713aea76977fa16c97034ca73a17f",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_b061b",
                            table="scheduling_closure",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "scheduling_closureevent" ("clinic_id", "extra", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "resource_id", "span") VALUES (OLD."clinic_id", OLD."extra", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."resource_id", OLD."span"); RETURN NULL;',
                            hash="89fc2deb8f1d65b5a3403fd7a1f03e239d4561c7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e8703",
                            table="scheduling_closure",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClosureEvent",
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
                        to="scheduling.closure",
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
                    "resource",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.resource",
                    ),
                ),
                ("span", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("extra", models.BooleanField(default=False)),
                ("reason", models.CharField(blank=True, max_length=150)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="fff27f157a5107d199266457223d63484d8aa57b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_f4a48",
                            table="scheduling_closureevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="BookingEvent",
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
                        to="scheduling.booking",
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
                    "appointment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.appointment",
                    ),
                ),
                (
                    "resource",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.resource",
                    ),
                ),
                ("lane", models.PositiveSmallIntegerField(default=1)),
                ("span", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e9b133e4ef31261f8276c745f987d0ce74211f35",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_762e7",
                            table="scheduling_bookingevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ResourceEvent",
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
                        to="scheduling.resource",
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
                    "kind",
                    models.CharField(
                        choices=[("therapist", "Therapist"), ("room", "Room"), ("device", "Device")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("name", models.CharField(max_length=100, verbose_name="name")),
                ("short_name", models.CharField(blank=True, max_length=12, verbose_name="short name")),
                ("capacity", models.PositiveSmallIntegerField(default=1, verbose_name="capacity")),
                ("hours", models.JSONField(blank=True, null=True, verbose_name="hours")),
                (
                    "member",
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
                ("equipment", models.CharField(blank=True, max_length=60, verbose_name="equipment")),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="998ed6f835fbcbecacc049a135cbc42ac2d0d79b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_fce84",
                            table="scheduling_resourceevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AppointmentEvent",
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
                        to="scheduling.appointment",
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
                    "type",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.appointmenttype",
                    ),
                ),
                ("span", django.contrib.postgres.fields.ranges.DateTimeRangeField()),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("booked", "Booked"),
                            ("confirmed", "Confirmed"),
                            ("arrived", "Arrived"),
                            ("in-treatment", "In session"),
                            ("done", "Done"),
                            ("no-show", "Missed"),
                            ("cancelled", "Cancelled"),
                            ("unplaced", "Without a place"),
                        ],
                        default="booked",
                        max_length=12,
                    ),
                ),
                (
                    "plan",
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
                    "series",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.series",
                    ),
                ),
                ("override_hours_reason", models.CharField(blank=True, max_length=300)),
                ("status_reason", models.CharField(blank=True, max_length=300)),
                ("arrived_at", models.DateTimeField(blank=True, null=True)),
                ("started_at", models.DateTimeField(blank=True, null=True)),
                ("ended_at", models.DateTimeField(blank=True, null=True)),
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="ef979a043ec8601caf85155ca4b0218ea789364d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_dfe96",
                            table="scheduling_appointmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SeriesEvent",
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
                        to="scheduling.series",
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
                    "type",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="scheduling.appointmenttype",
                    ),
                ),
                (
                    "plan",
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
                ("pattern", models.JSONField(blank=True, default=dict)),
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="acf3b4c0fafddb2e8c96001f17cb21e3dd8f9b30",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_05e96",
                            table="scheduling_seriesevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
    ]
