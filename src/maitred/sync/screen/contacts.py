"""E-mail addresses, web addresses and network addresses in a text, by their grammar and without any list of suffixes.

A bare domain ("maitred.example") counts only with an ending that is no everyday word, since a full stop without its
space ("done.It works") looks the same.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

_EMAIL = re.compile(
    r"(?<![\w.+%\-])\w[\w.+%&'\-]*@(?:[^\W_](?:[\w\-]*[^\W_])?\.)+(?:[^\W\d_]{2,24}|xn--[a-z0-9]{2,59})(?![\w@]|-\w)"
)
_SCHEME = re.compile(r"(?<![^\W_])(?:(?:https?|ftps?|sftp|wss?)://|www\d?\.)[^\s<>\"“”«»‘’`|\\^{}]+", re.IGNORECASE)
_ENDINGS = (
    "com net org edu gov mil int info biz io co ai app dev cloud online shop store site tech blog news wiki "
    "example test "
    "invalid name eu uk de fr es pt nl pl ch dk fi cz sk hu ro bg gr hr si ee lv lt lu ie jp cn kr tw hk sg "
    "au nz ca br "
    "mx ar cl pe ve za ng ke eg tr ru ua il ae sa pk lk ph vn th tv cc ws gg li"
).split()
_BARE = re.compile(
    rf"(?<![\w@.\-/])(?:[a-z0-9](?:[a-z0-9\-]*[a-z0-9])?\.)+(?:{'|'.join(_ENDINGS)})(?![\w@\-]|\.\w)"
    r"(?::\d{2,5})?(?:[/?#][^\s<>\"“”«»`|\\^{}]*)?",
    re.IGNORECASE,
)
_MIXED_END = re.compile(r"\.[A-Z][a-z]+$")
_TRAILING = ".,;:!?'\"*_~…、。"
_IPV4 = re.compile(r"(?<![\w.\-])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){3}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\w\-]|\.\d)")
_VERSION = re.compile(
    r"(?:\bv|version|release|firmware|build|driver|software|update|upgrade|\bios|android|chapter|section|clause|§)"
    r"[\s:.#]*$",
    re.IGNORECASE,
)
_IPV6 = re.compile(
    r"(?<![\w:.])(?:[0-9A-Fa-f]{0,4}:){2,7}(?:[0-9A-Fa-f]{1,4}|(?:\d{1,3}\.){3}\d{1,3}|(?=/\d|[\s\]%,;)]|$|\.\s))"
    r"(?:%\w{1,15})?(?![\w:])"
)


def emails_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where e-mail addresses stand.

    Examples
    --------
    >>> [text[a:b] for text in ["Write to <ana.ruiz+x@mail.example>."] for a, b in emails_in(text)]
    ['ana.ruiz+x@mail.example']
    """
    if "@" not in text:
        return
    for found in _EMAIL.finditer(text):
        if ".." not in found[0]:
            yield found.span()


def urls_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where web addresses stand, without the punctuation of the sentence around them."""
    if "." not in text:
        return
    ends = -1
    for found in _SCHEME.finditer(text):
        end = _trimmed(text, found.start(), found.end())
        if len(text[found.start() : end]) > 8:
            ends = end
            yield found.start(), end
    for found in _BARE.finditer(text):
        if found.start() >= ends and not _is_sentence_end(found[0]):
            yield found.start(), _trimmed(text, found.start(), found.end())


def addresses_in(text: str) -> Iterator[tuple[int, int]]:
    """Yield where network addresses (IPv4, IPv6) stand; four numbers behind "version" are none."""
    if text.count(".") >= 3:
        for found in _IPV4.finditer(text):
            if not _VERSION.search(text[max(0, found.start() - 20) : found.start()]):
                yield found.span()
    if text.count(":") >= 2:
        for found in _IPV6.finditer(text):
            if _is_ipv6(found[0].partition("%")[0]):
                yield found.span()


def _is_ipv6(written: str) -> bool:
    groups = [group for group in written.split(":") if group]
    if len(groups) < 2 and written != "::1":
        return False
    try:
        ipaddress.IPv6Address(written)
    except ValueError:
        return False
    return any(sign.isdigit() for sign in written)


def _is_sentence_end(written: str) -> bool:
    """Say whether it reads as two sentences without a space ("ready.Net of tax"); a host in capitals is a host."""
    host = re.split(r"[/?#:]", written)[0]
    return _MIXED_END.search(host) is not None


def _trimmed(text: str, start: int, end: int) -> int:
    while end > start:
        last = text[end - 1]
        if last in _TRAILING or (
            last in ")]" and text.count(last, start, end) > text.count("(["[")]".index(last)], start, end)
        ):
            end -= 1
        else:
            break
    return end
