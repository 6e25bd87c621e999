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
    "BodySide",
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
