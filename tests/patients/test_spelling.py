"""How names sound: one key for the spellings and scripts of one name, the same in Python and in the database."""

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from patients.models import Patient
from patients.spelling import BENGALI, DEVANAGARI, INDIC, LATIN, sound
from tests import factories

ONE_NAME = [
    "Ruma Rooma রুমা रूमा",
    "Ananya অনন্যা अनन्या",
    "Sen সেন सेन",
    "Ghosh ঘোষ घोष",
    "Mondal Mandal মণ্ডল मंडल",
    "Roy Ray রায় राय",
    "Lakshmi Laxmi লক্ষ্মী लक्ष्मी",
    "Debashis Debasish দেবাশিস",
    "Vivek বিবেক विवेक",
    "Krishna কৃষ্ণ कृष्ण",
    "Sharma শর্মা शर्मा",
    "Sourav সৌরভ",
    "Rajesh राजेश",
    "Farida ফরিদা",
]
NAMES = [
    *(name for line in ONE_NAME for name in line.split()),
    "José",
    "Van der Meer",
    "王",
    "Ван",
    "বড়ুয়া",
    "O’Neill",
]


@pytest.mark.parametrize("spellings", ONE_NAME)
def test_spellings_and_scripts_of_one_name_sound_the_same(spellings):
    assert len({sound(name) for name in spellings.split()}) == 1


@pytest.mark.parametrize(("one", "other"), [("Ruma", "Rani"), ("Sen", "Das"), ("অনন্যা", "Ankita")])
def test_other_names_sound_otherwise(one, other):
    assert sound(one) != sound(other)


def test_the_tables_stand_side_by_side():
    assert (len(BENGALI), len(INDIC)) == (len(DEVANAGARI), len(LATIN))


def test_the_database_hears_what_we_hear(db):
    assert heard(NAMES) == [sound(name) for name in NAMES]


def test_the_database_hears_what_is_left_by_one_step_and_taken_by_the_next(db):
    names = ["AUU", "auou", "aouu", "baiy", "Saiyy", "eaiy", "aei"]
    assert heard(names) == [sound(name) for name in names]


@settings(max_examples=15, deadline=None)
@given(
    # (letters newer than this Python's Unicode are taken apart by PostgreSQL alone)
    st.lists(
        st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn"]), max_size=20), min_size=40, max_size=40
    )
)
def test_the_database_hears_of_any_script_what_we_hear(django_db_blocker, names):
    with django_db_blocker.unblock():
        assert heard(names) == [sound(name) for name in names]


def heard(names):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT tonus_sound(name) FROM unnest(%s::text[]) WITH ORDINALITY n(name, i) ORDER BY i", [names]
        )
        return [row[0] for row in cursor.fetchall()]


def test_a_record_carries_how_its_name_sounds(clinic):
    patient = factories.make_patient(clinic, given_name="রুমা", family_name="ঘোষ")
    assert Patient.objects.get(pk=patient.pk).name_sound == "rum gas"
