"""The addresses of hiring: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
