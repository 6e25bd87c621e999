"""Addresses of catalogue: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "catalogue")
api: list[URLPattern] = []
