"""Addresses of patients: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "patients")
api: list[URLPattern] = []
