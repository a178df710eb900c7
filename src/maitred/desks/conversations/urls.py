"""The addresses of conversations: those that its pages list, and nothing else."""

from __future__ import annotations

from django.urls import URLPattern

from maitred.desks.conversations.pages import behaving, home, search, talk

urlpatterns: list[URLPattern] = [*home.PATHS, *search.PATHS, *behaving.PATHS, *talk.PATHS]
