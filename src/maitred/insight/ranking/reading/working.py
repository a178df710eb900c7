"""How the work is done: from home, mixed or at the site, and under which kind of contract; and quoted phrases."""

import re
from typing import Final

from maitred.insight.ranking.reading.folding import straight
from maitred.insight.ranking.reading.sentence import Sentence

_REMOTE: Final = re.compile(
    r"""(?P<hybrid>\b(?:hybrid(?:[\s-]+(?:remote|work(?:ing)?|role|position|job|model|schedule|setup|arrangement|
        ok|only))*(?:\s*\(?\d\s*(?:-\s*\d\s*)?days?[^,;.)]{0,30}?(?:office|site|home)\)?)?
        |(?:partly|partially|semi)[\s-]remote|\d\s*(?:-\s*\d\s*)?days?\s+(?:(?:a|per)\s+week\s+)?(?:in|at|
        from)\s+(?:the\s+|an\s+)?(?:office|site|home)|\d\s+days?\s+(?:on-?\s?site|remote)))
    |(?P<remote>\b(?:(?:100\s?%|fully|full|completely|entirely|all|
    permanently)[\s-]+)?(?:remote(?:ly)?(?:[\s-]+(?:first|only|work(?:ing)?(?:er)?|role|position|job|basis|ok|
    okay|friendly|possible|allowed|eligible|candidates?|option|anywhere))*
        (?!\s+(?:teams?|desktop|assistance|access|monitoring|staff\b|employees|troubleshooting|agents?\s+(?:team|
        management)|sites?|offices?))
        |work(?:s|ing)?[\s-]+(?:from|at)[\s-]+(?:home|anywhere)|wfh|telecommut(?:e|ing|er)|telework(?:ing)?|
        home[\s-](?:based|office|working)|virtual(?=\s*(?:$|[,;.)]))))
    |(?P<on_site>\b(?:on-?\s?site|on-?\s?premises?|in[\s-]office|in[\s-]the[\s-]office|in[\s-]person|
    office[\s-]based|site[\s-]based|from\ the\ office|non-remote)(?:[\s-]+(?:only|role|position|job|work|presence|
    attendance))*\b)""",
    re.VERBOSE,
)
_REMOTE_PARTS: Final = (
    *("remote", "hybrid", "home", "office", "site", "telecom", "telew", "wfh", "person", "virtual", "anywhere", "days"),
    *("premis", "1 day", "day "),
)
_EMPLOYMENT_PARTS: Final = (
    *("time", "contract", "temp", "perm", "intern", "freelan", "season", "1099", "fte", "employed", "fixed", "interim"),
    *("vollzeit", "teilzeit", "tiempo", "temps"),
)
_MANAGED_REMOTE: Final = re.compile(
    r"\b(?:managing|leading|manage|lead|managed|led|supervis\w+|coordinat\w+)\s+(?:(?:a|an|the|fully|large|"
    r"global)\s+)*$"
)
_EMPLOYMENT: Final = re.compile(
    r"""(?P<contract>\b(?:fixed[\s-]term(?:\s+contract)?|contract[\s-]to[\s-]hire|
        contract(?:or)?s?(?!\s+(?:negotiat|manag|review|renew|law|value|admin|term))|contract(?:ual|ing)|
        freelancers?|freelance|1099|self[\s-]employed|b2b\ contract)\b)
    |(?P<full_time>\b(?:full[\s-]?time|ftes?|vollzeit|tiempo\s+completo|temps\s+plein)\b)
    |(?P<part_time>\b(?:part[\s-]?time|teilzeit|medio\s+tiempo|temps\s+partiel)\b)
    |(?P<temporary>\b(?:temp[\s-]to[\s-](?:perm|hire)|temporary|temp\b(?!late)|seasonal|interim)\b)
    |(?P<permanent>\b(?:permanent|perm)\b)
    |(?P<internship>\b(?:internships?|interns?)\b)""",
    re.VERBOSE,
)
_SHORT_TIMES: Final = re.compile(r"\b(?P<full_time>FT|F/T)\b|\b(?P<part_time>PT|P/T)\b(?!\s*(?:time|zone))")
_EMPLOYMENT_TAIL: Final = re.compile(
    r"\s+(?:basis|role|position|job|employment|employee|employees|only|work|contract)\b"
)
_CONTRACT_TAIL: Final = re.compile(r"\s+(?:basis|role|position|job|employment|work)\b")
_QUOTED: Final = re.compile(r"\"([^\"\n]{1,120})\"|(?<![\w.])'([^'\n]{2,120})'(?!\w)")
_QUOTE_HEAD: Final = re.compile(
    r"\b(?:with\s+|containing\s+|mention(?:s|ing)?\s+)?(?:the\s+)?(?:exact\s+)?(?:phrases?|keywords?|words?|"
    r"terms?)\s*:?\s*$|\b(?:mention(?:s|ing)?|containing)\s+$"
)


def read_quoted(sentence: Sentence) -> None:
    """A phrase in quotation marks is looked for as it stands."""
    plain = straight(sentence.text)
    if '"' not in plain and "'" not in plain:
        return
    for match in _QUOTED.finditer(plain):
        group = 1 if match.group(1) is not None else 2
        phrase = sentence.text[match.start(group) : match.end(group)]
        if not sentence.is_open(*match.span()):
            continue
        if phrase.strip() and any(letter.isalnum() for letter in phrase):
            sentence.add("keyword", " ".join(phrase.split()), match.start(), match.end())
        else:
            sentence.claim(*match.span())
        head = _QUOTE_HEAD.search(sentence.folded, 0, match.start())
        if head:
            sentence.claim(*head.span())


def read_working(sentence: Sentence) -> None:
    """Chips of where the work is done and under which kind of contract."""
    for match in _REMOTE.finditer(sentence.open) if sentence.says(_REMOTE_PARTS) else ():
        kind = match.lastgroup or ""
        if not sentence.is_open(*match.span()) or (
            kind == "remote" and _MANAGED_REMOTE.search(sentence.folded, 0, match.start())
        ):
            continue
        _once(sentence, "remote", kind, match.start(), match.end())
    for match in _EMPLOYMENT.finditer(sentence.open) if sentence.says(_EMPLOYMENT_PARTS) else ():
        kind = match.lastgroup or ""
        if sentence.is_open(*match.span()):
            tail = (_CONTRACT_TAIL if kind == "contract" else _EMPLOYMENT_TAIL).match(sentence.open, match.end())
            _once(sentence, "employment_type", kind, match.start(), tail.end() if tail else match.end())
    if not sentence.text.isupper():
        for match in _SHORT_TIMES.finditer(sentence.text):
            if sentence.is_open(*match.span()):
                _once(sentence, "employment_type", match.lastgroup or "", match.start(), match.end())


def _once(sentence: Sentence, slot: str, kind: str, start: int, end: int) -> None:
    """One chip of a kind, however often it is said."""
    if any(draft.slot == slot and draft.value == kind for draft in sentence.drafts):
        sentence.claim(start, end)
    else:
        sentence.add(slot, kind, start, end)
