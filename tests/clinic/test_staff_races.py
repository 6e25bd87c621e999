"""Two admins at once, on connections of their own: one of them stays."""

from collections import Counter

import pytest

from clinic import services, tenancy
from clinic.access import Role
from clinic.errors import RuleBroken
from clinic.models import Membership
from tests import factories
from tests.scheduling.test_races import together

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.xdist_group("many connections")]


def test_two_admins_cannot_take_away_each_other():
    clinic = factories.make_clinic(slug="demo")
    one, other = (factories.make_access(clinic, Role.ADMIN) for _ in range(2))

    def ending(who, by):
        def call():
            try:
                with tenancy.scope(clinic.pk, user_id=by.user_id):
                    services.deactivate_member(who.member_id, by=by)
            except RuleBroken as refused:
                return refused.code
            return "done"

        return call

    assert Counter(together(ending(one, other), ending(other, one))) == {"done": 1, "last_admin": 1}
    with tenancy.scope(clinic.pk):
        assert Membership.objects.for_clinic(clinic).filter(is_active=True).count() == 1


def test_one_address_added_twice_at_once_is_one_person():
    clinic, second = factories.make_clinic(slug="demo"), factories.make_clinic(slug="other")
    admins = [factories.make_access(each, Role.ADMIN) for each in (clinic, second)]

    def adding(by):
        def call():
            with tenancy.scope(by.clinic_id, user_id=by.user_id):
                return services.add_member(
                    name="Mita", email="mita@example.org", roles=["assistant"], by=by
                ).user_id

        return call

    assert len(set(together(*(adding(by) for by in admins)))) == 1
