"""Customers' HTML made harmless: for whatever page, report or mail shows a message body.

Three doors: ``clean`` keeps headings, lists, tables and emphasis; ``framed`` puts that into a document of its own for
a sandboxed ``<iframe srcdoc>``; ``plain`` keeps the words alone. No image is ever loaded: its host is named instead.
Every link leads to our page ``/out``, which names the host before anybody leaves. A fourth, ``prose``, is for the
house's own writers: their Markdown without links and pictures. Only this module may call its result markup.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

if TYPE_CHECKING:
    from django.utils.safestring import SafeString

TAGS = frozenset(
    "p br b strong i em u s ul ol li blockquote pre code a table thead tbody tr th td h1 h2 h3 h4 hr span div".split()
)
ATTRIBUTES = {"a": {"href"}, "td": {"colspan", "rowspan"}, "th": {"colspan", "rowspan"}}
SCHEMES = frozenset({"http", "https", "mailto"})
DROPPED_WHOLE = frozenset("script style svg math template noscript iframe object title textarea select".split())
"""Elements whose content goes with them."""

LONGEST = 200_000
MOST_TAGS = 10_000
"""Above these a message is shown as text: the parser's time grows with the square of depth and of attributes."""

LONGEST_LINK = 2_000
POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'"

_OUT = "/out?u="
_SIGNED = re.compile(r"/out\?u=[A-Za-z0-9%._~-]*")
_SPAN = re.compile(r"[1-9][0-9]{0,2}")
_HOST = re.compile(r"[a-z0-9._-]{1,253}")
_IMAGE = re.compile(r'<img(?: src="([^"<>]*)")?>')
_INLINE_DATA = re.compile(r"data:[^\"'\s<>]{64,}")
_STYLED = re.compile(r"<(b|big|code|em|font|i|nobr|s|small|strike|strong|tt|u)[\s/][^<>]*>", re.IGNORECASE)
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_UNSEEN = re.compile(r"[\x00-\x20\x7f-\xa0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u2064\u2066-\u2069\u3000\ufeff]")

SignLink = Callable[[str], str]


def clean(raw: str, sign_link: SignLink) -> str:
    """Markup without anything that runs, loads, styles, names or submits.

    Parameters
    ----------
    raw
        A message body as it came.
    sign_link
        Gives for an absolute http, https or mailto link the signed value that stands behind ``/out?u=``.

    Returns
    -------
    str
        Markup of ``TAGS`` alone; a body beyond ``LONGEST`` or ``MOST_TAGS`` as escaped text with line breaks.

    Examples
    --------
    >>> clean('<p onclick="x()">Hi <img src="https://t.example/p.gif"><a href="javascript:x()">you</a></p>', str)
    '<p>Hi image (t.example)<a rel="noopener noreferrer">you</a></p>'
    """
    slim = _INLINE_DATA.sub("data:,", raw)
    if len(slim) > LONGEST or slim.count("<") > MOST_TAGS:
        return _as_lines(plain(slim))
    # Without their attributes the same style cannot pile up: a parser reopens at most three alike in each paragraph.
    bare = _STYLED.sub(r"<\1>", slim)

    def look(tag: str, name: str, value: str) -> str | None:
        return _first_look(tag, name, value, sign_link)

    named = _pass(bare, TAGS | {"img"}, {**ATTRIBUTES, "img": {"src"}}, look)
    return _pass(_IMAGE.sub(_in_words, named), TAGS, ATTRIBUTES, _second_look)


def framed(raw: str, sign_link: SignLink) -> str:
    """The document for ``<iframe sandbox srcdoc>``: the cleaned body under a policy of its own that loads nothing.

    The template escapes it as any other attribute value. Links open outside the frame.
    """
    return (
        '<!doctype html><html><head><meta charset="utf-8">'
        f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">'
        '<meta name="referrer" content="no-referrer"><meta name="color-scheme" content="light dark">'
        f'<title>Message</title><base target="_blank"></head><body>{clean(raw, sign_link)}</body></html>'
    )


def prose(text: str) -> SafeString:
    """Markdown of our own writers as markup: headings from the third on, lists, emphasis, code, quotes, tables.

    Markup in it is shown as text; links and pictures are their words.

    Examples
    --------
    >>> prose("# How\\n\\nAsk **first** <b>or</b> [look](https://x.example)")
    '<h3>How</h3>\\n<p>Ask <strong>first</strong> &lt;b&gt;or&lt;/b&gt; [look](https://x.example)</p>\\n'
    """
    from django.utils.safestring import mark_safe
    from markdown_it import MarkdownIt

    reader = MarkdownIt("commonmark", {"html": False}).enable("table").disable(["link", "image", "autolink"])
    tokens = reader.parse(text[:LONGEST])
    for one in tokens:
        if one.type in ("heading_open", "heading_close"):
            one.tag = f"h{min(int(one.tag[1]) + 2, 4)}"
    markup = reader.renderer.render(tokens, reader.options, {})
    return mark_safe(_pass(markup, TAGS, {}, lambda *_: None))  # noqa: S308  (cleaned)


def plain(raw: str) -> str:
    """The words of a message, one line per block, without control characters; still to be escaped where it is shown.

    Examples
    --------
    >>> plain("<p>1 &lt; 2<script>x()</script></p><p>Bye</p>")
    '1 < 2\\nBye'
    """
    from maitred.connectors.html_text import text_of_html

    return _CONTROL.sub("", text_of_html(raw))


def _pass(
    markup: str,
    tags: frozenset[str],
    attributes: dict[str, set[str]],
    look: Callable[[str, str, str], str | None],
) -> str:
    import nh3

    return nh3.clean(
        markup,
        tags=set(tags),
        attributes=attributes,
        attribute_filter=look,
        url_schemes=set(SCHEMES),
        clean_content_tags=set(DROPPED_WHOLE),
        link_rel="noopener noreferrer",
    )


def _first_look(tag: str, name: str, value: str, sign_link: SignLink) -> str | None:
    if name == "href":
        target = _absolute(value)
        return _OUT + quote(sign_link(target), safe="") if target else None
    if name == "src":
        return _host_of(value)
    return _second_look(tag, name, value)


def _second_look(tag: str, name: str, value: str) -> str | None:
    """What may stand in the end: only our own signed links and small spans."""
    if name == "href":
        return value if _SIGNED.fullmatch(value) else None
    if name in ("colspan", "rowspan"):
        return value if _SPAN.fullmatch(value) else None
    return value if name == "rel" else None


def _absolute(value: str) -> str | None:
    """A link that says itself where it leads, or None; browsers skip the unseen characters and so does this."""
    target = _UNSEEN.sub("", value).replace("\\", "/")
    if len(target) > LONGEST_LINK:
        return None
    try:
        parts = urlsplit(target)
    except ValueError:
        return None
    scheme = parts.scheme.lower()
    if scheme == "mailto":
        return target if "@" in parts.path else None
    return target if scheme in ("http", "https") and _host_of(target) else None


def _host_of(value: str) -> str | None:
    try:
        parts = urlsplit(value.strip())
        host = parts.hostname or ""
        name = host.encode("idna").decode().lower() if not host.isascii() else host
    except ValueError:
        return None
    return name if parts.scheme.lower() in ("http", "https") and _HOST.fullmatch(name) else None


def _in_words(image: re.Match[str]) -> str:
    return f"image ({image[1]})" if image[1] else "image"


def _as_lines(text: str) -> str:
    return html.escape(text).replace("\n", "<br>")
