"""The rows of the vault, for those who hold the grant for hiring and for the clocks of the worker."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from django.db.models import Count, QuerySet

from maitred.base.errors import NotFound
from maitred.desks.hiring import access
from maitred.desks.hiring.models import Candidate, ErasedProfile, Profile, ProfileImport, SelfTold
from maitred.kit.access.actor import Actor

_CHUNK = 500


def visible_profiles(actor: Actor) -> QuerySet[Profile]:
    """All of them for those who hire, else none."""
    every = Profile._base_manager.all()
    return every if access.reads(actor) else every.none()


def access_profile(actor: Actor, profile: int) -> Profile:
    """One by its key.

    Raises
    ------
    NotFound
        There is none, or not for this actor.
    """
    found = visible_profiles(actor).filter(pk=profile).first()
    if found is None:
        raise NotFound(f"there is no profile {profile}", "`hiring known-profiles` lists them")
    return found


def profile_by_id(actor: Actor, name: str, source: str | None) -> Profile:
    """One by the id that its source gave it, or by its key.

    Raises
    ------
    NotFound
        There is none, or several sources have that id.
    """
    rows = visible_profiles(actor).filter(external_id=name)
    found = list((rows.filter(source=source) if source else rows)[:2])
    if not found and name.isdigit() and len(name) < 17:
        found = list(visible_profiles(actor).filter(pk=int(name)))
    if not found:
        raise NotFound(f"there is no profile {name}", "check its id and --source")
    if len(found) > 1:
        raise NotFound(f"several sources have a profile {name}", "say which one with --source")
    return found[0]


def known(source: str, ids: Sequence[str]) -> dict[str, Profile]:
    """Profiles of a source by their ids, for an import."""
    found: dict[str, Profile] = {}
    slim = Profile._base_manager.filter(source=source).defer("document", "contact")
    for start in range(0, len(ids), _CHUNK):
        found |= {row.external_id: row for row in slim.filter(external_id__in=ids[start : start + _CHUNK])}
    return found


def by_keys(keys: Collection[int]) -> dict[int, Profile]:
    """Profiles by their keys, for whoever asked whether the reader may."""
    wanted = list(keys)
    found: dict[int, Profile] = {}
    for start in range(0, len(wanted), _CHUNK):
        found |= {row.pk: row for row in Profile._base_manager.filter(pk__in=wanted[start : start + _CHUNK])}
    return found


def erased(tags: Sequence[str]) -> set[str]:
    """Which of these pseudonyms belong to people who were erased."""
    if not ErasedProfile._base_manager.exists():
        return set()
    found: set[str] = set()
    for start in range(0, len(tags), _CHUNK):
        rows = ErasedProfile._base_manager.filter(tag__in=tags[start : start + _CHUNK])
        found |= set(rows.values_list("tag", flat=True))
    return found


def unsettled() -> list[ProfileImport]:
    """Imports that ended before their rows stood in the table that search reads."""
    return list(ProfileImport._base_manager.filter(settled=False).order_by("pk"))


def imports() -> list[ProfileImport]:
    """Every import, the oldest first."""
    return list(ProfileImport._base_manager.order_by("pk"))


def of_import(batch: int) -> Iterator[Profile]:
    """The profiles that an import wrote last."""
    return Profile._base_manager.filter(batch=batch).order_by("pk").iterator(chunk_size=1000)


def due_for_erasure(today: date, limit: int) -> list[Profile]:
    """Profiles whose last day has passed."""
    return list(Profile._base_manager.filter(erase_after__lt=today).order_by("erase_after", "pk")[:limit])


def shared_contacts(actor: Actor, limit: int) -> list[tuple[str, list[Profile]]]:
    """Profiles with one mail address, together; they are kept apart, and a person decides whether they are one."""
    tags = visible_profiles(actor).exclude(contact_tag="").values("contact_tag").annotate(n=Count("pk")).filter(n__gt=1)
    found = []
    for tag in tags.order_by("contact_tag").values_list("contact_tag", flat=True)[:limit]:
        rows = visible_profiles(actor).filter(contact_tag=tag).defer("document", "contact").order_by("pk")
        found.append((tag, list(rows[:20])))
    return found


def count() -> int:
    """How many profiles there are."""
    return int(Profile._base_manager.count())


def self_told(profile: int) -> list[SelfTold]:
    """What somebody told of themselves, for an erasure and nothing else."""
    return list(SelfTold._base_manager.filter(profile=profile))


def candidates(profile: int) -> list[Candidate]:
    """What somebody stands for, for an erasure and nothing else."""
    return list(Candidate._base_manager.filter(profile=profile))


def is_listed(tag: str) -> bool:
    """Whether a pseudonym stands among those of erased people."""
    return bool(ErasedProfile._base_manager.filter(tag=tag).exists())


def again(row: Profile) -> Profile:
    """The same row as it stands in the database."""
    return Profile._base_manager.get(pk=row.pk)
