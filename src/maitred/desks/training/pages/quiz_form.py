"""Questions of a quiz as text in a form, so that they can be written without a script, and back.

::

    ? Who signs a refund above 100?
    * The team lead
    - Nobody
    ! Above 100 two people look at it.

``?`` asks, ``*`` is right, ``-`` is wrong, ``=`` is an accepted text, ``!`` says why. ``??`` asks for several.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import gettext as _

from maitred.base.errors import Invalid
from maitred.desks.training.quiz_shapes import QuestionGiven

_LETTERS = "abcdefghijklmnopqrstuvwxyz"


def parsed(text: str) -> list[dict[str, Any]]:
    """Questions of a text.

    Raises
    ------
    Invalid
        A line has no sign, or stands before the first question.
    """
    found: list[dict[str, Any]] = []
    for number, line in enumerate(text.splitlines(), start=1):
        said = line.strip()
        if not said:
            continue
        sign, rest = said[0], said[1:].strip()
        if sign == "?":
            found.append(_question(len(found), rest))
        elif sign not in "*-=!" or not rest:
            raise _wrong(_("line %(n)s begins with none of ? * - = ! and a text") % {"n": number})
        elif not found:
            raise _wrong(_("line %(n)s comes before the first question") % {"n": number})
        else:
            _add(found[-1], sign, rest, number)
    return found


def written(questions: Sequence[QuestionGiven]) -> str:
    """Questions as that text."""
    blocks = []
    for one in questions:
        lines = [f"{'??' if one.kind == 'multiple' else '?'} {one.text}"]
        lines += [f"{'*' if each.right else '-'} {each.text}" for each in one.choices]
        lines += [f"= {each}" for each in one.accepted]
        blocks.append("\n".join([*lines, *([f"! {one.why}"] if one.why else [])]))
    return "\n\n".join(" ".join(block.split("\r")) for block in blocks)


def _question(place: int, rest: str) -> dict[str, Any]:
    several = rest.startswith("?")
    return {
        "key": f"q{place + 1}", "kind": "multiple" if several else "single", "text": rest.removeprefix("?").strip(),
        "choices": [], "accepted": [], "why": "",
    }  # fmt: skip


def _add(one: dict[str, Any], sign: str, rest: str, number: int) -> None:
    if sign == "!":
        one["why"] = rest
    elif sign == "=":
        one["kind"] = "text"
        one["accepted"].append(rest)
    elif len(one["choices"]) == len(_LETTERS):
        raise _wrong(_("line %(n)s is one answer too many") % {"n": number})
    else:
        one["choices"].append({"key": _LETTERS[len(one["choices"])], "text": rest, "right": sign == "*"})


def _wrong(message: str) -> Invalid:
    return Invalid(message, _("mend that line"), ({"field": "questions", "message": message, "code": "line"},))
