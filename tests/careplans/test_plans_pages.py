"""The pages of a plan: the builder saves what its form holds, keeps what was typed, and signs; plans are read and compared."""

from html.parser import HTMLParser

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from careplans.models import CarePlan, DraftStep, ItemStatus
from careplans.services import plans, trees
from catalogue.knowledge import knowledge
from clinic.access import Role
from patients.models import CareTeam
from tests.careplans.plans import PROTOCOL, REASON, answer_all, diagnose, flag, sign

TENS = {"modality": "tens-conventional", "sites": ["left-calf"]}
STRETCH = {"exercise": "calf-stretch-wall", "side": "left"}


class Fields(HTMLParser):
    """What a browser would send of the builder's form, and every control with what names it."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.sent: list[tuple[str, str]] = []
        self.controls: list[dict[str, str | None]] = []
        self.labelled: set[str] = set()
        self._select, self._textarea, self._within, self._in_label = None, None, False, 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        found = dict(attrs)
        if tag == "form":
            self._within = found.get("id") == "builder"
        if tag == "label":
            self._in_label += 1
            self.labelled.add(found.get("for", ""))
        if tag in ("input", "select", "textarea") and found.get("type") != "hidden":
            self.controls.append({**found, "in_label": self._in_label})
        if not self._within:
            return
        if tag == "input" and (found.get("type") not in ("checkbox", "radio") or "checked" in found):
            self.sent.append((found["name"], found.get("value") or ""))
        if tag == "select":
            self._select, self._chosen = found["name"], None
        if tag == "option" and self._select and (self._chosen is None or "selected" in found):
            self._chosen = found.get("value", "")
        if tag == "textarea":
            self._textarea = (found["name"], "")

    def handle_data(self, data):
        if self._textarea:
            self._textarea = (self._textarea[0], self._textarea[1] + data)

    def handle_endtag(self, tag):
        if tag == "label":
            self._in_label -= 1
        if tag == "form":
            self._within = False
        if tag == "select" and self._select:
            self.sent.append((self._select, self._chosen))
            self._select = None
        if tag == "textarea" and self._textarea:
            self.sent.append(self._textarea)
            self._textarea = None

    def data(self, **changes):
        """Return the form as Django's client posts it; a None takes a field away. `__` in a name stands for a hyphen."""
        sent: dict[str, list[str]] = {}
        for name, value in self.sent:
            sent.setdefault(name, []).append(value)
        for name, value in changes.items():
            name = name.replace("__", "-")
            sent.pop(name, None)
            if value is not None:
                sent[name] = value if isinstance(value, list) else [value]
        return sent


@pytest.fixture
def ready(patient):
    diagnose(patient)
    answer_all(patient)
    return patient


@pytest.fixture
def draft(ready, physio):
    return plans.create_plan(ready.pk, by=physio, protocol_id=PROTOCOL)


@pytest.fixture
def small(draft, physio):
    body = {"phases": [{"name": "Calm", "clinic": [TENS], "home": [STRETCH]}], "goals": [{"text": "Walk"}]}
    return plans.save_draft(draft.pk, body, by=physio, if_match="*")


@pytest.fixture
def browser(physio, client_for):
    return client_for(physio)


def at(patient, rest=""):
    return f"/patients/{patient.pk}/plan/{rest}"


def opened(browser, patient):
    return Fields(browser.get(at(patient, "draft/")).content.decode())


def content(plan):
    tree = trees.tree(CarePlan.objects.with_content().get(pk=plan.pk))
    return {part: tree[part] for part in ("phases", "goals", "diagnoses", "start_date", "daily_minutes_max")}


# --- scoring goals, keeping a plan ---------------------------------------------------------------------------------------------
def test_goals_are_scored_and_the_plan_kept_on_its_page(browser, ready, small, physio):
    goal = {"text": "Walk", "gas": ["a", "b", "c", "d", "e"]}
    body = {"phases": content(small)["phases"], "goals": [goal]}
    plan = sign(plans.save_draft(small.pk, body, by=physio, if_match="*"), physio)
    key = content(plan)["goals"][0]["id"]
    page = browser.post(at(ready, "1/goals/"), {f"goal-{key}": "1"}, follow=True).content.decode()
    assert "Goals scored: T score 60.0." in page
    assert "T 60.0" in page
    assert "Choose a level" in browser.post(at(ready, "1/goals/"), {}, follow=True).content.decode()
    kept = browser.post(at(ready, "1/protocol/"), {"name": "Ours"}, follow=True).content.decode()
    assert "Kept as a protocol of the clinic." in kept
    assert "Read it over before others use it." in kept
    assert "Give the protocol a name." in browser.post(at(ready, "1/protocol/"), follow=True).content.decode()


def test_an_earlier_plan_is_offered_to_copy(browser, ready, small, physio):
    ended = plans.complete(sign(small, physio).pk, by=physio)
    assert f'name="copy_of" value="{ended.pk}"' in browser.get(at(ready, "start/")).content.decode()
    browser.post(at(ready, "start/"), {"copy_of": str(ended.pk)})
    copied = CarePlan.objects.get(patient=ready, status="draft")
    assert trees.without_ids(content(copied)) == trees.without_ids(content(ended))
    plans.discard_draft(copied.pk, by=physio, if_match="*")
    assert browser.post(at(ready, "start/"), {"copy_of": str(ready.pk)}).status_code == 404


# --- starting -------------------------------------------------------------------------------------------------------------
def test_without_a_plan_the_page_says_how_to_start(browser, patient):
    page = browser.get(at(patient)).content.decode()
    assert "No plan yet." in page
    assert "Start from a protocol, or from nothing." in page
    assert at(patient, "start/") in page


def test_protocols_for_the_diagnosis_come_first_with_what_would_be_blocked(browser, ready):
    flag(ready, "osteoporosis")
    page = browser.get(at(ready, "start/"))
    names = [card["id"] for card in page.context["suggested"]]
    assert names == ["sciatica-acute", "sciatica-chronic"]
    assert page.context["selected"]["id"] == "sciatica-acute"
    assert page.context["suggested"][0]["careful"]
    assert len(page.context["others"]) == 15


def test_another_protocol_is_shown_alone_to_htmx(browser, ready):
    page = browser.get(at(ready, "start/?protocol=sciatica-chronic"), headers={"HX-Request": "true"})
    text = page.content.decode()
    assert "Sciatica, sub-acute or long-lasting" in text
    assert "<html" not in text


@pytest.mark.parametrize(("chosen", "phases"), [(PROTOCOL, 3), ("", 0)])
def test_a_draft_begins_with_a_protocol_or_with_nothing(browser, ready, chosen, phases):
    answer = browser.post(at(ready, "start/"), {"protocol": chosen})
    assert answer["Location"] == at(ready, "draft/")
    assert CarePlan.objects.get(patient=ready).phases.count() == phases
    assert browser.get(at(ready, "start/"))["Location"] == at(ready, "draft/")  # one is open


def test_an_unknown_protocol_is_refused(browser, ready):
    browser.post(at(ready, "start/"), {"protocol": "no-such"})
    assert not CarePlan.objects.exists()


# --- the form is the tree ---------------------------------------------------------------------------------------------------
def test_the_form_sent_back_as_it_is_saves_the_same_tree(browser, ready, draft):
    before = content(draft)
    answer = browser.post(at(ready, "draft/"), opened(browser, ready).data(do="save"))
    assert answer.status_code == 302
    assert content(draft) == before


def test_every_control_has_a_name(browser, ready, draft):
    fields = opened(browser, ready)
    nameless = [
        control
        for control in fields.controls
        if not (control.get("id") in fields.labelled or control.get("aria-label") or control["in_label"])
    ]
    assert len(fields.controls) > 100
    assert nameless == []


def test_what_is_typed_is_saved(browser, ready, small):
    typed = opened(browser, ready).data(
        phases__0__name="Settle",
        phases__0__weeks="2,5",
        **{
            "phases-0-clinic-0-dosage-frequency": "80 Hz",
            "phases-0-clinic-0-sites": ["left-calf", "Right calf", ""],
            "phases-0-clinic-0-visits_per_week": "0.5",
            "phases-0-home-0-side": "right",
            "phases-0-home-0-times": ["07:30", "", ""],
            "phases-0-home-0-days_of_week": ["1", "3", "5", "7"],
            "goals-0-measure": "modified-ashworth",
            "goals-0-baseline": "2",
            "goals-0-target": "1+",
            "start_date": "2030-01-01",
        },
    )
    assert browser.post(at(ready, "draft/"), typed).status_code == 302
    [phase] = (saved := content(small))["phases"]
    [tens], [stretch] = phase["clinic"], phase["home"]
    assert (phase["name"], phase["weeks"], saved["start_date"]) == ("Settle", 2.5, "2030-01-01")
    assert (tens["dosage"]["frequency"], tens["visits_per_week"]) == (80, 0.5)
    assert tens["sites"] == ["left-calf", "right-calf"]
    assert (stretch["side"], stretch["times"], stretch["days_of_week"]) == ("right", ["07:30"], [1, 3, 5, 7])
    assert (saved["goals"][0]["baseline"], saved["goals"][0]["target"]) == ("2", "1+")


@pytest.mark.parametrize(
    ("name", "typed", "said"),
    [
        ("phases-0-clinic-0-dosage-frequency", "9999", "Must be between"),
        ("phases-0-clinic-0-minutes", "long", "Give a number."),
        ("phases-0-clinic-0-sites", ["left-wing"], "There is no such region of the body."),
        ("phases-0-home-0-sets", "99", "Must be between"),
        ("phases-0-home-0-days_of_week", None, "Choose at least one day."),
        ("phases-0-weeks", "0", "0.1"),
        ("phases-0-name", "x" * 151, "150"),
        ("goals-0-text", "", "Write something here."),
        ("goals-0-due_on", "2030-02-30", "Date has wrong format"),
    ],
)
def test_a_wrong_value_is_kept_with_the_reason_beside_it_and_nothing_is_saved(
    browser, ready, small, name, typed, said
):
    before = content(small)
    form = opened(browser, ready).data(**{name: typed, "phases-0-entry": "Kept on the page"})
    page = browser.post(at(ready, "draft/"), form)
    text = page.content.decode()
    assert page.status_code == 400
    assert said in text
    assert f'data-fault="{name}"' in text
    assert "Kept on the page" in text
    if isinstance(typed, str) and typed:
        assert typed in text
    assert content(small) == before


def test_two_who_write_at_once_are_both_told_and_nobodys_work_is_lost(
    browser, ready, small, member, client_for
):
    mine, theirs = opened(browser, ready), opened(browser, ready)
    shreya = client_for(member(Role.PHYSIOTHERAPIST, name="Shreya Basu"))
    shreya.post(at(ready, "draft/"), theirs.data(phases__0__name="Hers"))
    page = browser.post(at(ready, "draft/"), mine.data(phases__0__name="Mine"))
    text = page.content.decode()
    assert page.status_code == 409
    assert "Shreya Basu changed this draft" in text
    assert 'value="Mine"' in text
    assert content(small)["phases"][0]["name"] == "Hers"
    again = Fields(text).data(do="overwrite")
    assert browser.post(at(ready, "draft/"), again).status_code == 302
    assert content(small)["phases"][0]["name"] == "Mine"


def test_a_draft_that_was_signed_meanwhile_is_not_written(browser, ready, small, physio):
    form = opened(browser, ready).data(phases__0__name="Late")
    sign(CarePlan.objects.with_content().get(pk=small.pk), physio)
    assert browser.post(at(ready, "draft/"), form)["Location"] == at(ready)
    assert content(small)["phases"][0]["name"] == "Calm"


# --- choosing what to add ---------------------------------------------------------------------------------------------------
def picked(browser, patient, kind="home", **query):
    return browser.get(at(patient, f"draft/add/{kind}/1/"), query)


def test_what_the_protocol_names_comes_first_then_what_fits_the_disorder(browser, ready, draft):
    page = picked(browser, ready).content.decode()
    places = [page.index(f">{group} ") for group in ("In the protocol", "For this disorder", "Others")]
    assert places == sorted(places)
    assert page.index("Sciatic nerve slider") < places[1]


def test_what_would_be_blocked_is_said_before_it_is_chosen(browser, ready, draft):
    assert "Blocked for this patient" not in picked(browser, ready, "clinic", q="tens").content.decode()
    flag(ready, "cardiac-pacemaker")
    page = picked(browser, ready, "clinic", q="tens").content.decode()
    assert "Blocked for this patient" in page
    assert "Pacemaker. TENS may disturb it" in page


@pytest.mark.parametrize(
    ("kind", "words", "found"),
    [
        ("home", "calf wall", "Calf stretch at the wall"),
        ("home", "gastrocnemius", "Calf stretch at the wall"),  # by the muscle that is tight
        ("home", "দেওয়াল", "Calf stretch at the wall"),
        ("clinic", "heat hot pack", "Hot pack"),
    ],
)
def test_it_is_found_by_name_in_any_language_place_and_muscle(browser, ready, draft, kind, words, found):
    assert found in picked(browser, ready, kind, q=words).content.decode()


def test_nothing_of_that_name_is_said(browser, ready, draft):
    assert "Nothing is called that." in picked(browser, ready, q="xylophone").content.decode()


def test_htmx_gets_a_dialog_and_while_typing_the_list_alone(browser, ready, draft):
    address = at(ready, "draft/add/home/1/")
    whole = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    part = browser.get(address, {"q": "calf"}, headers={"HX-Request": "true"}).content.decode()
    assert "<dialog" in whole
    assert "<dialog" not in part
    assert 'id="pick-list"' in part
    assert "<html" not in whole + part


@pytest.mark.parametrize("rest", ["draft/add/home/9/", "draft/add/home/0/", "draft/add/elsewhere/1/"])
def test_a_phase_or_kind_that_is_not_there_is_404(browser, ready, draft, rest):
    assert browser.get(at(ready, rest)).status_code == 404


def test_choosing_costs_the_same_however_much_there_is(browser, ready, draft, physio):
    def queries(**query):
        picked(browser, ready, **query)
        with CaptureQueriesContext(
            connection,
        ) as found:
            picked(browser, ready, **query)
        return len(found)

    assert queries() == queries(q="calf stretch at the wall")


def test_the_page_without_script_adds_to_what_is_stored_and_keeps_the_reasons(browser, ready, small, physio):
    browser.post(
        at(ready, "draft/"), opened(browser, ready).data(do="save", **{"why-tens-pacemaker": REASON})
    )
    page = picked(browser, ready).content.decode()
    etag = page.split('name="etag" value="')[1].split('"')[0].replace("&quot;", '"')
    answer = browser.post(
        at(ready, "draft/"), {"etag": etag, "stored": "yes", "do": "add-home:phases-0:glute-bridge"}
    )
    assert answer["Location"].endswith("#phases-0-home-1")
    assert [item["exercise"] for item in content(small)["phases"][0]["home"]] == [
        "calf-stretch-wall",
        "glute-bridge",
    ]
    assert CarePlan.objects.get(pk=small.pk).overrides == {"tens-pacemaker": REASON}


def test_an_exercise_comes_with_the_side_of_the_others_and_a_helper_where_it_needs_one(browser, ready, small):
    for exercise in ("hamstring-stretch-strap", "carer-hamstring-stretch"):
        browser.post(at(ready, "draft/"), opened(browser, ready).data(do=f"add-home:phases-0:{exercise}"))
    found = {item["exercise"]: item for item in content(small)["phases"][0]["home"]}
    for exercise, item in found.items():
        entry = knowledge().exercises[exercise]
        assert item["side"] == ("left" if entry["laterality"] == "per-side" else None)
        assert item["assistance"] == ("by-carer" if entry["helper_needed"] else "")


# --- adding, moving, taking away, without script -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "treatments", "exercises", "goto"),
    [
        (
            {"do": "add-clinic:phases-0:hot-pack"},
            ["tens-conventional", "hot-pack"],
            1,
            "phases-0-clinic-1",
        ),
        ({"do": "add-clinic:phases-0"}, ["tens-conventional"], 1, ""),
        ({"do": "add-home:phases-0:glute-bridge"}, ["tens-conventional"], 2, "phases-0-home-1"),
        ({"do": "add-home:phases-7:glute-bridge"}, ["tens-conventional"], 1, ""),
        ({"do": "move:phases-0-home-0:phases-9"}, ["tens-conventional"], 1, "phases-0-home-0"),
        ({"do": "move:phases-0-home-0:goals-0"}, ["tens-conventional"], 1, "phases-0-home-0"),
        ({"do": "move:phases-0-home-0:7"}, ["tens-conventional"], 1, "phases-0-home-0"),
        ({"do": "remove:phases-0-clinic-0"}, [], 1, ""),
        ({"do": "remove:phases-0-home-0"}, ["tens-conventional"], 0, ""),
        ({"do": "remove:phases-0-home-9"}, ["tens-conventional"], 1, ""),
        ({"do": f"remove:phases-{'9' * 5000}"}, ["tens-conventional"], 1, ""),
        ({"do": "add-home:goals-0:glute-bridge"}, ["tens-conventional"], 1, ""),
        ({"do": "add-clinic:phases-0-home-0:hot-pack"}, ["tens-conventional"], 1, ""),
        ({"do": "add-home:phases-0-clinic-0:glute-bridge"}, ["tens-conventional"], 1, ""),
        ({"do": "remove:nonsense"}, ["tens-conventional"], 1, ""),
        ({"do": "remove:nonsense-x"}, ["tens-conventional"], 1, ""),
        ({"do": "up:phases-0-clinic-0"}, ["tens-conventional"], 1, "phases-0-clinic-0"),
    ],
)
def test_buttons_change_the_tree_without_script(browser, ready, small, changes, treatments, exercises, goto):
    answer = browser.post(at(ready, "draft/"), opened(browser, ready).data(**changes))
    assert answer["Location"] == at(ready, "draft/") + (f"#{goto}" if goto else "")
    [phase] = content(small)["phases"]
    assert [item["modality"] for item in phase["clinic"]] == treatments
    assert len(phase["home"]) == exercises


def test_rows_are_named_by_their_ids_wherever_they_stand(browser, ready, draft):
    def exercises(place=0):
        return [item["exercise"] for item in content(draft)["phases"][place]["home"]]

    def do(order):
        return browser.post(at(ready, "draft/"), opened(browser, ready).data(do=order))

    plan = content(draft)
    calm, later, _last = plan["phases"]
    first, second, *rest = calm["home"]
    names = [item["exercise"] for item in rest]
    do(f"down:{first['id']}")
    assert exercises() == [second["exercise"], first["exercise"], *names]
    do(f"up:{first['id']}")
    assert exercises() == [first["exercise"], second["exercise"], *names]
    do(f"move:{first['id']}:{later['id']}")
    assert exercises() == [second["exercise"], *names]
    assert exercises(1)[-1] == first["exercise"]
    answer = do(f"add-home:{calm['id']}:glute-bridge")
    assert answer["Location"].endswith(f"#phases-0-home-{len(calm['home']) - 1}")
    do(f"remove:{second['id']}")
    do(f"remove:{second['id']}")  # gone: another is not taken in its place
    assert exercises() == [*names, "glute-bridge"]
    do(f"down:{calm['id']}")
    assert [phase["id"] for phase in content(draft)["phases"][:2]] == [later["id"], calm["id"]]
    do(f"remove:{plan['goals'][0]['id']}")
    assert [goal["id"] for goal in content(draft)["goals"]] == [goal["id"] for goal in plan["goals"][1:]]


def test_a_goal_in_which_nothing_stands_yet_stays_while_something_else_is_done(browser, ready, small):
    form = opened(browser, ready).data(do="add-phase", goals__1__text="", goals__1__measure="")
    page = browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"}).content.decode()
    assert 'id="goals-1-text"' in page
    form["do"] = "remove:goals-1"
    page = browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"}).content.decode()
    assert 'id="goals-1-text"' not in page


def test_phases_and_items_change_places(browser, ready, draft):
    names = [phase["name"] for phase in content(draft)["phases"]]
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="down:phases-0"))
    assert [phase["name"] for phase in content(draft)["phases"]] == [names[1], names[0], names[2]]
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="add-phase"))
    assert [phase["name"] for phase in content(draft)["phases"]][3:] == ["Phase 4"]
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="remove:phases-3"))
    assert len(content(draft)["phases"]) == 3


def test_an_item_is_moved_to_a_place_and_to_another_phase(browser, ready, draft):
    def exercises():
        return [[item["exercise"] for item in phase["home"]] for phase in content(draft)["phases"]]

    first, second, third = exercises()
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="move:phases-0-home-0:2"))
    assert exercises() == [[first[1], first[2], first[0], *first[3:]], second, third]
    answer = browser.post(
        at(ready, "draft/"), opened(browser, ready).data(do="move:phases-0-home-2:phases-2")
    )
    assert exercises() == [[first[1], first[2], *first[3:]], second, [*third, first[0]]]
    assert answer["Location"].endswith(f"#phases-2-home-{len(third)}")


def test_going_back_and_forward_by_buttons(browser, ready, small):
    browser.post(at(ready, "draft/"), opened(browser, ready).data(phases__0__name="Quiet"))
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="undo"))
    assert content(small)["phases"][0]["name"] == "Calm"
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="redo"))
    assert content(small)["phases"][0]["name"] == "Quiet"
    # what was typed and not saved yet is the last step
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="undo", phases__0__name="Loud"))
    assert content(small)["phases"][0]["name"] == "Quiet"
    # what cannot be saved is dropped
    page = browser.post(at(ready, "draft/"), opened(browser, ready).data(do="undo", phases__0__weeks="many"))
    assert page.status_code == 302
    assert content(small)["phases"][0]["name"] == "Quiet"


def test_a_draft_is_discarded(browser, ready, small):
    answer = browser.post(at(ready, "draft/"), opened(browser, ready).data(do="discard"))
    assert answer["Location"] == at(ready)
    assert not CarePlan.objects.filter(pk=small.pk).exists()


def test_levels_of_a_goal_are_saved_and_filled_from_now_and_target(browser, ready, small):
    form = opened(browser, ready)
    told = {"goals__0__measure": "nprs", "goals__0__baseline": "8", "goals__0__target": "4"}
    browser.post(at(ready, "draft/"), form.data(do="levels:goals-0", **told))
    goal = content(small)["goals"][0]
    assert [level.split(" ")[0] for level in goal["gas"]] == ["8", "6", "4", "2", "0"]
    page = browser.post(
        at(ready, "draft/"), opened(browser, ready).data(goals__0__weight="10")
    ).content.decode()
    assert "Give 9 or less." in page
    browser.post(
        at(ready, "draft/"), opened(browser, ready).data(goals__0__gas=[""] * 5, goals__0__weight="6")
    )
    assert (content(small)["goals"][0]["gas"], content(small)["goals"][0]["weight"]) == ([], 6)


def test_too_much_a_day_and_a_benefit_that_nothing_serves_are_said(browser, ready, small):
    assert "Nothing serves it" in browser.get(at(ready, "draft/")).content.decode()
    page = browser.post(
        at(ready, "draft/"),
        opened(browser, ready).data(daily_minutes_max="5", phases__0__home__0__hold_s="60"),
        headers={"HX-Request": "true"},
    ).content.decode()
    assert "over the limit of 5" in page
    refused = browser.post(at(ready, "draft/"), opened(browser, ready).data(daily_minutes_max="1"))
    assert refused.status_code == 400
    assert "At most, minutes a day" in refused.content.decode()


def test_who_tires_easily_has_half_the_day(browser, ready, small):
    flag(ready, "severe-fatigue")
    assert (
        "Left empty: 30, half, because this patient tires easily."
        in browser.get(at(ready, "draft/")).content.decode()
    )


def test_a_new_goal_is_a_blank_row_until_something_is_typed(browser, ready, small):
    page = browser.post(at(ready, "draft/"), opened(browser, ready).data(do="add-goal"))
    fields = Fields(page.content.decode())
    assert len(content(small)["goals"]) == 1
    browser.post(at(ready, "draft/"), fields.data(do="save"))
    assert len(content(small)["goals"]) == 1
    browser.post(at(ready, "draft/"), fields.data(goals__1__text="Sleep", etag=small_etag(small)))
    assert [goal["text"] for goal in content(small)["goals"]] == ["Walk", "Sleep"]


def small_etag(plan):
    return CarePlan.objects.get(pk=plan.pk).etag


# --- saving while typing ------------------------------------------------------------------------------------------------------
def test_an_autosave_answers_only_the_parts_that_may_have_changed(browser, ready, small):
    form = opened(browser, ready).data(phases__0__name="Settle")
    page = browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"})
    text = page.content.decode()
    assert page.status_code == 200
    assert "Draft saved" in text
    assert 'id="safety"' in text
    assert "phases-0-name" not in text
    assert content(small)["phases"][0]["name"] == "Settle"
    assert small_etag(small).strip('"') in text


def test_a_picture_follows_the_side_at_the_next_autosave(browser, ready, small):
    fields = opened(browser, ready)
    for side in ("left", "right"):
        answer = browser.post(
            at(ready, "draft/"), fields.data(phases__0__home__0__side=side), headers={"HX-Request": "true"}
        ).content.decode()
        assert "calf-stretch-wall" in answer
        assert ("calf-stretch-wall-left-thumb" in answer) is (side == "left")
        fields = opened(browser, ready)


def test_an_autosave_over_somebody_elses_says_so(browser, ready, small):
    form = opened(browser, ready).data(etag='"other"')
    page = browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"})
    assert page.status_code == 409
    assert "Not saved" in page.content.decode()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"phases__0__weeks": "0"}, "Give 0.1 or more."),
        ({"phases__0__clinic__0__dosage__frequency": "9999"}, "Must be between"),
        ({"phases__0__clinic__0__dosage__frequency": "1 kHz"}, "Give a number."),
        ({"phases__0__clinic__0__sites": ["left-calf", "elbow of the knee"]}, "There is no such region"),
        ({"phases__0__home__0__sets": "2 h"}, "Give a number."),
        ({"goals__0__text": "", "goals__0__weight": "10"}, "Give 9 or less."),
        ({"daily_minutes_max": "1_5"}, "Give a whole number."),
    ],
)
def test_an_autosave_keeps_what_is_right_and_says_what_is_wrong(browser, ready, small, wrong, said):
    before = content(small)
    form = opened(browser, ready).data(**wrong, phases__0__name="Quiet", start_date="2099-01-01")
    page = browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"})
    assert page.status_code == 200
    assert said in page.content.decode()
    assert "The rest is." in page.content.decode()
    after = content(small)
    assert (after["phases"][0]["name"], after["start_date"]) == ("Quiet", "2099-01-01")
    before["phases"][0]["name"], before["start_date"] = "Quiet", "2099-01-01"
    assert after == before


def test_every_fault_is_said_at_once_also_behind_another(browser, ready, small):
    wrong = {
        "phases__0__clinic__0__sites": ["elbow of the knee"],
        "phases__0__clinic__0__dosage__frequency": "9999",
        "phases__0__home__0__sets": "many",
    }
    page = browser.post(
        at(ready, "draft/"), opened(browser, ready).data(**wrong), headers={"HX-Request": "true"}
    )
    assert [
        page.content.decode().count(f'data-fault="{name}"')
        for name in ("phases-0-clinic-0-sites", "phases-0-clinic-0-dosage-frequency", "phases-0-home-0-sets")
    ] == [1, 1, 1]


def test_a_plan_with_a_wrong_value_on_the_page_is_not_signed(browser, ready, small):
    form = opened(browser, ready).data(do="sign", phases__0__home__0__sets="99")
    page = browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"})
    assert "Must be between" in page.content.decode()
    assert CarePlan.objects.get(pk=small.pk).is_draft


def test_taking_back_a_wrong_value_keeps_the_rest(browser, ready, small):
    form = opened(browser, ready).data(
        do="undo", phases__0__weeks="999", phases__0__progress_when="Long typed"
    )
    browser.post(at(ready, "draft/"), form, headers={"HX-Request": "true"})
    [phase] = content(small)["phases"]
    assert (phase["weeks"], phase["progress_when"]) == (2, "Long typed")


def test_keeping_mine_brings_back_what_somebody_removed(browser, ready, small, physio):
    form = opened(browser, ready)
    body = content(small)
    lineage = body["phases"][0]["home"][0]["lineage_id"]
    plans.save_draft(small.pk, {"phases": [{**body["phases"][0], "home": []}]}, by=physio, if_match="*")
    answer = browser.post(at(ready, "draft/"), form.data(do="overwrite", phases__0__home__0__reps="5"))
    assert answer.status_code == 302
    [item] = content(small)["phases"][0]["home"]
    assert (item["reps"], item["lineage_id"]) == (5, lineage)


def test_a_step_that_is_not_allowed_any_more_is_said(browser, ready, small, physio, monkeypatch):
    plans.save_draft(small.pk, {"phases": []}, by=physio, if_match="*")
    step = DraftStep.objects.get(plan=small, content__phases__0__name="Calm")
    step.content["phases"][0]["home"][0]["sets"] = 99  # as if a limit had been lowered since
    step.save()
    page = browser.post(at(ready, "draft/"), opened(browser, ready).data(do="undo"))
    assert "Must be between" in page.content.decode()
    assert content(small)["phases"] == []


@pytest.mark.parametrize(
    "posted",
    [
        {"why-a\0b": REASON},
        {"clearance-a\0-doctor": "x"},
        {"why-no-such-rule": REASON},
        {"do": "answer", "answer-\0": "yes"},
        {"do": "answer", "answer-no-such-flag": "yes"},
        {"plan": "no id"},
        {"plan": "\0"},
    ],
)
def test_what_no_page_sends_is_no_crash_and_keeps_nothing(browser, ready, small, posted):
    answer = browser.post(at(ready, "draft/"), opened(browser, ready).data() | posted)
    assert answer.status_code < 500
    assert CarePlan.objects.get(pk=small.pk).overrides == {}


def test_a_reason_is_no_longer_than_a_reason(browser, ready, small):
    browser.post(at(ready, "draft/"), opened(browser, ready).data(**{"why-tens-pacemaker": "x" * 9000}))
    assert len(CarePlan.objects.get(pk=small.pk).overrides["tens-pacemaker"]) == 2000


def test_goals_with_brackets_are_worded_from_their_fields_and_hold_the_signature(browser, ready, draft):
    form = opened(browser, ready)
    assert any("[value now]" in goal["text"] for goal in content(draft)["goals"])
    pain = next(place for place, goal in enumerate(content(draft)["goals"]) if goal["measure"] == "nprs")
    told = {f"goals__{pain}__baseline": "7", f"goals__{pain}__target": "3"}
    page = browser.post(at(ready, "draft/"), form.data(do="sign", **told), headers={"HX-Request": "true"})
    assert "Some goals still have brackets" in page.content.decode()
    text = content(draft)["goals"][pain]["text"]
    assert "from 7 to 3" in text
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="finish-goals"))
    assert not any("[" in goal["text"] for goal in content(draft)["goals"])


def test_a_start_that_has_gone_by_is_said_before_signing(browser, ready, small):
    browser.post(at(ready, "draft/"), opened(browser, ready).data(start_date="2020-01-01"))
    assert "The day it starts on has gone by." in browser.get(at(ready, "draft/")).content.decode()


# --- two plans of one patient -------------------------------------------------------------------------------------------------
@pytest.fixture
def two(ready, physio):
    """Two running plans, both version 1: the first and the second."""

    def running():
        plan = plans.create_plan(ready.pk, by=physio)
        goal = {"text": "Walk", "gas": ["a", "b", "c", "d", "e"]}
        body = {"phases": [{"name": "Calm", "home": [STRETCH]}], "goals": [goal]}
        return sign(plans.save_draft(plan.pk, body, by=physio, if_match="*"), physio)

    return running(), running()


def test_a_page_acts_on_its_own_plan(browser, ready, two):
    first, second = two
    page = browser.get(at(ready, "1/"), {"plan": str(first.pk)}).content.decode()
    assert f'name="plan" value="{first.pk}"' in page
    assert f"?plan={second.pk}" in page  # the other plan can be reached
    told = {"plan": str(first.pk), "do": "hold", "reason": "Flare"}
    assert browser.post(at(ready, "1/follow/"), told)["Location"].endswith(f"?plan={first.pk}")
    assert [CarePlan.objects.get(pk=plan.pk).status for plan in two] == ["on-hold", "active"]
    key = content(first)["goals"][0]["id"]
    scored = browser.post(at(ready, "1/goals/"), {"plan": str(first.pk), f"goal-{key}": "1"}, follow=True)
    assert "Goals scored" in scored.content.decode()
    browser.post(at(ready, "1/amend/"), {"plan": str(first.pk), "reason": "More"})
    assert CarePlan.objects.get(status="draft").replaces_id == first.pk


def test_who_starts_beside_a_running_plan_is_told(browser, ready, two):
    assert "A plan is running" in browser.get(at(ready, "start/")).content.decode()


def test_a_draft_has_no_goals_to_score(browser, ready, small):
    assert browser.post(at(ready, "1/goals/"), {"goal-x": "1"}).status_code == 404


def test_reasons_typed_so_far_survive_a_reload(browser, ready, small):
    flag(ready, "osteoporosis")
    rule = opened_rule(browser, ready)
    browser.post(at(ready, "draft/"), opened(browser, ready).data(**{f"why-{rule}": "Bone scan was"}))
    assert "Bone scan was" in browser.get(at(ready, "draft/")).content.decode()


def opened_rule(browser, patient):
    return browser.get(at(patient, "draft/")).context["panel"]["warnings"][0]["rule"]


# --- safety and signature -------------------------------------------------------------------------------------------------------
def test_the_panel_says_what_is_in_the_way(browser, patient, physio):
    diagnose(patient)
    plan = plans.create_plan(patient.pk, by=physio)
    plans.save_draft(plan.pk, {"phases": [{"clinic": [TENS]}]}, by=physio, if_match="*")
    flag(patient, "cardiac-pacemaker")
    panel = browser.get(at(patient, "draft/")).context["panel"]
    assert [line["items"][0]["name"] for line in panel["blocks"]] == [
        "TENS, conventional (high rate, sensory)"
    ]
    assert panel["questions"]
    assert len(panel["to_do"]) == 3  # questions, a block, a caution
    assert panel["passed"] > 0


def test_an_empty_plan_is_not_ready(browser, ready, physio):
    plans.create_plan(ready.pk, by=physio)
    assert browser.get(at(ready, "draft/")).context["panel"]["to_do"] == [
        "Add a treatment or an exercise first."
    ]


def test_signing_saves_first_and_leads_to_the_plan(browser, ready, small):
    flag(ready, "osteoporosis")
    why = {
        f"why-{line['rule']}": REASON
        for line in browser.get(at(ready, "draft/")).context["panel"]["warnings"]
    }
    form = opened(browser, ready).data(do="sign", phases__0__name="Settle", **why)
    assert browser.post(at(ready, "draft/"), form)["Location"] == at(ready)
    plan = CarePlan.objects.get(pk=small.pk)
    assert (plan.status, plan.start_date) == ("active", timezone.localdate(timezone=plan.clinic.zone))
    assert content(plan)["phases"][0]["name"] == "Settle"
    page = browser.get(at(ready)).content.decode()
    assert "Version 1 is signed." in page
    assert REASON in page


def test_a_refused_signature_keeps_the_save_and_the_reasons(browser, ready, small):
    flag(ready, "osteoporosis")
    rule = opened_rule(browser, ready)
    form = opened(browser, ready).data(do="sign", phases__0__name="Settle", **{f"why-{rule}": "too short"})
    page = browser.post(at(ready, "draft/"), form)
    text = page.content.decode()
    assert page.status_code == 200
    assert "Say why, for each warning." in text
    assert "too short" in text
    assert content(small)["phases"][0]["name"] == "Settle"
    assert CarePlan.objects.get(pk=small.pk).is_draft


def test_a_medical_clearance_is_given_by_name_and_date(browser, ready, small):
    flag(ready, "dvt-current", "left-calf")
    panel = browser.get(at(ready, "draft/")).context["panel"]
    assert {line["policy"] for line in panel["blocks"]} == {"with-medical-clearance"}
    given = {"doctor": "Dr Basu", "date": "2026-01-02", "note": "Cleared after ultrasound."}
    cleared = {
        f"clearance-{line['rule']}-{part}": value for line in panel["blocks"] for part, value in given.items()
    }
    why = {f"why-{line['rule']}": REASON for line in panel["warnings"]}
    browser.post(at(ready, "draft/"), opened(browser, ready).data(do="sign", **cleared, **why))
    plan = CarePlan.objects.get(pk=small.pk)
    assert plan.status == "active"
    assert given in plan.overrides.values()


def test_an_assistant_builds_and_does_not_sign(ready, small, member, client_for):
    assistant = member(Role.ASSISTANT)
    CareTeam.objects.create(clinic_id=ready.clinic_id, patient=ready, member_id=assistant.member_id)
    browser = client_for(assistant)
    page = browser.get(at(ready, "draft/")).content.decode()
    assert 'value="sign"' not in page
    browser.post(at(ready, "draft/"), Fields(page).data(do="sign", phases__0__name="Settle"))
    plan = CarePlan.objects.get(pk=small.pk)
    assert plan.is_draft
    assert content(plan)["phases"][0]["name"] == "Settle"


# --- reading and following --------------------------------------------------------------------------------------------------------
@pytest.fixture
def running(small, physio):
    return sign(CarePlan.objects.with_content().get(pk=small.pk), physio)


def test_the_plan_is_read_in_words(browser, ready, running):
    page = browser.get(at(ready)).content.decode()
    for words in (
        "Plan, version 1",
        "100 Hz",
        "Left calf",
        "Calf stretch at the wall",
        "1 set of 3, hold 30 s",
        "Every day",
    ):
        assert words in page


def test_what_was_paused_says_why(browser, ready, running):
    running.home_items.update(status=ItemStatus.PAUSED, status_reason="A clot is suspected.")
    assert "A clot is suspected." in browser.get(at(ready)).content.decode()


def test_amending_needs_a_reason_and_opens_the_builder(browser, ready, running):
    assert browser.post(at(ready, "1/amend/"), {"reason": " "})["Location"] == at(ready)
    assert CarePlan.objects.count() == 1
    assert browser.post(at(ready, "1/amend/"), {"reason": "Better."})["Location"] == at(ready, "draft/")
    assert browser.get(at(ready, "2/"))["Location"] == at(ready, "draft/")


def test_versions_are_compared(browser, ready, running, physio):
    new = plans.amend_plan(running.pk, by=physio, reason="Better.")
    tree = trees.tree(new)
    tree["phases"][0]["clinic"][0]["dosage"]["frequency"] = 80
    plans.save_draft(new.pk, tree, by=physio, if_match="*")
    page = browser.get(at(ready, "compare/1/2/")).content.decode()
    assert "Frequency" in page
    assert "100 Hz" in page
    assert "80 Hz" in page
    assert browser.get(at(ready, "compare/1/9/")).status_code == 404
    assert browser.get(at(ready, "9/")).status_code == 404


def test_the_plan_is_followed_by_buttons(browser, ready, running):
    def press(do, **more):
        browser.post(at(ready, "1/follow/"), {"do": do, **more})
        return CarePlan.objects.get(pk=running.pk).status

    assert press("hold") == "active"  # says why first
    assert press("hold", reason="Away for a week.") == "on-hold"
    assert press("nonsense") == "on-hold"
    assert press(f"phase:{running.phases.first().pk}") == "on-hold"
    assert press("phase:x") == "on-hold"
    assert press("resume") == "active"
    assert press("complete") == "completed"
    assert "Start a new plan" in browser.get(at(ready)).content.decode()


@pytest.mark.parametrize("page", ["", "draft/"])
def test_pages_ask_as_much_for_one_item_as_for_many(browser, ready, draft, physio, page):
    def cost(items):
        body = {"phases": [{"clinic": [TENS] * items, "home": [STRETCH] * items}]}
        plans.save_draft(draft.pk, body, by=physio, if_match="*")
        if not page:
            plan = sign(CarePlan.objects.with_content().get(pk=draft.pk), physio)
        with CaptureQueriesContext(connection) as queries:
            assert browser.get(at(ready, page)).status_code == 200
        if not page:
            draft.pk = plans.amend_plan(plan.pk, by=physio, reason="x").pk
        return len(queries)

    browser.get(at(ready, page))
    one = cost(1)
    assert cost(4) <= one + (2 if not page else 0)  # a second version is listed
