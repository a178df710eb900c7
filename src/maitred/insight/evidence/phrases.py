"""What customers and staff write, as patterns in English, German, Spanish and French (on lower-case text, RE2)."""

from __future__ import annotations

QUOTED = (
    r"(?s)\n[ \t>]*(?:-{3,} ?(?:original message|ursprüngliche nachricht|mensaje original|message d'origine)"
    r"|on [^\n]{5,150} wrote:|am [^\n]{5,150} schrieb\b|el [^\n]{5,150} escribió:|le [^\n]{5,150} a écrit ?:"
    r"|(?:from|von|de): [^\n]+\n(?:sent|date|gesendet|datum|enviado|envoyé)\b).*"
)
"""What stands below the text: the message that it answers."""
QUOTED_LINE = r"(?m)^[ \t]*>.*$"
SIGNATURE = (
    r"(?s)\n[ \t]*(?:(?:(?:kind|best|warm|many)(?: regards| wishes)|regards|best|all the best|sincerely|cheers|thanks"
    r"|thank you|many thanks|yours(?: sincerely| truly)?|have a (?:good|nice|great) day|sent from my [^\n]*"
    r"|mit freundlichen grüßen|(?:viele|beste|liebe|freundliche) grüße|gruß|danke|vielen dank|mfg|lg"
    r"|(?:un )?(?:cordial(?:es)? )?saludos?|atentamente|gracias|muchas gracias"
    r"|cordialement|bien (?:cordialement|à vous)|merci|salutations)[ \t]*[,.!]?[ \t]*(?:\n.*)?|-- ?\n.*)$"
)
GREETING = (
    r"^\s*(?:hi|hello|hey|dear|good (?:morning|afternoon|evening|day)|welcome back|hallo|guten (?:morgen|tag|abend)"
    r"|moin|liebe[rs]?|sehr geehrte[rs]?|hola|buen[oa]s (?:días|tardes|noches)|estimad[oa]s?|bonjour|bonsoir|salut"
    r"|chers?|chère)\b[^\n,!:]{0,60}[,!:\n]"
)

CARD_MASK = "[card ••••"
"""How the card screen writes a number that it has masked (``sync.screen``)."""
_CARD_DATA = (
    r"(?:(?:credit |debit |bank |payment )?card (?:number|details|data|info)|(?:16|sixteen)[- ]digit"
    r"|number (?:of|on|from) (?:the (?:front|back) of )?(?:the|your) (?:credit |debit |bank )?card|card'?s number"
    r"|long number on|\bcvv2?\b|\bcvc2?\b"
    r"|(?:expiry|expiration|security code|(?:three|3)[- ]digit code)[^.!?\n]{0,40}\bcard\b"
    r"|(?:kredit)?kartennummer|(?:kredit)?kartendaten|prüfziffer (?:der|ihrer) karte|ablaufdatum (?:der|ihrer) karte"
    r"|nummer (?:ihrer|der|deiner) (?:kredit)?karte"
    r"|número (?:completo )?de (?:la |su |tu )?tarjeta|datos de (?:la |su |tu )?tarjeta"
    r"|numéro (?:complet )?de (?:la |votre |ta )?carte|cryptogramme)"
)
_ASKING = (
    r"(?:please|could you|can you|would you|will you|may i have|can i have|(?:i|we)(?:'ll| will)? need|send (?:me"
    r"|us|over|the|your)"
    r"|give (?:me|us)|tell (?:me|us)|let (?:me|us) have|provide|reply with|confirm|share|enter|type|write"
    r"|what(?: is|'s"
    r"| are)"
    r"|which is|bitte|könn(?:en|ten) sie|nennen|schicken|senden|mitteilen|benötig|brauch|wie lautet|geben sie"
    r"|antwort|por favor|respond|hacen? falta|puede|podría|envíe|envíe?nos|indique|necesit|díga|facilit|cuál es"
    r"|proporcion"
    r"|il (?:nous )?faut|répond|merci de|veuillez|pouvez|pourriez|envoyez|indiquez|communiqu|donnez|besoin"
    r"|quel est|fournir)"
)
ASKS_CARD = (
    rf"{_ASKING}[^.!?\n]{{0,90}}{_CARD_DATA}"
    rf"|{_CARD_DATA}[^.!?\n]{{0,60}}(?:please|bitte|por favor|s'il vous|(?:is|are|be) (?:needed|required|necessary)"
    r"|gebraucht|benötigt|erforderlich|necesari|nécessaire|requis)"
)
WARNS_OF_CARD = (
    r"[^.!?\n]*(?:\bnot\b|n't\b|\bnever\b|\bno need\b|without|instead of|\bnicht\b|\bnie(?:mals)?\b|\bkeine?n?\b"
    r"|\bohne\b|\bnunca\b|\bno (?:nos )?(?:env|comp|incl|hace|necesit)|\bsin\b|\bjamais\b|\bpas\b|\bsans\b"
    r"|last (?:four|4)|letzten (?:vier|4)|últimos (?:cuatro|4)|(?:quatre|4) derniers|removed|deleted|gelöscht"
    r"|was masked|maskiert|secure (?:form|page|link))[^.!?\n]*"
)
"""A sentence that keeps people from sending card data, or asks for harmless digits only."""

_ANOTHER = (
    r"(?:another|a different|other|a new|an alternative|alternative|a cheaper|a better|your|some other|the) "
    r"(?:\w+ )?(?:provider|supplier|vendor|solution|service|company|platform|competitor|competition|tool|product)s?"
)
LEAVING = (
    r"(?:cancel|cancell|end|terminat|clos|stopp?|discontinu|quitt?)(?:e|ing)? (?:\w+ ){0,3}"
    r"(?:contract|subscription|account|membership|agreement)\b"
    r"|(?:not|n't|never|without) (?:\w+ ){0,4}(?:renew(?:ing|al)?\b|extend(?:ing)? (?:the|our|my) (?:contract"
    r"|subscription)"
    r"|stay(?:ing)? with|continu(?:e|ing) with)|question(?:ing)? whether|whether (?:to|we(?:'ll| will| should)?) stay"
    rf"|(?:switch|mov|chang|migrat|go|going)(?:e|es|ing|ed)?(?: over)? to {_ANOTHER}"
    r"|(?:switch|mov|migrat)(?:e|es|ing)?(?: over)? to (?:a|your) (?:\w+ )?competitor|switch(?:ing)? (?:provider"
    r"|supplier|vendor)"
    rf"|(?:look|shop)(?:ing)? (?:around\b|elsewhere|(?:for|at|into) {_ANOTHER}|(?:for|at|into) alternatives)"
    rf"|(?:talk|speak|evaluat|compar|consider|test|try|approach)(?:e|ing)?(?: to| with)?(?: already)?"
    rf"(?: (?:offers|quotes) (?:from|of))? (?:{_ANOTHER}|alternatives)|(?:offers?|quotes?) (?:from|of) {_ANOTHER}"
    r"|comparing offers|(?:going to|will|'ll|decided to|think(?:ing)? (?:of|about)|consider(?:ing)?"
    r"|plan(?:ning)? to) "
    r"leav(?:e|ing)(?:\b[.!?,]| and\b| you\b| your| for (?:a|another)|$)"
    r"|(?:leave|leaving) (?:you\b|your (?:service|company|platform))"
    r"|(?:tak|mov)(?:e|ing) (?:our|my) (?:business|custom) |reconsider(?:ing)? (?:our|the|my|whether)"
    r"|(?:not|n't) (?:be )?a customer (?:for )?(?:much )?longer"
    r"|kündig(?:en|e|ung)|(?:vertrag|abo)[^.!?\n]{0,40}(?:nicht verlängern|beenden|auflösen)"
    r"|nicht (?:mehr )?(?:zu )?verlängern|(?:anbieter|zur konkurrenz|zu einem anderen)[^.!?\n]{0,30}wechseln"
    r"|wechseln (?:wir )?(?:zur? (?:einem )?(?:anderen|konkurrenz|mitbewerb)|den anbieter)|anderen anbieter"
    r"|(?:cancelar|rescindir|anular|dar de baja)[^.!?\n]{0,30}(?:contrato|suscripción|cuenta|servicio)"
    r"|cancelaremos|no (?:vamos a |voy a |pensamos )?renovar|no renovaremos|cambiar(?:nos|emos"
    r"|me)? (?:de proveedor|a otr)"
    r"|otro proveedor|(?:darme|darnos|dar) de baja"
    r"|(?:résilier|annuler)[^.!?\n]{0,30}(?:contrat|abonnement|compte)|résiliation"
    r"|\bn(?:e |')(?:\w+ ){0,2}pas (?:\w+ ){0,2}(?:renouvel|reconduir)"
    r"|chang(?:er|eons|erons) (?:de|pour un autre) (?:prestataire|fournisseur)|autre (?:prestataire|fournisseur)"
    r"|à la concurrence"
)
STAYS = (
    r"how (?:do|can|to)[^.!?\n]{0,40}(?:cancel|close)[^.!?\n]*|kündigungsfrist|cancel(?:lation)? (?:policy|fee"
    r"|button)"
)

VERY_BAD = (
    r"unacceptable|outrag|furious|ridiculous|the worst|worst (?:service|support|experience)|disgrac|disgust|appall"
    r"|horribl|terribl|awful|incompeten|useless|scandal|lawyer|legal action|fed up|sick of|complete mess|a joke"
    r"|wast(?:e|ing) (?:of )?(?:my|our)? ?time|never again|beyond a joke|shame on"
    r"|unverschämt|inakzeptabel|katastroph|frechheit|wütend|anwalt|unmöglich|zumutung|skandal|die schlechteste"
    r"|lächerlich|nie wieder|reicht mir|stehle[nt]? mir (?:die )?zeit|zeitverschwendung"
    r"|inaceptable|indignante|vergüenza|vergonzos|horrible|pésim|furios|hart[oa] de|abogad|el peor|la peor|ridícul"
    r"|pérdida de tiempo|inadmissible|inacceptable|scandaleu|honteu|furieu|avocat|ras[- ]le[- ]bol|nul(?:le)? part"
    r"|le pire|la pire|perte de temps|catastroph"
)
BAD = (
    r"disappoint|frustrat|annoy|unhappy|dissatisf|not (?:very |really |at all )?(?:happy|satisfied|pleased"
    r"|good enough|acceptable)"
    r"|expected (?:better|more)"
    r"|still (?:no|not|waiting|hasn't|haven't|nothing)|no (?:answer|reply|response)|(?:third|fourth|fifth) time"
    r"|heard nothing|nobody (?:answers|replies|cares|helps)|once again|upset|poor (?:service|support)|too long"
    r"|let down"
    r"|losing patience|tired of|impatient"
    r"|enttäusch|ärger|unzufrieden|frustrier|schade|genervt|immer noch (?:nicht|kein)|keine antwort|zum (?:dritten"
    r"|vierten)"
    r"|mehr erwartet|nichts gehört|warte (?:schon|seit|noch)|geduld"
    r"|decepcion|frustra|molest|enfadad|insatisfech|sigo esperando|sin respuesta|todavía no|esperaba (?:más|mejor)"
    r"|cansad|déçu|déception|frustr|agac|mécontent|insatisf|toujours pas|sans réponse|j'attendais (?:mieux|plus)"
    r"|impatien"
)
GOOD = (
    r"(?:very|really|so) (?:helpful|quick|fast|kind|happy|pleased)|great (?:help|support|service|job)|well done"
    r"|works (?:now|again|great|perfectly)|appreciate|perfect\b|thank you (?:so|very) much|thanks a lot"
    r"|glad"
    r"|sehr (?:hilfreich|schnell|nett|zufrieden)|super\b|klasse|funktioniert (?:jetzt|wieder)|vielen lieben dank"
    r"|zufrieden mit|muy (?:amable|útil|rápid|content)|perfecto|funciona (?:ya|ahora)|muchísimas gracias"
    r"|très (?:utile|rapide|content|satisfait)|parfait|ça marche|merci (?:beaucoup|infiniment)"
)
VERY_GOOD = (
    r"excellent|fantastic|amazing|wonderful|awesome|outstanding|brilliant|best (?:service|support)|love (?:it|this"
    r"|your)"
    r"|you saved|ausgezeichnet|großartig|fantastisch|hervorragend|wunderbar|begeistert|spitze"
    r"|beste[rn]? (?:service|support)"
    r"|excelente|fantástic|maravillos|estupend|increíble servicio|encanta|génial|formidable|magnifique|super boulot"
    r"|remarquable"
)

PROMISING = (
    r"(?:(?:we|i|you|it|they|he|she|that|this|which|team|colleagues?|update|answer|reply|refund|replacement)(?:'ll"
    r"| will"
    r"|(?:'re|'m| are| am| is) going to| shall| should| can)|expect|promise|at the latest|guarantee|aim to|plan to"
    r"|(?:ich|wir|sie) (?:\w+ ){0,2}(?:werde|melde|gebe|schicke|sende|bekomm|erhalt|rechn)|(?:melde[n]? (?:ich|wir"
    r"|mich|uns))"
    r"|spätestens|erhalten sie|bekommen sie|rechnen sie|(?:tendrá|recibirá|le (?:responder|enviar|dar|escribir)"
    r"|nos pondremos"
    r"|contactaremos|a más tardar|me pondré)|(?:nous|je|vous) (?:vous )?[\p{L}]*(?:rons|rai|rez)\b|au plus tard)"
)
PROMISED = (
    r"(?P<unit>\bby|\bbefore|\buntil|\bwithin|\bin|\bbis|\bvor|\binnerhalb von|\binnerhalb|\bbinnen|\bantes del?"
    r"|\bpara el"
    r"|\bdentro de|\ben|\bd'ici|\bavant|\bsous|\bdans(?: les)?)? ?(?:the next |de las próximas |de los próximos "
    r"|der nächsten )?"
    r"(?P<what>tomorrow|end of (?:the )?(?:business )?day|today|tonight|monday|tuesday|wednesday|thursday|friday"
    r"|saturday"
    r"|sunday|(?:\d{1,3}|an?|one|two|three|four|five|six) (?:more )?(?:business |working )?(?:minute|hour|day|week)s?"
    r"|morgen|heute(?: abend)?|ende des tages|montag|dienstag|mittwoch|donnerstag|freitag|samstag|sonntag"
    r"|(?:\d{1,3}|einer|eines|zwei|drei|vier|fünf) (?:minuten?|stunden?|tage[ns]?|werktage[n]?|wochen?)"
    r"|mañana|hoy|lunes|martes|miércoles|jueves|viernes|sábado|domingo"
    r"|(?:\d{1,3}|una?|dos|tres) (?:minutos?|horas?|días?(?: hábiles| laborables)?|semanas?)"
    r"|demain|aujourd'hui|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche"
    r"|(?:\d{1,3}|une?|deux|trois) (?:minutes?|heures?|jours?(?: ouvrés| ouvrables)?|semaines?))\b"
)
PROMISE = rf"{PROMISING}[^.!?\n]{{0,110}}?{PROMISED}"
WEEKDAYS = (
    *("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"),
    *("montag", "dienstag", "mittwoch", "donnerstag", "freitag", "samstag", "sonntag"),
    *("lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo"),
    *("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"),
)
NUMBERS = {
    **dict.fromkeys(("a", "an", "one", "einer", "eines", "un", "una", "une"), 1),
    **dict.fromkeys(("two", "zwei", "dos", "deux"), 2),
    **dict.fromkeys(("three", "drei", "tres", "trois"), 3),
    "four": 4,
    "vier": 4,
    "five": 5,
    "fünf": 5,
    "six": 6,
}
UNITS = (
    (("minut",), 60),
    (("hour", "stund", "hora", "heure"), 3600),
    (("week", "woche", "seman", "semain"), 7 * 86_400),
    (("day", "tag", "werktag", "día", "jour"), 86_400),
)
"""The start of a word of duration, and its seconds."""
SOON = ("today", "tonight", "end of", "heute", "ende des", "hoy", "aujourd'hui")
NEXT_DAY = ("tomorrow", "morgen", "mañana", "demain")

STOP_WORDS = frozenset(
    """
    the and for are but not you your yours our ours with this that these those from have has had was were will
    would can
    could should shall may might must been being about into over under again then than there their they them she
    her his
    him its who whom whose which what when where why how all any both each few more most other some such only own same
    too very just now also still yet please hello dear thanks thank regards best kind wishes hey team support help did
    does doing done get got let per via any because while after before between during out off once here every since
    until upon without within against above below down don isn aren wasn weren won couldn wouldn shouldn haven
    hasn hadn
    didn doesn cannot yes one two way want need know see able like make made tell told asked look

    der die das den dem des ein eine einer eines einem einen und oder aber nicht kein keine keinen ist sind war waren
    wird werden wurde wurden hat haben hatte hatten habe ich wir ihr sie mich mir uns euch ihnen ihm ihn sein seine
    seinen mein meine meinen meiner unser unsere unseren dein deine ihre ihren ihrem ihrer für mit von vom bei
    beim aus
    auf nach über unter zwischen durch gegen ohne zum zur als wie was wer wann warum wenn dass weil auch noch
    schon nur
    sehr mehr hier dort dann doch denn also bitte danke hallo guten tag liebe lieber liebes sehr geehrte damen herren
    gruß grüße freundlichen vielen dank kann können könnte könnten muss müssen soll sollen möchte möchten diese dieser
    dieses diesen man etwas nichts alle alles immer wieder seit vor bis gibt geht machen

    los las del una uno unos unas por para con sin sobre entre pero como más muy que qué quien quién cual cuál cuando
    cuándo donde dónde este esta estos estas ese esa esos esas eso esto aquel ella ellos ellas nosotros usted
    ustedes mis
    sus nuestro nuestra nuestros nuestras son está están estoy estamos fue fueron ser estar hay han has hemos
    tiene tienen
    tengo puede pueden puedo podría favor gracias hola buenos buenas días tardes saludos estimado estimada desde hasta
    también todavía aún solo sólo todo toda todos todas otro otra nada algo les nos porque cada hacer

    les des une dans pour par sur avec sans sous entre mais comme plus très que qui quoi dont où est sont était
    étaient
    sera été être avoir avez avons ont avait nous vous ils elles leur leurs mon mes ton tes son ses notre nos
    votre vos
    cette ces cet ceci cela pas non oui aussi encore déjà tout tous toute toutes bonjour bonsoir merci cordialement
    monsieur madame peut peuvent peux pouvez pourriez veuillez depuis jusqu quand comment pourquoi parce chaque
    faire fait
    """.split()
)
