"""The addresses of coaching."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.coaching.pages import home, plan, talk

urlpatterns: list[URLPattern] = [
    path("coaching/", home.listed, name="coaching"),
    path("coaching/person/<int:person>/", home.person, name="coaching_person"),
    path("coaching/one-to-one/plan/", talk.planning, name="coaching_plan_talk"),
    path("coaching/one-to-one/<int:one_to_one>/", talk.shown, name="coaching_talk"),
    path("coaching/plan/new/", plan.making, name="coaching_plan_new"),
    path("coaching/plan/<int:plan>/", plan.shown, name="coaching_plan"),
    path("charts/coaching/<int:plan>.json", plan.drawing, name="coaching_chart"),
]
