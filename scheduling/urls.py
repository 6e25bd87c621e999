"""Addresses of scheduling: its pages, and its part of the API."""

from django.urls import URLPattern

pages: tuple[list[URLPattern], str] = ([], "scheduling")
api: list[URLPattern] = []
