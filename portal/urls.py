"""Addresses of the patient's pages, and of the patient's own API."""

from django.urls import path

from portal import api as portal_api
from portal import auth_api, views

pages = (
    [
        path("sign-in/code/", views.code, name="code"),
        path("sign-in/code/enter/", views.enter, name="enter"),
        path("sign-in/code/who/", views.who, name="who"),
        path("me/", views.today, name="today"),
        path("me/exercise/<uuid:pk>/", views.exercise, name="exercise"),
        path("me/log/", views.log, name="log"),
        path("me/plan/", views.plan, name="plan"),
        path("me/visits/", views.visits, name="appointments"),
        path("me/help/", views.help_page, name="help"),
        path("me/privacy/", views.privacy, name="privacy"),
    ],
    "portal",
)
api = [
    path("auth/code/", auth_api.CodeView.as_view(), name="auth-code"),
    path("auth/code/verify/", auth_api.VerifyView.as_view(), name="auth-code-verify"),
    path("auth/profile/", auth_api.ProfileView.as_view(), name="auth-profile"),
    path("me/", portal_api.MeView.as_view(), name="me"),
    path("me/today/", portal_api.TodayView.as_view(), name="me-today"),
    path("me/plan/", portal_api.PlanView.as_view(), name="me-plan"),
    path("me/appointments/", portal_api.AppointmentsView.as_view(), name="me-appointments"),
    path("me/access-log/", portal_api.AccessLogView.as_view(), name="me-access-log"),
    path("me/sync/", portal_api.SyncView.as_view(), name="me-sync"),
]
