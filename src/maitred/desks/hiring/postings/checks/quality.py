"""Plain quality: nothing left to fill in, a way to apply that works, a list that people can meet, words to be read."""

from __future__ import annotations

import re
from collections.abc import Collection
from datetime import date

from maitred.desks.hiring.postings.checks.finding import Finding
from maitred.desks.hiring.postings.seen import Seen

MOST_MUSTS = 12
HIGHEST_GRADE = 12.0
LONGEST_ABOUT = 120
_PLACEHOLDER = re.compile(
    r"\[(?!\s*(?:x|\s)\s*\])[^\]\n]{2,60}\](?!\()|<(?:insert|your|company|location|city)[^>\n]{0,40}>|\{\{[^}\n]{1,40}\}\}"
    r"|\b(?:TBD|TODO|XXX+)\b|\blorem ipsum\b",
    re.IGNORECASE,
)
_OBFUSCATED = re.compile(
    r"\[\s*e-?mail(?:\s|&nbsp;|\xa0)*protected\s*\]|\(at\)|\[at\]|\s+at\s+\w+\s+dot\s+\w+|\[dot\]|\(dot\)|x{3,}@",
    re.IGNORECASE,
)
_MAIL = re.compile(r"[^@\s<>\[\]()]+@[^@\s<>\[\]()]+\.[A-Za-z]{2,}")
_DUMMY_HOSTS = re.compile(
    r"@(?:.+\.)?(?:example\.(?:com|org|net)|test|invalid|localhost|domain\.com|company\.com|email\.com)$", re.I
)
_PHONE = re.compile(r"(?<![\w.,-])\+?\(?\d[\d\s().\-/]{5,}\d(?![\w-])")
_SENTENCE = re.compile(r"[.!?]+(?:\s|$)|\n")
_WORD = re.compile(r"[A-Za-z]+(?:['’-][A-Za-z]+)*")


def nothing_is_left_to_fill_in(one: Seen, today: date) -> list[Finding]:
    """placeholder: no bracketed placeholder is left."""
    found = []
    for where, text in (("title", one.title), ("location", one.location), *one.words):
        for hit in _PLACEHOLDER.finditer(text):
            if not _OBFUSCATED.search(hit[0]):
                found.append(Finding("placeholder", "E", where, f"“{hit[0]}” is still to be filled in"))
    return _once(found)


def contact_is_real(one: Seen, today: date) -> list[Finding]:
    """dummy-contact: addresses and numbers by which somebody is reached, none of them hidden or made up."""
    found = [
        Finding("dummy-contact", "E", where, f"“{hit[0].strip()}” hides an address: write it in full")
        for where, text in one.words for hit in _OBFUSCATED.finditer(text)
    ]  # fmt: skip
    mail, phone, link = (one.reach.get(name, "") for name in ("email", "phone", "link"))
    if mail and not _OBFUSCATED.search(mail) and (not _MAIL.fullmatch(mail) or _DUMMY_HOSTS.search(mail)):
        found.append(Finding("dummy-contact", "E", "apply.email", f"“{mail}” is no address that somebody reads"))
    if link and not re.match(r"https?://[^\s/]+\.[^\s]+|https?://localhost", link):
        said = f"“{link}” is no link: it begins with https:// and a host"
        found.append(Finding("dummy-contact", "E", "apply.link", said))
    if link and re.search(r"//(?:www\.)?example\.(?:com|org|net)\b", link):
        found.append(Finding("dummy-contact", "E", "apply.link", f"“{link}” leads nowhere"))
    numbers = [("apply.phone", phone)] if phone else []
    numbers += [(where, hit[0]) for where, text in one.words for hit in _PHONE.finditer(text)]
    found += [
        Finding("dummy-contact", "E", "apply.phone", f"“{number.strip()}” is no number that somebody answers")
        for where, number in numbers if _made_up(number, where == "apply.phone")
    ]  # fmt: skip
    return _once(found)


def one_can_apply(one: Seen, today: date) -> list[Finding]:
    """no-way-to-apply: an e-mail address, a link or a phone number."""
    if any(one.reach.get(name, "").strip() for name in ("email", "link", "phone")):
        return []
    return [Finding("no-way-to-apply", "E", "apply", "nobody can apply: give an e-mail address, a link or a number")]


def place_is_named(one: Seen, today: date) -> list[Finding]:
    """no-location: where the job is done, or who may do it from afar."""
    if one.location.strip():
        return []
    level: str = "W" if one.form == "text" else "E"
    return [Finding("no-location", "W" if level == "W" else "E", "location", "say where the job is done, or who may do "
                    "it from afar: pay rules of the place cannot be checked without it")]  # fmt: skip


def few_musts(one: Seen, today: date) -> list[Finding]:
    """too-many-musts: more than twelve keep people away who could do the work."""
    if len(one.musts) <= MOST_MUSTS:
        return []
    said = f"{len(one.musts)} things are a must; over {MOST_MUSTS} people who could do the work stay away"
    return [Finding("too-many-musts", "W", "qualifications", said)]


def musts_are_seen_here(musts: Collection[str], skills_of_best: Collection[str] | None) -> list[Finding]:
    """must-without-evidence: what is a must is held by those who do the work best here; ``None``: cannot be told."""
    if skills_of_best is None:
        return []
    held = [_stems(one) for one in skills_of_best]
    return [
        Finding("must-without-evidence", "W", "qualifications", f"“{one}” is a must, but none of those who do this work "  # noqa: E501
                "best here is known to hold it: ask for it as a plus, or write down who holds it")
        for one in musts if not any((each and each <= _stems(one)) or _stems(one) <= each for each in held)
    ]  # fmt: skip


def words_are_read(one: Seen, today: date) -> list[Finding]:
    """reading-grade: a school grade over twelve, by sentences and syllables, makes people stop reading."""
    text = "\n".join(text for where, text in one.words if where not in ("legal", "apply", "head", "salary"))
    found = grade(text)
    told = []
    if found is not None and found > HIGHEST_GRADE:
        said = (
            f"the text asks for school grade {found:.1f}; over {HIGHEST_GRADE:.0f} many stop reading: split sentences"
        )
        told.append(Finding("reading-grade", "W", "about", said))
    about = " ".join(text for where, text in one.words if where == "about")
    if len(_WORD.findall(about)) > LONGEST_ABOUT:
        said = f"the text on the role has {len(_WORD.findall(about))} words; at most {LONGEST_ABOUT} are read"
        told.append(Finding("about-too-long", "W", "about", said))
    return told


def grade(text: str) -> float | None:
    """School grade by Flesch and Kincaid (1975): 0.39 words a sentence + 11.8 syllables a word − 15.59.

    ``None`` under 30 words. Lines of a list count as sentences. English only: other languages are told wrongly.

    Examples
    --------
    >>> grade("We help. " * 20)
    0.7
    """
    words = _WORD.findall(text)
    if len(words) < 30:
        return None
    sentences = [one for one in _SENTENCE.split(text) if _WORD.search(one or "")]
    syllables = sum(_syllables(one) for one in words)
    return round(0.39 * len(words) / len(sentences) + 11.8 * syllables / len(words) - 15.59, 1)


def _syllables(word: str) -> int:
    bare = word.casefold()
    groups = len(re.findall(r"[aeiouy]+", bare))
    silent = bare.endswith("e") and not bare.endswith(("le", "ee")) and groups > 1
    return max(1, groups - silent)


def _made_up(number: str, given: bool) -> bool:
    digits = re.sub(r"\D", "", number)
    if not given and len(digits) < 9:
        return False
    bare = digits[1:] if digits.startswith("1") and len(digits) == 11 else digits
    if len(set(bare)) == 1 or bare in ("1234567890", "0123456789", "123456789"):
        return True
    fiction = len(bare) == 10 and bare[3:8] == "55501"
    return (given and (len(digits) < 6 or fiction)) or fiction


def _stems(text: str) -> frozenset[str]:
    return frozenset(word.casefold()[:5] for word in _WORD.findall(text) if len(word) > 3)


def _once(found: list[Finding]) -> list[Finding]:
    return list(dict.fromkeys(found))
