"""How the parts of a query belong together: what must be, what must not be, and what is an alternative of what."""

import re
from itertools import pairwise
from typing import Final

from maitred.insight.ranking.reading.sentence import Draft, Sentence

_FILL: Final = (
    r"(?:(?:a|an|the|in|of|with|at|on|as|for|to|be|is|are|being|any|some|good|strong|solid|great|excellent|"
    r"either|both|also|"
    r"have|has|having|experience|exp|experienced|knowledge|skills?|skilled|background|proficien(?:t|cy)|"
    r"fluen(?:t|cy)|"
    r"certified|certification|certifications|certificates?|degree|based|located|living|years|speak|speaks|"
    r"speaking|speakers?|"
    r"familiar(?:ity)?|expertise|expert|working|using|use|used|know|knows|tools?|languages?|level|"
    r"professional|prior|previous|"
    r"hold|holds|holder|who|that|someone|candidates?|people|person|willing|able|ability|industry|industries|"
    r"sector|company|"
    r"companies|roles?|position|area|from|near|work|works|worked|hands-on|proven|relevant|least|minimum|"
    r"current|valid|other|"
    r"their|its|it|currently|now|already|looking|seeking|wanting|coming|least|crm|system|software|platform|ticketing|helpdesk|interested|come|comes|formal|"
    r"specifically|even)\b[\s:()]*)*"
)
_OR: Final = re.compile(
    rf"[\s,()]*{_FILL}(?:,\s*)?(?:and\s*/\s*or\b|\bor\b(?:\s+else)?|/|\|(?=\w)|\balternatively\b|"
    rf"\bor\s+at\s+least\b)\s*{_FILL}[\s,()]*"
)
_AND: Final = re.compile(
    rf"[\s()]*{_FILL}(?:,\s*)?(?:\band\b|&|\+|\bplus\b|\bas\s+well\s+as\b|\bor\b|\bnor\b|/)\s*{_FILL}[\s()]*"
)
_COMMA: Final = re.compile(rf"\s*{_FILL}[\s)]*,\s*{_FILL}")
_NEXT: Final = re.compile(rf"[\s:()\"]*{_FILL}")
_HARD: Final = re.compile(r"[;|\n]|\.(?=\s|$)|\bbut\b|\bhowever\b|\bwhile\b")
_NEGATION: Final = re.compile(
    r"\b(?:neither|nor|but\s+not|not(?!\s+(?:only|just|necessarily|less|more|fewer|required|necessary|needed|mandatory|"
    r"a\s+must|essential))|no(?!\s+(?:less|more|fewer|later|matter|need|one))|"
    r"without|exclud(?:e|es|ing)|except(?:\s+for)?|other\s+than|never|avoid|nobody\s+(?:from|in|with)|"
    r"anyone\s+but|outside(?:\s+of)?|minus|(?:has|have|do|does|did|is|are)n'?t(?!\s+(?:need|matter|require|necessar))(?:\s+want)?|any(?:one|thing|where|body)\s+(?:but|except)|no\s+one(?=\s+(?:in|from|with|who))|do\s+not\s+want|nothing\s+(?:in|from)|rather\s+than|"
    r"instead\s+of)\b|(?:(?<=\s)|^)-(?=[a-z\"\x01])"
)
_NEGATION_PARTS: Final = (
    *("not", "no ", "without", "exclu", "except", "other than", "never", "avoid", "nobody", "but", "outside", "minus"),
    *("n't", "want", "nothing", "rather", "instead", "nor ", " -", "nt ", "no\t", "neither"),
)
_UNNEEDED: Final = re.compile(r"\s*(?:is\s+|are\s+)?(?:required|necessary|needed|mandatory)\b")
_NOT_NEEDED: Final = re.compile(
    r"\s*(?:is\s+|are\s+)?(?:not\s+(?:required|necessary|needed|mandatory|essential|a\s+must|important)|optional)\b"
)
_MARK: Final = re.compile(
    r"""(?P<nice>\b(?:(?:is\s+|are\s+|would\s+be\s+)?(?:an?\s+)?(?:nice|good|great)[\s-]+to[\s-]+haves?|
        nice[\s-]to[\s-]haves?|would\s+be\s+(?:nice|great|good|ideal|helpful|a\s+(?:big\s+|huge\s+)?plus|
        a\s+bonus|an\s+advantage)|
        (?:(?:is|are)\s+)?(?:strongly\s+|highly\s+)?(?:preferred|desirable|desired|beneficial|advantageous|
        helpful|welcome|appreciated)|preferably|prefer(?:s|ring|ence)?(?:\s+for)?|ideally|optional(?:ly)?|
        (?:(?:is|are)\s+)?an?\s+(?:big\s+|huge\s+|definite\s+|strong\s+|real\s+|nice\s+)?(?:plus|bonus|advantage|
        asset)|(?:bonus|plus|extra)\s*(?:points?)?\s*(?::|(?:points?\s+)?(?:if|for))|bonus\b|(?:we\s+)?(?:would|'d)\s+love(?:\s+to\s+see)?|plus(?=\s*(?:$|
        [;.)]))|pluses)\b(?:\s*:)?)
    |(?P<must>(?:\b(?:(?:is|are)\s+)?(?:an?\s+)?(?:absolute\s+)?must[\s-]haves?\b(?=\s*(?:$|[,;.):]))|
    \bmust[\s-]haves?\b\s*:?|\b(?:(?:is|are)\s+)?an?\s+(?:absolute\s+)?must\b|
        \bmust\b(?:\s+(?:also|currently))?(?:\s+(?:be|have|know|speak|hold|live|reside|possess|include|come|work|
        bring|use|understand|be\s+able\s+to))*|
        \b(?:has|have|needs?)\s+to(?:\s+(?:be|have|know|speak|hold|live|use))?\b|
        (?:\b(?:(?:is|are)\s+)?(?:strictly\s+|absolutely\s+)?(?:required|mandatory|essential|compulsory|
        obligatory|non-?\s?negotiable|indispensable|a\s+requirement)\b(?:\s+(?:skills?|tools?|languages?|
        experience|qualifications?))?)|\brequires?\b|\brequirements?\b|\brequiring\b)\s*:?)""",
    re.VERBOSE,
)
_MARK_PARTS: Final = (
    *("must", "have", "nice", "good", "great", "prefer", "desir", "benef", "advantag", "help", "welcome", "appreci"),
    *(
        "ideal",
        "option",
        "plus",
        "bonus",
        "asset",
        "extra",
        "love",
        "has to",
        "need",
        "requir",
        "mandator",
        "essential",
    ),
    *("compuls", "obligat", "negotiable", "indispens"),
)
_PREFIX_ONLY: Final = re.compile(
    r"(?:.*love|preferably|ideally|optionally|prefer(?:s|ring)?(?:\s+for)?$|requires?$|requiring|must\s+\w|(?:has|"
    r"have|needs?)\s+to)"
)
_BESIDE: Final = re.compile(rf"[\s()\-]*{_FILL}[\s(\-]*")
_AFTER_A_COMMA: Final = re.compile(rf"[\s()]*{_FILL}[,\s]*{_FILL}")
_IS_A: Final = re.compile(r"(?:is|are|would|an?)\b")
_MUST_HAVE: Final = re.compile(r"must[\s-]haves?")
_CLOSED: Final = re.compile(r"\s*(?:$|[,;.)])")
_CLASSES: Final = {
    "tool": "knows",
    "skill": "knows",
    "certification": "knows",
    "language": "knows",
    "industry": "knows",
}


def link(sentence: Sentence) -> None:
    """Settle `any_of`, `negated` and `must` of every chip."""
    drafts = sorted(sentence.drafts, key=lambda one: (one.start, one.end, one.slot != "years_min"))
    sentence.drafts = drafts
    if not drafts:
        return
    _negate(sentence)
    _group(sentence)
    _demand(sentence)


def _last(draft: Draft) -> int:
    return int(draft.marks.get("last", draft.end))


def _between(sentence: Sentence, one: Draft, other: Draft) -> str:
    return sentence.folded[max(one.end, _last(one)) : other.start]


def _negate(sentence: Sentence) -> None:
    folded = sentence.folded
    for match in _NEGATION.finditer(sentence.open) if sentence.says(_NEGATION_PARTS) else ():
        following = [draft for draft in sentence.drafts if draft.start >= match.end()]
        if not following or not _NEXT.fullmatch(folded, match.end(), following[0].start):
            continue
        first = following[0]
        if match.group() == "no" and _UNNEEDED.match(folded, _last(first)):
            sentence.drafts = [draft for draft in sentence.drafts if draft is not first]
            sentence.release(first.start, first.end)
            continue
        first.negated = True
        sentence.claim(*match.span())
        for one, other in pairwise(following):
            between = _between(sentence, one, other)
            same = one.slot == other.slot and _COMMA.fullmatch(between)
            if not (same or (_AND.fullmatch(between) and (one.slot == other.slot or "nor" in between))):
                break
            other.negated = True
    for draft in sentence.drafts:
        if not draft.negated and _NOT_NEEDED.match(folded, _last(draft)):
            draft.marks["not_needed"] = True


def _group(sentence: Sentence) -> None:
    """Number the alternatives: "A or B", "A, B or C", "A/B"."""
    number = 0
    drafts = sentence.drafts
    for at, (one, other) in enumerate(pairwise(drafts)):
        between = _between(sentence, one, other)
        if one.negated or other.negated or other.start < one.end or not _OR.fullmatch(between):
            continue
        if {one.slot, other.slot} == {"years_min", "years_max"} or (
            one.slot == other.slot == "language" and _both(sentence, one, between)
        ):
            continue
        if one.slot != other.slot and "/" in between:
            continue
        if one.any_of is None:
            number += 1
            one.any_of = number
            for earlier, later in zip(reversed(drafts[:at]), reversed(drafts[1 : at + 1]), strict=True):
                joined = earlier.slot == later.slot and earlier.any_of is None and not earlier.negated
                if not (joined and _COMMA.fullmatch(_between(sentence, earlier, later))):
                    break
                earlier.any_of = number
        other.any_of = one.any_of


def _both(sentence: Sentence, one: Draft, between: str) -> bool:
    """Whether a stroke between languages means both, as in "bilingual English/Spanish"."""
    if "/" not in between:
        return False
    folded = sentence.folded
    return bool(_SEVERAL_BEFORE.search(folded, 0, one.start) or _SEVERAL_AFTER.match(folded, _last(one)))


_SEVERAL_BEFORE: Final = re.compile(r"\b(?:bi|tri|multi)-?lingual\W+(?:in\s+)?(?:\w+[\s,/]+){0,4}$")
_SEVERAL_AFTER: Final = re.compile(r"(?:\s*/\s*\w+){1,3}[\s,(-]*(?:bi|tri|multi)-?lingual")


def _demand(sentence: Sentence) -> None:
    """Give `must` to what "must", "required" and their like stand beside; "preferred" and its like end it."""
    marks = [
        match
        for match in _MARK.finditer(sentence.open)
        if not re.search(r"\bnot\s+(?:an?\s+)?$", sentence.open[: match.start()])
    ]
    if not marks:
        return
    for match in marks:
        must = match.lastgroup == "must"
        if _is_suffix(sentence, match):
            _backward(sentence, match.start(), must)
        else:
            _forward(sentence, match, must, marks)
    for match in marks:
        sentence.claim(*match.span())
    for draft in sentence.drafts:
        draft.must = draft.marks.get("must", False) is True and not draft.marks.get("not_needed")


def _is_suffix(sentence: Sentence, match: re.Match[str]) -> bool:
    """Whether a mark belongs to the chip before it."""
    words = match.group().strip()
    closes = _MUST_HAVE.fullmatch(words) and _CLOSED.match(sentence.folded, match.end())
    if words.endswith(":") or (_PREFIX_ONLY.match(words) and not closes):
        return False
    before = [draft for draft in sentence.drafts if _last(draft) <= match.start()]
    if not before:
        return False
    gap = sentence.folded[_last(before[-1]) : match.start()]
    if not _BESIDE.fullmatch(gap):
        return bool(_IS_A.match(words) and _AFTER_A_COMMA.fullmatch(gap))
    following = [draft for draft in sentence.drafts if draft.start >= match.end()]
    if following and re.fullmatch(r"(?:nice|good|great)[\s-]+to[\s-]+haves?|must[\s-]haves?|bonus", words):
        direct = re.fullmatch(r"[\s:]*", sentence.folded[match.end() : following[0].start]) is not None
        return not (direct and "(" not in gap and "-" not in gap)
    return True


def _backward(sentence: Sentence, end: int, must: bool) -> None:
    before = [draft for draft in sentence.drafts if _last(draft) <= end]
    joined = False
    for at in range(len(before) - 1, -1, -1):
        draft = before[at]
        draft.marks["must"] = must
        if at == 0:
            break
        earlier = before[at - 1]
        if earlier.start == draft.start:
            continue
        between = _between(sentence, earlier, draft)
        if _AND.fullmatch(between) or _OR.fullmatch(between):
            if _kind(earlier) != _kind(draft) and not _OR.fullmatch(between) and earlier.slot == "title":
                break
            joined = True
        elif not (joined and earlier.slot == draft.slot and _COMMA.fullmatch(between)):
            break


def _kind(draft: Draft) -> str:
    return _CLASSES.get(draft.slot, draft.slot)


def _forward(sentence: Sentence, match: re.Match[str], must: bool, marks: list[re.Match[str]]) -> None:
    colon = match.group().rstrip().endswith(":")
    later = [mark.start() for mark in marks if mark.start() >= match.end() and not _is_suffix(sentence, mark)]
    stop = min([*later, len(sentence.folded)])
    previous: Draft | None = None
    at = match.end()
    for draft in sentence.drafts:
        if draft.start < match.end():
            continue
        gap = sentence.folded[at : draft.start]
        if draft.start >= stop or _HARD.search(gap):
            break
        if previous is not None and not colon and draft.start > previous.start:
            carried = (
                _AND.fullmatch(gap)
                or _OR.fullmatch(gap)
                or ("," in gap and _kind(draft) == _kind(previous))
                or ("," not in gap and _kind(draft) != "title")
            )
            if not carried:
                break
        elif previous is None and len(gap) > 60:
            break
        draft.marks.setdefault("must", must)
        previous, at = draft, max(draft.end, _last(draft))
