"""Numbers of a query: years of experience, years of leading, and the size of the team that was led.

A count is of leading years only when a leading word stands next to it ("2 years managing people"), never because the
title holds "manager".
"""

import re
from typing import Final

from maitred.insight.ranking.reading.sentence import NUMBER, Sentence, count

MOST_YEARS: Final = 60
YEARS_MAX_WARNING: Final = "a maximum of years can put older people at a disadvantage; it never lowers a score"
_MIN: Final = (
    r"at\ least|a\ minimum\ of|minimum(?:\ of)?|min\.?(?:\ of)?|(?:no|not)\ (?:less|fewer)\ than|more\ than|over|above|"
    r"upwards\ of|in\ excess\ of|from|>=?|≥|approximately|approx\.?|around|about|~|roughly|circa|c\."
)
_MAX: Final = (
    r"up\ to|at\ most|a\ maximum\ of|maximum(?:\ of)?|max\.?(?:\ of)?|(?:no|not)\ more\ than|less\ than|fewer\ than|under|"
    r"below|<=?|≤|not\ over|not\ exceeding"
)
_KIND: Final = (
    r"(?:(?:relevant|proven|solid|strong|progressive|hands-on|prior|previous|related|professional|total|overall|work|"
    r"working|combined|full[\s-]time|direct|demonstrated|successful|industry|practical|similar)\s+)*"
)
_UNIT: Final = r"years?|yrs?\.?|yoe|y(?=\b)|months?|mos?\b|anos|ans|jahre"
_YEARS: Final = re.compile(
    rf"""(?<![\w$€£])(?:(?P<min>{_MIN})\s*|(?P<max>{_MAX})\s*)?(?P<between>between\s+)?(?:a\ )?
    (?P<a>{NUMBER}|a(?=\ decade)|an?(?=\ year\b))\s*(?P<plus>\+|plus\b|or\ more|and\ more)?
    (?:\s*(?:-|to|~|/|\band\b|\bor\b)\s*(?P<b>{NUMBER})\s*(?P<plus_b>\+)?)?
    [\s-]*(?:full\ )?(?P<unit>{_UNIT})(?![\w+]*@)\b'?
    (?P<after>\s*(?:\+|plus\b(?!\s+(?:a\b|\w+\ (?:is|required)))|or\ (?:more|above|over|greater)|and\ (?:up|above|over|more)|\(?minimum\)?|\(?min\.?\)?(?=\W|$)|at\ least))?
    (?P<after_max>\s*(?:or\ (?:less|fewer|under)|\(?max(?:imum)?\.?\)?(?=\W|$)|at\ most|tops))?
    (?P<rest>(?:\s+of)?\s+{_KIND}(?:experience|exp\b\.?|background|tenure|expertise))?""",
    re.VERBOSE,
)
_DECADE: Final = re.compile(
    r"\b(?P<min>more than |over |at least )?(?:a|one) decade(?P<rest>(?: of)?(?: experience)?)\b"
)
_BARE: Final = re.compile(
    rf"""\b(?:(?:years?\ of\ |total\ |work\ )?(?:experience|exp)|yoe)\s*(?::|=|>=?|≥|of|-)?\s*
    (?P<min>{_MIN})?\s*(?P<a>{NUMBER})\s*(?P<plus>\+|or\ more)?(?:\s*-\s*(?P<b>{NUMBER}))?(?P<unit>)(?!\s*(?:%|k\b|m\b|people|agents|reps|miles|km|\w*\s*(?:year|yr|month)))
    (?P<rest>)(?=\s*(?:$|[,.;)]|\w))
    |(?<![\w$€£])(?P<a2>\d{{1,2}})\s*\+\s*(?P<rest2>{_KIND}(?:experience|exp)\b)""",
    re.VERBOSE,
)
_NOT_A_COUNT: Final = re.compile(r"\b(?:last|past|next|recent|previous|within|every|per|each|for the)\s+$")
_NOT_AFTER: Final = re.compile(
    r"\s*(?:-?\s*old\b|ago\b|-?\s*degree\b|contract\b|warranty|-?\s*(?:college|university|program))"
)

_TEAMLIKE: Final = (
    r"(?:(?:customer|client|technical|tech|it|user)\s+)?(?:(?:support|service|services|care|success|experience|call\ cent(?:er|re)|"
    r"contact\ cent(?:er|re)|help\ ?desk|service\ desk|people|team|teams|staff|line|direct|senior|operations|cross-functional|"
    r"small|large|formal|global|remote|agents?|frontline|front-line|first-line)\s+)*"
)
_THINGS: Final = (
    r"(?!\s+(?:(?:the|a|an|our|your|all|key|customer|client|support|crm|social)\s+)*(?:projects?|accounts?|tickets?|escalat\w+|"
    r"vendors?|knowledge|social|crm|inbox\w*|queues?|budgets?|slas?|complaints?|zendesk|salesforce|freshdesk|intercom|tools?|"
    r"systems?|relationships?|processes|portfolio|channels?|expectations|conflicts?|difficult|products?|programs?|content|"
    r"chat|email|incidents?|data|stress|time|change|workflows?|software))"
)
_LEAD_WORD: Final = (
    rf"(?:{_TEAMLIKE}(?:leadership|management(?!\s+(?:software|systems?|tools?))|supervis(?:ion|ory)|managerial|"
    rf"people[\s-]manag(?:ement|ing|er)|team[\s-]lead(?:ing|ership)|lead(?:ing)?\s+(?:roles?|positions?|experience|capacity))|"
    rf"(?:managing|leading|supervising|overseeing|heading|directing|running|building\ and\ leading|coaching\ and\ leading){_THINGS}|"
    r"(?:people|line|team|staff|direct)\s+(?:manager|supervisor|leader|lead)s?|manag(?:ed|e){0}(?=\s+(?:people|teams?|staff|agents))|"
    r"(?:led|supervised|managed)\s+(?:people|teams?|staff|agents|a\s+(?:\w+\s+)?team))"
)
_ROLE_WORD: Final = (
    r"(?:manager|supervisor|team[\s-]?leader|team[\s-]?lead|leader|lead|head|director)s?\b(?!\s+(?:of|generation))"
)
_FILL: Final = (
    r"(?:(?:in|of|as|with|at|spent|were|was|being|a|an|the|some|which|that|them|those|these|people|have|has|been|doing|"
    r"working|least|must|should|be|successfully|actively|directly|experience|exp|relevant|proven|prior|previous|"
    r"demonstrated|direct|solid|progressive|roles?|position|(?:customer\ )?(?:support|service))\s+)*?"
)
_LEAD_AFTER: Final = re.compile(
    rf"\s*'?\s*[(:]?\s*{_FILL}(?P<word>{_LEAD_WORD}|(?<=as\ ){_ROLE_WORD}|(?<=as\ a\ ){_ROLE_WORD}|(?<=as\ an\ ){_ROLE_WORD}|(?<=being\ a\ ){_ROLE_WORD})(?P<rest>\s+(?:experience|exp|roles?|positions?|capacity|a\s+team|teams?|people|staff|others))*",
    re.VERBOSE,
)
_LEAD_BEFORE: Final = re.compile(
    rf"""(?P<word>{_LEAD_WORD}|\b(?:led|managed|supervised|ran|headed|overs(?:aw|een)|supervised)\b|\bmanag(?:e|es)\b|\bsupervis(?:e|es)\b|\bleads?\b(?=\s+(?:a\s+)?(?:\w+\s+)?teams?)|\bteam[\s-]?lead(?:er)?\s+experience)
    (?:[\s-]+(?:a|an|the|of|in|on|support|customer|service|technical|teams?|people|agents?|reps|staff|members|experience|exp|roles?|
    others|groups?|size|large|small|\d+\+?|ten|twelve|fifteen|twenty))*\s*(?:for|of|:|\(|-|=|over|has|is)?\s*$""",
    re.VERBOSE,
)
_OF_THOSE: Final = re.compile(
    rf"""(?:\band|\bwith|,|\(|\bincl(?:uding|\.|udes)?|\bplus|\bof\ which|\bof\ those|;|\bat\ least)\s*
    (?:(?:including|incl\.?|of\ which|with|and|plus|of\ them)\s+)*(?:{_MIN})?\s*(?P<a>{NUMBER})\s*\+?\s+
    (?:of\ (?:them|those|which|these|that)\s+)?(?:(?:as|in|were|was|spent|being)\s+)*(?:a\ |an\ )?
    (?P<word>{_LEAD_WORD}|(?<=as\ ){_ROLE_WORD}|(?<=as\ a\ ){_ROLE_WORD})(?:\s+(?:teams?|people|staff|roles?|positions?|experience|agents))*""",
    re.VERBOSE,
)
_SUBJECT: Final = re.compile(
    r"""\s*(?:(?:of|in|with|within|working\ in|doing|as|for)\s+)?(?:(?:a|an|the)\s+)?
    (?P<subject>(?:(?:customer|client|technical|tech|user|product|it|frontline|end[\s-]user|customer-facing|customer\ facing)\s+)?
    (?:support|service|services|care|success|relations|(?:call|contact)[\s-]?cent(?:er|re)|help[\s-]?desk|service\ desk|experience(?=\s+experience)|cx)s?
    (?:\s+(?:and|or|/)\s+(?:customer\s+)?(?:support|service|services|care|success))?)
    (?:\s+(?:roles?|positions?|environments?|teams?|work|jobs?|industry|settings?|field|space))?
    (?:\s+(?:experience|exp\b|background))?(?!\s*(?:manager|lead|agent|supervis|director|rep\b|repres|special|tools?|software|management|leadership|operations|engineer|analyst|team\ lead))""",
    re.VERBOSE,
)


def read_counts(sentence: Sentence) -> None:
    """Chips of team sizes and years."""
    if not _ANY_NUMBER.search(sentence.open):
        return
    _team_sizes(sentence)
    for match in _DECADE.finditer(sentence.open):
        _years(sentence, match.start(), match.end(), 10, None)
    for match in _YEARS.finditer(sentence.open):
        _counted(sentence, match)
    for match in _OF_THOSE.finditer(sentence.open):
        if sentence.is_open(match.start("a"), match.end()) and count(match.group("a")) <= MOST_YEARS:
            sentence.add("lead_years_min", count(match.group("a")), match.start("a"), match.end())
    if not any(draft.slot in ("years_min", "years_max") for draft in sentence.drafts):
        for match in _BARE.finditer(sentence.open):
            _bare(sentence, match)


_ANY_NUMBER: Final = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|decade|couple|dozen|year|hundred)\b"
)


def _counted(sentence: Sentence, match: re.Match[str]) -> None:
    start, end = match.span()
    if not sentence.is_open(start, end) or _NOT_AFTER.match(sentence.folded, end):
        return
    if _NOT_A_COUNT.search(sentence.folded, 0, start) and not match.group("rest"):
        return
    factor = 12 if match.group("unit").startswith("mo") else 1
    first = count(match.group("a")) // factor
    second = count(match.group("b")) // factor if match.group("b") else None
    if first > MOST_YEARS or (second or 0) > MOST_YEARS or (second is not None and second < first):
        return
    if match.group("max") or match.group("after_max"):
        _years(sentence, start, end, first if second is not None else None, second if second is not None else first)
    elif second is not None and not match.group("plus_b"):
        _years(sentence, start, end, first, second)
    else:
        _years(sentence, start, end, first, None)


def _bare(sentence: Sentence, match: re.Match[str]) -> None:
    if not sentence.is_open(*match.span()):
        return
    first = count(match.group("a") or match.group("a2"))
    second = count(match.group("b")) if match.group("b") else None
    if first <= 40 and (second is None or first <= second <= 40):
        _years(sentence, match.start(), match.end(), first, second)


def _years(sentence: Sentence, start: int, end: int, least: int | None, most: int | None) -> None:
    """The chips of one count: leading years when a leading word stands next to it, else years of support."""
    lead = _lead_span(sentence.folded, start, end)
    if lead and not any(
        draft.slot == "lead_years_min" and draft.start < lead[1] and lead[0] < draft.end for draft in sentence.drafts
    ):
        if least is not None:
            draft = sentence.add("lead_years_min", least, *_open_part(sentence, lead, start, end))
            if most is not None:
                draft.warning = "a maximum of leading years is not used"
            return
    of = (
        "total"
        if re.search(r"\b(?:total|overall|combined)\b", sentence.folded[max(0, start - 8) : end + 9])
        else "support"
    )
    subject = _SUBJECT.match(sentence.open, end)
    last = subject.end() if subject else end
    if subject and "experience" not in sentence.folded[start:end] and subject.group().endswith(("experience", "exp")):
        end = last
    if least is not None:
        sentence.add("years_min", least, start, end, of=of)
    if most is not None:
        sentence.add("years_max", most, start, end, of=of, warning=YEARS_MAX_WARNING)
    if subject:
        sentence.claim(subject.start(), last)


def _open_part(sentence: Sentence, lead: tuple[int, int], start: int, end: int) -> tuple[int, int]:
    """The span of a leading count: with its leading words as far as no other chip holds them."""
    first, last = lead
    while first < start and not sentence.is_open(first, start):
        first += 1
    while last > end and not sentence.is_open(end, last):
        last -= 1
    while first < start and not sentence.folded[first].isalnum():
        first += 1
    while last > end and not sentence.folded[last - 1].isalnum():
        last -= 1
    return first, last


def _lead_span(folded: str, start: int, end: int) -> tuple[int, int] | None:
    """The slice of a count with the leading word next to it, if there is one."""
    stop = _STOP.search(folded, end)
    after = _LEAD_AFTER.match(folded, end, stop.start() if stop else len(folded))
    if after:
        return start, after.end()
    begin = max((match.end() for match in _STOP_BEFORE.finditer(folded, 0, start)), default=0)
    before = _LEAD_BEFORE.search(folded[begin:start])
    if before:
        return begin + before.start(), end
    return None


_STOP: Final = re.compile(r"[,;.)]|\band\b|\bbut\b|\bplus\b")
_STOP_BEFORE: Final = re.compile(r"[,;)]|\.\s|\band\b|\bbut\b|\bplus\b|\bor\b")

_HEADS: Final = (
    r"(?:people|persons?|agents?|reps?|representatives?|direct\s+reports?|reports|specialists|advisors|advisers|team\s+members|"
    r"members|associates|ftes?|engineers|heads|seats?|staff|employees|technicians|analysts|headcount|support\s+(?:people|staff))\b"
)
_LEADS: Final = (
    r"(?:managed|managing|manages?|led|leading|leads?|supervised|supervising|supervises?|oversaw|overseen|overseeing|oversees?|"
    r"ran|run|running|coached|coaching|headed|heading|responsible\ for|in\ charge\ of|handled|handling|built|building|grew|growing|scaled|scaling)"
)
_TEAM: Final = re.compile(
    rf"""(?P<t1>(?:\b{_LEADS}\s+)?(?:\ba\s+|\bthe\s+)?(?:\w+\s+)?(?:\bteams?|\bgroups?|\bteam\s+size|\bdepartments?)(?:\s+sizes?)?\s*(?:of|:|=|with|>=?|≥|\(|-)?\s*(?:(?:{_MIN})\s*|between\s+)?
        (?P<a>{NUMBER})\s*(?P<p1>\+|plus\b|or\ more|and\ up)?(?:\s*(?:-|to|and)\s*(?P<b>{NUMBER}))?(?!\s*(?:\+\s*)?(?:years?|yrs?|months?|yoe|%|miles|km|-?\s*(?:year|yr)))(?:\s+(?:or\ more\s+)?(?:(?:\w+\s+){{0,2}}?{_HEADS}))?(?:\s+or\ more)?)
    | (?P<t2>\b{_LEADS}\s+(?:(?:{_MIN})\s*|between\s+)?(?P<a2>{NUMBER})\s*(?:\+|plus\b|or\ more)?(?:\s*(?:-|to|and)\s*{NUMBER})?\s+(?:[\w-]+\s+){{0,2}}?{_HEADS})
    | (?P<t3>(?:(?:{_MIN})\s*)?\b(?P<a3>{NUMBER})\s*(?:\+|plus\b|or\ more)?(?:\s*-\s*\d+)?[\s-]*(?:persons?|people|member|agent|seat|strong|fte|man|head)[\s-]+(?:strong\s+)?(?:\w+\s+){{0,2}}?(?:teams?|call\ cent(?:er|re)|contact\ cent(?:er|re)|department|operation|org\b)s?)
    | (?P<t4>(?:(?:{_MIN})\s*)?\b(?P<a4>{NUMBER})\s*(?:\+|plus\b|or\ more)?(?:\s*-\s*\d+)?\s+(?:direct\s+reports|agents|reps|team\s+members|reports|direct\s+report)\b)
    | (?P<t5>\b(?:direct\s+reports|headcount|head\s+count|reports)\s*(?:of|:|=|>=?|≥)?\s*(?:(?:{_MIN})\s*)?(?P<a5>{NUMBER})\s*\+?)""",
    re.VERBOSE,
)
_AT_MOST: Final = re.compile(rf"(?:{_MAX})\s*$", re.VERBOSE)


def _team_sizes(sentence: Sentence) -> None:
    for match in _TEAM.finditer(sentence.open):
        group = next(name for name in ("a", "a2", "a3", "a4", "a5") if match.group(name))
        number = count(match.group(group))
        if _AT_MOST.search(sentence.folded, 0, match.start(group)) or not 1 < number <= 5000:
            continue
        start, end = match.span()
        team = re.match(r"(?:\w+\s+)??(?=teams?\b|groups?\b|a\s+team)", match.group())
        start += team.end() if team and group == "a" and not re.match(_LEADS, match.group()) else 0
        while not sentence.folded[start].isalnum():
            start += 1
        sentence.add("team_size_min", number, start, end)
