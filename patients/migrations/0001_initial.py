import clinic.ids
import clinic.walls
import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.functions.text
import django.utils.timezone
import pghistory.utils
import pgtrigger.compiler
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("catalogue", "0001_initial"),
        ("clinic", "0001_initial"),
    ]

    operations = [
        migrations.CreateModel(
            name="Patient",
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
                ("number", models.PositiveIntegerField(editable=False)),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("family_name", models.CharField(blank=True, max_length=100, verbose_name="family name")),
                ("date_of_birth", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("age_years", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="age")),
                ("age_told_on", models.DateField(blank=True, null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("unknown", "Not said"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="sex",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                (
                    "phone_owner",
                    models.CharField(
                        choices=[("own", "Their own"), ("family", "Family"), ("neighbour", "A neighbour")],
                        default="own",
                        max_length=10,
                        verbose_name="whose phone",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("timezone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
                ("address", models.JSONField(blank=True, default=dict, verbose_name="address")),
                (
                    "emergency_contact",
                    models.JSONField(blank=True, default=dict, verbose_name="emergency contact"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why they came")),
                ("referred_by", models.CharField(blank=True, max_length=150, verbose_name="sent by")),
                ("deceased_on", models.DateField(blank=True, null=True, verbose_name="died on")),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.OneToOneField(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="patient",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("pin", models.CharField(blank=True, max_length=128)),
                ("invited_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                "given_name", models.Value(" "), "family_name"
                            )
                        ),
                        output_field=models.TextField(),
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_patient_in_clinic"),
                    models.UniqueConstraint(fields=("clinic", "number"), name="patient_number_once"),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("phone", ""), _negated=True),
                            models.Q(("email", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="patient_can_be_reached",
                        violation_error_message="Give a phone number or an e-mail address.",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("age_years", None), ("age_years__lte", 130), _connector="OR"),
                        name="patient_age_to_130",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("age_told_on", None), ("age_years", None)),
                            models.Q(("age_told_on__isnull", False), ("age_years__isnull", False)),
                            _connector="OR",
                        ),
                        name="patient_age_with_its_day",
                    ),
                ],
                "indexes": [
                    models.Index(fields=["clinic", "name_key", "id"], name="patient_by_name"),
                    models.Index(fields=["clinic", "phone"], name="patient_by_phone"),
                    models.Index(fields=["clinic", "-updated_at", "id"], name="patient_by_update"),
                    models.Index(
                        django.db.models.functions.text.Lower("email"),
                        condition=models.Q(("email", ""), _negated=True),
                        name="patient_by_email",
                    ),
                    models.Index(
                        models.F("phone"),
                        condition=models.Q(("user__isnull", False)),
                        name="patient_phone_any_clinic",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["clinic", "name_key"],
                        name="patient_name_trgm",
                        opclasses=["uuid_ops", "gin_trgm_ops"],
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["clinic", "phone"],
                        name="patient_phone_trgm",
                        opclasses=["uuid_ops", "gin_trgm_ops"],
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (NEW."address", NEW."age_told_on", NEW."age_years", NEW."archived_at", NEW."clinic_id", NEW."created_at", NEW."date_of_birth", NEW."deceased_on", NEW."email", NEW."emergency_contact", NEW."family_name", NEW."given_name", NEW."id", NEW."invited_at", NEW."language", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."phone", NEW."phone_owner", NEW."pin", NEW."reason", NEW."referred_by", NEW."sex", NEW."timezone", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                            hash="7bba8d582ce1fe60d3d2af0ce77361c3c01ff50f",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_62165",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (NEW."address", NEW."age_told_on", NEW."age_years", NEW."archived_at", NEW."clinic_id", NEW."created_at", NEW."date_of_birth", NEW."deceased_on", NEW."email", NEW."emergency_contact", NEW."family_name", NEW."given_name", NEW."id", NEW."invited_at", NEW."language", NEW."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."phone", NEW."phone_owner", NEW."pin", NEW."reason", NEW."referred_by", NEW."sex", NEW."timezone", NEW."updated_at", NEW."user_id"); RETURN NULL;',
                            hash="0b32b69c519f10dd193145312760c9c19f307407",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_546ce",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_patientevent" ("address", "age_told_on", "age_years", "archived_at", "clinic_id", "created_at", "date_of_birth", "deceased_on", "email", "emergency_contact", "family_name", "given_name", "id", "invited_at", "language", "number", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "phone", "phone_owner", "pin", "reason", "referred_by", "sex", "timezone", "updated_at", "user_id") VALUES (OLD."address", OLD."age_told_on", OLD."age_years", OLD."archived_at", OLD."clinic_id", OLD."created_at", OLD."date_of_birth", OLD."deceased_on", OLD."email", OLD."emergency_contact", OLD."family_name", OLD."given_name", OLD."id", OLD."invited_at", OLD."language", OLD."number", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."phone", OLD."phone_owner", OLD."pin", OLD."reason", OLD."referred_by", OLD."sex", OLD."timezone", OLD."updated_at", OLD."user_id"); RETURN NULL;',
                            hash="ef9a152d183c14a6a86409585031482d16ba6844",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_9898d",
                            table="patients_patient",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="CareTeam",
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
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="care_team",
                        to="patients.patient",
                    ),
                ),
                (
                    "member",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="cares_for",
                        to="clinic.membership",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("responsible", "Responsible"), ("treating", "Treating")],
                        default="treating",
                        max_length=12,
                    ),
                ),
                ("since", models.DateField(default=django.utils.timezone.localdate)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_careteam_in_clinic"),
                    clinic.walls.SameClinic("patient", name="careteam_patient_same_clinic"),
                    clinic.walls.SameClinic("member", name="careteam_member_same_clinic"),
                    models.UniqueConstraint(fields=("patient", "member"), name="careteam_member_once"),
                    models.UniqueConstraint(
                        condition=models.Q(("role", "responsible")),
                        fields=("patient",),
                        name="careteam_one_responsible",
                    ),
                ],
                "indexes": [models.Index(fields=["clinic", "member", "role"], name="careteam_by_member")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_careteamevent" ("clinic_id", "id", "member_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since") VALUES (NEW."clinic_id", NEW."id", NEW."member_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."role", NEW."since"); RETURN NULL;',
                            hash="5142b61780df2f7f19715123f127d3e20c1b24d4",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_b41b1",
                            table="patients_careteam",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_careteamevent" ("clinic_id", "id", "member_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since") VALUES (NEW."clinic_id", NEW."id", NEW."member_id", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."role", NEW."since"); RETURN NULL;',
                            hash="87150751ff70a644f60e0445c88d5141182687b4",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_786bc",
                            table="patients_careteam",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_careteamevent" ("clinic_id", "id", "member_id", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "role", "since") VALUES (OLD."clinic_id", OLD."id", OLD."member_id", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."role", OLD."since"); RETURN NULL;',
                            hash="b6bd68c9f6e4ba2ee6ca7e6f3356a58c5ba149aa",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_2c680",
                            table="patients_careteam",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Consent",
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
                        related_name="consents",
                        to="patients.patient",
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("care", "Care and records"),
                            ("reminders", "Reminders"),
                            ("data_sharing", "Letters to the referring doctor"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text_version", models.CharField(default="1", max_length=20)),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_consent_in_clinic"),
                    clinic.walls.SameClinic("patient", name="consent_patient_same_clinic"),
                    models.UniqueConstraint(
                        condition=models.Q(("withdrawn_at", None)),
                        fields=("patient", "kind"),
                        name="consent_once",
                    ),
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_consentevent" ("clinic_id", "given_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_version", "withdrawn_at") VALUES (NEW."clinic_id", NEW."given_at", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."text_version", NEW."withdrawn_at"); RETURN NULL;',
                            hash="45cdf1e796b46495c5c9dfb8d9cb2fbde9ce07c8",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_f3c10",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_consentevent" ("clinic_id", "given_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_version", "withdrawn_at") VALUES (NEW."clinic_id", NEW."given_at", NEW."id", NEW."kind", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."text_version", NEW."withdrawn_at"); RETURN NULL;',
                            hash="f6001d87cd89f5550d156503ab92716ea5900264",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_06fdd",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_consentevent" ("clinic_id", "given_at", "id", "kind", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "text_version", "withdrawn_at") VALUES (OLD."clinic_id", OLD."given_at", OLD."id", OLD."kind", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."text_version", OLD."withdrawn_at"); RETURN NULL;',
                            hash="eb2583f71b6e0b5b88991e64386bb7575fd54019",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_a515a",
                            table="patients_consent",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Diagnosis",
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
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="diagnoses",
                        to="patients.patient",
                    ),
                ),
                (
                    "condition",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="catalogue.condition",
                    ),
                ),
                ("icd10", models.CharField(blank=True, max_length=10)),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "Left"),
                            ("right", "Right"),
                            ("both", "Both sides"),
                            ("midline", "Middle"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("level", models.CharField(blank=True, max_length=10, null=True)),
                ("qualifiers", models.JSONField(blank=True, default=dict)),
                ("onset_date", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("resolved", "Resolved")],
                        default="active",
                        max_length=10,
                    ),
                ),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_diagnosis_in_clinic"),
                    clinic.walls.SameClinic("patient", name="diagnosis_patient_same_clinic"),
                    clinic.walls.SameClinic("entered_by", name="diagnosis_by_same_clinic"),
                ],
                "indexes": [models.Index(fields=["clinic", "patient"], name="diagnosis_by_patient")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_diagnosisevent" ("clinic_id", "condition_id", "entered_at", "entered_by_id", "icd10", "id", "level", "onset_date", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualifiers", "side", "status", "void_reason", "voided_at") VALUES (NEW."clinic_id", NEW."condition_id", NEW."entered_at", NEW."entered_by_id", NEW."icd10", NEW."id", NEW."level", NEW."onset_date", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."qualifiers", NEW."side", NEW."status", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="3e339967feb9d70da2598175c968500075fb42bf",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_2dbbd",
                            table="patients_diagnosis",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_diagnosisevent" ("clinic_id", "condition_id", "entered_at", "entered_by_id", "icd10", "id", "level", "onset_date", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualifiers", "side", "status", "void_reason", "voided_at") VALUES (NEW."clinic_id", NEW."condition_id", NEW."entered_at", NEW."entered_by_id", NEW."icd10", NEW."id", NEW."level", NEW."onset_date", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."qualifiers", NEW."side", NEW."status", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="09956928bc70d6e50639ef15c131f11310d4d096",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_33401",
                            table="patients_diagnosis",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_diagnosisevent" ("clinic_id", "condition_id", "entered_at", "entered_by_id", "icd10", "id", "level", "onset_date", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "qualifiers", "side", "status", "void_reason", "voided_at") VALUES (OLD."clinic_id", OLD."condition_id", OLD."entered_at", OLD."entered_by_id", OLD."icd10", OLD."id", OLD."level", OLD."onset_date", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."qualifiers", OLD."side", OLD."status", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                            hash="df1993ef7a647f79caeb1e58f5ad17f8afe93565",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_c9855",
                            table="patients_diagnosis",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="DiagnosisEvent",
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
                        to="patients.diagnosis",
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
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
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
                    "condition",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.condition",
                    ),
                ),
                ("icd10", models.CharField(blank=True, max_length=10)),
                (
                    "side",
                    models.CharField(
                        blank=True,
                        choices=[
                            ("left", "Left"),
                            ("right", "Right"),
                            ("both", "Both sides"),
                            ("midline", "Middle"),
                        ],
                        max_length=10,
                        null=True,
                    ),
                ),
                ("level", models.CharField(blank=True, max_length=10, null=True)),
                ("qualifiers", models.JSONField(blank=True, default=dict)),
                ("onset_date", models.DateField(blank=True, null=True)),
                (
                    "status",
                    models.CharField(
                        choices=[("active", "Active"), ("resolved", "Resolved")],
                        default="active",
                        max_length=10,
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
                            hash="cd2a9e7bf5ebd65d60bbd5062d5ed252ccfa041b",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_cb308",
                            table="patients_diagnosisevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ConsentEvent",
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
                        to="patients.consent",
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
                    "kind",
                    models.CharField(
                        choices=[
                            ("care", "Care and records"),
                            ("reminders", "Reminders"),
                            ("data_sharing", "Letters to the referring doctor"),
                        ],
                        max_length=20,
                    ),
                ),
                ("text_version", models.CharField(default="1", max_length=20)),
                ("given_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("withdrawn_at", models.DateTimeField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="fced6dcbc87843e2b3fc4d589e9e5c46457e7a26",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_76697",
                            table="patients_consentevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="ChartRead",
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
                        related_name="chart_reads",
                        to="patients.patient",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("what", models.CharField(max_length=60)),
                ("at", models.DateTimeField(default=django.utils.timezone.now)),
                ("request_id", models.CharField(blank=True, max_length=64)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_chartread_in_clinic"),
                    clinic.walls.SameClinic("patient", name="chartread_patient_same_clinic"),
                ],
                "indexes": [models.Index(fields=["clinic", "patient", "-at"], name="chartread_by_patient")],
            },
        ),
        migrations.CreateModel(
            name="CareTeamEvent",
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
                        to="patients.careteam",
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
                    "member",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                (
                    "role",
                    models.CharField(
                        choices=[("responsible", "Responsible"), ("treating", "Treating")],
                        default="treating",
                        max_length=12,
                    ),
                ),
                ("since", models.DateField(default=django.utils.timezone.localdate)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="fed385c4bc949c2ebdaa067f3d3907f332d1546d",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_c0c54",
                            table="patients_careteamevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="PatientEvent",
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
                        to="patients.patient",
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
                ("number", models.PositiveIntegerField(editable=False)),
                ("given_name", models.CharField(max_length=100, verbose_name="given name")),
                ("family_name", models.CharField(blank=True, max_length=100, verbose_name="family name")),
                ("date_of_birth", models.DateField(blank=True, null=True, verbose_name="date of birth")),
                ("age_years", models.PositiveSmallIntegerField(blank=True, null=True, verbose_name="age")),
                ("age_told_on", models.DateField(blank=True, null=True)),
                (
                    "sex",
                    models.CharField(
                        choices=[
                            ("female", "Female"),
                            ("male", "Male"),
                            ("other", "Other"),
                            ("unknown", "Not said"),
                        ],
                        default="unknown",
                        max_length=10,
                        verbose_name="sex",
                    ),
                ),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                (
                    "phone_owner",
                    models.CharField(
                        choices=[("own", "Their own"), ("family", "Family"), ("neighbour", "A neighbour")],
                        default="own",
                        max_length=10,
                        verbose_name="whose phone",
                    ),
                ),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                (
                    "language",
                    models.CharField(
                        choices=[("en", "English"), ("bn", "বাংলা"), ("hi", "हिन्दी")],
                        default="en",
                        max_length=8,
                        verbose_name="language",
                    ),
                ),
                ("timezone", models.CharField(blank=True, max_length=64, verbose_name="time zone")),
                ("address", models.JSONField(blank=True, default=dict, verbose_name="address")),
                (
                    "emergency_contact",
                    models.JSONField(blank=True, default=dict, verbose_name="emergency contact"),
                ),
                ("reason", models.CharField(blank=True, max_length=300, verbose_name="why they came")),
                ("referred_by", models.CharField(blank=True, max_length=150, verbose_name="sent by")),
                ("deceased_on", models.DateField(blank=True, null=True, verbose_name="died on")),
                ("archived_at", models.DateTimeField(blank=True, null=True)),
                (
                    "user",
                    models.ForeignKey(
                        blank=True,
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                ("pin", models.CharField(blank=True, max_length=128)),
                ("invited_at", models.DateTimeField(blank=True, null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
                ("updated_at", models.DateTimeField(auto_now=True)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=django.db.models.functions.text.Lower(
                            django.db.models.functions.text.Concat(
                                "given_name", models.Value(" "), "family_name"
                            )
                        ),
                        output_field=models.TextField(),
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
                            hash="d56fc44e91ee8df71d41dd0265710731967b921c",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_ade9e",
                            table="patients_patientevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyAnswer",
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
                        related_name="safety_answers",
                        to="patients.patient",
                    ),
                ),
                (
                    "flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.flag"
                    ),
                ),
                ("present", models.BooleanField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("answered_on", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "answered_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_safetyanswer_in_clinic"),
                    clinic.walls.SameClinic("patient", name="safetyanswer_patient_same_clinic"),
                    clinic.walls.SameClinic("answered_by", name="safetyanswer_by_same_clinic"),
                ],
                "indexes": [
                    models.Index(
                        fields=["clinic", "patient", "flag", "-answered_at"], name="safetyanswer_latest"
                    )
                ],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyanswerevent" ("answered_at", "answered_by_id", "answered_on", "clinic_id", "flag_id", "id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "present") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."answered_on", NEW."clinic_id", NEW."flag_id", NEW."id", NEW."note", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."present"); RETURN NULL;',
                            hash="7a08216230c901f65e551525d9e1d8c2311be4b1",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_4e9c4",
                            table="patients_safetyanswer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_safetyanswerevent" ("answered_at", "answered_by_id", "answered_on", "clinic_id", "flag_id", "id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "present") VALUES (NEW."answered_at", NEW."answered_by_id", NEW."answered_on", NEW."clinic_id", NEW."flag_id", NEW."id", NEW."note", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."present"); RETURN NULL;',
                            hash="0912325a27de3e21dbb6dc2d8235b46f890f6cc9",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_4f29c",
                            table="patients_safetyanswer",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyanswerevent" ("answered_at", "answered_by_id", "answered_on", "clinic_id", "flag_id", "id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "present") VALUES (OLD."answered_at", OLD."answered_by_id", OLD."answered_on", OLD."clinic_id", OLD."flag_id", OLD."id", OLD."note", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."present"); RETURN NULL;',
                            hash="61db371fa72ca8531c326f5457046e8edf926ee7",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_04d5e",
                            table="patients_safetyanswer",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyAnswerEvent",
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
                        to="patients.safetyanswer",
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
                    "flag",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.flag",
                    ),
                ),
                ("present", models.BooleanField(null=True)),
                ("note", models.CharField(blank=True, max_length=500)),
                ("answered_on", models.DateField(default=django.utils.timezone.localdate)),
                (
                    "answered_by",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("answered_at", models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="a2d7d1426e6597caa76ebdab3ae094c66ca353f3",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_5a9ad",
                            table="patients_safetyanswerevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyFlag",
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
                    "entered_by",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="clinic.membership",
                    ),
                ),
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
                (
                    "patient",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="flags",
                        to="patients.patient",
                    ),
                ),
                (
                    "flag",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="catalogue.flag"
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("since", models.DateField(default=django.utils.timezone.localdate)),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "constraints": [
                    models.UniqueConstraint(fields=("clinic", "id"), name="patients_safetyflag_in_clinic"),
                    clinic.walls.SameClinic("patient", name="safetyflag_patient_same_clinic"),
                    clinic.walls.SameClinic("entered_by", name="safetyflag_by_same_clinic"),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("until", None), ("until__gte", models.F("since")), _connector="OR"
                        ),
                        name="safetyflag_until_after_since",
                    ),
                ],
                "indexes": [models.Index(fields=["clinic", "patient", "flag"], name="safetyflag_by_patient")],
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="insert_insert",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyflagevent" ("clinic_id", "entered_at", "entered_by_id", "flag_id", "id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regions", "since", "until", "void_reason", "voided_at") VALUES (NEW."clinic_id", NEW."entered_at", NEW."entered_by_id", NEW."flag_id", NEW."id", NEW."note", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'insert\', NEW."id", NEW."regions", NEW."since", NEW."until", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="9fd22d46c2c07deb1e0d17e151730cc99f331437",
                            operation="INSERT",
                            pgid="pgtrigger_insert_insert_46101",
                            table="patients_safetyflag",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="update_update",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            condition="WHEN (OLD.* IS DISTINCT FROM NEW.*)",
                            func='INSERT INTO "patients_safetyflagevent" ("clinic_id", "entered_at", "entered_by_id", "flag_id", "id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regions", "since", "until", "void_reason", "voided_at") VALUES (NEW."clinic_id", NEW."entered_at", NEW."entered_by_id", NEW."flag_id", NEW."id", NEW."note", NEW."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'update\', NEW."id", NEW."regions", NEW."since", NEW."until", NEW."void_reason", NEW."voided_at"); RETURN NULL;',
                            hash="8a353854c7251b72014319769005c1247cff8a6b",
                            operation="UPDATE",
                            pgid="pgtrigger_update_update_10a2d",
                            table="patients_safetyflag",
                            when="AFTER",
                        ),
                    ),
                    pgtrigger.compiler.Trigger(
                        name="delete_delete",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func='INSERT INTO "patients_safetyflagevent" ("clinic_id", "entered_at", "entered_by_id", "flag_id", "id", "note", "patient_id", "pgh_context", "pgh_context_id", "pgh_created_at", "pgh_label", "pgh_obj_id", "regions", "since", "until", "void_reason", "voided_at") VALUES (OLD."clinic_id", OLD."entered_at", OLD."entered_by_id", OLD."flag_id", OLD."id", OLD."note", OLD."patient_id", COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_metadata\', TRUE), \'\'), NULL)::JSONB, COALESCE(NULLIF(CURRENT_SETTING(\'pghistory.context_id\', TRUE), \'\'), NULL)::UUID, NOW(), \'delete\', OLD."id", OLD."regions", OLD."since", OLD."until", OLD."void_reason", OLD."voided_at"); RETURN NULL;',
                            hash="83a05d1abee4c9d6f19961a4f796eac83dacc13e",
                            operation="DELETE",
                            pgid="pgtrigger_delete_delete_24999",
                            table="patients_safetyflag",
                            when="AFTER",
                        ),
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SafetyFlagEvent",
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
                        to="patients.safetyflag",
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
                ("entered_at", models.DateTimeField(default=django.utils.timezone.now)),
                ("voided_at", models.DateTimeField(blank=True, null=True)),
                ("void_reason", models.CharField(blank=True, max_length=300)),
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
                    "flag",
                    models.ForeignKey(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.DO_NOTHING,
                        related_name="+",
                        related_query_name="+",
                        to="catalogue.flag",
                    ),
                ),
                (
                    "regions",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=60), blank=True, default=list, size=None
                    ),
                ),
                ("note", models.CharField(blank=True, max_length=500)),
                ("since", models.DateField(default=django.utils.timezone.localdate)),
                ("until", models.DateField(blank=True, null=True)),
            ],
            options={
                "abstract": False,
                "triggers": [
                    pgtrigger.compiler.Trigger(
                        name="append_only",
                        sql=pgtrigger.compiler.UpsertTriggerSql(
                            func="RAISE EXCEPTION 'pgtrigger: Cannot update or delete rows from % table', TG_TABLE_NAME;",
                            hash="6adbaceeb8c68cbde11eb03f8747e257aefe8940",
                            operation="UPDATE OR DELETE",
                            pgid="pgtrigger_append_only_1897a",
                            table="patients_safetyflagevent",
                            when="BEFORE",
                        ),
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SignInCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=clinic.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("address_hash", models.CharField(db_index=True, max_length=64)),
                ("code_hash", models.CharField(max_length=128)),
                ("wrong_tries", models.PositiveSmallIntegerField(default=0)),
                ("expires_at", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                ("created_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("wrong_tries__lte", 5)), name="code_bears_5_tries"
                    )
                ],
            },
        ),
    ]
