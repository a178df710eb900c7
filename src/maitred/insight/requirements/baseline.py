"""The baseline: rules that find what a posting asks for by its cues, without training on anything.

Experience is a length of time beside work; a qualification is a degree, a certificate or a licence by its name; a
skill is what follows a cue ("experience with", "knowledge of", "able to"), a phrase that begins with a doing word, or
a tool by its name. English only.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from maitred.insight.requirements.spans import Requirement, Word, sentences, words

_NUMBER = r"(?:\d+(?:\s?(?:-|–|to)\s?\d+)?|one|two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty)"
_EXPERIENCE = re.compile(
    rf"\b(?:(?:at least|minimum(?: of)?|over|more than|up to)\s+)?{_NUMBER}\s?\+?\s?(?:years?|months?|yrs?)\b['’]?"
    r"(?:\s+(?:of\s+)?(?:[a-z-]+\s+){0,2}(?:experience|exposure|background)(?:\s+(?:in|with|as|of)(?:\s+(?:an?|the))?"
    r"(?:\s+(?!(?:and|or|a|the|you|is|are|to)\b)[\w-]+){1,3})?)?",
    re.IGNORECASE,
)
_NOT_EXPERIENCE = re.compile(r"\b(?:old|ago|contract|fixed[- ]term|warranty|holiday)\b", re.IGNORECASE)
_QUALIFICATION = re.compile(
    r"\b(?:(?:bachelor|master)(?:['’]?s)?(?: degree)?|(?:university |college |first |honours |relevant )?degree|diploma|"  # noqa: E501
    r"(?:high school|secondary school) diploma|ph\.?d\.?|doctorate|mba|msc|bsc|b\.?sc\.?|m\.?sc\.?|hn[cd]|onc|nvq"
    r"(?: level \d)?|gcses?|a[- ]levels?|ac(?:c?a|ma)|aca|cima|cips|cipd|rics|rgn|pin|itil|prince ?2|pmp|ccna|"
    r"six sigma(?: (?:green|black) belt)?|ccsp|apprenticeship|[a-z]+ certified|certified (?:in )?[a-z]+(?: [a-z]+)?|"
    r"(?:[a-z]+ ){0,2}certifications?|(?:[a-z]+ ){0,2}certificates?|(?:driving|driver['’]?s) licen[cs]e|"
    r"(?:vocational|professional|legal|teaching|recognised|formal) qualifications?|qualified teacher status|qts|eyfs)\b",  # noqa: E501
    re.IGNORECASE,
)
_CUE = re.compile(
    r"\b(?:(?:experience|experienced|expertise|background|proficien(?:t|cy)|skilled|skills?|fluen(?:t|cy)|competen(?:t|ce)"
    r"|familiar(?:ity)?|strong|interest(?:ed)?|passion)\s+(?:in|with|of|for|using|on)|(?:knowledge|understanding|command|"
    r"awareness|grasp)\s+of|responsible\s+for|responsibility\s+for|(?:able|ability|willing|willingness|required|"
    r"expected|capacity|need)\s+to|you\s+will|duties\s+include|responsibilities\s+(?:will\s+)?include)\s+",
    re.IGNORECASE,
)
_SOFT = re.compile(
    r"\b(?:team (?:player|working|work)|teamwork|attention to detail|problem[- ]solving|(?:[a-z]+ (?:and|&) )?[a-z]+ skills|"  # noqa: E501
    r"self[- ](?:starter|motivated|motivation)|(?:highly )?(?:organised|organized|motivated|proactive|enthusiastic|"
    r"flexible|reliable|confident|passionate|ambitious|articulate|hard[- ]working|numerate|driven|dynamic|dedicated)|"
    r"leadership|communication|project management|customer service|time management|continuous improvement)\b",
    re.IGNORECASE,
)
_TOOL = re.compile(
    r"(?:(?<![\w.])(?:[A-Z][a-z]+(?:Force|Desk|SQL|Script|Net|Soft|Base)|Zendesk|Salesforce|Freshdesk|HubSpot|Jira|Excel"
    r"|Word|Outlook|PowerPoint|Oracle|SAP|SQL|Java|Python|Linux|Unix|Windows|Azure|AWS|HTML5?|CSS3?|PHP|C#|C\+\+|"
    r"\.NET|IFRS|CRM|ERP|VMware|Navision|AutoCAD|Agile|Scrum|Sage|Dynamics)(?![\w]))"
)
_DOING = re.compile(r"[a-z]{2,}ing$", re.IGNORECASE)
_NOT_DOING = frozenset(
    "during including being having something anything nothing everything building meeting evening morning using "
    "looking offering exciting leading outstanding growing following going seeking working according king ring "
    "string spring thing bring wing recruiting joining hiring based".split()
)
_BEFORE = frozenset(
    ", ; : ( - • include includes including for in by and of will through are on with be as to or".split()
)
_ENDS = frozenset(", ; . : ( ) ! ? • within who which that where when while whilst if because from our your as".split())
_TRIMMED = frozenset("a an the our your their its this and or of to in for with on by as at all any some".split())
_LONGEST = 9


def spans(text: str) -> list[Requirement]:
    """What a text asks for, in order; where two overlap, experience and qualifications before skills."""
    found: list[Requirement] = []
    for start, sentence in sentences(text):
        for kind, begin, end in _in_sentence(sentence):
            found.append(Requirement(kind, sentence[begin:end], start + begin, start + end))
    return found


def tagged(tokens: Sequence[str]) -> set[tuple[str, int, int]]:
    """Spans by words, of a sentence that comes as words already."""
    text = " ".join(tokens)
    starts, ends, place = {}, {}, 0
    for number, token in enumerate(tokens):
        starts[place], ends[place + len(token)] = number, number + 1
        place += len(token) + 1
    found = set()
    for kind, begin, end in _in_sentence(text):
        first = max((number for at, number in starts.items() if at <= begin), default=0)
        last = min((number for at, number in ends.items() if at >= end), default=len(tokens))
        found.add((kind, first, last))
    return found


def _in_sentence(text: str) -> list[tuple[str, int, int]]:
    kept: list[tuple[str, int, int]] = []
    for one in (*_experience(text), *_qualifications(text), *_skills(text)):
        if one[2] > one[1] and not any(one[1] < end and begin < one[2] for _kind, begin, end in kept):
            kept.append(one)
    return sorted(kept, key=lambda each: each[1])


def _experience(text: str) -> Iterator[tuple[str, int, int]]:
    for hit in _EXPERIENCE.finditer(text):
        if not _NOT_EXPERIENCE.match(text[hit.end() :].lstrip()):
            yield "experience", hit.start(), hit.end()


def _qualifications(text: str) -> Iterator[tuple[str, int, int]]:
    for hit in _QUALIFICATION.finditer(text):
        yield "qualification", hit.start(), hit.end()


def _skills(text: str) -> Iterator[tuple[str, int, int]]:
    kept = words(text)
    for hit in _CUE.finditer(text):
        yield _phrase(kept, next((n for n, word in enumerate(kept) if word.start >= hit.end()), len(kept)))
    for number, word in enumerate(kept):
        before = kept[number - 1].text.casefold() if number else ","
        if _DOING.search(word.text) and word.text.casefold() not in _NOT_DOING and before in _BEFORE:
            yield _phrase(kept, number)
    for pattern in (_SOFT, _TOOL):
        for hit in pattern.finditer(text):
            yield "skill", hit.start(), hit.end()


def _phrase(kept: Sequence[Word], first: int) -> tuple[str, int, int]:
    """From a word to where the phrase ends: at a sign, a word that begins another, or after nine words."""
    while first < len(kept) and kept[first].text.casefold() in _TRIMMED:
        first += 1
    last = first
    while last < len(kept) and last - first < _LONGEST and kept[last].text.casefold() not in _ENDS:
        if last > first and kept[last].text.casefold() == "and" and _begins(kept, last + 1):
            break
        last += 1
    while last > first and kept[last - 1].text.casefold() in _TRIMMED:
        last -= 1
    return ("skill", kept[first].start, kept[last - 1].end) if last > first else ("skill", 0, 0)


def _begins(kept: Sequence[Word], place: int) -> bool:
    return place < len(kept) and bool(_DOING.search(kept[place].text))
