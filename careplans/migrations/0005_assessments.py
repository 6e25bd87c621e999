import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

import clinic.ids
import clinic.walls
from clinic.walls import newest_first, wall

TABLES = ["assessment", "addendum", "measurement"]

# A signed assessment may only be struck through; so may its measurements, and none is added or taken away. An addendum stays.
SEAL = """
CREATE FUNCTION tonus_seal_assessment() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF OLD.signed_at IS NULL THEN RETURN coalesce(NEW, OLD); END IF;
    IF TG_OP = 'DELETE' OR to_jsonb(OLD) - TG_ARGV::text[] IS DISTINCT FROM to_jsonb(NEW) - TG_ARGV::text[] THEN
        RAISE EXCEPTION 'a signed assessment does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NEW;
END $$;
CREATE TRIGGER zz_seal BEFORE UPDATE OR DELETE ON careplans_assessment FOR EACH ROW
    EXECUTE FUNCTION tonus_seal_assessment('voided_at', 'void_reason', 'updated_at');

CREATE FUNCTION tonus_seal_measurement() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    sealed boolean;
BEGIN
    SELECT bool_or(signed_at IS NOT NULL) INTO sealed FROM (
        SELECT signed_at FROM careplans_assessment
        WHERE id IN (CASE WHEN TG_OP <> 'INSERT' THEN OLD.assessment_id END, CASE WHEN TG_OP <> 'DELETE' THEN NEW.assessment_id END)
        FOR SHARE
    ) its;
    IF sealed AND NOT (
        TG_OP = 'UPDATE' AND to_jsonb(OLD) - TG_ARGV::text[] = to_jsonb(NEW) - TG_ARGV::text[]
    ) THEN
        RAISE EXCEPTION 'a signed assessment does not change' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN coalesce(NEW, OLD);
END $$;
CREATE TRIGGER zz_seal BEFORE INSERT OR UPDATE OR DELETE ON careplans_measurement FOR EACH ROW
    EXECUTE FUNCTION tonus_seal_measurement('voided_at', 'void_reason');

CREATE TRIGGER append_only BEFORE UPDATE OR DELETE ON careplans_addendum FOR EACH ROW EXECUTE FUNCTION tonus_refuse_change();
"""
UNSEAL = """
DROP TRIGGER append_only ON careplans_addendum;
DROP TRIGGER zz_seal ON careplans_measurement;
DROP FUNCTION tonus_seal_measurement();
DROP TRIGGER zz_seal ON careplans_assessment;
DROP FUNCTION tonus_seal_assessment();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0004_seal_parts_without_state"),
        ("catalogue", "0002_walls"),
        ("clinic", "0005_invitations"),
        ("patients", "0007_medications"),
    ]

    operations = [
        migrations.CreateModel(
            name="Assessment",
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
                        choices=[("initial", "Initial"), ("review", "Review"), ("discharge", "Discharge")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("red_flags", models.JSONField(blank=True, default=dict, verbose_name="red flags")),
                (
                    "red_flag_action",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="what was done about a red flag"
                    ),
                ),
                ("body_chart", models.JSONField(blank=True, default=list, verbose_name="body chart")),
                ("notes", models.TextField(blank=True, max_length=20000, verbose_name="notes")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed")),
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
                        related_name="assessments",
                        to="patients.patient",
                    ),
                ),
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
                ("typed", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(fields=["clinic", "patient", "-entered_at"], name="assessment_by_patient")
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_assessment_in_clinic"),
                    clinic.walls.SameClinic("patient", name="assessment_patient_same_clinic"),
                    clinic.walls.SameClinic("entered_by", name="assessment_by_same_clinic"),
                    clinic.walls.SameClinic("signed_by", name="assessment_signer_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("signed_at", None), ("signed_by", None)),
                            models.Q(("signed_at__isnull", False), ("signed_by__isnull", False)),
                            _connector="OR",
                        ),
                        name="assessment_signed_by_somebody",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_assessmentevent" ("body_chart", "clinic_id", "entered_at", "entered_by_id", "id", "kind", "notes", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "red_flag_action", "red_flags", "revision", "signed_at", "signed_by_id", "typed", "updated_at", "void_reason", "voided_at") VALUES (NEW."body_chart", NEW."clinic_id", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."notes", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."red_flag_action", NEW."red_flags", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."typed", NEW."updated_at", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="e7044583a17df3484973527e753d651d315e907f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_64253",
                            table="careplans_assessment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_assessmentevent" ("body_chart", "clinic_id", "entered_at", "entered_by_id", "id", "kind", "notes", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "red_flag_action", "red_flags", "revision", "signed_at", "signed_by_id", "typed", "updated_at", "void_reason", "voided_at") VALUES (NEW."body_chart", NEW."clinic_id", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."kind", NEW."notes", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."red_flag_action", NEW."red_flags", NEW."revision", NEW."signed_at", NEW."signed_by_id", NEW."typed", NEW."updated_at", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="59a83eab404438feaf003a46982d8120765bc078",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4ba0f",
                            table="careplans_assessment",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_assessmentevent" ("body_chart", "clinic_id", "entered_at", "entered_by_id", "id", "kind", "notes", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "red_flag_action", "red_flags", "revision", "signed_at", "signed_by_id", "typed", "updated_at", "void_reason", "voided_at") VALUES (OLD."body_chart", OLD."clinic_id", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."kind", OLD."notes", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."red_flag_action", OLD."red_flags", OLD."revision", OLD."signed_at", OLD."signed_by_id", OLD."typed", OLD."updated_at", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                            hash="e0da10ee59df32212a2bbb78de76a71479ac4066",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_acd34",
                            table="careplans_assessment",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Addendum",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("text", models.CharField(max_length=5000, verbose_name="text")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
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
                    "assessment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="addenda",
                        to="careplans.assessment",
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_addendum_in_clinic"),
                    clinic.walls.SameClinic("assessment", name="addendum_assessment_same_clinic"),
                    clinic.walls.SameClinic("by", name="addendum_by_same_clinic"),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_addendumevent" ("assessment_id", "at", "by_id", "clinic_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."assessment_id", NEW."at", NEW."by_id", NEW."clinic_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text"); RETURN NULL;',
                            hash="b812ae42004a2ed5f774124a5d27155ea23c1f95",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_dfeb7",
                            table="careplans_addendum",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_addendumevent" ("assessment_id", "at", "by_id", "clinic_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (NEW."assessment_id", NEW."at", NEW."by_id", NEW."clinic_id", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text"); RETURN NULL;',
                            hash="5dae682d0b40d4601cc75173b5bbe81022d12538",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_f9454",
                            table="careplans_addendum",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_addendumevent" ("assessment_id", "at", "by_id", "clinic_id", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text") VALUES (OLD."assessment_id", OLD."at", OLD."by_id", OLD."clinic_id", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text"); RETURN NULL;',
                            hash="8b36eef96225dac1689f5d7842d82228881d7640",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b8ec7",
                            table="careplans_addendum",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="AddendumEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("text", models.CharField(max_length=5000, verbose_name="text")),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                (
                    "by",
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
                    "pgh_obj",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="events",
                        to="careplans.addendum",
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.assessment",
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
                            hash="4c3e0d79fd3103f40dbe30f8b1e6781b5a64b53d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_8188d",
                            table="careplans_addendumevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="AssessmentEvent",
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
                        choices=[("initial", "Initial"), ("review", "Review"), ("discharge", "Discharge")],
                        max_length=10,
                        verbose_name="kind",
                    ),
                ),
                ("red_flags", models.JSONField(blank=True, default=dict, verbose_name="red flags")),
                (
                    "red_flag_action",
                    models.CharField(
                        blank=True, max_length=1000, verbose_name="what was done about a red flag"
                    ),
                ),
                ("body_chart", models.JSONField(blank=True, default=list, verbose_name="body chart")),
                ("notes", models.TextField(blank=True, max_length=20000, verbose_name="notes")),
                ("revision", models.PositiveIntegerField(default=1)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                ("signed_at", models.DateTimeField(blank=True, null=True, verbose_name="signed")),
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
                        to="careplans.assessment",
                    ),
                ),
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
                ("typed", models.JSONField(blank=True, default=dict)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="84c7ef42dd08fee366b57c68f5e11d96dee3ff18",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_7317f",
                            table="careplans_assessmentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Measurement",
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
                ("value", models.JSONField(verbose_name="value")),
                ("number", models.FloatField()),
                ("site", models.CharField(blank=True, max_length=60, verbose_name="site")),
                ("side", models.CharField(blank=True, max_length=5, verbose_name="side")),
                ("motion", models.CharField(blank=True, max_length=40, verbose_name="motion")),
                ("inputs", models.JSONField(blank=True, default=dict, verbose_name="inputs")),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="conditions")),
                (
                    "measured_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="measured"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("clinician", "Clinician"), ("patient", "Patient")],
                        max_length=10,
                        verbose_name="rated by",
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="measurements",
                        to="careplans.assessment",
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
                    "measure",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.measure"
                    ),
                ),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="measurements",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [
                    models.Index(
                        fields=["clinic", "patient", "measure", "measured_at"], name="measurement_by_patient"
                    )
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="careplans_measurement_in_clinic"),
                    clinic.walls.SameClinic("patient", name="measurement_patient_same_clinic"),
                    clinic.walls.SameClinic("assessment", name="measurement_assessment_same_clinic"),
                    clinic.walls.SameClinic("entered_by", name="measurement_by_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("side__in", ["", "left", "right"])), name="measurement_side"
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_measurementevent" ("assessment_id", "clinic_id", "conditions", "entered_at", "entered_by_id", "id", "inputs", "measure_id", "measured_at", "motion", "number", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side", "site", "source", "value", "void_reason", "voided_at") VALUES (NEW."assessment_id", NEW."clinic_id", NEW."conditions", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."inputs", NEW."measure_id", NEW."measured_at", NEW."motion", NEW."number", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."side", NEW."site", NEW."source", NEW."value", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="5542903e669aeb02505cad4a8ca50f8ba64e2587",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_d5815",
                            table="careplans_measurement",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "careplans_measurementevent" ("assessment_id", "clinic_id", "conditions", "entered_at", "entered_by_id", "id", "inputs", "measure_id", "measured_at", "motion", "number", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side", "site", "source", "value", "void_reason", "voided_at") VALUES (NEW."assessment_id", NEW."clinic_id", NEW."conditions", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."inputs", NEW."measure_id", NEW."measured_at", NEW."motion", NEW."number", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."side", NEW."site", NEW."source", NEW."value", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="2eceea7eafdf442351544b4323f9b5bd41c4d3b5",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_53848",
                            table="careplans_measurement",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "careplans_measurementevent" ("assessment_id", "clinic_id", "conditions", "entered_at", "entered_by_id", "id", "inputs", "measure_id", "measured_at", "motion", "number", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "side", "site", "source", "value", "void_reason", "voided_at") VALUES (OLD."assessment_id", OLD."clinic_id", OLD."conditions", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."inputs", OLD."measure_id", OLD."measured_at", OLD."motion", OLD."number", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."side", OLD."site", OLD."source", OLD."value", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                            hash="eefb2a08532c2b0ac3680cc882c10536e89b41f5",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_86c16",
                            table="careplans_measurement",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MeasurementEvent",
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
                ("value", models.JSONField(verbose_name="value")),
                ("number", models.FloatField()),
                ("site", models.CharField(blank=True, max_length=60, verbose_name="site")),
                ("side", models.CharField(blank=True, max_length=5, verbose_name="side")),
                ("motion", models.CharField(blank=True, max_length=40, verbose_name="motion")),
                ("inputs", models.JSONField(blank=True, default=dict, verbose_name="inputs")),
                ("conditions", models.JSONField(blank=True, default=dict, verbose_name="conditions")),
                (
                    "measured_at",
                    models.DateTimeField(default=django.utils.timezone.now, verbose_name="measured"),
                ),
                (
                    "source",
                    models.CharField(
                        choices=[("clinician", "Clinician"), ("patient", "Patient")],
                        max_length=10,
                        verbose_name="rated by",
                    ),
                ),
                (
                    "assessment",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="careplans.assessment",
                    ),
                ),
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
                    "measure",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.measure",
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
                        to="careplans.measurement",
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
                            hash="e3b7268705ce6d960d34e2a7b1de8e0212f6840c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_19dc4",
                            table="careplans_measurementevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        *wall(*(f"careplans_{name}{kind}" for name in TABLES for kind in ("", "event"))),
        *newest_first(*(f"careplans_{name}event" for name in TABLES)),
        migrations.RunSQL(SEAL, UNSEAL),
    ]
