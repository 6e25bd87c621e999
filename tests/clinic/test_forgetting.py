"""What is over does not stay: tokens, sessions, and the first answers to requests that were sent twice."""

from datetime import timedelta

import pytest
from django.contrib.sessions.models import Session
from django.utils import timezone

from clinic import tenancy
from clinic.models import IdempotencyKey, Token
from clinic.tasks import forget
from tests import factories
from tests.conftest import outside

HOUR = timedelta(hours=1)
ANSWER = {"route": "/", "body_sha256": "", "status": 201, "answer": {}}


@pytest.mark.django_db
def test_what_has_ended_is_deleted_and_nothing_else(clinic, other_clinic, physio):
    now = timezone.now()
    for number, ends in enumerate((now - HOUR, now + HOUR)):
        Token.objects.create(digest=str(number), user_id=physio.user_id, expires_at=ends)
        Session.objects.create(session_key=str(number), session_data="", expire_date=ends)
    with outside():
        for where in (clinic, other_clinic):
            user = factories.make_user()
            with tenancy.scope(where.pk):
                for key, age in (("old", 25 * HOUR), ("new", 23 * HOUR)):
                    keep = IdempotencyKey.objects.create(clinic=where, user=user, key=key, **ANSWER)
                    IdempotencyKey.objects.filter(pk=keep.pk).update(created_at=now - age)
        forget()
        kept = {}
        for where in (clinic, other_clinic):
            with tenancy.scope(where.pk):
                kept[where.slug] = list(IdempotencyKey.objects.values_list("key", flat=True))
    assert kept == {"demo": ["new"], "other": ["new"]}
    assert [token.digest for token in Token.objects.filter(user=physio.user_id)] == ["1"]
    assert list(Session.objects.values_list("session_key", flat=True)) == ["1"]
