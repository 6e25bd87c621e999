"""Finding somebody by any scrap: a piece of a name in any spelling, a phone, the number people say."""

from datetime import date

import pytest
from django.db import connection

from clinic.access import Role
from patients import searching, services
from patients.models import CareTeam, Patient
from tests import factories
from tests.conftest import outside


@pytest.fixture
def people(clinic):
    names = [
        ("Ruma", "Ghosh"),
        ("রুমা", "ঘোষ"),
        ("रूमा", "घोष"),
        ("Rooma", "Das"),
        ("Imran", "Khan"),
        ("Anil", "Sen"),
    ]
    return [
        factories.make_patient(clinic, given_name=given, family_name=family, phone=f"+9198300{55500 + i}")
        for i, (given, family) in enumerate(names)
    ]


def found(who, q, **kwargs):
    return [p.name for p in Patient.objects.visible_to(who).found(searching.read(q), who, **kwargs)]


@pytest.mark.parametrize(
    ("q", "first"),
    [
        ("ruma gho", "Ruma Ghosh"),
        ("GHOSH ruma", "Ruma Ghosh"),
        ("gh", "Ruma Ghosh"),
        ("imrn", "Imran Khan"),
        ("khan imraan", "Imran Khan"),
        ("55504", "Imran Khan"),
        ("98300 55504", "Imran Khan"),
        ("09830055504", "Imran Khan"),
        ("০৯৮৩০০৫৫৫০৪", "Imran Khan"),
        ("P-000005", "Imran Khan"),
        ("p 5", "Imran Khan"),
        ("5", "Imran Khan"),
        ("khan 5550", "Imran Khan"),
        ("রুমা", "রুমা ঘোষ"),
    ],
)
def test_any_scrap_finds_its_person_first(people, desk, q, first):
    assert found(desk, q)[0] == first


@pytest.mark.parametrize("q", ["ruma", "rooma", "রুমা", "रूमा"])
def test_a_name_is_found_in_every_spelling_and_script(people, desk, q):
    assert sorted(found(desk, q)) == sorted(["Ruma Ghosh", "রুমা ঘোষ", "रूमा घोष", "Rooma Das"])


@pytest.mark.parametrize(
    "q", ["", "  ", "zzz", "P-000099", "77", "%", "_", "a%b", "'", "\\", "ruma 98300 99999"]
)
def test_what_means_nobody_finds_nobody(people, desk, q):
    assert found(desk, q) == []


def test_the_other_clinic_is_not_looked_through(people, other_clinic):
    with outside():
        theirs = factories.make_patient(other_clinic, given_name="Ruma", family_name="Other")
        who = factories.make_access(other_clinic, Role.FRONT_DESK)
    assert found(who, "ruma") == []  # in the scope of the test's clinic
    assert "Ruma Other" not in found(factories.make_access(people[0].clinic, Role.FRONT_DESK), "ruma")
    assert theirs.pk


def test_an_assistant_finds_those_they_treat_however_many_others_are_nearer(people, member, clinic):
    assistant = member(Role.ASSISTANT)
    CareTeam.objects.create(clinic=clinic, patient=people[3], member_id=assistant.member_id)
    assert found(assistant, "ruma", most=1) == ["Rooma Das"]
    assert found(assistant, "imran") == []


def test_archived_people_come_last(people, desk):
    factories.make_patient(people[0].clinic, given_name="Arghya", family_name="Ghoshal")
    assert found(desk, "gho", most=2) == ["Arghya Ghoshal", "Ruma Ghosh"]
    services.archive(Patient.objects.get(given_name="Arghya").pk, by=desk)
    assert found(desk, "gho", most=2) == ["Ruma Ghosh", "Arghya Ghoshal"]


def test_read_takes_words_digits_and_numbers_apart():
    assert searching.read("Sen, 98300-12") == searching.Scraps(("sen",), "9830012", None)
    assert searching.read("P-000061") == searching.Scraps(number=61)
    assert not searching.read("...")


@pytest.mark.parametrize(
    "told",
    [
        pytest.param({"given_name": "Imrán", "family_name": "KHAN"}, id="the same name with an accent"),
        pytest.param({"given_name": "Khan", "family_name": "Imran"}, id="the names in the other order"),
        pytest.param(
            {"given_name": "Imraan", "family_name": "Kan", "date_of_birth": date(1980, 4, 3)},
            id="a similar name and the birth date turned",
        ),
        pytest.param(
            {"given_name": "ইমরান", "family_name": "খান", "date_of_birth": date(1980, 3, 4)},
            id="another script and the same birth date",
        ),
        pytest.param({"given_name": "Imran", "phone": "+919830055504"}, id="the same phone and half a name"),
    ],
)
def test_who_may_be_somebody_known_is_looked_at(people, desk, told):
    Patient.objects.filter(given_name="Imran").update(date_of_birth=date(1980, 3, 4))
    assert "Imran Khan" in [double.patient.name for double in services.duplicates(told, by=desk)]


# --- the index is used ----------------------------------------------------------------------------------------------------
@pytest.fixture
def many(clinic):
    """Ten thousand patients more, so that reading them all costs something."""
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("ALTER TABLE patients_patient DISABLE TRIGGER USER")
        cursor.execute(
            "INSERT INTO patients_patient (id, clinic_id, number, given_name, family_name, phone, email, sex, phone_owner,"
            " language, timezone, address, emergency_contact, reason, referred_by, pin, created_at, updated_at)"
            " SELECT gen_random_uuid(), %s, 1000 + n, translate(substr(md5(n::text), 1, 9), '0123456789', 'aeiourstlm'),"
            " translate(substr(md5(n::text), 9, 9), '0123456789', 'aeioupnghk'), '+9198' || lpad((n * 7919)::text, 8, '0'),"
            " n || '@example.org', 'unknown', 'own', 'en', '', '{}', '{}', '', '', '', now(), now()"
            " FROM generate_series(1, 10000) n",
            [clinic.pk],
        )
        cursor.execute("ALTER TABLE patients_patient ENABLE TRIGGER USER")
        for name in ("patient_name_trgm", "patient_sound_trgm", "patient_phone_trgm"):
            cursor.execute(
                "SELECT gin_clean_pending_list(%s::regclass)", [name]
            )  # else they wait in a list of their own
        cursor.execute("ANALYZE patients_patient")
        cursor.execute("SET ROLE tonus_app")


def scans(run):
    """Run, and return how often it read the whole table of patients, and which of its indexes it read."""

    def counted():
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT relname, pg_stat_get_xact_numscans(oid) FROM pg_class WHERE oid = 'patients_patient'::regclass"
                " OR oid IN (SELECT indexrelid FROM pg_index WHERE indrelid = 'patients_patient'::regclass)"
            )
            return dict(cursor.fetchall())

    before = counted()
    run()
    more = {name for name, count in counted().items() if count > before[name]}
    return "patients_patient" in more, more


@pytest.mark.parametrize(
    ("q", "index"),
    [
        ("ruma gho", "patient_name_trgm"),
        ("rumaa gosh", "patient_sound_trgm"),  # meant otherwise: never by comparing every name of the clinic
        ("রুমা", "patient_sound_trgm"),
        ("55443", "patient_phone_trgm"),
    ],
)
def test_search_reads_an_index_and_never_the_whole_table(many, desk, q, index):
    whole, indexes = scans(lambda: found(desk, q))
    assert not whole
    assert index in indexes
    assert not {name for name in indexes if name.startswith("patients_patient_clinic_id")}


def test_the_look_for_doubles_reads_indexes_and_never_the_whole_table(many, desk):
    told = {
        "given_name": "Ruma",
        "family_name": "Sen",
        "phone": "+919800000077",
        "email": "x@example.org",
        "date_of_birth": date(1980, 3, 4),
    }
    whole, indexes = scans(lambda: services.duplicates(told, by=desk))
    assert not whole
    assert {"patient_by_name", "patient_sound_trgm", "patient_by_email", "patient_by_birth"} <= indexes


def test_a_look_through_the_whole_table_would_be_seen(many):
    """Said to the planner: rows that other tests took back make the table so wide that it may prefer an index."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_indexscan = off")
        cursor.execute("SET LOCAL enable_bitmapscan = off")
    assert scans(lambda: list(Patient.objects.filter(reason__contains="x")))[0]
