"""What the pipeline adds to the house when it starts: links, the card on the start page, forms of findings, keys."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _


def register() -> None:
    """Say it."""
    from maitred.desks.hiring.pages.due import register_card
    from maitred.kit.access.rights import Right
    from maitred.kit.pages import acts, nav
    from maitred.kit.secrets.keyring import Purpose
    from maitred.kit.secrets.rotation import COLUMNS, Column
    from maitred.kit.secrets.sealing import place

    nav.register(nav.Entry("people", 50, "hiring", _("Hiring"), "hiring", Right.HIRING_COUNTS))
    acts.register("open_hiring_request", "hiring_need_new")
    register_card()
    COLUMNS.append(
        Column(
            "hiring.SelfTold", "sealed", lambda row: place("hiring_self_told", row.profile, "sealed"), Purpose.PROFILES
        )
    )
