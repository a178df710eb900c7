"""A chart's SVG inside a page: only if it draws and nothing else, with names of its own; else it stays an image."""

from __future__ import annotations

import base64
import re
from typing import Any
from xml.etree.ElementTree import ParseError

from django.utils.safestring import SafeString, mark_safe

_DRAWS = frozenset(
    "svg g defs title desc path rect circle ellipse line polyline polygon text tspan clipPath linearGradient "
    "radialGradient stop pattern marker symbol use mask style".split()
)
_NAME = re.compile(r'(\bid="|url\(#|href="#)([^")]+)')
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import", re.IGNORECASE)


def inlined(svg: str, number: int) -> SafeString | None:
    """The SVG for a page that holds several; ``None`` if it holds anything that runs, loads or is not drawing.

    Examples
    --------
    >>> inlined('<svg xmlns="http://www.w3.org/2000/svg"><g id="a"/></svg>', 3)
    '<svg aria-hidden="true" xmlns="http://www.w3.org/2000/svg"><g id="c3-a"/></svg>'
    >>> inlined('<svg xmlns="http://www.w3.org/2000/svg"><script/></svg>', 0) is None
    True
    """
    start = svg.find("<svg")
    if start < 0 or not _is_drawing(svg[start:]):
        return None
    named = _NAME.sub(rf"\g<1>c{number}-\g<2>", svg[start:])
    return mark_safe('<svg aria-hidden="true"' + named[4:])  # noqa: S308  (looked through above)


def as_data(svg: str) -> str:
    """The SVG as the address of an image, where nothing in it can run or load."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg.encode()).decode()


def _is_drawing(svg: str) -> bool:
    from defusedxml import DefusedXmlException
    from defusedxml.ElementTree import fromstring

    try:
        return all(_is_harmless(element) for element in fromstring(svg).iter())
    except (ParseError, DefusedXmlException, ValueError):
        return False


def _is_harmless(element: Any) -> bool:
    space, _, name = str(element.tag).rpartition("}")
    if space != "{http://www.w3.org/2000/svg" or name not in _DRAWS or _OUTSIDE.search(element.text or ""):
        return False
    if name == "style" and "{" in (element.text or ""):
        return False
    return all(_is_still(key.rpartition("}")[2].lower(), value) for key, value in element.attrib.items())


def _is_still(key: str, value: str) -> bool:
    if key.startswith("on") or _OUTSIDE.search(value):
        return False
    return key != "href" or value.startswith("#")
