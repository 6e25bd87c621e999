from careplans.models.home import DiaryEntry, ExerciseLog, StopReport, SyncEvent
from careplans.models.plan import (
    CarePlan,
    ClinicPrescription,
    Goal,
    HomePrescription,
    ItemStatus,
    Phase,
    PlanDiagnosis,
    PlanStatus,
)

__all__ = [
    "CarePlan",
    "ClinicPrescription",
    "DiaryEntry",
    "ExerciseLog",
    "Goal",
    "HomePrescription",
    "ItemStatus",
    "Phase",
    "PlanDiagnosis",
    "PlanStatus",
    "StopReport",
    "SyncEvent",
]
