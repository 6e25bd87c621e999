import clinic.ids
import clinic.models.practice
import django.contrib.postgres.fields
import django.contrib.postgres.operations
import django.core.validators
import django.db.models.deletion
import django.db.models.functions.text
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [
        migrations.RunSQL(
            sql="""
            GRANT USAGE ON SCHEMA public TO tonus_app;
            GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO tonus_app;
            GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO tonus_app;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO tonus_app;
            ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO tonus_app;
            """,
            reverse_sql=migrations.RunSQL.noop,
        ),
        django.contrib.postgres.operations.BtreeGinExtension(),
        django.contrib.postgres.operations.BtreeGistExtension(),
        django.contrib.postgres.operations.TrigramExtension(),
        django.contrib.postgres.operations.UnaccentExtension(),
        migrations.RunSQL(
            sql="""
            CREATE FUNCTION tonus_clinic() RETURNS uuid LANGUAGE sql STABLE PARALLEL SAFE
            RETURN nullif(current_setting('tonus.clinic_id', true), '')::uuid;
            COMMENT ON FUNCTION tonus_clinic() IS 'The clinic of the open scope (clinic/tenancy.py); none outside one.';
            """,
            reverse_sql="DROP FUNCTION tonus_clinic()",
        ),
        migrations.CreateModel(
            name="Clinic",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("slug", models.SlugField(max_length=60, unique=True)),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("address", models.TextField(blank=True, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "timezone",
                    models.CharField(
                        default="Asia/Kolkata",
                        max_length=64,
                        validators=[clinic.models.practice.validate_timezone],
                        verbose_name="time zone",
                    ),
                ),
                ("country", models.CharField(default="IN", max_length=2, verbose_name="country")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")], max_length=8
                        ),
                        default=clinic.models.practice.all_languages,
                        size=None,
                    ),
                ),
                (
                    "emergency_number",
                    models.CharField(default="112", max_length=20, verbose_name="emergency number"),
                ),
                (
                    "crisis_line",
                    models.CharField(blank=True, default="14416", max_length=20, verbose_name="crisis line"),
                ),
                (
                    "hours",
                    models.JSONField(
                        default=clinic.models.practice.weekdays_nine_to_six, verbose_name="opening hours"
                    ),
                ),
                ("quiet_from", models.TimeField(default="21:00", verbose_name="no messages from")),
                ("quiet_until", models.TimeField(default="07:00", verbose_name="no messages until")),
                (
                    "cancel_notice_hours",
                    models.PositiveSmallIntegerField(
                        default=24, validators=[django.core.validators.MaxValueValidator(336)]
                    ),
                ),
                ("last_patient_number", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_clinicevent" ("address", "cancel_notice_hours", "city", "country", "created_at", "crisis_line", "email", "emergency_number", "hours", "id", "language", "languages", "last_patient_number", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "slug", "timezone") VALUES (NEW."address", NEW."cancel_notice_hours", NEW."city", NEW."country", NEW."created_at", NEW."crisis_line", NEW."email", NEW."emergency_number", NEW."hours", NEW."id", NEW."language", NEW."languages", NEW."last_patient_number", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."quiet_from", NEW."quiet_until", NEW."slug", NEW."timezone"); RETURN NULL;',
                            hash="329cedd1212697ca2d04f6f62255b4fc4ec45dea",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_89e20",
                            table="clinic_clinic",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_clinicevent" ("address", "cancel_notice_hours", "city", "country", "created_at", "crisis_line", "email", "emergency_number", "hours", "id", "language", "languages", "last_patient_number", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "slug", "timezone") VALUES (NEW."address", NEW."cancel_notice_hours", NEW."city", NEW."country", NEW."created_at", NEW."crisis_line", NEW."email", NEW."emergency_number", NEW."hours", NEW."id", NEW."language", NEW."languages", NEW."last_patient_number", NEW."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."quiet_from", NEW."quiet_until", NEW."slug", NEW."timezone"); RETURN NULL;',
                            hash="07613c411052c889cb078fd632f3b24def5ee91d",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_20361",
                            table="clinic_clinic",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_clinicevent" ("address", "cancel_notice_hours", "city", "country", "created_at", "crisis_line", "email", "emergency_number", "hours", "id", "language", "languages", "last_patient_number", "name", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "quiet_from", "quiet_until", "slug", "timezone") VALUES (OLD."address", OLD."cancel_notice_hours", OLD."city", OLD."country", OLD."created_at", OLD."crisis_line", OLD."email", OLD."emergency_number", OLD."hours", OLD."id", OLD."language", OLD."languages", OLD."last_patient_number", OLD."name", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."quiet_from", OLD."quiet_until", OLD."slug", OLD."timezone"); RETURN NULL;',
                            hash="dff357a71f619d4f8a0f1e86ffd871a8577f46a0",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_b174d",
                            table="clinic_clinic",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="ClinicEvent",
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
                        to="clinic.clinic",
                    ),
                ),
                ("pgh_context", pghistory.utils.JSONField(null=True)),
                ("pgh_context_id", models.UUIDField(null=True)),
                ("id", models.UUIDField(default=clinic.ids.uuid7, editable=False, serialize=False)),
                ("slug", models.SlugField(db_index=False, max_length=60)),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                ("city", models.CharField(blank=True, max_length=100, verbose_name="city")),
                ("address", models.TextField(blank=True, verbose_name="address")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "timezone",
                    models.CharField(
                        default="Asia/Kolkata",
                        max_length=64,
                        validators=[clinic.models.practice.validate_timezone],
                        verbose_name="time zone",
                    ),
                ),
                ("country", models.CharField(default="IN", max_length=2, verbose_name="country")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                (
                    "languages",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")], max_length=8
                        ),
                        default=clinic.models.practice.all_languages,
                        size=None,
                    ),
                ),
                (
                    "emergency_number",
                    models.CharField(default="112", max_length=20, verbose_name="emergency number"),
                ),
                (
                    "crisis_line",
                    models.CharField(blank=True, default="14416", max_length=20, verbose_name="crisis line"),
                ),
                (
                    "hours",
                    models.JSONField(
                        default=clinic.models.practice.weekdays_nine_to_six, verbose_name="opening hours"
                    ),
                ),
                ("quiet_from", models.TimeField(default="21:00", verbose_name="no messages from")),
                ("quiet_until", models.TimeField(default="07:00", verbose_name="no messages until")),
                (
                    "cancel_notice_hours",
                    models.PositiveSmallIntegerField(
                        default=24, validators=[django.core.validators.MaxValueValidator(336)]
                    ),
                ),
                ("last_patient_number", models.PositiveIntegerField(default=0, editable=False)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="e95756292361c8b8898d01ff547da61543329260",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_6f503",
                            table="clinic_clinicevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="User",
            fields=[
                ("password", models.CharField(max_length=128, verbose_name="password")),
                ("last_login", models.DateTimeField(blank=True, null=True, verbose_name="last login")),
                (
                    "is_superuser",
                    models.BooleanField(
                        default=False,
                        help_text="Designates that this user has all permissions without explicitly assigning them.",
                        verbose_name="superuser status",
                    ),
                ),
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, null=True, verbose_name="e-mail")),
                ("name", models.CharField(max_length=150, verbose_name="name")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                (
                    "theme",
                    models.CharField(
                        blank=True,
                        choices=[("", "As the device"), ("light", "Light"), ("dark", "Dark")],
                        default="",
                        max_length=8,
                        verbose_name="colours",
                    ),
                ),
                ("is_staff", models.BooleanField(default=False, help_text="May open the Django admin.")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                (
                    "groups",
                    models.ManyToManyField(
                        blank=True,
                        help_text="The groups this user belongs to. A user will get all permissions granted to each of their groups.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.group",
                        verbose_name="groups",
                    ),
                ),
                (
                    "user_permissions",
                    models.ManyToManyField(
                        blank=True,
                        help_text="Specific permissions for this user.",
                        related_name="user_set",
                        related_query_name="user",
                        to="auth.permission",
                        verbose_name="user permissions",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        django.db.models.functions.text.Lower("email"), name="user_email_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="IdempotencyKey",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("key", models.CharField(max_length=200)),
                ("route", models.CharField(max_length=200)),
                ("body_sha256", models.CharField(max_length=64)),
                ("status", models.PositiveSmallIntegerField()),
                ("answer", models.JSONField()),
                ("created_at", models.DateTimeField(auto_now_add=True, db_index=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="clinic_idempotencykey_in_clinic"),
                    models.UniqueConstraint(fields=("clinic", "user", "key"), name="idempotency_key_once"),
                ],
            },
        ),
        migrations.CreateModel(
            name="Membership",
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
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="memberships",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("physiotherapist", "Physiotherapist"),
                                ("assistant", "Assistant"),
                                ("front_desk", "Front desk"),
                                ("admin", "Clinic admin"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=30, verbose_name="title")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="clinic_membership_in_clinic"),
                    models.UniqueConstraint(fields=("clinic", "user"), name="membership_once"),
                    models.CheckConstraint(
                        condition=models.Q(("roles__len__gte", 1)), name="membership_has_a_role"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("roles__contained_by", ["physiotherapist", "assistant", "front_desk", "admin"])
                        ),
                        name="membership_staff_roles",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_membershipevent" ("clinic_id", "created_at", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "title", "user_id") VALUES (NEW."clinic_id", NEW."created_at", NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."roles", NEW."title", NEW."user_id"); RETURN NULL;',
                            hash="a34748dfc13339c3b07b9e6e9563b63d9c0486e0",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_847aa",
                            table="clinic_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "clinic_membershipevent" ("clinic_id", "created_at", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "title", "user_id") VALUES (NEW."clinic_id", NEW."created_at", NEW."id", NEW."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."roles", NEW."title", NEW."user_id"); RETURN NULL;',
                            hash="1aec3426e7c95b943d66c0d923f4617683fd146b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_d0685",
                            table="clinic_membership",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "clinic_membershipevent" ("clinic_id", "created_at", "id", "is_active", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "roles", "title", "user_id") VALUES (OLD."clinic_id", OLD."created_at", OLD."id", OLD."is_active", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."roles", OLD."title", OLD."user_id"); RETURN NULL;',
                            hash="36b586c3181427058d3ed6b54e3872bc3948a23b",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_e1e0f",
                            table="clinic_membership",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="MembershipEvent",
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
                        to="clinic.membership",
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
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "roles",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(
                            choices=[
                                ("physiotherapist", "Physiotherapist"),
                                ("assistant", "Assistant"),
                                ("front_desk", "Front desk"),
                                ("admin", "Clinic admin"),
                            ],
                            max_length=20,
                        ),
                        size=None,
                    ),
                ),
                ("title", models.CharField(blank=True, max_length=30, verbose_name="title")),
                ("is_active", models.BooleanField(default=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="282aa109f2c954233ef228a98b77dc0407d63b29",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1b76a",
                            table="clinic_membershipevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Token",
            fields=[
                ("digest", models.CharField(max_length=64, primary_key=True, serialize=False)),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="tokens",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("patient", models.UUIDField(null=True)),
                ("choosing", models.BooleanField(default=False)),
                ("people", models.JSONField(default=list)),
                ("shared_device", models.BooleanField(default=False)),
                ("expires_at", models.DateTimeField(db_index=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("user__isnull", False), ("choosing", True), _connector="OR"),
                        name="token_is_somebodys",
                    )
                ],
            },
        ),
    ]
