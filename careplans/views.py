"""The pages of a patient's plan: read it, start it, build it, compare versions, follow it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from rest_framework.serializers import ValidationError

from careplans import forms, goals, protocols
from careplans.models import ALERT, RUNNING, CarePlan
from careplans.pages import picking, reading
from careplans.pages.builder import Builder, field_names
from careplans.pages.common import faults, flat
from careplans.pages.panel import panel
from careplans.pages.printing import printing
from careplans.reads import note_read
from careplans.services import attainment, plans, saving, steps, trees, wording
from careplans.services.changes import diff
from careplans.services.checking import check_tree
from careplans.services.facts import facts_about
from careplans.services.progress import single_values
from careplans.services.protocols import keep_as_protocol
from careplans.services.reference import Reference, all_for, reference_for
from catalogue import relevance
from catalogue.services import PROTOCOLS, offered
from clinic.access import needs
from clinic.errors import RuleBroken
from clinic.numbers import read_number
from patients.models import Diagnosis, Patient


def _patient(request: HttpRequest, pk: UUID) -> Patient:
    return get_object_or_404(Patient.objects.visible_to(request.membership), pk=pk)


def _versions(request: HttpRequest, patient: Patient) -> list[CarePlan]:
    """Return a patient's plans, the newest first."""
    found = CarePlan.objects.visible_to(request.membership).filter(patient=patient)
    return list(found.select_related("signed_by__user", "protocol").defer("protocol__data").order_by("-pk"))


def _draft_of(versions: list[CarePlan]) -> CarePlan | None:
    return next((each for each in versions if each.is_draft), None)


# --- reading ---------------------------------------------------------------------------------------------------------
@needs("plans.read")
@require_GET
def plan(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The plan that counts: what runs, else what was signed last, else how to start."""
    person = _patient(request, patient)
    versions = _versions(request, person)
    signed = [each for each in versions if each.signed_at]
    current = next((each for each in signed if each.status in RUNNING), signed[0] if signed else None)
    if current is None:
        context = {
            "patient": person,
            "draft": _draft_of(versions),
            "may_draft": request.membership.may("plans.draft"),
        }
        return render(request, "careplans/no_plan.html", context)
    return _read(request, person, versions, current)


@needs("plans.read")
@require_GET
def version(request: HttpRequest, patient: UUID, number: int) -> HttpResponse:
    """One version, as it was signed; a draft is read in the builder."""
    person = _patient(request, patient)
    versions = _versions(request, person)
    chosen = _numbered(request, versions, number)
    if chosen.is_draft and request.membership.may("plans.draft"):
        return redirect("careplans:plan-draft", person.pk)
    return _read(request, person, versions, chosen)


def _numbered(request: HttpRequest, versions: list[CarePlan], number: int) -> CarePlan:
    """Return the version of this number: of the plan that `plan` names (any version's id), else of the newest plan."""
    told = request.POST.get("plan") or request.GET.get("plan")
    lineage = next((each.lineage_id for each in versions if str(each.pk) == told), None)
    found = next(
        (each for each in versions if each.version == number and (not told or each.lineage_id == lineage)),
        None,
    )
    if found is None:
        raise Http404
    return found


def _read(request: HttpRequest, person: Patient, versions: list[CarePlan], chosen: CarePlan) -> HttpResponse:
    found = CarePlan.objects.with_content().annotate(alert=ALERT).get(pk=chosen.pk)
    note_read(request, person.pk, "plan")
    content = trees.tree(found)
    reference = reference_for(found.clinic_id, content)
    lineage = [each for each in versions if each.lineage_id == found.lineage_id]
    measured = found.status in RUNNING and any(goal["measure"] for goal in content["goals"])
    shown = reading.read(content, reference, single_values(person) if measured else None)
    scaled = [goal for goal in shown["goals"] if goal["levels"]]
    context = {
        "patient": person,
        "plan": found,
        "content": shown,
        "scaled": scaled,
        "score": attainment.latest_score(found) if scaled else None,
        "may_score": request.membership.may("chart.edit"),
        **_keeping(request, found, content),
        "overrides": reading.overrides(content, reference),
        "alert": reading.alert(found.alert, content, reference) if found.status in RUNNING else None,
        "versions": lineage,
        "others": [each for each in _last_signed(versions) if each.lineage_id != found.lineage_id],
        "draft": _draft_of(lineage),
        "running": found.status in RUNNING,
        "may_draft": request.membership.may("plans.draft"),
        "may_sign": request.membership.may("plans.sign"),
        **printing(found, person, request.membership),
    }
    return render(request, "careplans/plan.html", context)


def _keeping(request: HttpRequest, found: CarePlan, content: trees.Tree) -> dict[str, Any]:
    """Return whether the plan may be kept as a protocol, and the words that are not its protocol's: to be read over first."""
    if not request.membership.may("catalogue.edit"):
        return {"may_keep": False}
    words = protocols.own_words(content, found.protocol.entry if found.protocol else None)
    called = {"name": _("Name"), "entry": _("Begins when"), "progress_when": _("Moves on when")}
    told = [{"phase": word.phase, "label": called[word.field], "text": word.text} for word in words]
    return {"may_keep": True, "own_words": told}


@needs("plans.read")
@require_GET
def compare(request: HttpRequest, patient: UUID, before: int, after: int) -> HttpResponse:
    """What changed from one version to another."""
    person = _patient(request, patient)
    versions = _versions(request, person)
    note_read(request, person.pk, "plan")
    pair = [_numbered(request, versions, number) for number in (before, after)]
    old, new = (CarePlan.objects.with_content().get(pk=each.pk) for each in pair)
    context = {"patient": person, "old": old, "new": new, "changes": diff(old, new)}
    return render(request, "careplans/compare.html", context)


# --- starting --------------------------------------------------------------------------------------------------------
@needs("plans.draft")
@require_http_methods(["GET", "POST"])
def start(request: HttpRequest, patient: UUID) -> HttpResponse:
    """Choose a protocol, or nothing, to begin a draft with."""
    person = _patient(request, patient)
    versions = _versions(request, person)
    if _draft_of(versions):
        messages.info(request, _("A draft is open already."))
        return redirect("careplans:plan-draft", person.pk)
    chosen = (request.POST if request.method == "POST" else request.GET).get("protocol", "")
    if request.method == "POST":
        try:
            plans.create_plan(
                person.pk,
                protocol_id=chosen or None,
                copy_of=_earlier(versions, request.POST.get("copy_of", "")),
                by=request.membership,
            )
        except ValidationError as refusal:
            messages.error(request, " ".join(flat(refusal.detail)))
            return redirect("careplans:plan-start", person.pk)
        return redirect("careplans:plan-draft", person.pk)
    context = {
        "patient": person,
        "earlier": _last_signed(versions),
        "running": [each for each in versions if each.status in RUNNING],
        **_protocols(request, person, chosen),
    }
    part = "careplans/_protocol.html" if request.headers.get("HX-Request") else "careplans/start.html"
    return render(request, part, context)


def _last_signed(versions: list[CarePlan]) -> list[CarePlan]:
    """Return the last signed version of each of a patient's plans, the newest plan first."""
    last: dict[UUID, CarePlan] = {}
    for each in versions:
        if each.signed_at:
            last.setdefault(each.lineage_id, each)
    return list(last.values())


def _earlier(versions: list[CarePlan], told: str) -> UUID | None:
    """Return the key of the plan to copy, None when none is named. Another patient's is not there."""
    if not told:
        return None
    found = next((each.pk for each in versions if str(each.pk) == told and each.signed_at), None)
    if found is None:
        raise Http404
    return found


def _protocols(request: HttpRequest, person: Patient, chosen: str) -> dict[str, Any]:
    """Return the protocols on offer, those for the patient's diagnoses first and checked against the patient."""
    diagnoses = list(
        Diagnosis.objects.visible_to(request.membership)
        .filter(patient=person, status="active")
        .standing()
        .select_related("condition")
        .order_by("pk")
    )
    reference, facts = all_for(person.clinic_id), facts_about(person)
    search = request.GET.get("q", "").strip()[:80]
    entries = offered(PROTOCOLS, request.membership, search=search)
    fits: dict[str, Diagnosis] = {}  # by protocol, best match first
    for diagnosis in diagnoses:
        about = relevance.concern(diagnosis.condition_id, reference.known)
        for entry in relevance.best_first("protocols", entries, about):
            fits.setdefault(entry["id"], diagnosis)
    fitting = list(fits)
    entries = sorted(
        entries, key=lambda entry: fitting.index(entry["id"]) if entry["id"] in fits else len(fitting)
    )
    today = timezone.localdate()
    cards = []
    for entry in entries:
        content = None
        if entry["id"] in fits:
            content = trees.with_places(plans.proposal(entry, diagnoses, reference, today=today))
        check = content and check_tree(content, facts, reference)
        why = _why(entry, fits[entry["id"]]) if entry["id"] in fits else ""
        cards.append(
            reading.protocol_card(entry, check, reference, content) | {"fits": bool(why), "why": why}
        )
    selected = next((card for card in cards if card["id"] == chosen), cards[0] if cards else None)
    names = ", ".join(str(diagnosis.condition) for diagnosis in diagnoses)
    return {
        "diagnoses": diagnoses,
        "diagnosis_names": names,
        "suggested": [card for card in cards if card["fits"]],
        "others": [card for card in cards if not card["fits"]],
        "selected": selected,
        "search": search,
    }


def _why(entry: Mapping[str, Any], diagnosis: Diagnosis) -> str:
    """Say why a protocol is suggested."""
    if diagnosis.condition_id in entry["subtypes"]:
        return _("Made for %s.") % diagnosis.condition
    return _("For the same group of disorders as %s.") % diagnosis.condition


# --- building --------------------------------------------------------------------------------------------------------
@dataclass
class Typed:
    """What came in with a form, and what became of it."""

    body: dict[str, Any] | None = None  # as typed, when it could not be saved
    errors: Any = field(default_factory=dict)
    overrides: dict[str, Any] | None = None
    override_errors: Any = field(default_factory=dict)
    answers: dict[str, dict[str, str]] = field(default_factory=dict)  # as typed in the panel, by flag
    answer_errors: dict[str, str] = field(default_factory=dict)
    rest_saved: bool = False  # all but what is at fault in `errors`
    conflict: tuple[str, Any] | None = None  # who saved meanwhile, and when
    etag: str = ""
    refusal: str = ""
    goto: str = ""
    blank_goal: bool = False


@needs("plans.draft")
@require_http_methods(["GET", "POST"])
def draft(request: HttpRequest, patient: UUID) -> HttpResponse:
    """The builder: one form, saved as it is typed, checked after each save, signed at its end."""
    person = _patient(request, patient)
    versions = _versions(request, person)
    found = _draft_of(versions)
    if told := request.POST.get("plan"):  # of two drafts, the one that was on the page
        found = next((each for each in versions if each.is_draft and str(each.pk) == told), None)
    if found is None:
        if request.method == "POST":
            messages.error(request, _("This draft was signed meanwhile. What you typed since was not saved."))
        return _go(request, reverse("careplans:plan", args=[person.pk]))
    if request.method == "GET":
        note_read(request, person.pk, "plan draft")
        context = _builder(request, person, found.pk, Typed()) | _choices(request)
        return render(request, "careplans/draft.html", context)
    return _save(request, person, found)


def _save(request: HttpRequest, person: Patient, found: CarePlan) -> HttpResponse:
    """Save what was typed, do what the button says, and answer what is true now."""
    post, who = request.POST, request.membership
    reference = all_for(person.clinic_id)
    as_stored = "stored" in post  # the page that adds something has no form of the rest
    body = saving.stored(found.pk, by=who) if as_stored else forms.read_tree(post, reference)
    order = post.get("do", "")
    if order == "discard":
        return _discard(request, found)
    # somebody may be writing in it
    is_kept = "HX-Request" in request.headers and forms.has_blank_goal(post, order)
    typed = Typed(goto=forms.carry_out(body, order, reference), blank_goal=order == "add-goal" or is_kept)
    typed.overrides, typed.answers = (
        forms.read_overrides(post, reference.known.rules),
        forms.typed_answers(post),
    )
    saved = {**body, "goals": [_worded(goal) for goal in body["goals"] if goal]}
    overwrites = order == "overwrite"
    try:
        how: Any = {"if_match": "*" if overwrites else post.get("etag", ""), "bring_back": overwrites}
        if "HX-Request" in request.headers or order == "undo":
            typed.errors = saving.save_in_part(found.pk, saved, by=who, **how)
        else:
            plans.save_draft(found.pk, saved, by=who, **how)
        if not as_stored and typed.overrides != found.overrides:
            plans.keep_reasons(found.pk, typed.overrides, by=who)
        if typed.errors and order == "undo":
            typed.errors = {}  # to take back what cannot be saved is to read again what was
        elif typed.errors:
            typed.body, typed.rest_saved = body, True
        elif order in TURNS:
            TURNS[order](found.pk, by=who, if_match="*")
    except ValidationError as refusal:
        if order in TURNS:
            typed.refusal = " ".join(dict.fromkeys(flat(refusal.detail)))
        else:
            typed.body, typed.errors = body, refusal.detail
    except plans.SavedMeanwhile:
        typed.body, typed.conflict, typed.etag = body, plans.last_saved(found), post.get("etag", "")
    except RuleBroken as refusal:
        typed.body, typed.refusal, typed.etag = body, str(refusal), post.get("etag", "")
    if typed.body is None and not typed.refusal:
        if order == "answer":
            typed.answer_errors = _answer(request, person, reference)
        if order == "sign" and (signed := _sign(request, found, typed)):
            return signed
        if order.startswith("pick-") and (wanted := forms.pick_of(order)):
            kind, number = wanted
            return _go(request, reverse(f"careplans:plan-pick-{kind}", args=[person.pk, number]))
    return _answer_builder(request, person, found, order, typed)


def _worded(goal: dict[str, Any]) -> dict[str, Any]:
    """Return a goal whose brackets say what stands in its fields by now."""
    text = goals.worded(str(goal.get("text", "")), goal.get("baseline"), goal.get("target"))
    return {**goal, "text": text} if "text" in goal else goal


TURNS = {"undo": plans.undo, "redo": plans.redo}


def _discard(request: HttpRequest, found: CarePlan) -> HttpResponse:
    """Throw the draft away, as the button asked twice."""
    try:
        plans.discard_draft(found.pk, by=request.membership, if_match=request.POST.get("etag", ""))
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
    else:
        messages.success(request, _("The draft is discarded."))
    return _go(request, reverse("careplans:plan", args=[found.patient_id]))


def _sign(request: HttpRequest, found: CarePlan, typed: Typed) -> HttpResponse | None:
    """Sign what was just saved, or keep in `typed` why not. The save stays, so this is no error answer."""
    if not request.membership.may("plans.sign"):
        typed.refusal = _("A physiotherapist signs plans.")
        return None
    content = saving.stored(found.pk, by=request.membership)
    if any(goals.is_unfinished(goal["text"]) for goal in content["goals"]):
        typed.refusal = _("Some goals still have brackets to fill in: the patient reads them.")
        return None
    start_date = content["start_date"] and date.fromisoformat(content["start_date"])
    try:
        signed = plans.sign_plan(
            found.pk, by=request.membership, overrides=typed.overrides, start_date=start_date
        )
    except ValidationError as refusal:
        typed.override_errors = refusal.detail.get("overrides", {})
        typed.refusal = " ".join(flat(refusal.detail))
        return None
    except RuleBroken as refusal:
        typed.refusal = str(refusal)
        return None
    messages.success(request, _("Version %d is signed. The patient sees it now.") % signed.version)
    return _go(request, reverse("careplans:plan", args=[signed.patient_id]))


def _answer(request: HttpRequest, person: Patient, reference: Reference) -> Any:
    """Hand the answered safety questions to the safety screen; return what it refuses, by flag."""
    from patients.services import answer_safety_screen

    answers = forms.read_answers(request.POST, reference)
    try:
        answer_safety_screen(person.pk, answers, by=request.membership)
    except ValidationError as refusal:
        found = refusal.detail.get("answers", refusal.detail)
        return {flag: " ".join(flat(messages)) for flag, messages in found.items()}
    return {}


def _answer_builder(
    request: HttpRequest, person: Patient, found: CarePlan, order: str, typed: Typed
) -> HttpResponse:
    """Answer htmx the parts that changed; a browser without script the page, or the way back to it."""
    is_htmx = "HX-Request" in request.headers
    failed = typed.body is not None or typed.refusal or typed.answer_errors
    if not is_htmx and not failed and not typed.blank_goal:
        return redirect(
            reverse("careplans:plan-draft", args=[person.pk]) + (f"#{typed.goto}" if typed.goto else "")
        )
    context = _builder(request, person, found.pk, typed)
    kept_out = 409 if typed.body is not None else 200
    if is_htmx:
        status = 200 if typed.rest_saved else 422 if typed.errors else kept_out  # what is refused is undone
        if order in ("", "save"):
            return render(request, "careplans/_saved.html", context, status=status)
        return render(request, "careplans/_built.html", context | _choices(request), status=status)
    status = 400 if typed.errors else kept_out
    return render(request, "careplans/draft.html", context | _choices(request), status=status)


def _builder(request: HttpRequest, person: Patient, pk: UUID, typed: Typed) -> dict[str, Any]:
    """Return what the builder's templates need."""
    found = CarePlan.objects.with_content().select_related("replaces__current_phase", "patient").get(pk=pk)
    stored = trees.tree(found)
    reference = all_for(person.clinic_id)
    facts = facts_about(person)
    check = check_tree(stored, facts, reference)
    proposed = _proposed(request, found, reference)
    builder = Builder(
        reference,
        typed.errors,
        check.findings,
        proposed,
        facts.flags.keys(),
        reasons=trees.reasons_in(stored),
    )
    content = dict(typed.body or stored)
    for name in plans.OF_THE_PLAN:
        content.setdefault(name, stored[name])
    if typed.blank_goal:
        content["goals"] = [*content["goals"], {}]
    overrides = found.overrides if typed.overrides is None else typed.overrides
    shown = builder.show(content, now=_running_place(found))
    names = field_names(shown) if typed.errors else {}
    return {
        "patient": person,
        "plan": found,
        "etag": typed.etag or found.etag,
        "builder": shown,
        "panel": panel(stored, check, reference, overrides, typed, timezone.localdate()),
        "typed": typed,
        "error_count": len(flat(typed.errors)),
        "faults": [(name, names.get(name, ""), message) for name, message in faults(typed.errors)],
        "goto": typed.goto,
        "ways": steps.ways(found),
        "today": timezone.localdate().isoformat(),
        "may_sign": request.membership.may("plans.sign"),
    }


def _choices(request: HttpRequest) -> dict[str, Any]:
    """Return the lists that fields of the builder choose from; an autosave does not need them."""
    reference = reference_for(None)
    return {
        "regions": sorted({wording.region(spot, reference) for spot in reference.body.chart}),
        "measures": [(entry["id"], entry["name"]) for entry in reference.known.measures.current],
    }


def _proposed(request: HttpRequest, found: CarePlan, reference: Reference) -> trees.Tree | None:
    """Return what the draft's protocol proposes, to show what differs from it."""
    if found.protocol is None:
        return None
    diagnoses = (
        Diagnosis.objects.visible_to(request.membership).filter(pk__in=found.diagnosis_ids).order_by("pk")
    )
    return plans.proposal(found.protocol.entry, diagnoses, reference, today=timezone.localdate())


def _running_place(found: CarePlan) -> int | None:
    """Return the place of the phase that runs in the version that this draft replaces; None for a first version."""
    running = found.replaces and found.replaces.current_phase
    return running.order - 1 if running else None


# --- choosing what to add --------------------------------------------------------------------------------------------
@needs("plans.draft")
@require_GET
def pick(request: HttpRequest, patient: UUID, kind: str, phase: int) -> HttpResponse:
    """What can be added to a phase of the draft, by number, the most fitting first, each checked against this patient."""
    person = _patient(request, patient)
    found = _draft_of(_versions(request, person))
    if found is None:
        return redirect("careplans:plan", person.pk)
    content = trees.tree(CarePlan.objects.with_content().get(pk=found.pk))
    if not 0 < phase <= len(content["phases"]):
        raise Http404
    place = phase - 1
    search = request.GET.get("q", "").strip()[:80]
    context = {
        "patient": person,
        "kind": kind,
        "phase": content["phases"][place],
        "prefix": f"phases-{place}",
        "search": search,
        "choices": picking.choices(
            kind,
            content,
            place,
            search=search,
            by=request.membership,
            facts=facts_about(person),
            protocol=found.protocol.entry if found.protocol else None,
            conditions=_conditions(request, found),
        ),
    }
    if request.headers.get("HX-Request"):
        part = "careplans/_pick_list.html" if "q" in request.GET else "careplans/_pick_dialog.html"
        return render(request, part, context)
    return render(request, "careplans/pick.html", context | {"etag": found.etag})


def _conditions(request: HttpRequest, found: CarePlan) -> list[str]:
    """Return the disorders that a draft is for."""
    treated = found.plan_diagnoses.values("diagnosis")
    rows = Diagnosis.objects.visible_to(request.membership).filter(pk__in=treated)
    return list(rows.order_by("pk").values_list("condition_id", flat=True))


# --- following -------------------------------------------------------------------------------------------------------
@needs("plans.draft")
@require_POST
def amend(request: HttpRequest, patient: UUID, number: int) -> HttpResponse:
    """Start the next version."""
    person = _patient(request, patient)
    chosen = _numbered(request, _versions(request, person), number)
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:500]
    if not reason:
        messages.error(request, _("Say why the plan is amended."))
        return _to(request, chosen)
    try:
        plans.amend_plan(chosen.pk, by=request.membership, reason=reason)
    except plans.DraftExists as refusal:
        messages.info(request, str(refusal))
    except RuleBroken as refusal:
        messages.error(request, str(refusal))
        return _to(request, chosen)
    return redirect("careplans:plan-draft", person.pk)


@needs("plans.sign")
@require_POST
def follow(request: HttpRequest, patient: UUID, number: int) -> HttpResponse:
    """Begin a phase, hold, resume, complete or revoke: whatever the button pressed says."""
    person = _patient(request, patient)
    chosen = _numbered(request, _versions(request, person), number)
    reason = request.POST.get("reason", "").replace("\0", "").strip()[:500]
    verb, _colon, phase = request.POST.get("do", "").partition(":")
    step = STEPS.get(verb)
    if step is None or (verb in ("hold", "revoke") and not reason):
        messages.error(request, _("Say why."))
        return _to(request, chosen)
    try:
        more = {"phase_id": UUID(phase)} if verb == "phase" else {}
    except ValueError:
        raise Http404 from None
    try:
        step(chosen.pk, by=request.membership, reason=reason, **more)
    except (RuleBroken, ValidationError) as refusal:
        messages.error(request, " ".join(flat(getattr(refusal, "detail", str(refusal)))))
    return _to(request, chosen)


@needs("chart.edit")
@require_POST
def score(request: HttpRequest, patient: UUID, number: int) -> HttpResponse:
    """Record how far each goal was reached, as one T score."""
    person = _patient(request, patient)
    chosen = _numbered(request, _versions(request, person), number)
    if not chosen.signed_at:
        raise Http404
    told = {key.removeprefix("goal-"): text for key, text in request.POST.items() if key.startswith("goal-")}
    reached = {goal: read_number(text) for goal, text in told.items() if text}
    try:
        found = attainment.score_goals(chosen.pk, reached, by=request.membership)
    except ValidationError as refusal:
        messages.error(request, " ".join(dict.fromkeys(flat(refusal.detail))))
    else:
        messages.success(request, _("Goals scored: T score %s.") % f"{found.number:.1f}")
    return _to(request, chosen)


@needs("catalogue.edit")
@require_POST
def keep(request: HttpRequest, patient: UUID, number: int) -> HttpResponse:
    """Keep a version as a protocol of the clinic."""
    person = _patient(request, patient)
    chosen = _numbered(request, _versions(request, person), number)
    name = request.POST.get("name", "").replace("\0", "").strip()[:160]
    if not name:
        messages.error(request, _("Give the protocol a name."))
        return _to(request, chosen)
    try:
        kept = keep_as_protocol(
            chosen.pk, name=name, by=request.membership, keep_text="keep_text" in request.POST
        )
    except ValidationError as refusal:
        messages.error(request, " ".join(dict.fromkeys(flat(refusal.detail))))
        return _to(request, chosen)
    messages.success(request, _("Kept as a protocol of the clinic. Read it over before others use it."))
    return redirect("catalogue:change-protocol", kept.public_id)


STEPS: dict[str, Callable[..., CarePlan]] = {
    "phase": plans.set_phase,
    "hold": plans.hold,
    "resume": plans.resume,
    "complete": plans.complete,
    "revoke": plans.revoke,
}


def _to(request: HttpRequest, chosen: CarePlan) -> HttpResponse:
    """Go back to the version that a form was on: a patient may have two plans, each with a version 1."""
    if "plan" not in request.POST:
        return redirect("careplans:plan", chosen.patient_id)
    address = reverse("careplans:plan-version", args=[chosen.patient_id, chosen.version])
    return redirect(f"{address}?plan={chosen.pk}")


def _go(request: HttpRequest, address: str) -> HttpResponse:
    """Send the browser to an address; htmx takes it from a header."""
    if "HX-Request" in request.headers:
        return HttpResponse(status=204, headers={"HX-Redirect": address})
    return redirect(address)
