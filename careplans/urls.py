"""Addresses of careplans: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "careplans")
api: list[URLPattern] = []
