"""Whatever is sent to whatever address, the answer is a success or a refusal that says where: never a crash.

The addresses come from the URL resolver, the fields from the API's own schema and from the forms on the pages: what is new is
tried without a word here. Every call meets real rows (tests/world.py) and is undone.
"""

import json
from functools import lru_cache
from html.parser import HTMLParser
from urllib.parse import urlencode
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls.converters import UUIDConverter
from drf_spectacular.generators import SchemaGenerator
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import factories
from tests.conftest import forget_cache, sign_in
from tests.routes import routes
from tests.world import furnish

pytestmark = pytest.mark.django_db
ROUTES = routes()
WRITES = [(route, method) for route in ROUTES if route.is_api for method in route.methods if method != "get"]
READS = [route for route in ROUTES if "get" in route.methods]
PAGES = [route for route in ROUTES if not route.is_api]
FOREIGN = "0199aaaa-0000-7000-8000-000000000000"
REFUSED = {400, 401, 403, 404, 405, 409, 412, 415, 422, 428, 429}

TEXTS = [
    *(
        "",
        " ",
        "x",
        "0",
        "-1",
        "true",
        "null",
        "a\0b",
        "x" * 5000,
        "<script>",
        "'; --",
        "%",
        "../..",
        "ক্ষ্",
        "\u202e",
    ),
    *(
        "2026-02-30",
        "0001-01-01",
        "9999-12-31",
        "2026-11-24T10:00:00",
        "9999-12-31T23:59:59-14:00",
        "25:00",
        "08:00",
    ),
    *(
        FOREIGN,
        "not-a-uuid",
        "1e400",
        "99999999999999999999",
        "+919830012345",
        "nobody@example.org",
        "left",
        "L5",
    ),
]
DEEP: list = []
for _n in range(60):
    DEEP = [DEEP]
texts = st.sampled_from([*TEXTS, "\ud800"]) | st.text(max_size=12)
scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.sampled_from([0, -1, 1, 7, 10**30, 1.5, -1e308]),
    st.integers(-(2**70), 2**70),
    texts,
)
anything = st.recursive(
    scalars | st.just(DEEP),
    lambda kids: st.lists(kids, max_size=2) | st.dictionaries(texts, kids, max_size=2),
    max_leaves=4,
)
quick = settings(
    max_examples=6,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[
        HealthCheck.function_scoped_fixture,
        HealthCheck.too_slow,
        HealthCheck.data_too_large,
    ],
)


# --- who calls, and what there is ------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def world(django_db_setup, django_db_blocker):
    """One furnished clinic for all of this module, in a transaction that is never kept."""
    with django_db_blocker.unblock(), transaction.atomic():
        yield furnish(factories.make_clinic(name="Hostile"))
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(world):
    """Somebody with every role of the staff, and a patient; refused and crashed alike come back as answers."""
    both = sign_in(world.staff), sign_in(world.patient)
    for client in both:
        client.raise_request_exception = False
    return both


def is_patients(route, method):
    return str(route.capability(method)).startswith("me.")


def send(client, method, url, **kwargs):
    """Send, undo, and return the answer; fail on a crash."""
    forget_cache()  # or the limits of sign-in answer for everything behind them
    with transaction.atomic():
        answer = getattr(client, method)(url, **kwargs)
        transaction.set_rollback(True)
    assert answer.status_code < 500, (method, url, kwargs)
    return answer


@pytest.fixture(scope="module")
def url_of(world, clients):
    """Return the address of a route with an id that is really there, where it takes one."""
    keys = [found[0] for found in world.ids.values() if found]
    known: dict = {}

    def find(route, method):
        if not any(isinstance(kind, UUIDConverter) for _name, kind in route.converters):
            return route.url(id=keys[0], public_id="calf-stretch-wall")
        client = clients[is_patients(route, method)]
        for key in keys:
            url = route.url(any=key, name="check-in")
            body = {} if method == "get" else {"data": "{}", "content_type": "application/json"}
            if send(client, method, url, **body).status_code not in (404, 405):
                return url
        return route.url(any=keys[0])

    def cached(route, method):
        if (route.path, method) not in known:
            known[route.path, method] = find(route, method)
        return known[route.path, method]

    return cached


# --- the API --------------------------------------------------------------------------------------------------------------
@lru_cache
def schema():
    return SchemaGenerator().get_schema(request=None, public=True)


def resolved(part):
    while "$ref" in part or "allOf" in part:
        part = (
            schema()["components"]["schemas"][part["$ref"].split("/")[-1]]
            if "$ref" in part
            else part["allOf"][0]
        )
    return part


def body_of(route, method):
    """Return the properties of a route's body by its schema; {} where it says none."""
    path = route.path
    for name, _kind in route.converters:
        path = path.replace(f"<{name}>", f"{{{name}}}")
    said = schema()["paths"].get(path, {}).get(method, {}).get("requestBody", {}).get("content", {})
    part = resolved(said.get("application/json", {}).get("schema", {}))
    return part.get("properties", {})


def fitting(part, depth=0):
    """Values that the schema of a field allows, more or less, so that what lies behind the first check is reached."""
    part = resolved(part)
    for several in ("oneOf", "anyOf"):
        if several in part:
            return st.one_of([fitting(each, depth) for each in part[several]])
    if part.get("enum"):
        return st.sampled_from(part["enum"])
    kind = part.get("type")
    if kind == "array":
        return st.lists(fitting(part.get("items", {}), depth + 1), max_size=2)
    if kind == "object" or "properties" in part:
        known = part.get("properties", {})
        if not known or depth > 3:
            return st.dictionaries(texts, scalars, max_size=2)
        return st.fixed_dictionaries(
            {}, optional={name: fitting(each, depth + 1) for name, each in known.items()}
        )
    if kind == "boolean":
        return st.booleans()
    if kind in ("integer", "number"):
        return st.integers(-1, 200) | st.floats(-10, 10)
    said = {
        "date": ["2026-11-24", "1972-03-14"],
        "date-time": ["2027-03-01T10:00:00+05:30"],
        "uuid": [FOREIGN],
        "email": ["nobody@example.org"],
    }
    return st.sampled_from(said.get(part.get("format", ""), TEXTS))


def bodies(properties):
    """Objects of a body's own fields, each fitting or anything, some missing, at times one too many; or no object at all."""
    fields = {name: fitting(part) | anything for name, part in properties.items() if not part.get("readOnly")}
    known = st.fixed_dictionaries({}, optional={**fields, "no_such_field": st.just(1)})
    return known | known | known | anything


@pytest.mark.parametrize(
    ("route", "method"), WRITES, ids=[f"{method} {route.path}" for route, method in WRITES]
)
def test_any_body_is_taken_or_refused(route, method, clients, url_of):
    url, client = url_of(route, method), clients[is_patients(route, method)]

    @quick
    @given(body=bodies(body_of(route, method)))
    def hold(body):
        answer = send(
            client,
            method,
            url,
            data=json.dumps(body),
            content_type="application/json",
            headers={"If-Match": "*"},
        )
        assert answer.status_code in {200, 201, 202, 204} | REFUSED
        if answer.status_code == 400:
            assert answer.json()
            assert isinstance(answer.json(), dict)

    hold()


@pytest.mark.parametrize(
    ("route", "method"), WRITES, ids=[f"{method} {route.path}" for route, method in WRITES]
)
def test_what_is_no_json_and_what_is_not_known_is_refused(route, method, clients, url_of):
    url, client = url_of(route, method), clients[is_patients(route, method)]
    for text in ("{", "[" * 3000, '{"a": NaN}', "[]"):
        answer = send(
            client, method, url, data=text, content_type="application/json", headers={"If-Match": "*"}
        )
        assert answer.status_code in REFUSED, text
    unknown = send(
        client,
        method,
        url,
        data='{"no_such_field": 1}',
        content_type="application/json",
        headers={"If-Match": "*"},
    )
    assert unknown.status_code in REFUSED
    if unknown.status_code == 400:
        assert {"no_such_field", "events", *body_of(route, method)} & set(
            unknown.json()
        )  # a phone's events: not in the schema


WRONG = {"string": {"a": [1]}, "integer": "x", "number": "x", "boolean": "maybe", "array": "x", "object": "x"}


@pytest.mark.parametrize(
    ("route", "method"), WRITES, ids=[f"{method} {route.path}" for route, method in WRITES]
)
def test_a_value_of_the_wrong_type_is_refused_at_its_field(route, method, clients, url_of):
    url, client = url_of(route, method), clients[is_patients(route, method)]
    for name, part in body_of(route, method).items():
        if part.get("readOnly"):
            continue
        wrong = WRONG.get(resolved(part).get("type", ""), {"a": [1]})
        answer = send(
            client,
            method,
            url,
            data=json.dumps({name: wrong}),
            content_type="application/json",
            headers={"If-Match": "*"},
        )
        assert answer.status_code in REFUSED, (name, wrong)
        if answer.status_code == 400:
            assert name in answer.json(), answer.json()


@pytest.mark.parametrize("route", READS, ids=lambda route: route.path)
def test_any_question_is_answered_or_refused(route, clients, url_of):
    path = route.path
    for name, _kind in route.converters:
        path = path.replace(f"<{name}>", f"{{{name}}}")
    said = schema()["paths"].get(path, {}).get("get", {}).get("parameters", [])
    names = [part["name"] for part in said if part["in"] == "query"] or [
        "page",
        "q",
        "date",
        "next",
        "patient",
        "kind",
    ]
    url, client = url_of(route, "get"), clients[is_patients(route, "get")]

    @settings(quick, max_examples=2)
    @given(asked=st.dictionaries(st.sampled_from(names), st.sampled_from(TEXTS), max_size=3))
    def hold(asked):
        send(client, "get", f"{url}?{urlencode(asked)}")

    hold()


# --- the pages ------------------------------------------------------------------------------------------------------------
class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and the names and values of their fields."""

    def __init__(self, page, at):
        super().__init__()
        self.forms, self.at, self._here = [], at, None
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        told = dict(attrs)
        if tag == "form":
            self._here = None
            if told.get("method") == "post" and told.get("id") != "frame":
                self._here = (told.get("action") or told.get("hx-post") or self.at, {})
                self.forms.append(self._here)
        elif self._here and tag in ("input", "select", "textarea", "button") and told.get("name"):
            self._here[1].setdefault(told["name"], told.get("value") or "")

    def handle_endtag(self, tag):
        if tag == "form":
            self._here = None


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.path)
def test_any_form_is_taken_or_shown_again(route, clients, url_of):
    client = clients[is_patients(route, "get")]
    url = url_of(route, "get")
    page = send(client, "get", url)
    is_page = page.status_code == 200 and page["Content-Type"].startswith("text/html") and not page.streaming
    forms = Forms(page.content.decode(), url).forms if is_page else []
    distinct = {(where.split("?")[0], tuple(sorted(fields))): (where, fields) for where, fields in forms}

    for where, fields in list(distinct.values())[:4]:
        fill(client, where, fields)


def fill(client, where, fields):
    """Post a form as it stands with some fields spoilt, or with only those; by htmx at times."""
    names = sorted(set(fields) - {"csrfmiddlewaretoken"})
    spoilt = (
        st.dictionaries(st.sampled_from(names), st.sampled_from(TEXTS), max_size=4) if names else st.just({})
    )

    @settings(quick, max_examples=2 if names else 1)
    @given(changed=spoilt, bare=st.booleans(), htmx=st.booleans())
    def hold(changed, bare, htmx):
        headers = {"HX-Request": "true"} if htmx else {}
        send(client, "post", where, data={**({} if bare else fields), **changed}, headers=headers)

    hold()


@pytest.mark.parametrize("route", PAGES, ids=lambda route: route.path)
def test_any_page_takes_a_post_of_anything(route, clients, url_of):
    client, url = clients[is_patients(route, "post")], url_of(route, "post")
    asked = {
        "next": "x",
        "q": "x" * 5000,
        "date": "2026-02-30",
        "patient": str(uuid4()),
        "name": "a\0b",
        "note": "\0",
    }
    send(client, "post", url, data=asked)
    send(client, "post", url, data="\xff{", content_type="application/json")
