"""Words that a search for people must not use: age, gender, origin, religion, health, family, appearance, views.

They are taken out and named with the reason; whatever else the query asks for still runs. A maximum of years is not
among them: it becomes a chip with a warning.
"""

import re
from typing import Final

from maitred.insight.ranking.chips import Blocked
from maitred.insight.ranking.reading.sentence import Sentence
from maitred.insight.ranking.reading.tables import words

REASONS: Final = {
    "age": "says something about age; ask for the years of experience that the work needs",
    "gender": "says something about gender or orientation, which must not decide who is found",
    "origin": "says something about origin; ask for the language and its level instead",
    "religion": "says something about religion, which must not decide who is found",
    "health": "says something about health or body, which must not decide who is found",
    "family": "says something about family, which must not decide who is found",
    "appearance": "says something about looks, which must not decide who is found",
    "views": "says something about political views or union membership, which must not decide who is found",
}
LANGUAGE: Final = (
    "english|spanish|french|german|portuguese|italian|dutch|mandarin|chinese|cantonese|japanese|korean|arabic|hebrew|"
    "hindi|urdu|russian|ukrainian|polish|czech|greek|turkish|swedish|norwegian|danish|finnish|thai|"
    "vietnamese|tagalog|"
    "hungarian|romanian|bulgarian|croatian|indonesian|malay|persian|farsi|bengali|punjabi|tamil|catalan"
)
_NATIONS: Final = (
    "american|british|english|scottish|irish|welsh|french|german|spanish|italian|portuguese|dutch|swiss|austrian|"
    "polish|czech|greek|turkish|russian|ukrainian|indian|pakistani|chinese|japanese|korean|filipino|mexican|"
    "brazilian|"
    "african|european|canadian|australian|asian|arab|arabic|israeli|nigerian|romanian|hungarian|swedish|danish|"
    "norwegian|finnish|western|eastern european|foreign|latin|middle eastern"
)
_PEOPLE: Final = (
    "candidates?|applicants?|people|persons?|nationals?|nationality|citizens?|citizenship|m[ae]n|wom[ae]n|males?|"
    "females?|guys?|girls?|boys?|lad(?:y|ies)|origin|background|heritage|descent|ethnicity|accent|"
    "passport(?: holders?)?|"
    "natives"
)
_WORK: Final = (
    r"(?!\s+(?:company|companies|industry|sector|services|insurance|benefits|startup|provider|field|space|app))"
)
_AGE: Final = r"""
    (?<!\bof\ )(?<!size\ )\b(?:(?:not|no)\s+)?(?:under|below|over|above|younger\ than|older\ than|past)\s+
        (?:the\ age\ of\ |age\ )?[1-9]\d
        (?:\s*-?\s*(?:years?|yrs?)\s*-?\s*(?:old|of\ age)|
        (?!\d|\s*(?:[+%k-]|\d|(?:[\w-]+\s+){0,3}?(?:years?|yrs?|yoe|months|minutes|seconds|hours|days|miles|km|
        seats|tickets|calls|
        agents|people|persons?|reps|representatives|employees|staff|reports|members|specialists|associates|
        technicians|heads)\b)))
  | \b(?:between\s+)?[1-9]\d\s*(?:-|to|and)\s*[1-9]\d\s*-?\s*(?:years?|yrs?|y/o)?\s*-?\s*(?:old|of\ age)\b
  | \b(?:(?:under|below|over|max(?:imum)?|at\ most|up\ to|about|around)\s+)?[1-9]\d\s*-?\s*(?:(?:years?|
  yrs?)[\s-]*(?:old|of\ age)|y/o|yo)\b
  | \b(?:max(?:imum)?\s+|minimum\s+|upper\s+)?(?:aged?|ages|age\ (?:range|group|limit|bracket))\b
        (?:\s*(?:of|is|:|under|over|below|above|between|from|up\ to|max(?:imum)?|limit))*
        (?:\s*[1-9]\d(?:\s*(?:-|to|and)\s*[1-9]\d)?(?:\s*(?:years?|yrs?)(?:\s+old)?)?)?(?:\s+or\s+(?:younger|
        older|under))?
  | \b(?:in\ (?:his|her|their|the)\ )?(?:early\ |mid\ |late\ )?(?:(?:20|30|40|50|60)'?s|
        twenties|thirties|forties|fifties|sixties)\b | \bborn\ (?:after|before|in|
  since)\ \d{4}
  | \b(?:young(?:er|est|ish|sters?)?|youth(?:ful)?(?:\ energy)?|elderly|digital[\s-]natives?|millennials?|
  gen(?:eration)?[\s-]?[xyz]|boomers?)\b
  | \b(?:not\ )?too\ old\b | \bold(?:er)?\ (?:people|persons?|candidates?|workers?|m[ae]n|wom[ae]n|
  applicants?)\b | \bnot\ old\b
  | \b(?:recent|new|fresh|young)(?:ly)?[\s-]+(?:(?:college|university|school|uni)\s+)?(?:grad(?:uate)?[sd]?)\b |
   \bfreshers?\b
  | \bfresh\ (?:out\ of|from)\ (?:college|university|school|uni)\b | \bfresh\ (?:blood|faces?)\b
  | \b(?:energetic|high[\s-]energy|full\ of\ energy|retire(?:d|es|ment\ age)|middle[\s-]aged|mature|
  teen(?:ager)?s?|twenty[\s-]?somethings?)\b
"""
_GENDER: Final = r"""
    \b(?<!isle\ of\ )(?:males?|females?|m[ae]n|wom[ae]n|lad(?:y|ies)|gentlem[ae]n|guys?|gals?|girls?|boys?|
        masculine|feminine)\b
  | \b(?:non[\s-]?binary|transgender|gay|lesbian|bisexual|heterosexual|homosexual|lgbtq?\w*|cisgender)\b
  | \b(?:sales|fore|chair|camera|handy|repair|crafts|spokes)(?:m[ae]n|wom[ae]n)\b | \b(?:waitress|hostess|
  stewardess)(?:es)?\b
"""
_ORIGIN: Final = rf"""
    \bnative(?:[\s-]level)?[\s-]+speak(?:ers?|ing)(?:\s+only)?\b | \bnative(?:[\s-]level)?(?=[\s-]+(?:{LANGUAGE})\b)
  | (?<=\W)native(?:[\s-]level)?(?=\s*(?:$|[,.;)])) | \bnative(?:[\s-]level)?\ (?:fluency|proficiency|tongue)\b
  | \b(?:mother[\s-]tongue|first\ language|native[\s-]born|
        foreign(?!\s+(?:language|exchange|trade|customer|client|market|office)|ers?\b|[\s-]born)|nationalit(?:y|
        ies)|foreign(?:ers?|[\s-]born)|immigrants?|migrants?|
  refugees?)\b
  | \b(?:u\.?s\.?|american|british|uk|eu|german|local)?[\s-]*(?:citizens?(?:hip)?|nationals|
  passport\ holders?)(?:\s+only)?\b
  | \b(?:(?:{_NATIONS})[\s-]born|born\ in\ \w+)\b | \b(?:{_NATIONS})\s+(?:{_PEOPLE})\b
  | \b(?:ethnic\w*(?:\ minorit(?:y|ies))?|race|racial(?:ly)?|caucasians?|hispanics?|latin[oax]s?|
        african[\s-]american|skin\ colou?r)\b
  | \b(?:white|black)\b(?![\s-]+(?:belts?|glove|label|box|paper|list|hat|friday|board))
  | \b(?:no|without(?:\ an?|\ any)?)\ (?:\w+\ )?accent\b | \baccent[\s-](?:free|less)\b | \b(?:foreign|strong|
  neutral)\ accent\b
"""
_NATION_ALONE: Final = r"""
    \b(?:american|british|indian|pakistani|filipino|mexican|brazilian|african|european|canadian|australian|asian|arab|
        israeli|nigerian|scottish|swiss|austrian)\b(?=\s*(?:$|[,;.)]|(?:only|customer|support|service|help|call|
        contact|team|
        technical|manager|agent|supervisor|director|head)\b(?!s|\s+(?:base|market|service\s+hours|hours))))
"""
_RELIGION: Final = r"""
    \b(?:christians?|muslims?|islamic|jewish|jews?|hindus?|catholics?|protestants?|buddhists?|sikhs?|atheists?|
    mormons?)\b
  | \b(?:religio(?:n|us)\w*|church[\s-]going|god[\s-]fearing|evangelical)\b
"""
_HEALTH: Final = rf"""
    \b(?:no|without(?:\ any)?)\s+(?:health|medical|mental\ health|physical)\s+(?:issues?|problems?|conditions?)\b
  | \b(?:in\ )?(?:good|perfect|excellent)\ (?:physical\ |mental\ )?health\b | \bhealth\ (?:issues?|problems?|
  conditions?|status)\b
  | \b(?:healthy|able[\s-]bodied|handicap\w*|wheelchairs?|hiv(?:\ (?:negative|positive|status))?|autis(?:m|tic)|
        adhd|depress(?:ion|ed)|obese|
  overweight|athletic)\b
  | \b(?:(?:no|not|non|without(?:\ an?)?)[\s-]+)?disab(?:led|ility|ilities)\b{_WORK} | \b(?:physically|medically|
  mentally)\s+fit\b
  | \b(?:mental(?:ly)?\s+(?:ill|illness|healthy)|mental\ health|illness(?:es)?|sick(?:ness)?|diseases?)\b{_WORK}
  | \b(?:not\ |non-?)?pregnan(?:t|cy)\b | \b(?:non-?\s?|no\ )?smok(?:ers?|ing)\b
"""
_FAMILY: Final = r"""
    \b(?:un)?married\b | \bsingles?\b(?!\s+(?:point|sign|source|page|site|location|digit|channel|team|view|
    \w+\ (?:of|site)))
  | \b(?:divorced|widow(?:ed|er)?|childless|child[\s-]free|marital\ status|breadwinners?|wi(?:fe|ves)|husbands?|
  spouses?)\b
  | \b(?:no|without(?:\ any)?|with|has|have|having)?\s*(?:small\ |young\ )?(?:kids?|children)\b(?!')
  | \b(?:no\ |without\ (?:a\ )?)?famil(?:y|ies)\ (?:status|plans?|planning|commitments?|obligations?|m[ae]n|ties|
  situation|responsibilities)\b
  | \b(?:no|with(?:out)?(?:\ a)?|not\ planning(?:\ a)?|planning(?:\ a)?)\ (?:family|kids|children)\b
  | \b(?:no\ |not\ a\ |working\ |single\ )?(?:mothers?|fathers?|moms?|mums?|dads?|parents?)\b |
         \b(?:no\ )?(?:maternity|paternity)(?:\ leave)?\b
"""
_APPEARANCE: Final = r"""
    \b(?:attractive|good[\s-]looking|handsome|beautiful|pretty|photogenic|well[\s-]groomed|slim|tall|
    with\ (?:a\ )?photo)\b
"""
_VIEWS: Final = r"""
    \b(?:no(?:t|n)?[\s-]+)?(?:a\ )?(?:union|party)\s+members?\b | \b(?:republicans?|democrats?|socialists?|
    communists?)\b
"""
_ANY: Final = re.compile(
    "|".join(
        f"(?P<{about}>{pattern})"
        for about, pattern in {
            "origin": _ORIGIN + "|" + _NATION_ALONE,
            "family": _FAMILY,
            "health": _HEALTH,
            "age": _AGE,
            "gender": _GENDER,
            "religion": _RELIGION,
            "appearance": _APPEARANCE,
            "views": _VIEWS,
        }.items()
    ),
    re.VERBOSE,
)
_WORDS: Final = words("blocked word")
_STEMS: Final = words("blocked stem")
_BY_BEGINNING: Final = {
    beginning: tuple(stem for stem in _STEMS if stem[:2] == beginning) for beginning in {stem[:2] for stem in _STEMS}
}
_EVERY_WORD: Final = re.compile(r"[a-z0-9/]+")
_BEFORE: Final = re.compile(r"(?:\b(?:no|not|non|without|prefer(?:ably)?|ideally|must be|should be)[\s-]+(?:an?\s+)?)$")
_AFTER: Final = re.compile(
    r"\s*\b(?:(?:candidates?|applicants?|people|persons?|only|preferred|required|please|speakers?|background)\b\s*)+"
)


def block(sentence: Sentence) -> None:
    """Take the words out of a sentence that no search may use, and name them."""
    if not any(map(_begins, _EVERY_WORD.findall(sentence.folded))):
        return
    for match in _ANY.finditer(sentence.open):
        start, end = match.span()
        while start < end and not sentence.folded[start].isalnum():
            start += 1
        if start >= end or not sentence.is_open(start, end):
            continue
        about = match.lastgroup or ""
        before = _BEFORE.search(sentence.folded, 0, start)
        first = before.start() if before else start
        if before and before.group().startswith(("no", "without", "non")):
            start = first
        after = _AFTER.match(sentence.folded, end)
        sentence.blocked.append(Blocked(sentence.text[start:end], start, end, about, REASONS[about]))
        sentence.claim(first, after.end() if after else end)


def _begins(word: str) -> bool:
    """Whether a word begins like one of those that are looked for, so that most queries need no closer look."""
    stems = _BY_BEGINNING.get(word[:2])
    return word in _WORDS or (stems is not None and word.startswith(stems))
