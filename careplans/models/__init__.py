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
from careplans.models.printing import DocumentKind, Layout, PlanPrint

__all__ = [
    "Addendum",
    "Assessment",
    "AssessmentKind",
    "BodySide",
    "CarePlan",
    "ClinicPrescription",
    "DiaryEntry",
    "DocumentKind",
    "ExerciseLog",
    "Goal",
    "HomePrescription",
    "ItemStatus",
    "Layout",
    "Measurement",
    "MeasurementSource",
    "Phase",
    "PlanDiagnosis",
    "PlanPrint",
    "PlanStatus",
    "StopReport",
    "SyncEvent",
]
