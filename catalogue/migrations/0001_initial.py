import clinic.ids
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("clinic", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="CatalogueVersion",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("content_sha256", models.CharField(max_length=64)),
                ("loaded_at", models.DateTimeField(db_index=True, default=django.utils.timezone.now)),
            ],
        ),
        migrations.CreateModel(
            name="EducationTopic",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Modality",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                ("group", models.SlugField(max_length=40)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Exercise",
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
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                ("slug", models.SlugField(blank=True, max_length=80)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                (
                    "modality",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.modality"
                    ),
                ),
                (
                    "families",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=80), default=list, size=None
                    ),
                ),
                (
                    "body_regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=60), default=list, size=None
                    ),
                ),
                ("search", models.TextField(blank=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("slug", ""), _negated=True),
                        fields=("slug",),
                        name="catalogue_exercise_one_slug",
                    )
                ],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["search"], name="exercise_search_trgm", opclasses=["gin_trgm_ops"]
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalogue_exerciseevent" ("active", "body_regions", "clinic_id", "data", "families", "id", "modality_id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "search", "slug") VALUES (NEW."active", NEW."body_regions", NEW."clinic_id", NEW."data", NEW."families", NEW."id", NEW."modality_id", NEW."name", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."search", NEW."slug"); RETURN NULL;',
                            hash="01b03c893c1d207ac0716b15c59e60d292d6d8cd",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_78391",
                            table="catalogue_exercise",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalogue_exerciseevent" ("active", "body_regions", "clinic_id", "data", "families", "id", "modality_id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "search", "slug") VALUES (NEW."active", NEW."body_regions", NEW."clinic_id", NEW."data", NEW."families", NEW."id", NEW."modality_id", NEW."name", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."search", NEW."slug"); RETURN NULL;',
                            hash="69ed67b72181a1e9039a1a8d37c624af89a6270e",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_67ec2",
                            table="catalogue_exercise",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalogue_exerciseevent" ("active", "body_regions", "clinic_id", "data", "families", "id", "modality_id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "search", "slug") VALUES (OLD."active", OLD."body_regions", OLD."clinic_id", OLD."data", OLD."families", OLD."id", OLD."modality_id", OLD."name", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."search", OLD."slug"); RETURN NULL;',
                            hash="343ccde793642b4f244793918f9fd44419440bde",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_8b083",
                            table="catalogue_exercise",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ExerciseEvent",
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
                        to="catalogue.exercise",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                ("slug", models.SlugField(blank=True, db_index=False, max_length=80)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
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
                    "families",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=80), default=list, size=None
                    ),
                ),
                (
                    "body_regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=60), default=list, size=None
                    ),
                ),
                ("search", models.TextField(blank=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="545620bb28ca2bff9ce5f407ed836cb4d4dc2710",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_0d1c8",
                            table="catalogue_exerciseevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Flag",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                ("category", models.SlugField(max_length=40)),
                ("critical", models.BooleanField(default=False)),
                ("needs_region", models.BooleanField(default=False)),
                ("expires_days", models.PositiveIntegerField(blank=True, null=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Condition",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                (
                    "family",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="subtypes",
                        to="catalogue.condition",
                    ),
                ),
                (
                    "icd10",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=10), default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Protocol",
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
                        blank=True,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.clinic",
                    ),
                ),
                ("slug", models.SlugField(blank=True, max_length=80)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                (
                    "family",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.condition",
                    ),
                ),
                (
                    "subtypes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=80), default=list, size=None
                    ),
                ),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("slug", ""), _negated=True),
                        fields=("slug",),
                        name="catalogue_protocol_one_slug",
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalogue_protocolevent" ("active", "clinic_id", "data", "family_id", "id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "subtypes") VALUES (NEW."active", NEW."clinic_id", NEW."data", NEW."family_id", NEW."id", NEW."name", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."slug", NEW."subtypes"); RETURN NULL;',
                            hash="fa4a576510bf4a17ae0139e98e9c3c065a41872b",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_41683",
                            table="catalogue_protocol",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "catalogue_protocolevent" ("active", "clinic_id", "data", "family_id", "id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "subtypes") VALUES (NEW."active", NEW."clinic_id", NEW."data", NEW."family_id", NEW."id", NEW."name", NEW."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."slug", NEW."subtypes"); RETURN NULL;',
                            hash="b64d7816d409b0f091aef86a0e72bd881273d5c0",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_589ed",
                            table="catalogue_protocol",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "catalogue_protocolevent" ("active", "clinic_id", "data", "family_id", "id", "name", "order", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "slug", "subtypes") VALUES (OLD."active", OLD."clinic_id", OLD."data", OLD."family_id", OLD."id", OLD."name", OLD."order", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."slug", OLD."subtypes"); RETURN NULL;',
                            hash="3d9947de2d1cf834f1762f9fb8313e8dbd8f30c7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_5952c",
                            table="catalogue_protocol",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="HiddenEntry",
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
                    "exercise",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.exercise",
                    ),
                ),
                (
                    "protocol",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="catalogue.protocol",
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="catalogue_hiddenentry_in_clinic"),
                    models.UniqueConstraint(fields=("clinic", "exercise"), name="hidden_exercise_once"),
                    models.UniqueConstraint(fields=("clinic", "protocol"), name="hidden_protocol_once"),
                    models.CheckConstraint(
                        condition=models.Q(("exercise", None), ("protocol", None), _connector="XOR"),
                        name="hidden_is_one_thing",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Measure",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="ProtocolEvent",
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
                        to="catalogue.protocol",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                (
                    "clinic",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.clinic",
                    ),
                ),
                ("slug", models.SlugField(blank=True, db_index=False, max_length=80)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                (
                    "family",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.condition",
                    ),
                ),
                (
                    "subtypes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.SlugField(max_length=80), default=list, size=None
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
                            hash="92c1e29d93ff0bb7fb783816df2a85a8f0758a3d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_99f4b",
                            table="catalogue_protocolevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RedFlag",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                ("urgency", models.CharField(max_length=20)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="SafetyRule",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
                ("severity", models.CharField(max_length=10)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Source",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="Vocabulary",
            fields=[
                ("id", models.SlugField(max_length=80, primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=300)),
                ("order", models.PositiveIntegerField(default=0)),
                ("data", models.JSONField()),
                ("active", models.BooleanField(default=True)),
            ],
            options={
                "ordering": ["order", "id"],
                "abstract": False,
            },
        ),
    ]
