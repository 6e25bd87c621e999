"""Addresses of fhir: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "fhir")
api: list[URLPattern] = []
