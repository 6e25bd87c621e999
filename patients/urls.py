"""Addresses of patients: its pages, and its part of the API."""

from django.urls import URLPattern, path
from rest_framework.routers import SimpleRouter

from patients.api import DiagnosisViewSet, FlagViewSet, PatientViewSet, ScreenViewSet

pages: tuple[list[URLPattern], str] = ([], "patients")

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
    path("flags/<uuid:pk>/", FlagViewSet.as_view(OWN), name="flag"),
    path("flags/<uuid:pk>/end/", FlagViewSet.as_view({"post": "end"}), name="flag-end"),
    path("flags/<uuid:pk>/void/", FlagViewSet.as_view({"post": "void"}), name="flag-void"),
    path("diagnoses/<uuid:pk>/", DiagnosisViewSet.as_view(OWN), name="diagnosis"),
    path("diagnoses/<uuid:pk>/void/", DiagnosisViewSet.as_view({"post": "void"}), name="diagnosis-void"),
]
