"""Row-level security, and the dispatcher's door: claim what is due, in every clinic, on this one table."""

from django.db import migrations

from clinic.walls import wall

CLAIM = """
CREATE FUNCTION tonus_claim_reminders(moment timestamptz, batch integer, lease interval)
RETURNS TABLE (clinic_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    WITH due AS (
        SELECT r.id FROM reminders_reminder r
        WHERE r.state = 'pending' AND r.due_at <= moment
        ORDER BY r.due_at LIMIT batch FOR UPDATE SKIP LOCKED
    ), left_over AS (
        SELECT r.id FROM reminders_reminder r
        WHERE r.state = 'claimed' AND r.claimed_at < moment - lease
        ORDER BY r.claimed_at LIMIT batch FOR UPDATE SKIP LOCKED
    )
    UPDATE reminders_reminder r SET state = 'claimed', claimed_at = moment
    WHERE r.id IN (SELECT due.id FROM due UNION ALL SELECT left_over.id FROM left_over)
    RETURNING r.clinic_id, r.id
$$;
"""


class Migration(migrations.Migration):
    dependencies = [("reminders", "0001_initial"), ("scheduling", "0002_walls_and_claims")]
    operations = [
        *wall("reminders_preference", "reminders_preferenceevent", "reminders_reminder"),
        migrations.RunSQL(CLAIM, "DROP FUNCTION tonus_claim_reminders(timestamptz, integer, interval)"),
    ]
