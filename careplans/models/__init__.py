from careplans.models.assessment import (
    Addendum,
    Assessment,
    AssessmentKind,
    BodySide,
    Measurement,
    MeasurementSource,
)
from careplans.models.home import DiaryEntry, ExerciseLog, StopReport, SyncEvent
from careplans.models.plan import (
    Assistance,
    CarePlan,
    ClinicPrescription,
    DraftStep,
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
    "Assistance",
    "BodySide",
    "CarePlan",
    "ClinicPrescription",
    "DiaryEntry",
    "DraftStep",
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
