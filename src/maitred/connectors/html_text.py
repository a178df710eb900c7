"""The readable text of an HTML mail or comment, where a helpdesk gives no plain text."""

from __future__ import annotations

import html
import re
from html.parser import HTMLParser

_BLOCKS = frozenset(
    (
        *("address", "article", "aside", "blockquote", "br", "dd", "div", "dl", "dt", "figcaption", "figure", "footer"),
        *("form", "h1", "h2", "h3", "h4", "h5", "h6", "header", "hr", "li", "main", "nav", "ol", "p", "pre", "section"),
        *("table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"),
    )
)
_HIDDEN = frozenset(("script", "style", "head", "title", "template"))
_LONGEST_PARSED = 2 * 1024 * 1024  # longer input is stripped by pattern, so that odd markup cannot cost minutes
_TAG = re.compile(r"<[^<>]*>")
_SPACES = re.compile(r"[ \t\f\v\xa0]+")


def text_of_html(source: str) -> str:
    """The text of an HTML fragment: block tags as line breaks, scripts and styles left out, entities resolved.

    Total: any text gives a text.

    Examples
    --------
    >>> text_of_html("<p>Hello&nbsp;<b>Mara</b></p><p>Bye</p>")
    'Hello Mara\\nBye'
    """
    if "<" not in source and "&" not in source:
        return source
    if len(source) <= _LONGEST_PARSED:
        reader = _Reader()
        try:
            reader.feed(source)
            reader.close()
            return _tidy("".join(reader.parts))
        except (AssertionError, ValueError, RecursionError):  # html.parser gives up on some malformed declarations
            pass
    return _tidy(html.unescape(_TAG.sub("\n", source)))


def _tidy(text: str) -> str:
    lines = (_SPACES.sub(" ", line).strip() for line in text.splitlines())
    return "\n".join(line for line in lines if line)


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        if tag in _HIDDEN:
            self._hidden.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag in _BLOCKS:
            self.parts.append("\n")
        if self._hidden and self._hidden[-1] == tag:
            self._hidden.pop()

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(data)
