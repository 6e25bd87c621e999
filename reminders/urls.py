"""Addresses of reminders: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "reminders")
api: list[URLPattern] = []
