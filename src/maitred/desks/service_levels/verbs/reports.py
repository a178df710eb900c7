"""Have the desk's report made as a file or a letter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from django.urls import reverse
from pydantic import StringConstraints

from maitred.base.errors import Invalid
from maitred.kit.access.actor import Actor
from maitred.kit.access.rights import Right
from maitred.kit.access.sharing import owner_of
from maitred.kit.jobs.queue import enqueue
from maitred.kit.verbs import action
from maitred.people.access import own_account

Query = Annotated[str, StringConstraints(max_length=2_000)]


@dataclass(frozen=True, slots=True)
class ReportAsked:
    """The job that makes the report; a notice says when it is ready."""

    job: int
    form: str


@action(needs=Right.METRICS_READ, example={"form": "pdf", "query": "period=last-28d"})
def report(
    actor: Actor, form: Literal["pdf", "pptx", "mail"], query: Query = "", language: Literal["en", "de", "ar"] = "en"
) -> ReportAsked:
    """Have the report of Speed & SLA made: as PDF, as slides, or as a letter to oneself.

    Parameters
    ----------
    form
        ``pdf``, ``pptx``, or ``mail`` to one's own address.
    query
        Filters as they stand in the address of the page, such as ``period=last-28d&channel=email``.
    """
    owner_of(actor)
    if form == "mail" and not own_account(actor).email:
        raise Invalid("your account has no mail address", "an administrator can add one")
    words = {
        "path": reverse("service_levels"), "query": query, "form": form, "name": "speed-and-sla", "language": language,
    }  # fmt: skip
    return ReportAsked(enqueue("service_levels.report", words, actor=actor), form)
