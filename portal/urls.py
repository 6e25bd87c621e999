"""Addresses of the patient's pages, and of the patient's own API."""

from django.urls import path

from portal import api as portal_api
from portal import auth_api
from portal.pages import entering, record, today

pages = (
    [
        path("sign-in/code/", entering.code, name="code"),
        path("sign-in/code/enter/", entering.enter, name="enter"),
        path("sign-in/code/who/", entering.who, name="who"),
        path("me/", today.today, name="today"),
        path("me/go/<str:token>/", entering.go, name="go"),
        path("me/exercise/<uuid:pk>/", today.exercise, name="exercise"),
        path("me/exercise/<uuid:pk>/stopped/", today.stopped, name="stopped"),
        path("me/log/", today.log, name="log"),
        path("me/plan/", record.plan, name="plan"),
        path("me/plan/<uuid:pk>/programme.pdf", record.programme, name="programme"),
        path("me/visits/", record.visits, name="appointments"),
        path("me/messages/", record.inbox, name="inbox"),
        path("me/help/", record.help_page, name="help"),
        path("me/privacy/", record.privacy, name="privacy"),
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
