"""The knowledge in memory: one version, no query until another is loaded."""

import pytest

from catalogue import knowledge as module
from catalogue import loading
from catalogue.knowledge import CatalogueNotLoaded, forget, knowledge
from catalogue.models import CatalogueVersion, Exercise


@pytest.fixture(autouse=True)
def forgotten():
    forget()
    yield
    forget()


def test_holds_every_kind_by_id(db, content):
    known = knowledge()
    assert known.modalities["hot-pack"] == next(m for m in content["modalities"] if m["id"] == "hot-pack")
    assert [rule["id"] for rule in known.rules.current] == [rule["id"] for rule in content["rules"]]
    assert [e["id"] for e in known.exercises.current] == [e["id"] for e in content["exercises"]]
    assert known.exercises["calf-stretch-wall"] == next(
        e for e in content["exercises"] if e["id"] == "calf-stretch-wall"
    )
    assert known.vocabulary["trunk"] == content["trunk"]
    assert known.terms("stop_cues")["sharp-pain"]["text"]["en"].startswith("Stop")
    assert known.exercise_ids["calf-stretch-wall"] == Exercise.objects.get(slug="calf-stretch-wall").pk
    assert len(known.conditions) == 46
    assert known.family_of("diabetic-polyneuropathy") == known.family_of("peripheral-neuropathy")


def test_asks_the_database_once(db, django_assert_num_queries):
    first = knowledge()
    with django_assert_num_queries(0):
        assert knowledge() is first
    with django_assert_num_queries(1):
        assert knowledge(fresh=True) is first


def test_another_version_is_taken_up_after_a_while(as_owner, content, settings, monkeypatch):
    settings.TESTING = False
    before = knowledge()
    content["modalities"][0]["name"] = "Slow stretching"
    monkeypatch.setattr(module, "forget", lambda: None)  # as in the other processes
    loading.load(content)
    assert knowledge() is before
    monkeypatch.setattr(module, "RECHECK_SECONDS", 0)
    assert knowledge().modalities[content["modalities"][0]["id"]]["name"] == "Slow stretching"


def test_retired_entries_are_found_but_not_offered(as_owner):
    Exercise.objects.filter(slug="calf-stretch-wall").update(active=False)
    forget()
    known = knowledge()
    assert known.exercises["calf-stretch-wall"]["name"]["en"]
    assert "calf-stretch-wall" not in [entry["id"] for entry in known.exercises.current]


def test_says_when_nothing_is_loaded(as_owner):
    CatalogueVersion.objects.all().delete()
    with pytest.raises(CatalogueNotLoaded, match="load_catalogue"):
        knowledge()
