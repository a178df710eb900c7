"""What search has words for: jobs, tools, skills, certificates, languages, industries; how a title becomes a job."""

from typing import Final

from maitred.insight.ranking.reading.occupations import title_role
from maitred.insight.ranking.reading.tables import Role, Term, roles, terms
from maitred.insight.ranking.reading.terms import Found, find_terms
from maitred.insight.ranking.reading.titles import ROLES, SISTERS, TitleRole, role_by_id

TOOLS: Final = terms("tools", "tool", 63)
SKILLS: Final = terms("skills", "skill", 252)
CERTIFICATES: Final = terms("certificates", "certification", 63)
LANGUAGES: Final = terms("languages", "language", 63)
INDUSTRIES: Final = terms("industries", "industry", 63)
EVERY_TERM: Final = TOOLS + SKILLS + CERTIFICATES + LANGUAGES + INDUSTRIES
"""All of them for one pass over a text; `Term.kind` and `Term.bit` say where a term belongs."""

__all__ = [
    "CERTIFICATES",
    "EVERY_TERM",
    "INDUSTRIES",
    "LANGUAGES",
    "ROLES",
    "SISTERS",
    "SKILLS",
    "TOOLS",
    "Found",
    "Role",
    "Term",
    "TitleRole",
    "find_terms",
    "role_by_id",
    "roles",
    "title_role",
]
