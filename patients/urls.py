"""Addresses of patients: its pages, and its part of the API."""

from django.urls import URLPattern, path
from rest_framework.routers import SimpleRouter

from patients.api import (
    DiagnosisViewSet,
    FlagViewSet,
    MedicationViewSet,
    MergeViewSet,
    OutsideTreatmentViewSet,
    PatientViewSet,
    ScreenViewSet,
)
from patients.pages import consents, diagnoses, elsewhere, medications, merging, people, safety

pages: tuple[list[URLPattern], str] = (
    [
        path("patients/", people.patients, name="list"),
        path("patients/new/", people.new, name="new"),
        path("patients/new/doubles/", people.doubles, name="doubles"),
        path("patients/<uuid:pk>/edit/", people.edit, name="edit"),
        path("patients/<uuid:pk>/invite/", people.invite, name="invite"),
        path("patients/<uuid:pk>/archive/", people.archive, name="archive"),
        path("patients/<uuid:pk>/restore/", people.restore, name="restore"),
        path("patients/<uuid:pk>/died/", people.died, name="died"),
        path("patients/<uuid:pk>/consents/", consents.consents, name="consents"),
        path("patients/<uuid:pk>/merge/", merging.merge, name="merge"),
        path("patients/<uuid:pk>/apart/", merging.apart, name="apart"),
        path("merges/<uuid:pk>/undo/", merging.undo, name="merge-undo"),
        path("patients/<uuid:pk>/diagnoses/new/", diagnoses.diagnosis_new, name="diagnosis-new"),
        path("diagnoses/<uuid:pk>/", diagnoses.diagnosis_edit, name="diagnosis"),
        path("diagnoses/<uuid:pk>/void/", diagnoses.diagnosis_void, name="diagnosis-void"),
        path("patients/<uuid:pk>/safety/", safety.safety, name="safety"),
        path("patients/<uuid:pk>/safety/screen/", safety.screen, name="screen"),
        path("patients/<uuid:pk>/flags/new/", safety.flag_new, name="flag-new"),
        path("patients/<uuid:pk>/medicines/", medications.medications, name="medications"),
        path("patients/<uuid:pk>/medicines/new/", medications.medication_new, name="medication-new"),
        path("medicines/<uuid:pk>/stop/", medications.medication_stop, name="medication-stop"),
        path("medicines/<uuid:pk>/void/", medications.medication_void, name="medication-void"),
        path("patients/<uuid:pk>/elsewhere/new/", elsewhere.treatment_new, name="elsewhere-new"),
        path("elsewhere/<uuid:pk>/end/", elsewhere.treatment_end, name="elsewhere-end"),
        path("elsewhere/<uuid:pk>/void/", elsewhere.treatment_void, name="elsewhere-void"),
        path("flags/<uuid:pk>/end/", safety.flag_end, name="flag-end"),
        path("flags/<uuid:pk>/void/", safety.flag_void, name="flag-void"),
    ],
    "patients",
)

router = SimpleRouter(use_regex_path=False)
router.register("patients", PatientViewSet, basename="patient")
UNDER_PATIENT = {"get": "list", "post": "create"}
OWN = {"get": "retrieve", "patch": "partial_update"}
ONE = "patients/<uuid:patient>"
api = [
    *router.urls,
    path(f"{ONE}/flags/", FlagViewSet.as_view(UNDER_PATIENT), name="patient-flags"),
    path(
        f"{ONE}/safety-screen/",
        ScreenViewSet.as_view({"get": "retrieve", "post": "create"}),
        name="patient-safety-screen",
    ),
    path(f"{ONE}/diagnoses/", DiagnosisViewSet.as_view(UNDER_PATIENT), name="patient-diagnoses"),
    path(f"{ONE}/medications/", MedicationViewSet.as_view(UNDER_PATIENT), name="patient-medications"),
    path("medications/<uuid:pk>/", MedicationViewSet.as_view(OWN), name="medication"),
    path("medications/<uuid:pk>/void/", MedicationViewSet.as_view({"post": "void"}), name="medication-void"),
    path(
        f"{ONE}/outside-treatments/",
        OutsideTreatmentViewSet.as_view(UNDER_PATIENT),
        name="patient-outside-treatments",
    ),
    path("outside-treatments/<uuid:pk>/", OutsideTreatmentViewSet.as_view(OWN), name="outside-treatment"),
    path(
        "outside-treatments/<uuid:pk>/void/",
        OutsideTreatmentViewSet.as_view({"post": "void"}),
        name="outside-treatment-void",
    ),
    path("merges/<uuid:pk>/undo/", MergeViewSet.as_view({"post": "undo"}), name="merge-undo"),
    path("flags/<uuid:pk>/", FlagViewSet.as_view(OWN), name="flag"),
    path("flags/<uuid:pk>/end/", FlagViewSet.as_view({"post": "end"}), name="flag-end"),
    path("flags/<uuid:pk>/void/", FlagViewSet.as_view({"post": "void"}), name="flag-void"),
    path("diagnoses/<uuid:pk>/", DiagnosisViewSet.as_view(OWN), name="diagnosis"),
    path("diagnoses/<uuid:pk>/void/", DiagnosisViewSet.as_view({"post": "void"}), name="diagnosis-void"),
]
