"""What happens below and must be told to somebody: promises made in the same transaction."""

from typing import Any

from django.dispatch import receiver

from careplans.models import CarePlan
from careplans.signals import items_paused, plan_changed, plan_signed
from patients.signals import patient_invited, patient_left, patients_merged, patients_parted
from reminders import services
from scheduling.signals import (
    appointment_cancelled,
    appointment_missed,
    appointment_moved,
    appointment_restored,
    appointments_booked,
)


@receiver(appointments_booked)
def tell_of_booking(sender: Any, appointments: list, **_kwargs: Any) -> None:
    placed = [visit for visit in appointments if visit.holds_time]
    services.promise_visits(placed, "series" if len(placed) > 1 else "booked")


@receiver(appointment_moved)
def tell_of_move(sender: Any, appointment: Any, **_kwargs: Any) -> None:
    services.take_back(appointment.clinic_id, appointment=appointment)
    services.promise_visits([appointment], "moved")


@receiver(appointment_cancelled)
def tell_of_cancellation(sender: Any, appointment: Any, **_kwargs: Any) -> None:
    services.take_back(appointment.clinic_id, appointment=appointment)
    services.promise_visits([appointment], "cancelled")


@receiver(appointment_restored)
def tell_of_return(sender: Any, appointment: Any, **_kwargs: Any) -> None:
    services.take_back(appointment.clinic_id, appointment=appointment)
    services.promise_visits([appointment], "booked")


@receiver(appointment_missed)
def forget_missed(sender: Any, appointment: Any, **_kwargs: Any) -> None:
    services.take_back(appointment.clinic_id, appointment=appointment)


@receiver(plan_signed)
def promise_sessions(sender: Any, plan: CarePlan, replaced: CarePlan | None = None, **_kwargs: Any) -> None:
    if replaced is not None:
        services.take_back(plan.clinic_id, plan=replaced)
    services.promise_exercises(plan)


@receiver(plan_changed)
@receiver(items_paused)
def promise_sessions_anew(sender: Any, plan: CarePlan, **_kwargs: Any) -> None:
    """The next session may be another one now, or none."""
    services.take_back(plan.clinic_id, plan=plan)
    services.promise_exercises(plan)


@receiver(patient_invited)
def invite(sender: Any, patient: Any, **_kwargs: Any) -> None:
    services.promise_invitation(patient)


@receiver(patient_left)
def fall_silent(sender: Any, patient: Any, **_kwargs: Any) -> None:
    services.take_back(patient.clinic_id, patient=patient)


@receiver(patients_merged)
def remind_one_person(sender: Any, survivor: Any, **_kwargs: Any) -> None:
    """What was promised came along; the next sessions are promised anew, where and when this person wants them."""
    services.promise_anew(survivor)


@receiver(patients_parted)
def remind_two_people(sender: Any, survivor: Any, merged: Any, **_kwargs: Any) -> None:
    for patient in (survivor, merged):
        services.promise_anew(patient)
