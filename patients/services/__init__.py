"""What the clinic does with its patients: people, safety facts, diagnoses, medicines."""

from patients.services.diagnoses import change_diagnosis, missing, own_code, record_diagnosis, void_diagnosis
from patients.services.medications import (
    burden,
    change_medication,
    record_medication,
    reference_doses,
    void_medication,
)
from patients.services.merging import PARTS, CannotMerge, keep_apart, merge, undo_merge
from patients.services.people import (
    Double,
    archive,
    create_patient,
    duplicates,
    invite,
    join_care_team,
    restore,
    set_consents,
    set_therapist,
    update_patient,
)
from patients.services.refusals import Archived, Ended, Voided
from patients.services.safety import (
    Facts,
    answer_safety_screen,
    change_flag,
    end_flag,
    patient_facts,
    record_flag,
    safety_screen,
    void_flag,
)

__all__ = [
    "PARTS",
    "Archived",
    "CannotMerge",
    "Double",
    "Ended",
    "Facts",
    "Voided",
    "answer_safety_screen",
    "archive",
    "burden",
    "change_diagnosis",
    "change_flag",
    "change_medication",
    "create_patient",
    "duplicates",
    "end_flag",
    "invite",
    "join_care_team",
    "keep_apart",
    "merge",
    "missing",
    "own_code",
    "patient_facts",
    "record_diagnosis",
    "record_flag",
    "record_medication",
    "reference_doses",
    "restore",
    "safety_screen",
    "set_consents",
    "set_therapist",
    "undo_merge",
    "update_patient",
    "void_diagnosis",
    "void_flag",
    "void_medication",
]
