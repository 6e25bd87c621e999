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
from careplans.models.printing import DocumentKind, Layout, PlanPrint
from careplans.models.watch import ALERT, Cause, PlanAlert, Recheck

__all__ = [
    "ALERT",
    "Addendum",
    "Assessment",
    "AssessmentKind",
    "Assistance",
    "BodySide",
    "CarePlan",
    "Cause",
    "ClinicPrescription",
    "DiaryEntry",
    "DocumentKind",
    "DraftStep",
    "ExerciseLog",
    "Goal",
    "HomePrescription",
    "ItemStatus",
    "Layout",
    "Measurement",
    "MeasurementSource",
    "Phase",
    "PlanAlert",
    "PlanDiagnosis",
    "PlanPrint",
    "PlanStatus",
    "Recheck",
    "StopReport",
    "SyncEvent",
]
