"""The catalogues of the console's languages: what is said in templates and code, collected, completed, compiled.

``python -m tests.languages`` brings ``src/maitred/locale`` up to date: new strings are entered empty, gone ones leave,
the pseudo-translation into Arabic is made anew, and all are compiled. It then tells which strings lack a translation.
It needs no gettext programs.
"""

from __future__ import annotations

import ast
import io
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from tests.house import SOURCE

FOLDER = SOURCE / "locale"
TRANSLATED = ("de",)
PSEUDO = "ar"
LANGUAGES = (*TRANSLATED, PSEUDO)
_STAMP = datetime(2026, 1, 1, tzinfo=UTC)
"""Of every header, so that a file changes only where its strings do."""
_KEYWORDS = {
    **dict.fromkeys(("_", "gettext", "gettext_lazy", "gettext_noop"), None),
    **dict.fromkeys(("ngettext", "ngettext_lazy"), (1, 2)),
    **dict.fromkeys(("pgettext", "pgettext_lazy"), ((1, "c"), 2)),
    **dict.fromkeys(("npgettext", "npgettext_lazy"), ((1, "c"), 2, 3)),
}
_LITERAL = r"""u?(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")"""
_CALL = re.compile(rf"(?<!\w)(_|gettext|ngettext|pgettext|npgettext)\(({_LITERAL}(?:,\s*{_LITERAL})*)")
_KEPT = re.compile(r"%\(\w+\)[sd]|%%|%[sd]|maitred|\{[^}]*\}|https?://\S+|<[^>]*>")
_HOLDS = re.compile(r"%\(\w+\)[sd]|%(?:[sd]|%)")
_LETTERS = str.maketrans(
    "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "ابثدعفغهيجكلمنوپقرستوڤوخيزابثدعفغهيجكلمنوپقرستوڤوخيز",
)


def main() -> None:
    """Bring the catalogues up to date, and tell what is missing."""
    found = collected()
    for language in LANGUAGES:
        catalogue = updated(language, found)
        if language == PSEUDO:
            for message in _messages(catalogue):
                _pretend(message)
        save(catalogue, language)
        lacking = [*untranslated(catalogue)]
        print(f"{language}: {len(catalogue)} strings, {len(lacking)} without a translation")
        for message in lacking:
            print(f"  {message.id!r}")


def collected() -> Catalog:
    """Every string of templates and code."""
    found = Catalog(domain="django", project="maitred", charset="utf-8", creation_date=_STAMP, fuzzy=False)
    for path in sorted(SOURCE.rglob("*.py")):
        if "tests" not in path.parts and "migrations" not in path.parts:
            for context, message in _of_code(path):
                found.add(message, context=context, locations=[(_place(path), 0)])
    for path in sorted(SOURCE.rglob("templates/**/*.html")):
        for context, message in _of_template(path):
            found.add(message, context=context, locations=[(_place(path), 0)])
    return found


def stored(language: str) -> Catalog:
    """The catalogue of a language as it lies in the repository; empty where there is none."""
    path = _file(language, "po")
    if not path.is_file():
        return Catalog(locale=language, domain="django")
    with path.open("rb") as lines:
        return read_po(lines, locale=language, domain="django")


def updated(language: str, found: Catalog) -> Catalog:
    """The catalogue of a language with the strings that there are now, in their order, with the translations it had."""
    before = stored(language)
    catalogue = Catalog(
        locale=language, domain="django", project="maitred", version="1", msgid_bugs_address="", charset="utf-8",
        creation_date=_STAMP, revision_date=_STAMP, last_translator="maitred", language_team="maitred", fuzzy=False,
        header_comment="# The words of the console.",
    )  # fmt: skip
    for message in sorted(_messages(found), key=lambda one: (str(one.locations[0][0]), str(one.id))):
        known = before.get(message.id, message.context)
        string = known.string if known is not None and _alike(known, message) else ""
        catalogue.add(
            message.id, string, locations=sorted(set(message.locations)), flags=message.flags, context=message.context
        )
    return catalogue


def save(catalogue: Catalog, language: str) -> None:
    """Write a catalogue, readable and compiled."""
    _file(language, "po").parent.mkdir(parents=True, exist_ok=True)
    with _file(language, "po").open("wb") as out:
        write_po(out, catalogue, width=120, include_lineno=False)
    _file(language, "mo").write_bytes(compiled(catalogue))


def compiled(catalogue: Catalog) -> bytes:
    """A catalogue as the running program reads it."""
    out = io.BytesIO()
    write_mo(out, catalogue)
    return out.getvalue()


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """The strings without a translation, or with one that lacks a plural."""
    for message in _messages(catalogue):
        if not all(_strings(message.string)):
            yield message


def misplaced(catalogue: Catalog) -> list[str]:
    """Translations whose placeholders are not those of the string they translate."""
    wrong = []
    for message in _messages(catalogue):
        allowed = [_holders(one) for one in _strings(message.id)]
        wrong += [one for one in _strings(message.string) if one and _holders(one) not in allowed]
    return wrong


def keys(catalogue: Catalog) -> set[tuple[str, ...]]:
    """What identifies the strings of a catalogue."""
    return {(one.context or "", *_strings(one.id)) for one in _messages(catalogue)}


def _of_code(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    source = path.read_bytes()
    if b"gettext" not in source:
        return
    for _line, message, _comments, context in extract("python", io.BytesIO(source), keywords=_KEYWORDS):
        yield context, message


def _of_template(path: Path) -> Iterator[tuple[str | None, str | tuple[str, ...]]]:
    from django.utils.translation.template import templatize

    for call, words in _CALL.findall(templatize(path.read_text(encoding="utf-8"), origin=str(path))):
        texts = [ast.literal_eval(one) for one in re.findall(_LITERAL, words)]
        context = texts.pop(0) if "pgettext" in call else None
        yield context, (texts[0], texts[1]) if "ngettext" in call or "npgettext" in call else texts[0]


def _pretend(message: Message) -> None:
    """A translation that reads from right to left and keeps what must be kept; for looking, not for reading."""
    texts = _strings(message.id)
    if len(texts) == 1:
        message.string = _pretended(texts[0])
        return
    one, many = _pretended(texts[0]), _pretended(texts[1])
    message.string = (many, one, many, many, many, many)


def _pretended(text: str) -> str:
    parts, end = [], 0
    for kept in _KEPT.finditer(text):
        parts += [text[end : kept.start()].translate(_LETTERS), kept[0]]
        end = kept.end()
    return "".join([*parts, text[end:].translate(_LETTERS)])


def _messages(catalogue: Catalog) -> list[Message]:
    return [one for one in catalogue if one.id]


def _alike(known: Message, message: Message) -> bool:
    return len(_strings(known.id)) == len(_strings(message.id))


def _strings(value: str | tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value or ("",))


def _holders(text: str) -> list[str]:
    return sorted(_HOLDS.findall(text))


def _place(path: Path) -> str:
    return path.relative_to(SOURCE).as_posix()


def _file(language: str, ending: str) -> Path:
    return FOLDER / language / "LC_MESSAGES" / f"django.{ending}"


if __name__ == "__main__":
    main()
