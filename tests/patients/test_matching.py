"""Is this somebody we know? Scores and reasons of likeness, from plain values."""

from datetime import date

import pytest

from patients.matching import Person, compare

ANANYA = Person("Ananya", "Sen", "+919830012345", "ananya@example.org", date(1972, 3, 14), 54, "female")


def like(**fields):
    known = {name: getattr(ANANYA, name) for name in ("given_name", "family_name", "sex")}
    return compare(Person(**{**known, **fields}), ANANYA)


@pytest.mark.parametrize(
    ("fields", "reasons"),
    [
        ({"phone": "+919830012345"}, ("same name", "same phone")),
        ({"email": "ANANYA@example.org"}, ("same name", "same e-mail")),
        ({"date_of_birth": date(1972, 3, 14)}, ("same name", "same birth date")),
        ({"date_of_birth": date(1972, 3, 14), "given_name": "Anannya"}, ("similar name", "same birth date")),
        ({"date_of_birth": date(1972, 3, 14), "family_name": "Sinha"}, ("similar name", "same birth date")),
        (
            {"phone": "+919830012345", "given_name": "অনন্যা", "family_name": "সেন"},
            ("similar name", "same phone"),
        ),
        (
            {"phone": "+919830012345", "given_name": "अनन्या", "family_name": "सेन"},
            ("similar name", "same phone"),
        ),
        (
            {"phone": "+919830012345", "given_name": "Sen", "family_name": "Ananya"},
            ("same name", "same phone"),
        ),
        ({"phone": "+919830012345", "family_name": ""}, ("similar name", "same phone")),
        ({"given_name": "Ánanya."}, ("same name",)),
    ],
    ids=range(10),
)
def test_likeness_is_worth_a_hint_and_says_why(fields, reasons):
    found = like(**fields)
    assert found.is_hint, found
    assert found.reasons[-1:] == reasons[-1:]
    assert 0.6 <= found.score <= 1


@pytest.mark.parametrize("of", [date(1972, 11, 3), date(1980, 5, 1)])
def test_day_and_month_the_other_way_round_are_told_apart_from_another_day(of):
    other = Person("Ananya", "Sen", date_of_birth=of, age=54)
    turned = Person("Ananya", "Sen", date_of_birth=date(of.year, of.day, of.month), age=54)
    reasons = compare(turned, other).reasons
    assert ("birth date with day and month swapped" in reasons) or of.day == of.month
    assert (
        compare(turned, other).score
        > compare(Person("Ananya", "Sen", date_of_birth=date(1950, 1, 2)), other).score
    )


@pytest.mark.parametrize(
    "fields",
    [
        {"given_name": "Rekha", "family_name": "Das", "phone": "+919830012345"},  # a family shares a phone
        {"given_name": "Rekha", "family_name": "Das", "date_of_birth": date(1972, 3, 14)},
        {"given_name": "Amit", "phone": "+919830012345", "date_of_birth": date(2001, 1, 2), "sex": "male"},
        {"given_name": "Tarun"},
        {"family_name": "", "given_name": "Ananya"},  # half a name is nobody's own
        {"date_of_birth": date(1999, 1, 1), "sex": "male"},
    ],
    ids=range(6),
)
def test_other_people_are_no_hint(fields):
    assert not like(**fields).is_hint


def test_more_that_is_alike_scores_higher_and_never_past_one():
    one, two, three = (
        like(phone=ANANYA.phone),
        like(phone=ANANYA.phone, email=ANANYA.email),
        like(phone=ANANYA.phone, email=ANANYA.email, date_of_birth=ANANYA.date_of_birth),
    )
    assert one.score < two.score < three.score <= 1


def test_nothing_told_is_like_nobody():
    assert compare(Person(), ANANYA).score == 0


def test_likeness_is_the_same_both_ways():
    other = Person("অনন্যা", "", "+919830012345", age=53)
    assert compare(other, ANANYA).score == compare(ANANYA, other).score
