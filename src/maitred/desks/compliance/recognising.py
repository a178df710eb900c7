"""Whether a text reads like a complaint: words of several languages, an address of a regulator. It only proposes."""

from __future__ import annotations

import re

WORDS = (
    # English
    r"formal(?:ly)? complain\w*", r"(?:make|making|made|file|filing|lodge|raise|log) an? (?:official )?complaint",
    r"i (?:want|wish|would like) to complain", r"complaints? (?:department|procedure|team|process)",
    r"ombudsman", r"(?:my|a) (?:lawyer|solicitor|attorney)", r"take (?:this|it) (?:to court|further|legal)",
    r"trading standards",
    # German
    r"beschwere mich", r"beschwerde (?:einreichen|einlegen|führen|erheben)", r"formelle beschwerde",
    r"(?:mein|unser)(?:en)? anwalt", r"schlichtungsstelle", r"verbraucherzentrale",
    # French
    r"porter plainte", r"(?:déposer|faire) une réclamation", r"réclamation formelle", r"médiateur", r"mon avocat",
    # Spanish
    r"(?:presentar|poner|interponer) una (?:queja|reclamación)", r"hoja de reclamaciones", r"mi abogado",
    # Portuguese
    r"(?:apresentar|fazer) uma reclamação", r"livro de reclamações", r"meu advogado",
    # Italian
    r"(?:presentare|sporgere|fare) (?:un )?reclamo", r"il mio avvocato",
    # Dutch
    r"(?:een )?(?:officiële )?klacht indienen", r"klachtencommissie", r"mijn advocaat",
    # Polish
    r"złożyć (?:skargę|reklamację)", r"rzecznik\w* (?:finansow|konsument)\w*",
)  # fmt: skip
REGULATORS = (
    "financial-ombudsman.org.uk", "fca.org.uk", "ico.org.uk", "ofcom.org.uk", "ofgem.gov.uk", "cfpb.gov",
    "consumerfinance.gov", "ftc.gov", "bafin.de", "bfdi.bund.de", "schlichtungsstelle.de", "cnil.fr", "aepd.es",
    "edps.europa.eu", "dataprotection.ie", "fos.org.au", "afca.org.au", "bbb.org",
)  # fmt: skip
_NOT = re.compile(
    r"\b(?:no|not|without|kein\w*|ohne|sans|sin|sem|geen|zonder) (?:a |any |une? |een )?"
    r"(?:complaint|beschwerde|plainte|réclamation|queja|reclamación|reclamação|klacht)",
    re.IGNORECASE,
)
_SAID = re.compile(r"\b(?:" + "|".join(WORDS) + r")\b", re.IGNORECASE)
_ADDRESS = re.compile(r"@(?:[a-z0-9-]+\.)*(?:" + "|".join(map(re.escape, REGULATORS)) + r")\b", re.IGNORECASE)
LONGEST = 20_000


def rule_of(text: str) -> str:
    """The rule by which a text reads like a complaint; empty where none does.

    >>> rule_of("I wish to complain about my bill"), rule_of("This is not a complaint, just a question")
    ('words', '')
    """
    short = text[:LONGEST]
    if _ADDRESS.search(short):
        return "regulator_address"
    said = _SAID.search(_NOT.sub(" ", short))
    return "words" if said else ""
