"""The audit reads a clinic's newest rows of every history table: each gets an index for that, whosever table it is."""

from django.db import migrations

from clinic.walls import newest_first


class Migration(migrations.Migration):
    dependencies = [
        ("clinic", "0003_sign_out_everywhere"),
        ("catalogue", "0001_initial"),
        ("patients", "0001_initial"),
        ("careplans", "0001_initial"),
        ("scheduling", "0001_initial"),
        ("reminders", "0001_initial"),
    ]
    operations = [
        *newest_first(
            "clinic_membershipevent",
            "catalogue_exerciseevent",
            "catalogue_protocolevent",
            "patients_patientevent",
            "patients_consentevent",
            "patients_careteamevent",
            "patients_safetyflagevent",
            "patients_safetyanswerevent",
            "patients_diagnosisevent",
            "careplans_exerciselogevent",
            "careplans_diaryentryevent",
            "careplans_stopreportevent",
            "careplans_careplanevent",
            "careplans_plandiagnosisevent",
            "careplans_goalevent",
            "careplans_phaseevent",
            "careplans_clinicprescriptionevent",
            "careplans_homeprescriptionevent",
            "scheduling_appointmenttypeevent",
            "scheduling_resourceevent",
            "scheduling_closureevent",
            "scheduling_seriesevent",
            "scheduling_appointmentevent",
            "scheduling_bookingevent",
            "reminders_preferenceevent",
        ),
        migrations.RunSQL(
            "CREATE INDEX clinic_clinicevent_newest ON clinic_clinicevent (id, pgh_created_at, pgh_id);"
            "CREATE INDEX patients_chartread_newest ON patients_chartread (clinic_id, at, id)",
            "DROP INDEX clinic_clinicevent_newest; DROP INDEX patients_chartread_newest",
        ),
    ]
