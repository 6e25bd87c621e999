"""Addresses of portal: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "portal")
api: list[URLPattern] = []
