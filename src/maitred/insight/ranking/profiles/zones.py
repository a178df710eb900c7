"""Where what stands in a plain résumé: the header with name and contact is cut off before anything else is read.

A zone is a range of code points of the text. The header goes from the start to the first heading, and nothing of it is
read but a place written as city with region or country; the zones of clubs, interests, references and personal details
are cut as well. A text without any heading is cut at its first blank line, or at the first line with dates of a job.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from maitred.insight.ranking.profiles.ranges import DATE_RANGE


class Zone(StrEnum):
    """The kinds of zones."""

    HEADER = "header"
    EXPERIENCE = "experience"
    EDUCATION = "education"
    SKILLS = "skills"
    LANGUAGES = "languages"
    CERTIFICATES = "certificates"
    OTHER = "other"
    CUT = "cut"


@dataclass(frozen=True, slots=True)
class Part:
    """One zone of a text."""

    zone: Zone
    start: int
    end: int


_NAMES: Final = {
    Zone.EXPERIENCE: "experience|work experience|professional experience|work history|employment|employment history|"
    "career history|career|relevant experience|professional background|experience and achievements|positions held|"
    "berufserfahrung|beruflicher werdegang|berufspraxis|werdegang|expérience|expériences|expérience professionnelle|"
    "expériences professionnelles|parcours professionnel|experiencia|experiencia laboral|experiencia profesional|"
    "experiência|experiência profissional|esperienza|esperienza professionale|esperienze professionali|werkervaring",
    Zone.EDUCATION: "education|education and training|academic background|qualifications|academic qualifications|"
    "ausbildung|bildung|bildungsweg|studium|formation|formations|études|educación|formación|formación académica|"
    "educação|formação|formação acadêmica|istruzione|istruzione e formazione|opleiding|opleidingen",
    Zone.SKILLS: "skills|key skills|core skills|technical skills|core competencies|competencies|areas of expertise|"
    "expertise|tools|tools and skills|skills and tools|technologies|software|systems|strengths|skills & tools|"
    "skills summary|technical proficiencies|kenntnisse|fähigkeiten|fachkenntnisse|edv-kenntnisse|kompetenzen|"
    "compétences|outils|logiciels|habilidades|competencias|herramientas|aptitudes|habilidades y herramientas|"
    "competências|ferramentas|competenze|capacità|strumenti|vaardigheden|competenties",
    Zone.LANGUAGES: "languages|language skills|sprachen|sprachkenntnisse|langues|idiomas|lenguas|línguas|lingue|talen",
    Zone.CERTIFICATES: "certifications|certificates|certification|licenses and certifications|licenses|"
    "certifications and licenses|certifications & licenses|training and certifications|professional development|"
    "zertifikate|zertifizierungen|certificats|certifications et formations|certificaciones|certificados|"
    "certificações|certificazioni|certificaten",
    Zone.OTHER: "summary|professional summary|profile|about|about me|objective|career objective|career summary|"
    "executive summary|highlights|career highlights|achievements|key achievements|projects|overview|profil|"
    "zusammenfassung|über mich|résumé|à propos|perfil|resumen|sobre mí|resumo|sobre mim|profilo|samenvatting|profiel",
    Zone.CUT: "interests|hobbies|hobbies and interests|interests and hobbies|activities|extracurricular activities|"
    "clubs|clubs and societies|memberships|affiliations|associations|professional affiliations|volunteering|"
    "volunteer work|volunteer experience|volunteer|community|community involvement|references|personal|"
    "personal details|personal information|personal data|contact|contact details|contact information|awards|"
    "awards and honours|honors|honours|publications|photo|family|interessen|hobbys|ehrenamt|persönliche daten|"
    "persönliches|kontakt|referenzen|centres d'intérêt|loisirs|bénévolat|coordonnées|références|intereses|aficiones|"
    "voluntariado|datos personales|contacto|referencias|interesses|dados pessoais|contato|interessi|"
    "dati personali|contatti|persoonlijke gegevens|vrijwilligerswerk",
}
_HEADINGS: Final = {name: zone for zone, names in _NAMES.items() for name in names.split("|")}
_LONGEST_HEADING: Final = max(map(len, _HEADINGS)) + 6
_LABEL: Final = re.compile(r"([^\W\d_][^:\n]{2,38}?)\s*:\s+(?=\S)")
_DECORATION: Final = " \t:*_=#-–—|•·►▪.~"
_PERSONAL: Final = re.compile(
    r"(?i)^\W*(?:date of birth|birth ?date|born|d\.?o\.?b|age|sex|gender|pronouns?|marital status|civil status|"
    r"nationality|citizenship|religion|e-?mail|phone|telephone|tel|mobile|address|street|post ?code|zip(?: ?code)?|"
    r"photo|picture|name|children|graduat(?:ed|ion)(?: year)?|class of|geburtsdatum|geboren|familienstand|"
    r"staatsangehörigkeit|anschrift|adresse|telefon|date de naissance|né le|née le|état civil|nationalité|"
    r"fecha de nacimiento|estado civil|nacionalidad|dirección|teléfono)\s*[:(]"
)


def parts_of(text: str) -> list[Part]:
    """The zones of a text in their order; together they cover it."""
    marks: list[tuple[int, int, Zone]] = []
    position = 0
    blank = -1
    ranged = -1
    for line in text.split("\n"):
        after = position + len(line) + 1
        zone, inside = _heading(line)
        if zone is not None:
            marks.append((position, position + inside if inside else after, zone))
        elif len(line) < 100 and (":" in line or "(" in line) and _PERSONAL.match(line):
            marks.append((position, position, Zone.CUT))
            marks.append((min(after, len(text)), min(after, len(text)), Zone.HEADER))
        elif not marks:
            if blank < 0 and position and not line.strip():
                blank = position
            if ranged < 0 and DATE_RANGE.search(line):
                ranged = position
        position = after
    return _covering(text, marks, blank, ranged)


def _heading(line: str) -> tuple[Zone | None, int]:
    """The zone that a line opens, and where in it the content begins (0: on the next line)."""
    stripped = line.strip(_DECORATION + "\r")
    if not stripped:
        return None, 0
    if len(stripped) <= _LONGEST_HEADING:
        zone = _HEADINGS.get(_plain(stripped))
        if zone is not None:
            return zone, 0
    label = _LABEL.match(line) if ":" in line else None
    if label is not None:
        zone = _HEADINGS.get(_plain(label[1].strip(_DECORATION)))
        if zone is not None:
            return zone, label.end()
    return None, 0


def _plain(words: str) -> str:
    return " ".join(words.casefold().split())


def _covering(text: str, marks: list[tuple[int, int, Zone]], blank: int, ranged: int) -> list[Part]:
    headings = [mark for mark in marks if mark[2] is not Zone.HEADER and mark[0] != mark[1]]
    if not headings:
        begins = [place for place in (blank, ranged) if place >= 0]
        cut = min(begins) if begins else (text.find("\n") + 1 or len(text))
        if ranged >= 0 and cut == ranged:
            cut = max(text.rfind("\n", 0, max(0, text.rfind("\n", 0, ranged))) + 1, text.find("\n", 0, ranged) + 1)
        marks = sorted([*marks, (cut, cut, Zone.EXPERIENCE if ranged >= 0 else Zone.OTHER)], key=lambda mark: mark[0])
    parts: list[Part] = []
    zone, begun = Zone.HEADER, 0
    outer = Zone.HEADER
    for place, content, opened in marks:
        if place > begun:
            parts.append(Part(zone, begun, place))
        if opened is Zone.HEADER:
            zone, begun = outer, max(content, begun)
        elif place == content and opened is Zone.CUT:
            zone, begun = Zone.CUT, max(content, begun)
        else:
            zone, begun = opened, max(content, begun)
            outer = opened
    if begun < len(text):
        parts.append(Part(zone, begun, len(text)))
    return parts
