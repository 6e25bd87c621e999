"""One person, one record: merges with undo, pairs known to be two people; consents with their text; treatments elsewhere.

A trigger on every table holds a row to its patient: it changes hands along a merge, and in no other way.
"""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.core.serializers.json import DjangoJSONEncoder
from django.db import migrations, models

import clinic.ids
import clinic.walls
from clinic.walls import newest_first, wall
from patients.guards import STAYS, UNSTAYED, stays_with_patient

NEW = ("recordmerge", "knownapart", "outsidetreatment")
OWNED = (
    *("consent", "careteam", "safetyflag", "safetyanswer", "diagnosis", "medication"),
    "outsidetreatment",
)


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0005_invitations"),
        ("patients", "0008_doubles_of_similar_names"),
    ]

    operations = [
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="update_update",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="consent",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="insert_insert",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="delete_delete",
        ),
        pgtrigger.migrations.RemoveTrigger(
            model_name="patient",
            name="update_update",
        ),
        migrations.CreateModel(
            name="KnownApart",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(max_length=300, verbose_name="why")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "decided_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["clinic", "second"], name="knownapart_by_second")],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_knownapart_in_clinic"),
                    clinic.walls.SameClinic("first", name="knownapart_first_same_clinic"),
                    clinic.walls.SameClinic("second", name="knownapart_second_same_clinic"),
                    clinic.walls.SameClinic("decided_by", name="knownapart_by_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("first__lt", models.F("second"))), name="knownapart_in_order"
                    ),
                    models.UniqueConstraint(fields=("first", "second"), name="knownapart_once"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_knownapartevent" ("clinic_id", "decided_at", "decided_by_id", "first_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "second_id") VALUES (NEW."clinic_id", NEW."decided_at", NEW."decided_by_id", NEW."first_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."second_id"); RETURN NULL;',
                            hash="7b3d1186d3595e4237312985becf22c193281f25",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b4fea",
                            table="patients_knownapart",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_knownapartevent" ("clinic_id", "decided_at", "decided_by_id", "first_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "second_id") VALUES (NEW."clinic_id", NEW."decided_at", NEW."decided_by_id", NEW."first_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."second_id"); RETURN NULL;',
                            hash="8cbd4fe50ee46c517ff4475e2fc997b47a4c3c34",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4cb89",
                            table="patients_knownapart",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_knownapartevent" ("clinic_id", "decided_at", "decided_by_id", "first_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "second_id") VALUES (OLD."clinic_id", OLD."decided_at", OLD."decided_by_id", OLD."first_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."second_id"); RETURN NULL;',
                            hash="ef4190482105ac65ac82b0a1538df76baabedfc7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_0c433",
                            table="patients_knownapart",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideTreatment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("botulinum-toxin", "Botulinum toxin"),
                            ("baclofen-pump", "Baclofen pump: set in, refilled or dose changed"),
                            ("injection", "Injection or nerve block"),
                            ("surgery", "Surgery"),
                            ("relapse", "Relapse or sudden worsening"),
                            ("hospital", "Stay in hospital"),
                            ("therapy", "Therapy elsewhere"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("began_on", models.DateField(verbose_name="on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=500, verbose_name="details")),
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
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="outside_treatments",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["clinic", "patient", "-began_on"], name="outsidetreatment_by_patient"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("clinic", "id"), name="patients_outsidetreatment_in_clinic"
                    ),
                    clinic.walls.SameClinic("patient", name="outsidetreatment_patient_same_clinic"),
                    clinic.walls.SameClinic("entered_by", name="outsidetreatment_by_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ended_on", None), ("ended_on__gte", models.F("began_on")), _connector="OR"
                        ),
                        name="outsidetreatment_ends_after_start",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_outsidetreatmentevent" ("began_on", "clinic_id", "detail", "ended_on", "entered_at", "entered_by_id", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regions", "void_reason", "voided_at") VALUES (NEW."began_on", NEW."clinic_id", NEW."detail", NEW."ended_on", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."regions", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="de53b2aa80e1471e39c4555192f95c762153b2bf",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b585c",
                            table="patients_outsidetreatment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_outsidetreatmentevent" ("began_on", "clinic_id", "detail", "ended_on", "entered_at", "entered_by_id", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regions", "void_reason", "voided_at") VALUES (NEW."began_on", NEW."clinic_id", NEW."detail", NEW."ended_on", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."regions", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="a9ca79bab53036dac3b3a309bb116a3c8f1816e0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f2da8",
                            table="patients_outsidetreatment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_outsidetreatmentevent" ("began_on", "clinic_id", "detail", "ended_on", "entered_at", "entered_by_id", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regions", "void_reason", "voided_at") VALUES (OLD."began_on", OLD."clinic_id", OLD."detail", OLD."ended_on", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."kind", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."regions", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                            hash="e21815a04d1af18aec156fffa8d961aee4dfd213",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_4e070",
                            table="patients_outsidetreatment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordMerge",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("moved", models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)),
                ("before", models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                    "merged",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="patients.patient"
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="merges",
                        to="patients.patient",
                    ),
                ),
                (
                    "undone_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_recordmerge_in_clinic"),
                    clinic.walls.SameClinic("survivor", name="recordmerge_survivor_same_clinic"),
                    clinic.walls.SameClinic("merged", name="recordmerge_merged_same_clinic"),
                    clinic.walls.SameClinic("merged_by", name="recordmerge_by_same_clinic"),
                    clinic.walls.SameClinic("undone_by", name="recordmerge_undo_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("survivor", models.F("merged")), _negated=True),
                        name="recordmerge_of_two",
                    ),
                    models.UniqueConstraint(
                        condition=models.Q(("undone_at", None)),
                        fields=("merged",),
                        name="recordmerge_into_one",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_recordmergeevent" ("before", "clinic_id", "id", "merged_at", "merged_by_id", "merged_id", "moved", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "survivor_id", "undone_at", "undone_by_id") VALUES (NEW."before", NEW."clinic_id", NEW."id", NEW."merged_at", NEW."merged_by_id", NEW."merged_id", NEW."moved", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."reason", NEW."survivor_id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="f5deaa8968ddb67f9532b2cea60d6d5848af12e2",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_36b97",
                            table="patients_recordmerge",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_recordmergeevent" ("before", "clinic_id", "id", "merged_at", "merged_by_id", "merged_id", "moved", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "survivor_id", "undone_at", "undone_by_id") VALUES (NEW."before", NEW."clinic_id", NEW."id", NEW."merged_at", NEW."merged_by_id", NEW."merged_id", NEW."moved", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."reason", NEW."survivor_id", NEW."undone_at", NEW."undone_by_id"); RETURN NULL;',
                            hash="bc09e2b554d26e8124e30fa930262c5687838b24",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_36b76",
                            table="patients_recordmerge",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_recordmergeevent" ("before", "clinic_id", "id", "merged_at", "merged_by_id", "merged_id", "moved", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "reason", "survivor_id", "undone_at", "undone_by_id") VALUES (OLD."before", OLD."clinic_id", OLD."id", OLD."merged_at", OLD."merged_by_id", OLD."merged_id", OLD."moved", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."reason", OLD."survivor_id", OLD."undone_at", OLD."undone_by_id"); RETURN NULL;',
                            hash="362311b1272afd352ef9abf7dddaaab502410251",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_85353",
                            table="patients_recordmerge",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="KnownApartEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("reason", models.CharField(max_length=300, verbose_name="why")),
                ("decided_at", models.DateTimeField(default=django.utils.timezone.now)),
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
                    "decided_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "first",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="patients.knownapart",
                    ),
                ),
                (
                    "second",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
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
                            hash="9eabd9fad81306fa605ab418bc4c5bacb366e5af",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_efa54",
                            table="patients_knownapartevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="OutsideTreatmentEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("botulinum-toxin", "Botulinum toxin"),
                            ("baclofen-pump", "Baclofen pump: set in, refilled or dose changed"),
                            ("injection", "Injection or nerve block"),
                            ("surgery", "Surgery"),
                            ("relapse", "Relapse or sudden worsening"),
                            ("hospital", "Stay in hospital"),
                            ("therapy", "Therapy elsewhere"),
                            ("other", "Something else"),
                        ],
                        max_length=20,
                        verbose_name="what",
                    ),
                ),
                ("began_on", models.DateField(verbose_name="on")),
                ("ended_on", models.DateField(blank=True, null=True, verbose_name="until")),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("detail", models.CharField(blank=True, max_length=500, verbose_name="details")),
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
                    "entered_by",
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="patients.outsidetreatment",
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
                            hash="18c982e6589d31a570e47c8dc74f3e789463ac65",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c0112",
                            table="patients_outsidetreatmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RecordMergeEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why")),
                ("moved", models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)),
                ("before", models.JSONField(default=dict, editable=False, encoder=DjangoJSONEncoder)),
                ("merged_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("undone_at", models.DateTimeField(blank=True, null=True)),
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
                    "merged",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "merged_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="patients.recordmerge",
                    ),
                ),
                (
                    "survivor",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="patients.patient",
                    ),
                ),
                (
                    "undone_by",
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
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="884e89de40f0f4a301068908fc0a24c7ba9f0242",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8fb85",
                            table="patients_recordmergeevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.AddField(
            model_name="consent",
            name="given_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinic.membership",
            ),
        ),
        migrations.AddField(
            model_name="consent",
            name="text",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="consent",
            name="withdrawn_to",
            field=models.ForeignKey(
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="clinic.membership",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="given_to",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="clinic.membership",
            ),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="text",
            field=models.TextField(blank=True, max_length=2000),
        ),
        migrations.AddField(
            model_name="consentevent",
            name="withdrawn_to",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="clinic.membership",
            ),
        ),
        migrations.AddField(
            model_name="patient",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="merged_records",
                to="patients.patient",
            ),
        ),
        migrations.AddField(
            model_name="patientevent",
            name="merged_into",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                editable=False,
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                related_query_name="+",
                to="patients.patient",
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_consentevent" ("clinic_id", "given_at", "given_to_id", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "text_version", "withdrawn_at", "withdrawn_to_id") VALUES (NEW."clinic_id", NEW."given_at", NEW."given_to_id", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text", NEW."text_version", NEW."withdrawn_at", NEW."withdrawn_to_id"); RETURN NULL;',
                    hash="2ce0acdeffeab3b856b05d392b23fad1086a1a4f",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_f3c10",
                    table="patients_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "patients_consentevent" ("clinic_id", "given_at", "given_to_id", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "text_version", "withdrawn_at", "withdrawn_to_id") VALUES (NEW."clinic_id", NEW."given_at", NEW."given_to_id", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text", NEW."text_version", NEW."withdrawn_at", NEW."withdrawn_to_id"); RETURN NULL;',
                    hash="a488680a9275323b37dc3a9de864dfbd1c91d126",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_06fdd",
                    table="patients_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="consent",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_consentevent" ("clinic_id", "given_at", "given_to_id", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text", "text_version", "withdrawn_at", "withdrawn_to_id") VALUES (OLD."clinic_id", OLD."given_at", OLD."given_to_id", OLD."id", OLD."kind", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text", OLD."text_version", OLD."withdrawn_at", OLD."withdrawn_to_id"); RETURN NULL;',
                    hash="1c7fdeba1acb595ac4b3eaf6391a212560fc319e",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_a515a",
                    table="patients_consent",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "merged_into_id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (NEW."address", NEW."age_told_on", NEW."age_years", NEW."archived_at", NEW."clinic_id", NEW."created_at", NEW."date_of_birth", NEW."deceased_on", NEW."email", NEW."emergency_contact", NEW."family_name", NEW."given_name", NEW."id", NEW."invited_at", NEW."language", NEW."merged_into_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."phone_owner", NEW."pin", NEW."reason", NEW."referred_by", NEW."sex", NEW."timezone", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                    hash="37cba2bdb8adf34026067cb7944c9b1abfa914e1",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_62165",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition='WHEN (OLD."address" IS DISTINCT FROM (NEW."address") OR OLD."age_told_on" IS DISTINCT FROM (NEW."age_told_on") OR OLD."age_years" IS DISTINCT FROM (NEW."age_years") OR OLD."archived_at" IS DISTINCT FROM (NEW."archived_at") OR OLD."clinic_id" IS DISTINCT FROM (NEW."clinic_id") OR OLD."created_at" IS DISTINCT FROM (NEW."created_at") OR OLD."date_of_birth" IS DISTINCT FROM (NEW."date_of_birth") OR OLD."deceased_on" IS DISTINCT FROM (NEW."deceased_on") OR OLD."email" IS DISTINCT FROM (NEW."email") OR OLD."emergency_contact" IS DISTINCT FROM (NEW."emergency_contact") OR OLD."family_name" IS DISTINCT FROM (NEW."family_name") OR OLD."given_name" IS DISTINCT FROM (NEW."given_name") OR OLD."id" IS DISTINCT FROM (NEW."id") OR OLD."invited_at" IS DISTINCT FROM (NEW."invited_at") OR OLD."language" IS DISTINCT FROM (NEW."language") OR OLD."merged_into_id" IS DISTINCT FROM (NEW."merged_into_id") OR OLD."number" IS DISTINCT FROM (NEW."number") OR OLD."phone" IS DISTINCT FROM (NEW."phone") OR OLD."phone_owner" IS DISTINCT FROM (NEW."phone_owner") OR OLD."pin" IS DISTINCT FROM (NEW."pin") OR OLD."reason" IS DISTINCT FROM (NEW."reason") OR OLD."referred_by" IS DISTINCT FROM (NEW."referred_by") OR OLD."sex" IS DISTINCT FROM (NEW."sex") OR OLD."timezone" IS DISTINCT FROM (NEW."timezone") OR OLD."updated_at" IS DISTINCT FROM (NEW."updated_at") OR OLD."user_id" IS DISTINCT FROM (NEW."user_id"))',
                    func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "merged_into_id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (NEW."address", NEW."age_told_on", NEW."age_years", NEW."archived_at", NEW."clinic_id", NEW."created_at", NEW."date_of_birth", NEW."deceased_on", NEW."email", NEW."emergency_contact", NEW."family_name", NEW."given_name", NEW."id", NEW."invited_at", NEW."language", NEW."merged_into_id", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_owner", NEW."pin", NEW."reason", NEW."referred_by", NEW."sex", NEW."timezone", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                    hash="32f2604b3690e6d8eac03213dde6de1448667193",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_546ce",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="patient",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "merged_into_id", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (OLD."address", OLD."age_told_on", OLD."age_years", OLD."archived_at", OLD."clinic_id", OLD."created_at", OLD."date_of_birth", OLD."deceased_on", OLD."email", OLD."emergency_contact", OLD."family_name", OLD."given_name", OLD."id", OLD."invited_at", OLD."language", OLD."merged_into_id", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."phone_owner", OLD."pin", OLD."reason", OLD."referred_by", OLD."sex", OLD."timezone", OLD."updated_at", OLD."user_id"); RETURN NULL;',
                    hash="e379eb9376efd08a53653900260d44bc2d41c4d2",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_9898d",
                    table="patients_patient",
                    when="AFTER",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=clinic.walls.SameClinic("given_to", name="consent_given_same_clinic"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=clinic.walls.SameClinic("withdrawn_to", name="consent_withdrawn_same_clinic"),
        ),
        migrations.AddConstraint(
            model_name="consent",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("withdrawn_at", None), ("withdrawn_at__gte", models.F("given_at")), _connector="OR"
                ),
                name="consent_withdrawn_after_given",
            ),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=clinic.walls.SameClinic("merged_into", name="patient_merged_same_clinic"),
        ),
        migrations.AddConstraint(
            model_name="patient",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("merged_into", None),
                    models.Q(
                        ("archived_at__isnull", False),
                        models.Q(("merged_into", models.F("id")), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="patient_merged_is_closed",
            ),
        ),
        *wall(*(f"patients_{name}{kind}" for name in NEW for kind in ("", "event"))),
        *newest_first(*(f"patients_{name}event" for name in NEW)),
        migrations.RunSQL(STAYS, UNSTAYED),
        *stays_with_patient(*(f"patients_{name}" for name in OWNED)),
    ]
