"""Addresses of the staff's pages that show several subjects."""

from django.urls import URLPattern, path

from workspace import views

pages: tuple[list[URLPattern], str] = (
    [
        path("caseload/", views.caseload, name="caseload"),
        path("patients/<uuid:pk>/", views.chart, name="chart"),
        path("patients/<uuid:pk>/visits/", views.visits, name="visits"),
        path("patients/<uuid:pk>/diary/", views.diary, name="diary"),
        path("patients/<uuid:pk>/documents/", views.documents, name="documents"),
        path("patients/<uuid:pk>/access/", views.access, name="access"),
        path("stops/<uuid:pk>/seen/", views.see_to, name="see-to"),
    ],
    "workspace",
)
api: list[URLPattern] = []
