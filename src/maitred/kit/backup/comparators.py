"""How each model of the house comes back from a backup, and why; a model that is not named here fails the build.

Restores and moves compare every table by its canonical hash; this page says what that comparison means for each, and
what a restore does on purpose. Third-party models count as ours.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from django.db import models

from maitred.kit.backup.shapes import stored_models


class Way(StrEnum):
    """How rows come back."""

    EQUAL = "equal"
    """The same rows with the same values."""
    SEALED = "re-encrypted"
    """The same rows; sealed values open with the keys of the backup, or after a rotation with newer ones."""
    GROWS = "grows"
    """The same rows, never changed or taken away; a restore may add its own."""
    HELD = "held"
    """The same rows, but what had not gone out yet is not sent by a restored installation: it may have gone since."""
    REGENERATED = "regenerated"
    """A move carries them over; a restore leaves them out, and they are made anew in use."""


@dataclass(frozen=True, slots=True)
class Comparator:
    """How a model comes back, and why that is right."""

    way: Way
    why: str


def _each(way: Way, why: str, names: str) -> Iterator[tuple[str, Comparator]]:
    for name in names.split():
        yield name, Comparator(way, why)


COMPARATORS: dict[str, Comparator] = dict(
    [
        *_each(
            Way.EQUAL,
            "what people of the house entered or decided",
            "people.Person people.Team people.TeamPath people.Membership people.HelpdeskIdentity people.GroupLink "
            "people.Account people.RoleHeld people.GrantHeld people.BreakGlass commitments.Commitment "
            "decisions.Decision interventions.Registered proposals.Proposal views.SavedView annotations.Annotation "
            "marks.Mark marks.Journal notices.Notice today.Feedback today.Alert today.Digest "
            "roster.Share roster.SkillHeld roster.WorkingTime roster.Leave roster.SharedMark "
            "quality.Scorecard quality.Edition quality.Draw quality.Session quality.Review quality.Contest "
            "quality.Check quality.CheckAnswer quality.Told "
            "coaching.OneToOne coaching.Item coaching.Note coaching.Plan coaching.Step "
            "training.Course training.CourseEdition training.LearningPath training.Enrolment training.Assignment "
            "training.Quiz training.Attempt training.RecordImport training.TrainingRecord training.Practice "
            "compliance.Case compliance.CaseEvent compliance.CaseClock compliance.ClockChange compliance.ClockWarning "
            "compliance.Complaint compliance.ComplaintTicket compliance.ComplaintProposal compliance.KeptPack "
            "compliance.DataRequest compliance.PackReview compliance.OwnDay compliance.Scan compliance.ScanFinding "
            "training.SkillNeed training.WavePlan training.WaveMember training.Wave "
            "hiring.Need hiring.Requisition hiring.Candidate hiring.Interest hiring.ToldBefore hiring.Interview "
            "hiring.Scorecard hiring.Offer hiring.Hire hiring.OutreachTemplate hiring.Outreach hiring.Objection "
            "hiring.SavedSearch hiring.ProfileImport hiring.Posting hiring.PostingEdition hiring.PostingBlock "
            "escalations.Case escalations.CaseTicket escalations.CaseNote escalations.CasePromise escalations.Step "
            "escalations.Invite escalations.PostMortem escalations.Action escalations.Template escalations.Message "
            "escalations.Shift escalations.Policy escalations.Alert",
        ),
        *_each(
            Way.EQUAL,
            "what was seen at a publication, with what was decided about it and who was told",
            "today.Look today.Finding today.Told",
        ),
        *_each(
            Way.EQUAL,
            "work to be done: a job may run twice, and a lease ends by its expiry",
            "jobs.Job jobs.Schedule jobs.Lease",
        ),
        *_each(
            Way.HELD,
            "what waited when the backup was made may have been sent since; its state is unknown until somebody looks",
            "outbox.Effect",
        ),
        *_each(
            Way.SEALED,
            "sealed with the installation's keys for the row in which it stands",
            "outbox.Content secrets.StoredSecret replies.Reply helpdesks.Connection hiring.SelfTold hiring.Profile",
        ),
        *_each(
            Way.EQUAL,
            "only a digest is kept; a token withdrawn after the backup has to be withdrawn again",
            "people.ApiToken",
        ),
        *_each(
            Way.GROWS,
            "the chain, its signed heads and the texts that its rows name prove themselves; a changed one breaks it",
            "audit.AuditRow audit.AuditHead audit.SealedText",
        ),
        *_each(
            Way.EQUAL,
            "steps of candidates are written once, and who wants no letter stays known; a restore takes neither back",
            "hiring.StageEvent hiring.OptOut hiring.SearchRun hiring.ErasedProfile",
        ),
        *_each(
            Way.SEALED,
            "the key of a subject's texts, sealed itself; what was erased since the backup is erased again",
            "audit.SubjectKey",
        ),
        *_each(
            Way.REGENERATED,
            "a session that was ended after the backup must not come alive again: everybody signs in once more",
            "sessions.Session usersessions.UserSession",
        ),
        *_each(
            Way.REGENERATED,
            "counters of rate limits and other passing values",
            "console.Passing",
        ),
        *_each(
            Way.EQUAL,
            "numbers of models and rights, to which other rows may point",
            "contenttypes.ContentType auth.Permission auth.Group auth.Group_permissions",
        ),
        *_each(
            Way.EQUAL,
            "how people sign in: second factors, addresses and links to the organisation's own sign-in",
            "mfa.Authenticator account.EmailAddress account.EmailConfirmation socialaccount.SocialApp "
            "socialaccount.SocialAccount socialaccount.SocialToken",
        ),
    ]
)


def missing() -> list[str]:
    """Stored models that nobody has declared, as ``app.Model``."""
    return sorted(model._meta.label for model in stored_models() if model._meta.label not in COMPARATORS)


def _tables(way: Way) -> frozenset[str]:
    wanted = {name for name, one in COMPARATORS.items() if one.way is way}
    return frozenset(_table(model) for model in stored_models() if model._meta.label in wanted)


def _table(model: type[models.Model]) -> str:
    return model._meta.db_table


def growing() -> frozenset[str]:
    """The tables whose rows are only ever added."""
    return _tables(Way.GROWS)


def regenerated() -> frozenset[str]:
    """The tables that a restore leaves empty."""
    return _tables(Way.REGENERATED)
