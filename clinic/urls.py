"""The composition root of addresses: every app's pages and API under one roof.

An app's `urls.py` gives `pages` (a pair of patterns and namespace) and `api` (patterns below /api/v1/).
"""

import importlib

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.shortcuts import render
from django.urls import include, path

from clinic import audit_views, auth_api, choosing, health, settings_views, signin_urls, staff_views, views
from clinic.access import public

APPS = ["catalogue", "patients", "careplans", "scheduling", "reminders", "workspace", "portal", "fhir"]
apps = [importlib.import_module(f"{name}.urls") for name in APPS]

clinic_pages = (
    [
        path("sign-in/clinics/", choosing.clinics, name="clinics"),
        path("switch/", choosing.switch, name="switch"),
        path("theme/", views.theme, name="theme"),
        path("outbox/", views.outbox, name="outbox"),
        path("settings/staff/", staff_views.staff, name="staff"),
        path("settings/staff/new/", staff_views.new, name="staff-new"),
        path("settings/staff/<uuid:pk>/", staff_views.change, name="staff-change"),
        path("settings/staff/<uuid:pk>/welcome/", staff_views.welcome, name="staff-welcome"),
        path("settings/staff/<uuid:pk>/leave/", staff_views.leave, name="staff-leave"),
        path("settings/staff/<uuid:pk>/return/", staff_views.come_back, name="staff-return"),
        path("settings/clinic/", settings_views.show, name="settings"),
        path("settings/clinic/change/", settings_views.change, name="settings-change"),
        path("activity/", audit_views.activity, name="activity"),
    ],
    "clinic",
)

admin.autodiscover()
admin.site.login = secure_admin_login(admin.site.login)

urlpatterns = [
    path("", views.home, name="home"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("metrics", health.metrics, name="metrics"),
    path("language/", views.language, name="set_language"),
    path("", include(clinic_pages)),
    path("", include(signin_urls)),
    *(path("", include(app.pages)) for app in apps),
    path("api/v1/", include(auth_api.urls)),
    *(path("api/v1/", include(app.api)) for app in apps),
    path("admin/", admin.site.urls),
]

if not settings.PRODUCTION:
    urlpatterns.append(path("parts/", public(lambda request: render(request, "parts.html")), name="parts"))

handler404 = views.not_known
handler429 = views.too_many  # allauth's
