"""Loading: the same however often, nothing of what does not hold, retired instead of deleted."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import ProgrammingError, connection, transaction

from catalogue import loading
from catalogue.models import CatalogueVersion, Condition, Exercise, Flag, Modality, Protocol, Vocabulary
from catalogue.reading import DATA

EVENTS = "SELECT count(*) FROM catalogue_exerciseevent"


def entry(content, kind, entry_id):
    return next(item for item in content[kind] if item["id"] == entry_id)


def rows(table):
    with connection.cursor() as cursor:
        cursor.execute(table)
        return cursor.fetchone()[0]


def test_loading_again_changes_nothing(as_owner, content):
    events, keys = rows(EVENTS), set(Exercise.objects.values_list("pk", flat=True))
    report = loading.load(content)
    assert not report.is_new
    assert {str(count) for count in report.counts.values()} == {
        f"{len(content[kind])} unchanged"
        for kind in ("sources", "flags", "rules", "red_flags", "modalities", "measures", "exercises")
    } | {"46 unchanged", "17 unchanged", "28 unchanged", f"{Vocabulary.objects.count()} unchanged"}
    assert rows(EVENTS) == events
    assert set(Exercise.objects.values_list("pk", flat=True)) == keys
    assert CatalogueVersion.objects.count() == 1


def test_columns_say_what_the_entry_says(db):
    flag, condition = Flag.objects.get(pk="dvt-current"), Condition.objects.get(pk="diabetic-polyneuropathy")
    assert (flag.category, flag.critical, flag.needs_region, flag.expires_days) == (
        "blood-vessel",
        True,
        True,
        14,
    )
    assert (condition.family_id, condition.icd10[0]) == ("peripheral-neuropathy", "G63.2")
    assert Condition.objects.get(pk="sciatica").family is None
    exercise = Exercise.objects.get(slug="calf-stretch-wall")
    assert (exercise.clinic, exercise.modality_id, exercise.body_regions) == (
        None,
        "stretching-static",
        ["calf", "ankle"],
    )
    assert "calf stretch at the wall" in exercise.search
    assert exercise.entry["id"] == exercise.public_id == "calf-stretch-wall"
    protocol = Protocol.objects.get(slug="neuropathy-sensory-balance")
    assert (protocol.family_id, protocol.subtypes[0]) == ("peripheral-neuropathy", "diabetic-polyneuropathy")


def test_what_left_the_files_is_retired_and_can_come_back(as_owner, content):
    wall = entry(content, "exercises", "cramp-release")
    without = {**content, "exercises": [e for e in content["exercises"] if e is not wall]}
    for exercise in without["exercises"]:
        for neighbour in ("easier", "harder"):
            exercise[neighbour] = exercise[neighbour] if exercise[neighbour] != "cramp-release" else None
    for protocol in without["protocols"]:
        for phase in protocol["phases"]:
            kept = [item for item in phase["home_exercises"] if item["exercise"] != "cramp-release"]
            phase["home_exercises"] = kept
    key = Exercise.objects.get(slug="cramp-release").pk

    report = loading.load(without)
    assert report.is_new
    assert report.counts["exercises"].retired == 1
    gone = Exercise.objects.get(pk=key)
    assert not gone.active
    assert gone.data["name"]["en"]
    assert str(loading.load(without).counts["exercises"]) == "90 unchanged"

    wall_again = {**without, "exercises": [*without["exercises"], wall]}
    loading.load(wall_again)
    assert Exercise.objects.get(slug="cramp-release").pk == key
    assert Exercise.objects.get(pk=key).active


def test_a_changed_entry_is_written_and_the_version_counts_up(as_owner, content):
    entry(content, "modalities", "hot-pack")["name"] = "Hot pack, moist"
    report = loading.load(content)
    assert str(report.counts["modalities"]) == "1 changed, 34 unchanged"
    assert Modality.objects.get(pk="hot-pack").name == "Hot pack, moist"
    assert report.version == CatalogueVersion.objects.order_by("-pk").first()
    assert report.is_new


def test_nothing_is_loaded_when_anything_is_wrong(as_owner, content):
    entry(content, "modalities", "hot-pack")["name"] = "Hot pack, moist"
    entry(content, "flags", "pregnant")["category"] = "weather"
    with pytest.raises(loading.Invalid) as caught:
        loading.load(content)
    [problem] = caught.value.problems
    assert str(problem).startswith("flags.yaml:")
    assert str(problem).endswith("flags.pregnant.category: There is no “weather” among the flag categories.")
    assert Modality.objects.get(pk="hot-pack").name != "Hot pack, moist"


def test_a_clinics_own_entries_are_left_alone(clinic, as_owner, content, stretch):
    own = Exercise(clinic=clinic)
    own.fill(stretch | {"aim": "", "target_muscles": []})
    own.save()
    assert loading.load(content).counts["exercises"].retired == 0
    own.refresh_from_db()
    assert own.active


def test_command_reports_counts(as_owner):
    out = StringIO()
    call_command("load_catalogue", stdout=out)
    assert "exercises: 91 unchanged" in out.getvalue().splitlines()
    assert "as before" in out.getvalue()


def test_command_checks_without_a_database():
    out = StringIO()
    call_command("load_catalogue", check=True, stdout=out)
    assert out.getvalue() == "The clinical knowledge is consistent.\n"


def test_command_tells_every_problem_and_loads_nothing(tmp_path):
    for file in DATA.rglob("*.yaml"):
        copy = tmp_path / file.relative_to(DATA)
        copy.parent.mkdir(exist_ok=True)
        copy.write_bytes(file.read_bytes())
    flags = tmp_path / "flags.yaml"
    flags.write_text(
        flags.read_text(encoding="utf-8").replace("category: pregnancy", "category: weather"),
        encoding="utf-8",
    )
    err = StringIO()
    with pytest.raises(CommandError, match=r"Problems in the clinical knowledge: 2\. Nothing was loaded\."):
        call_command("load_catalogue", data=tmp_path, stderr=err)
    assert [line.split(" ")[0].split(":")[0] for line in err.getvalue().splitlines()] == ["flags.yaml"] * 2


def test_only_the_owner_loads(db, content):
    """A request acts as the app role, which can write no safety rule: the database says so."""
    entry(content, "modalities", "hot-pack")["name"] = "Hot pack, moist"
    with pytest.raises(ProgrammingError, match="permission denied"), transaction.atomic():
        loading.load(content)


def test_command_says_whose_work_it_is(db, monkeypatch, content):
    entry(content, "modalities", "hot-pack")["name"] = "Hot pack, moist"
    monkeypatch.setattr("catalogue.reading.read", lambda _folder: content)
    with pytest.raises(CommandError, match="TONUS_AS_OWNER=1"), transaction.atomic():
        call_command("load_catalogue")
