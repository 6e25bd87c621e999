from careplans.models.assessment import Addendum, Assessment, AssessmentKind, Measurement, MeasurementSource
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
    "Addendum",
    "Assessment",
    "AssessmentKind",
    "CarePlan",
    "ClinicPrescription",
    "DiaryEntry",
    "ExerciseLog",
    "Goal",
    "HomePrescription",
    "ItemStatus",
    "Measurement",
    "MeasurementSource",
    "Phase",
    "PlanDiagnosis",
    "PlanStatus",
    "StopReport",
    "SyncEvent",
]
