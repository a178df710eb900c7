"""The addresses of the roster, and of the pages of people, teams and bots."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.roster.pages import drawings, home, others, person

urlpatterns: list[URLPattern] = [
    path("roster/", home.home, name="roster"),
    path("roster/move/", home.move, name="roster_move"),
    path("roster/compare/", others.compare, name="roster_compare"),
    path("roster/person/<int:person>/", person.person, name="person"),
    path("roster/team/<int:team>/", others.team, name="roster_team"),
    path("roster/bot/<int:bot>/", others.bot, name="roster_bot"),
    path("charts/roster/<slug:name>.json", drawings.drawing, name="roster_chart"),
    path("people/me/", person.me, name="person_me"),
    path("people/person/<int:number>/", person.to_person, name="people_person"),
    path("people/team/<int:number>/", person.to_team, name="people_team"),
    path("people/bot/<int:number>/", person.to_bot, name="people_bot"),
]
