import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models

import clinic.ids
import clinic.walls
from clinic.walls import newest_first, wall


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0005_invitations"),
        ("patients", "0006_doubles_by_name_or_birth"),
    ]

    operations = [
        migrations.CreateModel(
            name="Medication",
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
                ("name", models.CharField(max_length=120, verbose_name="medicine")),
                (
                    "drug_class",
                    models.CharField(
                        choices=[
                            ("muscle-relaxant", "Muscle relaxant"),
                            ("neuropathic-pain", "Neuropathic pain"),
                            ("anti-inflammatory", "Anti-inflammatory"),
                            ("painkiller", "Painkiller"),
                            ("opioid", "Opioid"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                        verbose_name="class",
                    ),
                ),
                ("dose", models.DecimalField(decimal_places=3, max_digits=9, verbose_name="dose")),
                ("unit", models.CharField(default="mg", max_length=20, verbose_name="unit")),
                ("per_day", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="times a day")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("stopped_on", models.DateField(blank=True, null=True, verbose_name="until")),
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
                        related_name="medications",
                        to="patients.patient",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "indexes": [models.Index(fields=["clinic", "patient"], name="medication_by_patient")],
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_medication_in_clinic"),
                    clinic.walls.SameClinic("patient", name="medication_patient_same_clinic"),
                    clinic.walls.SameClinic("entered_by", name="medication_by_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(("dose__gt", 0), ("per_day__gt", 0)), name="medication_has_a_dose"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("started_on", None),
                            ("stopped_on", None),
                            ("stopped_on__gte", models.F("started_on")),
                            _connector="OR",
                        ),
                        name="medication_stops_after_start",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_medicationevent" ("clinic_id", "dose", "drug_class", "entered_at", "entered_by_id", "id", "name", "patient_id", "per_day", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_on", "stopped_on", "unit", "void_reason", "voided_at") VALUES (NEW."clinic_id", NEW."dose", NEW."drug_class", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."name", NEW."patient_id", NEW."per_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."started_on", NEW."stopped_on", NEW."unit", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="c0760f56a2457e515c8ac8089d7d054cfe6fee55",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_47d9a",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_medicationevent" ("clinic_id", "dose", "drug_class", "entered_at", "entered_by_id", "id", "name", "patient_id", "per_day", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_on", "stopped_on", "unit", "void_reason", "voided_at") VALUES (NEW."clinic_id", NEW."dose", NEW."drug_class", NEW."entered_at", NEW."entered_by_id", NEW."id", NEW."name", NEW."patient_id", NEW."per_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."started_on", NEW."stopped_on", NEW."unit", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="ed153be7571da01c63526ed33e9681d34b44b4c5",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_64339",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_medicationevent" ("clinic_id", "dose", "drug_class", "entered_at", "entered_by_id", "id", "name", "patient_id", "per_day", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "started_on", "stopped_on", "unit", "void_reason", "voided_at") VALUES (OLD."clinic_id", OLD."dose", OLD."drug_class", OLD."entered_at", OLD."entered_by_id", OLD."id", OLD."name", OLD."patient_id", OLD."per_day", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."started_on", OLD."stopped_on", OLD."unit", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                            hash="aa5d79b50731dcf5797445e4caf7321b0804a689",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_397ac",
                            table="patients_medication",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MedicationEvent",
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
                ("name", models.CharField(max_length=120, verbose_name="medicine")),
                (
                    "drug_class",
                    models.CharField(
                        choices=[
                            ("muscle-relaxant", "Muscle relaxant"),
                            ("neuropathic-pain", "Neuropathic pain"),
                            ("anti-inflammatory", "Anti-inflammatory"),
                            ("painkiller", "Painkiller"),
                            ("opioid", "Opioid"),
                            ("other", "Other"),
                        ],
                        default="other",
                        max_length=20,
                        verbose_name="class",
                    ),
                ),
                ("dose", models.DecimalField(decimal_places=3, max_digits=9, verbose_name="dose")),
                ("unit", models.CharField(default="mg", max_length=20, verbose_name="unit")),
                ("per_day", models.DecimalField(decimal_places=2, max_digits=5, verbose_name="times a day")),
                ("started_on", models.DateField(blank=True, null=True, verbose_name="from")),
                ("stopped_on", models.DateField(blank=True, null=True, verbose_name="until")),
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
                        to="patients.medication",
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
                            hash="f3c4d0ad448b5bfc9797ade73a83127994bf3672",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_02766",
                            table="patients_medicationevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        *wall("patients_medication", "patients_medicationevent"),
        *newest_first("patients_medicationevent"),
    ]
