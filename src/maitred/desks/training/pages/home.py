"""The entrance of training: what needs somebody, one's own next step."""

from __future__ import annotations

from django.urls import URLPattern

PATHS: list[URLPattern] = []
