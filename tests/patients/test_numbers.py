"""Numbers that people say aloud: nobody shares one, whoever registers at the same moment."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from clinic import tenancy
from clinic.access import Role
from patients import services
from tests import factories


@pytest.mark.django_db(transaction=True)
def test_who_register_at_once_get_numbers_in_a_row():
    clinic = factories.make_clinic()
    who = factories.make_access(clinic, Role.FRONT_DESK)

    def register(n):
        try:
            with tenancy.scope(clinic.pk, user_id=who.user_id):
                return services.create_patient({"given_name": f"P{n}", "phone": "9830012345"}, by=who).number
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        assert sorted(pool.map(register, range(16))) == list(range(1, 17))
