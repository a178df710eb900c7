"""Which words make a count of years one of leading people: they stand next to the count, whatever the title says."""

import re
from typing import Final

TEAMLIKE: Final = r"""
    (?:(?:customer|client|technical|tech|it|user)\s+)?
    (?:(?:support|service|services|care|success|experience|call\s+cent(?:er|re)|contact\s+cent(?:er|re)|help\s?desk|
    service\s+desk|people|team|teams|staff|line|direct|senior|operations|cross-functional|cx|cs|small|large|
    formal|global|
    remote|agents?|frontline|front-line|first-line|distributed|international|multilingual)\s+)*
"""
_NOT_PEOPLE: Final = r"""
    (?!\s+(?:(?:the|a|an|our|your|all|key|customer|client|support|crm|social)\s+)*
    (?:projects?|accounts?|tickets?|escalat\w+|vendors?|knowledge|social|crm|inbox\w*|queues?|budgets?|slas?|
    complaints?|
    zendesk|salesforce|freshdesk|intercom|tools?|systems?|relationships?|processes|portfolio|channels?|expectations|
    conflicts?|difficult|products?|programs?|content|chat|email|incidents?|data|stress|time|change|workflows?|
    software))
"""
LEAD_WORD: Final = rf"""(?:
    \b{TEAMLIKE}(?:leadership|management(?!\s+(?:software|systems?|tools?))|supervis(?:ion|ory)|managerial|
        people[\s-]manag(?:ement|ing|er)|team[\s-]lead(?:ing|ership)|
        lead(?:ing)?\s+(?:roles?|positions?|experience|capacity))
  | \b(?:managing|leading|supervising|overseeing|heading|directing|running|building\s+and\s+leading|
        coaching\s+and\s+leading){_NOT_PEOPLE}
  | \bin\s+charge\s+of\s+(?:a\s+|the\s+)?{TEAMLIKE}(?:teams?|people|staff|agents)\b
  | \b(?:led|supervised|managed)\s+(?:people|teams?|staff|agents|a\s+(?:\w+\s+)?team)
)"""
ROLE_WORD: Final = r"""(?:
    (?:manager|supervisor|team[\s-]?leader|team[\s-]?lead|leader|lead|head|director)s?\b(?!\s+(?:of|generation))
)"""
AS_A_LEAD: Final = rf"""(?:
    (?<=as\s){ROLE_WORD} | (?<=as\sa\s){ROLE_WORD} | (?<=as\san\s){ROLE_WORD} | (?<=being\sa\s){ROLE_WORD}
)"""
_FILL: Final = r"""
    (?:(?:in|of|as|with|at|spent|were|was|being|a|an|the|some|which|that|them|those|these|people|have|has|been|doing|they|he|she|who|where|
    working|least|must|should|be|successfully|actively|directly|experience|exp|relevant|proven|prior|previous|
    demonstrated|direct|solid|progressive|roles?|position|(?:customer\s+)?(?:support|service))\s+)*?
"""
_REST: Final = rf"""(?:
    \s+(?:experience|exp|roles?|positions?|capacity|
    (?:(?:a|an|the|of)\s+)?{TEAMLIKE}(?:teams?|people|staff|others|agents|reps|representatives|managers)\b)
)*"""
_ONLY_LEAD: Final = r"(?:of\s+)?lead\b(?=\s*(?:$|[,;.)]))"
_LEADER: Final = r"\b(?:people|line|team|staff|direct)\s+(?:manager|supervisor|leader|lead)s?"
_AFTER: Final = re.compile(
    rf"\s*'?\s*[(:]?\s*(?:{_ONLY_LEAD}|{_FILL}(?:{LEAD_WORD}|{_LEADER}|{AS_A_LEAD}){_REST})", re.VERBOSE
)
_BEFORE: Final = re.compile(
    rf"""(?:{LEAD_WORD}|\b(?:led|managed|supervised|ran|headed|overs(?:aw|een)|manages?|supervises?)\b|
        \bleads?\b(?=\s+(?:a\s+)?(?:\w+\s+)?teams?)|\bteam[\s-]?lead(?:er)?\s+experience)
    (?:[\s-]+(?:a|an|the|of|in|on|customer|support|service|technical|success|teams?|people|agents?|reps|staff|members|
        representatives|experience|exp|roles?|others|groups?|size|large|small|call|center|centre|contact|\d+\+?|ten|
        twelve|fifteen|twenty|department|desk|help|in\s+[a-z]+(?=\s+for)|in\s+[a-z]+\s+[a-z]+(?=\s+for)))*
    \s*(?:for|of|:|\(|-|=|over|has|is)?\s*$""",
    re.VERBOSE,
)
_STOP: Final = re.compile(r"[,;.)]|\band\b|\bbut\b|\bplus\b")
_STOP_BEFORE: Final = re.compile(r"[,;)]|\.\s|\band\b|\bbut\b|\bplus\b|\bor\b")


def lead_span(folded: str, start: int, end: int) -> tuple[int, int] | None:
    """The slice of a count together with the leading word next to it, if there is one."""
    stop = _STOP.search(folded, end)
    after = _AFTER.match(folded, end, stop.start() if stop else len(folded))
    if after:
        return start, after.end()
    begin = max((match.end() for match in _STOP_BEFORE.finditer(folded, 0, start)), default=0)
    before = _BEFORE.search(folded[begin:start])
    return (begin + before.start(), end) if before else None
