"""Addresses of scheduling: its pages, and its part of the API."""

from django.urls import URLPattern

from scheduling.api import urls as api

pages: tuple[list[URLPattern], str] = ([], "scheduling")

__all__ = ["api", "pages"]
