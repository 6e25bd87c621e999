"""Row-level security, and a booking that never drifts from its appointment."""

from django.db import migrations

from clinic.walls import wall

TABLES = ["appointmenttype", "resource", "closure", "series", "appointment", "booking"]

TOGETHER = """
CREATE FUNCTION tonus_bookings_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    visit uuid := CASE WHEN TG_TABLE_NAME = 'scheduling_appointment' THEN NEW.id ELSE (to_jsonb(NEW) ->> 'appointment_id')::uuid END;
BEGIN
    IF EXISTS (
        SELECT FROM scheduling_booking b JOIN scheduling_appointment a ON a.id = b.appointment_id
        WHERE b.appointment_id = visit AND b.clinic_id = NEW.clinic_id
          AND b.active AND (b.span <> a.span
              OR a.status NOT IN ('booked', 'confirmed', 'arrived', 'in-treatment', 'done'))
    ) THEN
        RAISE EXCEPTION 'a booking has left its appointment' USING ERRCODE = 'integrity_constraint_violation';
    END IF;
    RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER bookings_follow AFTER INSERT OR UPDATE ON scheduling_appointment
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tonus_bookings_follow();
CREATE CONSTRAINT TRIGGER bookings_follow AFTER INSERT OR UPDATE ON scheduling_booking
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION tonus_bookings_follow();
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0001_initial"), ("careplans", "0002_walls_and_seals")]
    operations = [
        *wall(*(f"scheduling_{name}{kind}" for name in TABLES for kind in ("", "event"))),
        migrations.RunSQL(
            TOGETHER,
            """
            DROP TRIGGER bookings_follow ON scheduling_booking;
            DROP TRIGGER bookings_follow ON scheduling_appointment;
            DROP FUNCTION tonus_bookings_follow();
            """,
        ),
    ]
