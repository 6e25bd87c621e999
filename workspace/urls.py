"""Addresses of workspace: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "workspace")
api: list[URLPattern] = []
