"""What the patients do at home: exercises logged, the diary, stops. Each story has its own curve of pain and of keeping at it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from careplans.models import CarePlan, DiaryEntry, ExerciseLog, HomePrescription, PlanStatus, StopReport
from careplans.services.home import TOO_PAINFUL
from careplans.sessions import instant
from workspace.demo.calendar import DAY
from workspace.demo.cast import PATIENT, Person
from workspace.demo.clock import Clock
from workspace.demo.keys import chance
from workspace.demo.practice import Practice
from workspace.demo.records import patient_key


@dataclass(frozen=True)
class Story:
    """Pain falls from `begins` to `ends`; `keeps` is the share of sessions done; a bad spell comes back every so many days."""

    begins: float
    ends: float
    keeps: float
    spell: int = 0  # days that a bad spell lasts
    every: int = 10
    rise: float = 0  # of pain in the spell
    silent: bool = False  # nothing is heard in the spell


STORIES = {
    "better": Story(6.5, 2.5, 0.88),
    "steady": Story(6, 4, 0.75),
    "worse": Story(6, 3, 0.8, spell=4, every=24, rise=3.5),
    "quiet": Story(5.5, 4, 0.6, spell=8, every=20, silent=True),
    "stuck": Story(6, 5.6, 0.8),
    "painful": Story(6, 5, 0.7),
    "stopped": Story(6, 6, 0.75, spell=3, rise=2),
    "seldom": Story(5.5, 5, 0.3),
}
CLOSELY = 14  # days that are told day by day; of what lies further back, every fourth
NOTES = (
    "Calf pulled at the end",
    "Did it sitting on the bed",
    "Easier today",
    "Slept badly",
    "Travelled all day",
    "Felt looser after",
)


def live(practice: Practice, people: Sequence[Person], clock: Clock) -> None:
    """Write down what was done at home up to now, for days of which nothing is known yet."""
    logs, diary = [], []
    for person, plans in _plans_of(practice, people):
        story = STORIES.get(person.story)
        if story is None:
            continue
        known = set(ExerciseLog.objects.filter(patient=plans[0].patient_id).values_list("day", flat=True))
        begun, nth = plans[0].start_date, people.index(person)
        for offset in range((clock.today - begun).days + 1):
            day = begun + offset * DAY
            plan = _in_force(plans, day, clock)
            if plan is None or day in known or (day == clock.today and person.name == PATIENT):
                continue
            ago = (clock.anchor - day).days + story.every // 2 * (nth % 2)
            in_spell = ago % story.every < story.spell and offset > 10
            if in_spell and story.silent:
                continue
            if ago > CLOSELY and offset % 4:
                continue
            share = min(offset / max((clock.anchor - begun).days, 1), 1)
            pain = story.begins + (story.ends - story.begins) * share + (story.rise if in_spell else 0)
            logs += _logs(plan, day, story, pain, clock)
            if entry := _entry(plan, day, story, pain, in_spell, clock):
                diary.append(entry)
    ExerciseLog.objects.bulk_create(logs, batch_size=2000)
    DiaryEntry.objects.bulk_create(diary, batch_size=2000, ignore_conflicts=True)


def _plans_of(practice: Practice, people: Sequence[Person]) -> Iterator[tuple[Person, list[CarePlan]]]:
    """Yield those who have, or had, a signed plan, with its versions from the first."""
    rows = CarePlan.objects.for_clinic(practice.clinic).exclude(signed_at=None)
    signed: dict[object, list[CarePlan]] = {}
    for plan in rows.order_by("signed_at").prefetch_related("phases", "home_items"):
        signed.setdefault(plan.patient_id, []).append(plan)
    for person in people:
        if plans := signed.get(patient_key(practice.clinic, person)):
            yield person, plans


def _in_force(plans: Sequence[CarePlan], day: date, clock: Clock) -> CarePlan | None:
    """Return the version that was followed on a day."""
    plan = [each for each in plans if each.start_date <= day][-1]
    if plan.status in (PlanStatus.ACTIVE, PlanStatus.SUPERSEDED):
        return plan
    return plan if day < clock.anchor - 6 * DAY else None


def _phase_of(plan: CarePlan, day: date, clock: Clock) -> object:
    """Return the phase of a day: by its weeks in the time that is told, as the plan says since."""
    if day >= clock.anchor - DAY:
        return plan.current_phase_id
    ends = plan.start_date
    for phase in plan.phases.all():
        ends += timedelta(weeks=float(phase.weeks))
        if day < ends or phase.pk == plan.current_phase_id:
            return phase.pk
    return plan.current_phase_id


def _logs(plan: CarePlan, day: date, story: Story, pain: float, clock: Clock) -> Iterator[ExerciseLog]:
    luck = chance(plan.patient_id, day, "home")
    phase = _phase_of(plan, day, clock)
    due = [
        (at, item)
        for item in plan.home_items.all()
        if item.phase_id == phase and item.status == "active" and day.isoweekday() in item.days_of_week
        for at in item.times
    ]
    for session in sorted({at for at, _item in due}):
        done, delay = luck.random() < story.keeps, luck.randrange(3, 50)
        before = _ten(pain + luck.gauss(0, 0.7))
        for place, item in enumerate(item for at, item in due if at == session):
            at = instant(day, session, clock.zone) + timedelta(minutes=delay + 4 * place)
            if done and at < clock.now and luck.random() < 0.94:
                yield _log(plan, item, day, session, at, before, luck)


def _log(plan: CarePlan, item: HomePrescription, day: date, session, at, before: int, luck) -> ExerciseLog:
    return ExerciseLog(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        prescription=item,
        lineage_id=item.lineage_id,
        day=day,
        session=session,
        occurred_at=at,
        sets_done=item.sets if luck.random() < 0.85 else max(item.sets - 1, 1),
        pain_before=before,
        pain_after=_ten(before + luck.choice((-2, -1, -1, 0, 0, 1))),
        note=luck.choice(NOTES) if luck.random() < 0.03 else "",
    )


def _entry(
    plan: CarePlan, day: date, story: Story, pain: float, in_spell: bool, clock: Clock
) -> DiaryEntry | None:
    luck = chance(plan.patient_id, day, "diary")
    told = clock.at(day, 20, luck.randrange(60))
    if told > clock.now or luck.random() > story.keeps + 0.08:
        return None
    said = {
        "pain": _ten(pain + luck.gauss(0, 0.6)),
        "spasm_count": max(0, round(pain * (2.6 if in_spell else 1.4) + luck.gauss(0, 1.2))),
        "spasm_severity": _ten(pain * 0.7 + luck.gauss(0, 0.6)),
        "sleep": _ten(9 - pain * 0.7 + luck.gauss(0, 0.8)),
        "medication_taken": luck.random() < 0.9,
    }
    return DiaryEntry(
        clinic_id=plan.clinic_id,
        patient_id=plan.patient_id,
        day=day,
        told_at=dict.fromkeys(said, told.isoformat()),
        **said,
    )


def _ten(value: float) -> int:
    return min(10, max(0, round(value)))


def report(practice: Practice, people: Sequence[Person], clock: Clock) -> None:
    """Add the stops that patients told of: those of today and yesterday nobody has seen to yet."""
    rows = []
    for person, plans in _plans_of(practice, people):
        plan, luck = plans[-1], chance(plans[-1].patient_id, "stop")
        item = plan.home_items.filter(phase=plan.current_phase_id).first()
        seen = clock.now - timedelta(hours=luck.randrange(30, 90))
        about = {"clinic": practice.clinic, "patient_id": plan.patient_id, "prescription": item}
        if person.story == "stopped":
            told, words = clock.now - timedelta(hours=3, minutes=20), "Numb between the legs since last night"
            rows.append(StopReport(cue="new-numbness", note=words, occurred_at=told, **about))
        if person.story == "painful":
            told, words = clock.at(clock.today - DAY, 19, 12), "Sharp pain in the back of the leg"
            rows.append(StopReport(cue=TOO_PAINFUL, note=words, occurred_at=told, **about))
        if person.story == "steady" and luck.random() < 0.15:
            by = practice.members[0]
            told = seen - timedelta(days=9)
            rows.append(
                StopReport(
                    cue="dizzy", occurred_at=told, seen_by=by, seen_at=told + timedelta(hours=2), **about
                )
            )
    StopReport.objects.bulk_create(rows)
