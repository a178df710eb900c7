"""The tables of rights and fields for the administrator's page: ``python -m maitred.kit.access.document``."""

from __future__ import annotations

from maitred.kit.access.actor import Grant, Role
from maitred.kit.access.fields import TABLE as FIELDS
from maitred.kit.access.rights import TABLE, Reach

_WORDS = {Reach.NONE: "–", Reach.OWN: "own", Reach.SUBTREE: "subtree", Reach.ALL: "all"}
_COLUMNS: tuple[Role | Grant, ...] = (*Role, *Grant)


def tables() -> str:
    """Both tables as Markdown."""
    return f"{rights()}\n{fields()}"


def rights() -> str:
    """How far each role and grant reaches for each right."""
    lines = [_head(("right", "what it is", *(one.value for one in _COLUMNS), "token scope"))]
    for right, rule in TABLE.items():
        reaches = [_WORDS[rule.reach.get(one, Reach.NONE)] for one in _COLUMNS]
        says = f"{rule.says} (opened for a reason: all)" if rule.glass else rule.says
        lines.append(_line((f"`{right}`", says, *reaches, f"`{rule.scope}`")))
    return "".join(lines)


def fields() -> str:
    """Who sees which field in which form."""
    lines = [_head(("field", "oneself", *(one.value for one in _COLUMNS)))]
    for field, rule in FIELDS.items():
        forms = [rule[one].value if one in rule else "–" for one in ("self", *_COLUMNS)]
        lines.append(_line((f"`{field}`", *forms)))
    return "".join(lines)


def _head(names: tuple[str, ...]) -> str:
    return _line(names) + _line(("---",) * len(names))


def _line(cells: tuple[str, ...]) -> str:
    return f"| {' | '.join(cells)} |\n"


if __name__ == "__main__":
    print(tables(), end="")
