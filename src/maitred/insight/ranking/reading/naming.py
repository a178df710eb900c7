"""The job a query asks for, and the tools, skills, certificates, languages and industries that it names."""

import re
from typing import Final

from maitred.insight.ranking.reading.occupations import others_in
from maitred.insight.ranking.reading.sentence import Draft, Sentence
from maitred.insight.ranking.reading.tables import Role, words
from maitred.insight.ranking.reading.terms import Found, find_terms
from maitred.insight.ranking.reading.titles import Title, TitleRole, Word, role_of, titles_in
from maitred.insight.ranking.vocabulary import CERTIFICATES, EVERY_TERM

_BARE: Final = frozenset(
    "team lead|team leader|team leads|team leaders|teamlead|supervisor|supervisors|manager|managers|director|"
    "directors|vp|"
    "vice president|senior manager|team manager|team supervisor|lead|leader|head|assistant manager|shift lead|"
    "shift supervisor|senior agent|senior agents|teamleiter|gerente|supervisora|superviseur|responsable".split("|")
)
_BARE_INHERITS: Final = re.compile(r"\s*(?:,|or|and/or|/|or a|or an|\|)\s*(?:an?\s+)?")
_WEAK: Final = words("weak industry")
"""Industries whose names are common words; they need "industry", "in" or another industry beside them."""
_INDUSTRY_AFTER: Final = re.compile(
    r"\s*(?:industry|industries|sector|sectors|space|compan(?:y|ies)|business(?:es)?|firms?|startups?|"
    r"background|experience|exp\b|environment|world|domain|vertical|organi[sz]ations?|clients?|customers?|"
    r"brands?|field|setting)\b"
)
_INDUSTRY_BEFORE: Final = re.compile(
    r"(?:\b(?:in|within|from|industry|industries|sector|for|at|of|background|the|an?|or|and|not|no|excluding|"
    r"domain|vertical)|[:/])\s*:?\s*(?:the\s+|an?\s+)?$"
)
_ALONE_BEFORE: Final = re.compile(r"(?:^|[,;(/])\s*$")
_ALONE_AFTER: Final = re.compile(r"\s*(?:$|[,;)/])")
_SUPPORT_SKILLS: Final = frozenset(
    {
        "customer_service",
        "technical_support",
        "call_center",
        "help_desk",
        "support_operations",
        "customer_experience",
        "customer_success",
    }
)
_TAILS: Final = {
    "language": re.compile(
        r"[\s-]+(?:(?:is\s+)?(?:fluency|fluent(?:ly)?|speak(?:er|ers|ing)|language|proficien(?:t|cy)|skills|"
        r"level|native|bilingual|at\s+(?:a\s+)?(?:native|business|professional|conversational|c1|c2|b2|"
        r"b1)(?:\s+level)?|[abc][12]))\b"
    ),
    "certification": re.compile(r"\s+(?:certifi(?:ed|cations?|cates?)|credentials?|accredit\w+|trained|qualified)\b"),
    "industry": re.compile(
        r"\s+(?:industry|industries|sector|sectors|space|compan(?:y|ies)|background|environment|domain|"
        r"vertical|organi[sz]ations?|businesses)\b"
    ),
    "tool": re.compile(
        r"\s+(?:experience|skills|knowledge|admin(?:istration)?|expertise|platform|software|proficiency|user|"
        r"suite|reporting(?=\s*(?:$|[,;.])))\b"
    ),
    "skill": re.compile(r"\s+(?:experience|skills|knowledge|expertise|abilities|ability|background)\b"),
}


def read_titles(sentence: Sentence) -> None:
    """Chips of titles; a bare rank such as "team lead" counts when nothing says more, and is marked as assumed."""
    said = sentence.open_words()
    titles = [one for one in titles_in(said) if _usable(sentence, one)]
    named = [one for one in titles if one.area]
    for title in titles:
        if title.area:
            _add(sentence, title.found, title.start, title.end)
        elif sentence.folded[title.start : title.end] in _BARE or _opens(sentence, said, title):
            _bare(sentence, title, named)
    if not any(draft.slot == "title" for draft in sentence.drafts):
        _other(sentence, said)


def _usable(sentence: Sentence, title: Title) -> bool:
    """Whether a title is one: "lead a team" and "head of hair" are not, "support staff" only when nothing else is."""
    words = sentence.folded[title.start : title.end]
    before = sentence.folded[: title.start]
    if _REPORTS_TO.search(before):
        return False
    if title.area and re.search(
        r"\b(?:report(?:s|ing)?\s+(?:in)?to|reports\s+to|work(?:ed|ing)\s+(?:closely\s+)?with|coach(?:ed|ing)|"
        r"managing|managed|leading|led|supervis\w+|hiring|training|mentoring)\s+(?:an?\s+|the\s+|\d+\+?\s+)?$",
        before,
    ):
        return not re.search(
            r"(?:agents|reps|representatives|specialists|people|staff|engineers|advisors|associates|"
            r"technicians|members)$",
            words,
        )
    if not title.area and _OF_OTHERS.search(before):
        return False
    if not title.area:
        if re.match(
            r"\s+(?:a|an|the|teams?|generation|people|with\s+purpose|of\s+people|\w+\s+experience\b)",
            sentence.folded[title.end :],
        ) and words in ("lead", "leader", "head"):
            return False
        return words not in ("lead", "leader", "head") or bool(re.search(r"(?:\bor|/|\bas(?:\s+a)?)\s*$", before))
    return (
        not re.fullmatch(r"(?:customer\s+)?(?:support|service|care)\s+(?:team|department|staff|people)s?", words)
        or title.rank > 1
    )


def _opens(sentence: Sentence, said: list[Word], title: Title) -> bool:
    """Whether "agent" is whom the query looks for: nothing of weight stands before it."""
    if sentence.folded[title.start : title.end] not in _AGENT:
        return False
    return all(word.text in _OPENERS for word in said if word.end <= title.start)


_REPORTS_TO: Final = re.compile(r"\breport(?:s|ing)?\s+(?:in)?to\s+(?:an?\s+|the\s+|our\s+)?$")
_OF_OTHERS: Final = re.compile(
    r"(?:\b(?:\d+\+?|manag(?:e|es|ed|ing)|lead(?:s|ing)?|led|supervis\w+|coach\w*|train\w*|hir(?:e|ed|ing) and \w+|"
    r"report(?:s|ing)?\s+(?:in)?to|assist\w*))\s+(?:an?\s+|the\s+)?$"
)
_AGENT: Final = frozenset({"agent", "agents", "representative", "representatives", "rep", "reps"})


def _bare(sentence: Sentence, title: Title, named: list[Title]) -> None:
    """A rank without an area: it takes the area of the title it is an alternative of, or stands for support "
    "in general."""
    for other in named:
        first, last = (other, title) if other.start < title.start else (title, other)
        if _BARE_INHERITS.fullmatch(sentence.folded[first.end : last.start]):
            _add(sentence, role_of(_area_of(other), title.rank), title.start, title.end)
            return
    if not named and not any(draft.slot == "title" for draft in sentence.drafts):
        if re.match(r"\s+(?:experience|skills)\b", sentence.folded[title.end :]):
            return
        _add(sentence, role_of("", title.rank), title.start, title.end, ("family",))


def _area_of(title: Title) -> str:
    return (
        title.area
        if title.area in ("tech_support", "helpdesk", "callcenter", "cx", "success", "operations", "cs")
        else "support"
    )


def _other(sentence: Sentence, said: list[Word]) -> None:
    """A title of another occupation, where the query begins with it or names it after "as a", "not a" or "or"."""
    for title in others_in(said):
        early = sum(1 for word in said if word.end <= title.start and word.text not in _OPENERS) == 0
        asked = re.search(
            r"\b(?:as|not|no|need|want|hire|hiring|for|find|seeking|or)\s+(?:an?\s+|the\s+)?$",
            sentence.folded[: title.start],
        )
        if (
            (early or asked)
            and sentence.is_open(title.start, title.end)
            and sentence.folded[title.start : title.end] not in _NO_TITLE
        ):
            _add(sentence, title.found, title.start, title.end)


_OPENERS: Final = words("opening")
_NO_TITLE: Final = words("no title")


def _add(sentence: Sentence, found: TitleRole, start: int, end: int, assumed: tuple[str, ...] = ()) -> None:
    if sentence.is_open(start, end):
        alternatives = tuple(_told(role) for role in found.alternatives)
        sentence.add("title", _told(found.role), start, end, alternatives=alternatives, assumed=assumed)


def _told(role: Role) -> dict[str, str]:
    return {"role": role.id, "label": role.label, "soc": role.soc}


def read_certificates(sentence: Sentence) -> None:
    """Chips of certificates, before titles: "Salesforce Certified Administrator" is none."""
    if _CERTIFICATE_HINT.search(sentence.open):
        for found in find_terms(sentence.written, CERTIFICATES):
            _term(sentence, found)


_CERTIFICATE_HINT: Final = re.compile(r"certif|scrum|admin|profession|consultant|manager|hdi|google it|6 sigma|sigma")


def read_terms(sentence: Sentence) -> None:
    """Chips of everything in the vocabulary; the same thing twice makes one chip."""
    for found in find_terms(sentence.written, EVERY_TERM):
        _term(sentence, found)


def _term(sentence: Sentence, found: Found) -> None:
    term, start, end = found.term, found.start, found.end
    folded = sentence.folded
    if term.kind == "industry" and not _is_industry(sentence, found):
        return
    if term.id in ("travel", "hiring", "sales") and (
        _AS_A_VERB.search(folded, 0, start) or _AN_AMOUNT.match(folded, end)
    ):
        return
    if term.kind == "skill" and term.id in _SUPPORT_SKILLS and _said_already(sentence, term.id):
        sentence.claim(start, end)
        return
    value = {"id": term.id, "label": term.label}
    tail = _TAILS[term.kind].match(folded, end)
    if tail and not sentence.is_open(end, tail.end()):
        tail = None
    same = next((one for one in sentence.drafts if one.slot == term.kind and one.value == value), None)
    if same is not None and not _other_sign(sentence, same, start):
        sentence.claim(start, end)
        return
    draft = sentence.add(term.kind, value, start, end)
    if tail:
        sentence.claim(end, tail.end())
        draft.marks["last"] = tail.end()


_AN_AMOUNT: Final = re.compile(r"\s*(?:[(:]\s*)?(?:up to )?\d+\s*%|\s+(?:is\s+)?(?:required|needed|expected)\b")
_AS_A_VERB: Final = re.compile(r"\b(?:to|is|are|am|we're|currently|now|will|can)\s+$")


def _other_sign(sentence: Sentence, one: Draft, start: int) -> bool:
    """Whether a term is said twice, once wanted and once not."""
    return bool(_REFUSED.search(sentence.folded, 0, start)) != bool(_REFUSED.search(sentence.folded, 0, one.start))


_REFUSED: Final = re.compile(r"\b(?:no|not|without|excluding|except|never)\s+(?:any\s+)?$")


def _is_industry(sentence: Sentence, found: Found) -> bool:
    folded = sentence.folded
    before, after = folded[: found.start], folded[found.end :]
    if re.match(r"\s*:", after):
        return False
    if found.term.id not in _WEAK:
        return True
    if _INDUSTRY_AFTER.match(after) or (_ALONE_BEFORE.search(before) and _ALONE_AFTER.match(after)):
        return True
    beside = any(one.slot == "industry" and 0 <= found.start - one.end <= 6 for one in sentence.drafts)
    return beside or (
        bool(_INDUSTRY_BEFORE.search(before)) and bool(re.match(r"\s*(?:$|[,;.)/]|or\b|and\b|with\b|in\b)", after))
    )


def _said_already(sentence: Sentence, skill: str) -> bool:
    """Whether the support in "customer support" is what the title or the years are about anyway."""
    if skill == "customer_service":
        return any(
            draft.slot in ("years_min", "years_max", "lead_years_min")
            or (
                draft.slot == "title"
                and isinstance(draft.value, dict)
                and not str(draft.value["role"]).startswith("other:")
            )
            for draft in sentence.drafts
        )
    return False
