"""Running plans are checked again when facts, rules or the day change: what was found, and how far a clinic is checked."""

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
import pgtrigger.migrations
from django.db import migrations, models

import clinic.ids
import clinic.walls
from clinic.walls import newest_first, wall


class Migration(migrations.Migration):
    dependencies = [
        ("careplans", "0008_prints_of_plans"),
        ("clinic", "0005_invitations"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlanAlert",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("fact", "What is known about the patient changed."),
                            ("rules", "The safety rules changed."),
                            (
                                "day",
                                "With the date: an answer or a fact ran out, or the patient's age changed.",
                            ),
                            ("own", "An exercise of the clinic was changed."),
                        ],
                        max_length=5,
                        verbose_name="cause",
                    ),
                ),
                ("since", models.DateField(default=django.utils.timezone.localdate, verbose_name="since")),
                (
                    "findings",
                    models.JSONField(blank=True, default=list, verbose_name="what speaks against it"),
                ),
                (
                    "unknown",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what to ask",
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
                        related_name="alerts",
                        to="careplans.careplan",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="PlanAlertEvent",
            fields=[
                ("pgh_id", models.AutoField(primary_key=True, serialize=False)),
                ("pgh_created_at", models.DateTimeField(auto_now_add=True)),
                ("pgh_label", models.TextField(help_text="The event label.")),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("fact", "What is known about the patient changed."),
                            ("rules", "The safety rules changed."),
                            (
                                "day",
                                "With the date: an answer or a fact ran out, or the patient's age changed.",
                            ),
                            ("own", "An exercise of the clinic was changed."),
                        ],
                        max_length=5,
                        verbose_name="cause",
                    ),
                ),
                ("since", models.DateField(default=django.utils.timezone.localdate, verbose_name="since")),
                (
                    "findings",
                    models.JSONField(blank=True, default=list, verbose_name="what speaks against it"),
                ),
                (
                    "unknown",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=80),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="what to ask",
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
                        to="careplans.planalert",
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
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Recheck",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("catalogue_sha256", models.CharField(blank=True, max_length=64)),
                ("day", models.DateField(null=True)),
                (
                    "cause",
                    models.CharField(
                        choices=[
                            ("fact", "What is known about the patient changed."),
                            ("rules", "The safety rules changed."),
                            (
                                "day",
                                "With the date: an answer or a fact ran out, or the patient's age changed.",
                            ),
                            ("own", "An exercise of the clinic was changed."),
                        ],
                        default="day",
                        max_length=5,
                    ),
                ),
                ("reached", models.UUIDField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "clinic",
                    models.ForeignKey(
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
            ],
            options={
                "abstract": False,
            },
        ),
        migrations.AddConstraint(
            model_name="planalert",
            constraint=models.UniqueConstraint(fields=("clinic", "id"), name="careplans_planalert_in_clinic"),
        ),
        migrations.AddConstraint(
            model_name="planalert",
            constraint=clinic.walls.SameClinic("plan", name="planalert_plan_same_clinic"),
        ),
        migrations.AddConstraint(
            model_name="planalert",
            constraint=models.UniqueConstraint(fields=("plan",), name="planalert_one_a_plan"),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planalert",
            trigger=pgtrigger.compiler.Trigger(
                name="insert_insert",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_planalertevent" ("cause", "clinic_id", "findings", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "since", "unknown") VALUES (NEW."cause", NEW."clinic_id", NEW."findings", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."plan_id", NEW."since", NEW."unknown"); RETURN NULL;',
                    hash="491b1118257022793f707bb2384a9038257d3fad",
                    operation="INSERT",
                    pgid="pgtrigger_insert_insert_a752b",
                    table="careplans_planalert",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planalert",
            trigger=pgtrigger.compiler.Trigger(
                name="update_update",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                    func='INSERT INTO "careplans_planalertevent" ("cause", "clinic_id", "findings", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "since", "unknown") VALUES (NEW."cause", NEW."clinic_id", NEW."findings", NEW."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."plan_id", NEW."since", NEW."unknown"); RETURN NULL;',
                    hash="9769ff94d9fc589de4fc152be665fa84cfa9bc51",
                    operation="UPDATE",
                    pgid="pgtrigger_update_update_012fc",
                    table="careplans_planalert",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planalert",
            trigger=pgtrigger.compiler.Trigger(
                name="delete_delete",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func='INSERT INTO "careplans_planalertevent" ("cause", "clinic_id", "findings", "id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "plan_id", "since", "unknown") VALUES (OLD."cause", OLD."clinic_id", OLD."findings", OLD."id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."plan_id", OLD."since", OLD."unknown"); RETURN NULL;',
                    hash="9be8340ec9fda35f200dc177a1ed5d0d7a0e5b19",
                    operation="DELETE",
                    pgid="pgtrigger_delete_delete_da7ac",
                    table="careplans_planalert",
                    when="AFTER",
                ),
            ),
        ),
        pgtrigger.migrations.AddTrigger(
            model_name="planalertevent",
            trigger=pgtrigger.compiler.Trigger(
                name="append_only",
                sql=pgtrigger.compiler.UpsertTriggerSql(
                    func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                    hash="a335993628ae126cee8ae9ec3516d110def29eae",
                    operation="UPDATE OR DELETE",
                    pgid="pgtrigger_append_only_74c4d",
                    table="careplans_planalertevent",
                    when="BEFORE",
                ),
            ),
        ),
        migrations.AddConstraint(
            model_name="recheck",
            constraint=models.UniqueConstraint(fields=("clinic", "id"), name="careplans_recheck_in_clinic"),
        ),
        migrations.AddConstraint(
            model_name="recheck",
            constraint=models.UniqueConstraint(fields=("clinic",), name="recheck_one_a_clinic"),
        ),
        *wall("careplans_planalert", "careplans_planalertevent", "careplans_recheck"),
        *newest_first("careplans_planalertevent"),
    ]
