"""The library's pages: what they tell, whom they let in, and what hiding does."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from catalogue.knowledge import knowledge
from catalogue.models import Exercise, HiddenEntry, Protocol
from catalogue.presenting import Presenter
from catalogue.services import EXERCISES, PROTOCOLS, add, hide, offered


@pytest.fixture
def physio_client(client_for, physio):
    return client_for(physio)


@pytest.fixture
def own(physio, stretch):
    return add(EXERCISES, stretch, by=physio)


def text(response):
    assert response.status_code == 200
    return response.content.decode()


def test_list_names_what_is_offered(physio_client, own):
    page = text(physio_client.get("/exercises/", {"search": "calf stretch"}))
    assert "Calf stretch at the wall" in page
    assert "Calf stretch on the stairs" in page
    assert "Ours" in page
    assert "1 × 3, hold 30 s, 2 times a day" in page
    assert "Neuropathy" not in page


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("CALF wall", "Calf stretch at the wall"),
        ("দেওয়ালে", "Calf stretch at the wall"),
        ("soleus", "Lower calf stretch"),
    ],
)
def test_search_finds_names_in_every_language_and_muscles(physio_client, words, found):
    assert found in text(physio_client.get("/exercises/", {"search": words}))


def test_search_finds_nothing_and_says_so(physio_client):
    assert "Nothing found" in text(physio_client.get("/exercises/", {"search": "moonwalk 100%_"}))
    assert "Nothing found" in text(physio_client.get("/protocols/", {"search": "moonwalk"}))


def test_htmx_gets_the_list_alone(physio_client):
    page = text(physio_client.get("/protocols/", {"search": "cord"}, headers={"HX-Request": "true"}))
    assert page.lstrip().startswith("<section")
    assert "<html" not in page


def test_condition_narrows_the_list(physio_client):
    page = text(physio_client.get("/protocols/", {"condition": "sciatica"}))
    names = {
        protocol["name"] for protocol in knowledge().protocols.current if protocol["family"] == "sciatica"
    }
    assert all(name.replace("'", "&#x27;") in page for name in names)
    assert "Sensory neuropathy" not in page
    assert physio_client.get("/protocols/", {"condition": "gout"}).status_code == 200


def test_filters_combine_and_each_can_be_taken_back(physio_client):
    address = "/exercises/?search=calf&position=wheelchair&helper=no"
    page = text(physio_client.get(address))
    assert "3 exercises" in page
    assert "Ankle circles and pumps" in page
    assert 'href="?helper=no&amp;search=calf"' in page
    assert 'href="?position=wheelchair&amp;search=calf"' in page
    part = physio_client.get(address, headers={"HX-Request": "true"})
    assert part["HX-Push-Url"] == "/exercises/?position=wheelchair&helper=no&search=calf"
    assert 'id="facets" hx-swap-oob="true"' in text(part)


def test_an_empty_list_says_which_filter_to_drop_and_what_would_be_there(physio_client):
    page = text(physio_client.get("/exercises/", {"region": "calf", "aim": "relax"}))
    assert "Take one of these back" in page
    assert re.search(r'href="\?aim=relax">.*?Calf.*?<span class="facet__count">\d+</span>', page, re.DOTALL)


def test_protocols_are_found_by_words_and_by_who_wrote_them(physio_client, physio, course):
    add(PROTOCOLS, course, by=physio)
    assert "Calf weeks" in text(physio_client.get("/protocols/", {"search": "neuropathy calf"}))
    page = text(physio_client.get("/protocols/", {"origin": "own"}))
    assert "1 protocol" in page
    assert "Calf weeks" in page


def test_hidden_ones_are_filtered_like_the_others(physio_client, physio):
    for slug in ("calf-stretch-wall", "glute-bridge"):
        hide(Exercise.objects.get(slug=slug), by=physio)
    page = text(physio_client.get("/exercises/", {"show": "hidden", "region": "calf"}))
    assert "Calf stretch at the wall" in page
    assert "Bridge" not in page


def test_variants_lead_both_ways_and_to_other_positions(physio_client, physio, stretch):
    easier = add(EXERCISES, stretch | {"harder": "calf-stretch-wall"}, by=physio)
    page = text(physio_client.get("/exercises/calf-stretch-wall/"))
    for address in (
        f"/exercises/{easier.pk}/",
        "/exercises/calf-stretch-strap-sitting/",
        "/exercises/carer-ankle-dorsiflexion/",
    ):
        assert address in page


def test_a_long_list_has_pages(physio_client):
    assert "1 to 50 of 91" in text(physio_client.get("/exercises/"))
    assert "51 to 91 of 91" in text(physio_client.get("/exercises/", {"page": "2"}))
    assert "51 to 91 of 91" in text(physio_client.get("/exercises/", {"page": "99"}))


def test_exercise_tells_steps_dose_stop_cues_and_sources(physio_client):
    page = text(physio_client.get("/exercises/calf-stretch-wall/"))
    entry = knowledge().exercises["calf-stretch-wall"]
    for step in (*entry["steps"]["en"], *entry["steps"]["bn"]):
        assert step in page
    for said in (
        "Stop if you feel sharp or rising pain.",
        "Cochrane Database Syst Rev 2017",
        "Charcot",
        "drafts",
    ):
        assert said in page
    assert "/exercises/soleus-stretch-wall/" in page


def test_exercise_speaks_the_readers_language(physio_client):
    physio_client.cookies["tonus_language"] = "bn"
    assert "<h1>দেওয়ালে কাফ স্ট্রেচ</h1>" in text(physio_client.get("/exercises/calf-stretch-wall/"))


def test_protocol_tells_its_phases_and_sources(physio_client):
    page = text(physio_client.get("/protocols/neuropathy-sensory-balance/"))
    for said in (
        "Protect and start",
        "Weeks 1 to 3",
        "Fall with injury",
        "TENS, conventional",
        "Optional",
        "Checked",
    ):
        assert said in page


@pytest.mark.parametrize("kind", ["exercises", "protocols"])
def test_every_shipped_entry_can_be_shown(db, kind):
    known = knowledge()
    for language in ("en", "hi", "bn"):
        presenter = Presenter(known, language)
        for entry in getattr(known, kind).current:
            if kind == "exercises":
                assert presenter.exercise(entry, known.exercises)["steps"]
            else:
                assert presenter.protocol(entry, known.exercises)["course"]


def test_own_entries_have_pages_in_their_clinic_alone(
    physio_client, client_for, other_clinic, own, physio, course
):
    course["phases"][0]["home_exercises"] = [{"exercise": str(own.pk)}]
    protocol = add(PROTOCOLS, course, by=physio)
    for address in (f"/exercises/{own.pk}/", f"/protocols/{protocol.pk}/"):
        assert "Ours" in text(physio_client.get(address))
        stranger = client_for("physiotherapist", clinic=other_clinic)
        assert stranger.get(address).status_code == 404
        assert stranger.post(f"{address}offer/", {"offer": "no"}).status_code == 404
    assert physio_client.get("/exercises/nothing/").status_code == 404


def test_hiding_and_offering_again(physio_client, physio):
    for _twice in range(2):
        response = physio_client.post("/exercises/calf-stretch-wall/offer/", {"offer": "no"})
        assert response.url == "/exercises/calf-stretch-wall/"
    assert HiddenEntry.objects.for_clinic(physio).count() == 1
    assert "Hidden from our lists" in text(physio_client.get("/exercises/calf-stretch-wall/"))
    assert "Calf stretch at the wall" not in text(physio_client.get("/exercises/", {"search": "calf wall"}))
    assert "Calf stretch at the wall" in text(physio_client.get("/exercises/", {"show": "hidden"}))
    physio_client.post("/exercises/calf-stretch-wall/offer/", {"offer": "yes"})
    assert not HiddenEntry.objects.for_clinic(physio).exists()
    assert "Nothing is hidden" in text(physio_client.get("/exercises/", {"show": "hidden"}))


def test_a_clinic_hides_for_itself_alone(physio, own, other_clinic):
    hide(Exercise.objects.get(slug="calf-stretch-wall"), by=physio)
    hide(own, by=physio)
    hide(Protocol.objects.get(slug="neuropathy-sensory-balance"), by=physio)
    assert (len(offered(EXERCISES, physio)), len(offered(PROTOCOLS, physio))) == (90, 16)
    assert len(offered(EXERCISES, other_clinic)) == 91


@pytest.mark.parametrize(("role", "reads", "hides"), [
    ("physiotherapist", 200, 302), ("admin", 200, 302), ("assistant", 200, 403), ("front_desk", 403, 403), ("patient", 403, 403),
])  # fmt: skip
def test_who_may_read_and_who_may_hide(client_for, role, reads, hides):
    client = client_for(role)
    assert client.get("/exercises/calf-stretch-wall/").status_code == reads
    assert client.post("/protocols/neuropathy-sensory-balance/offer/", {"offer": "no"}).status_code == hides
    assert client.get("/protocols/neuropathy-sensory-balance/offer/").status_code in (403, 405)


@pytest.mark.parametrize(
    "address",
    ["/exercises/", "/exercises/?region=calf&search=calf", "/exercises/calf-stretch-wall/", "/protocols/"],
)
def test_pages_cost_no_query_per_entry(physio_client, physio, stretch, address):
    def queries():
        with CaptureQueriesContext(connection) as seen:
            physio_client.get(address)
        return len(seen)

    physio_client.get(address)
    before = queries()
    for _more in range(3):
        add(EXERCISES, stretch, by=physio)
    assert queries() == before
