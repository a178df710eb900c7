"""The addresses of the helpdesks: where they call, and their pages."""

from __future__ import annotations

from django.urls import URLPattern, path

from maitred.desks.helpdesks import hooks
from maitred.desks.helpdesks.pages import changes, connect, home, one, settings, words

urlpatterns: list[URLPattern] = [
    path("hooks/<slug:slug>/<str:token>", hooks.hook, name="hook"),
    path("helpdesks/", home.listed, name="helpdesks"),
    path("helpdesks/connect/", connect.vendors, name="helpdesks_connect"),
    path("helpdesks/connect/<slug:vendor>/", connect.connect, name="helpdesks_connect_one"),
    path("helpdesks/change/", changes.rows, name="helpdesks_rows"),
    path("helpdesks/<slug:slug>/", one.shown, name="helpdesk"),
    path("helpdesks/<slug:slug>/state/", one.state, name="helpdesk_state"),
    path("helpdesks/<slug:slug>/aside/", one.aside, name="helpdesk_aside"),
    path("helpdesks/<slug:slug>/proof/", connect.proof, name="helpdesk_proof"),
    path("helpdesks/<slug:slug>/anew/", connect.anew, name="helpdesk_anew"),
    path("helpdesks/<slug:slug>/words/", words.meant, name="helpdesk_words"),
    path("helpdesks/<slug:slug>/settings/", settings.settings, name="helpdesk_settings"),
    path("helpdesks/<slug:slug>/end/", settings.end, name="helpdesk_end"),
    path("helpdesks/<slug:slug>/changes/", changes.listed, name="helpdesk_changes"),
    path("helpdesks/<slug:slug>/changes/<slug:plan>/", changes.plan, name="helpdesk_plan"),
    path("helpdesks/<slug:slug>/changes/<slug:plan>/outcome/", changes.outcome, name="helpdesk_plan_outcome"),
]
