"""Addresses of careplans: its pages, and its part of the API."""

from django.urls import path
from rest_framework.routers import SimpleRouter

from careplans import assessment_views, document_views, views
from careplans.api import PlanViewSet
from careplans.assessment_api import AssessmentViewSet, MeasurementViewSet, ProgressViewSet
from clinic.api import AnythingAccepted

router = SimpleRouter(use_regex_path=False)
router.register("plans", PlanViewSet, basename="plans")

PLAN = "patients/<uuid:patient>/plan"
ASSESSMENT = "assessments/<uuid:pk>"
pages = (
    [
        path(f"{PLAN}/", views.plan, name="plan"),
        path(f"{PLAN}/start/", views.start, name="plan-start"),
        path(f"{PLAN}/draft/", views.draft, name="plan-draft"),
        path(f"{PLAN}/draft/add/clinic/<int:phase>/", views.pick, {"kind": "clinic"}, "plan-pick-clinic"),
        path(f"{PLAN}/draft/add/home/<int:phase>/", views.pick, {"kind": "home"}, "plan-pick-home"),
        path(f"{PLAN}/compare/<int:before>/<int:after>/", views.compare, name="plan-compare"),
        path(f"{PLAN}/<int:number>/", views.version, name="plan-version"),
        path(f"{PLAN}/<int:number>/amend/", views.amend, name="plan-amend"),
        path(f"{PLAN}/<int:number>/goals/", views.score, name="plan-goals"),
        path(f"{PLAN}/<int:number>/protocol/", views.keep, name="plan-keep"),
        path(f"{PLAN}/<int:number>/follow/", views.follow, name="plan-follow"),
        path("plans/<uuid:pk>/document.pdf", document_views.document, name="document"),
        path("patients/<uuid:patient>/assessments/", assessment_views.assessment_list, name="assessments"),
        path(
            "patients/<uuid:patient>/assessments/new/", assessment_views.assessment_new, name="assessment-new"
        ),
        path("patients/<uuid:patient>/body-chart/", assessment_views.body_chart, name="body-chart"),
        path(f"{ASSESSMENT}/", assessment_views.assessment, name="assessment"),
        path(f"{ASSESSMENT}/sign/", assessment_views.assessment_sign, name="assessment-sign"),
        path(f"{ASSESSMENT}/add/", assessment_views.assessment_add, name="assessment-add"),
        path(f"{ASSESSMENT}/void/", assessment_views.assessment_void, name="assessment-void"),
        path(f"{ASSESSMENT}/referral/", assessment_views.assessment_referral, name="assessment-referral"),
    ],
    "careplans",
)
UNDER_PATIENT = {"get": "list", "post": "create"}
OWN = {"get": "retrieve", "patch": "partial_update"}
ONE = "patients/<uuid:patient>"
api = [
    *router.urls,
    path(
        "plans/<uuid:pk>/document.pdf",
        PlanViewSet.as_view({"get": "document"}, content_negotiation_class=AnythingAccepted),
        name="plan-document",
    ),
    path(f"{ONE}/assessments/", AssessmentViewSet.as_view(UNDER_PATIENT), name="patient-assessments"),
    path(f"{ONE}/measurements/", MeasurementViewSet.as_view(UNDER_PATIENT), name="patient-measurements"),
    path(f"{ONE}/progress/", ProgressViewSet.as_view({"get": "retrieve"}), name="patient-progress"),
    path("assessments/<uuid:pk>/", AssessmentViewSet.as_view(OWN), name="assessment"),
    *(
        path(
            f"assessments/<uuid:pk>/{step}/",
            AssessmentViewSet.as_view({"post": step}),
            name=f"assessment-{step}",
        )
        for step in ("sign", "addenda", "void")
    ),
    path("measurements/<uuid:pk>/", MeasurementViewSet.as_view(OWN), name="measurement"),
    path(
        "measurements/<uuid:pk>/void/", MeasurementViewSet.as_view({"post": "void"}), name="measurement-void"
    ),
]
