"""Addresses of patients: its pages, and its part of the API."""

from django.urls import URLPattern, path
from rest_framework.routers import SimpleRouter

from patients import views
from patients.api import DiagnosisViewSet, FlagViewSet, MedicationViewSet, PatientViewSet, ScreenViewSet

pages: tuple[list[URLPattern], str] = (
    [
        path("patients/", views.patients, name="list"),
        path("patients/new/", views.new, name="new"),
        path("patients/new/doubles/", views.doubles, name="doubles"),
        path("patients/<uuid:pk>/edit/", views.edit, name="edit"),
        path("patients/<uuid:pk>/invite/", views.invite, name="invite"),
        path("patients/<uuid:pk>/archive/", views.archive, name="archive"),
        path("patients/<uuid:pk>/restore/", views.restore, name="restore"),
        path("patients/<uuid:pk>/diagnoses/new/", views.diagnosis_new, name="diagnosis-new"),
        path("diagnoses/<uuid:pk>/", views.diagnosis_edit, name="diagnosis"),
        path("diagnoses/<uuid:pk>/void/", views.diagnosis_void, name="diagnosis-void"),
        path("patients/<uuid:pk>/safety/", views.safety, name="safety"),
        path("patients/<uuid:pk>/safety/screen/", views.screen, name="screen"),
        path("patients/<uuid:pk>/flags/new/", views.flag_new, name="flag-new"),
        path("patients/<uuid:pk>/medicines/", views.medications, name="medications"),
        path("patients/<uuid:pk>/medicines/new/", views.medication_new, name="medication-new"),
        path("medicines/<uuid:pk>/stop/", views.medication_stop, name="medication-stop"),
        path("medicines/<uuid:pk>/void/", views.medication_void, name="medication-void"),
        path("flags/<uuid:pk>/end/", views.flag_end, name="flag-end"),
        path("flags/<uuid:pk>/void/", views.flag_void, name="flag-void"),
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
    path("flags/<uuid:pk>/", FlagViewSet.as_view(OWN), name="flag"),
    path("flags/<uuid:pk>/end/", FlagViewSet.as_view({"post": "end"}), name="flag-end"),
    path("flags/<uuid:pk>/void/", FlagViewSet.as_view({"post": "void"}), name="flag-void"),
    path("diagnoses/<uuid:pk>/", DiagnosisViewSet.as_view(OWN), name="diagnosis"),
    path("diagnoses/<uuid:pk>/void/", DiagnosisViewSet.as_view({"post": "void"}), name="diagnosis-void"),
]
