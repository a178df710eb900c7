"""Payloads that have run, loaded, styled or overwritten something somewhere, combined from templates; and the judge.

The judge reads the cleaned markup with another parser than the cleaner's and knows nothing of how it works.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from html.parser import HTMLParser

TAGS = frozenset(
    "p br b strong i em u s ul ol li blockquote pre code a table thead tbody tr th td h1 h2 h3 h4 hr span div".split()
)
ATTRIBUTES = {
    "a": {"href": re.compile(r"/out\?u=[A-Za-z0-9%._~-]*"), "rel": re.compile("noopener noreferrer")},
    "td": {"colspan": re.compile("[0-9]{1,3}"), "rowspan": re.compile("[0-9]{1,3}")},
    "th": {"colspan": re.compile("[0-9]{1,3}"), "rowspan": re.compile("[0-9]{1,3}")},
}
VOID = frozenset({"br", "hr"})

_ELEMENTS = "a b p div span img svg math body input video audio details marquee iframe form table td custom-x".split()
_EVENTS = "onclick onerror onload onmouseover onfocus onanimationstart onbegin ontoggle onpointerenter ONCLICK".split()
_URLS = (
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    " javascript:alert(1)",
    "java\tscript:alert(1)",
    "java\nscript:alert(1)",
    "\x01javascript:alert(1)",
    "&#106;avascript:alert(1)",
    "&#x6A&#x61vascript:alert(1)",
    "javascript&colon;alert(1)",
    "&Tab;javascript:alert(1)",
    "jav&#x0A;ascript:alert(1)",
    "vbscript:msgbox(1)",
    "livescript:x",
    "data:text/html,<script>alert(1)</script>",
    "data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==",
    "DATA:image/svg+xml,<svg onload=alert(1)>",
    "//evil.example/x",
    "\\\\evil.example\\x",
    "/\\evil.example",
    "/out?u=forged",
    "#top",
    "?next=//evil.example",
    "file:///etc/passwd",
    "blob:https://evil.example/1",
    "filesystem:https://evil.example/x",
    "view-source:javascript:alert(1)",
    "https:evil.example",
    "https:/\\evil.example",
    'ht\ttps://evil.example/" onclick="x',
    "https://evil.example/<script>",
    "ms-word:ofe|u|https://evil.example",
    "tel:+49301",
    "x-apple:x",
    "jar:https://evil.example!/x",
    "feed:javascript:alert(1)",
)
_URL_PLACES = (
    '<a href="{}">x</a>',
    "<a href='{}'>x</a>",
    "<a href={}>x</a>",
    '<img src="{}">',
    '<iframe src="{}"></iframe>',
    '<form action="{}"><button formaction="{}">x</button></form>',
    '<svg><a xlink:href="{}"><text>x</text></a></svg>',
    '<math href="{}"><mtext>x</mtext></math>',
    '<object data="{}"></object><embed src="{}">',
    '<link rel=stylesheet href="{}"><base href="{}">',
    '<table background="{}"><td background="{}">x</td></table>',
    '<div style="background:url({})">x</div>',
    '<meta http-equiv=refresh content="0;url={}">',
    '<video poster="{}"><source src="{}"></video>',
    '<img srcset="{} 1x" lowsrc="{}">',
)
_STYLES = (
    "position:fixed;inset:0;z-index:9",
    "background:url(https://evil.example/p)",
    "behavior:url(x.htc)",
    "width:expression(alert(1))",
    "@import 'https://evil.example/x.css'",
    "-moz-binding:url(https://evil.example/x)",
    "content:attr(x)",
    "color:red;}*{display:none",
)
_NAMES = (
    "id name class style slot is hx-get hx-on:click hx-trigger data-x data-hx-post x-on:click v-html aria-label".split()
)
_CLOBBERS = (
    "attributes children cookie body forms location parentNode getElementById csrf htmx __proto__ toString".split()
)
_SEEDS = (
    '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
    '<svg></p><style><a id="</style><img src=1 onerror=alert(1)>">',
    '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
    "<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>",
    "<svg><desc><template><style></template></desc></svg><img src=x onerror=alert(1)>",
    '<select><template><style><!--</style><a rel="--></style></template></select><img src=x onerror=alert(1)>">',
    '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
    '<title><a title="</title><img src=x onerror=alert(1)>"></title>',
    '<xmp><p title="</xmp><img src=x onerror=alert(1)>"></xmp>',
    '<noembed><p title="</noembed><img src=x onerror=alert(1)>">',
    '<noframes><p title="</noframes><img src=x onerror=alert(1)>">',
    '<iframe><p title="</iframe><img src=x onerror=alert(1)>">',
    "<plaintext><script>alert(1)</script>",
    "<!--><img src=x onerror=alert(1)>-->",
    "<!--!><img src=x onerror=alert(1)>--!>",
    "<![CDATA[<img src=x onerror=alert(1)>]]>",
    "<svg><![CDATA[</svg><img src=x onerror=alert(1)>]]>",
    '<?xml version="1.0"?><img src=x onerror=alert(1)>',
    "<img src=x onerror=alert(1)//",
    "<scr<script>ipt>alert(1)</scr</script>ipt>",
    "<<script>alert(1)//<</script>",
    "<a/onclick=alert(1)/href=https://e.example>x",
    "<img/src='x'/onerror='alert(1)'>",
    "<img \x00src=x \x00onerror=alert(1)>",
    "<p\x0conclick=alert(1)>x",
    '<a href="https://e.example" target=_top ping=https://evil.example download>x</a>',
    "<td colspan='2\" onclick=\"alert(1)'>x</td>",
    "<table><tr><td colspan=99999999999 rowspan=-1>x</td></tr></table>",
    "&lt;script&gt;alert(1)&lt;/script&gt;",
    "&amp;lt;img src=x onerror=alert(1)&amp;gt;",
    '<b title="<img src=\'">image</b><img src="https://a.example/\'onerror=alert(1)">',
    '<img src="https://evil.example"onerror=alert(1)>',
    "<img src='https://a\"onerror=alert(1).example/'>",
    '<img src="https://<script>alert(1)</script>/">',
    '<a href="https://e.example/<img src=x onerror=alert(1)>">x</a>',
    "<a href='https://e.example/\"><img src=x onerror=alert(1)>'>x</a>",
    "<font color='red\" onclick=x'>x</font><center>y</center><blink>z</blink>",
    "<isindex type=image src=1 onerror=alert(1)><keygen autofocus onfocus=alert(1)>",
    "<script\n>alert(1)</script\t\n bar>",
    "<SCRIPT SRC=//evil.example></SCRIPT>",
    "<style>*{background:url(https://evil.example)}</style>",
    "<b><p><b><p></b>" * 50,
    "<div>" * 300 + "x",
    "\ud83d\ude00".encode("utf-16", "surrogatepass").decode("utf-16") + "<u onclick=x>é</u>",
)


def payloads() -> Iterator[str]:
    """Every combination, none twice."""
    yield from dict.fromkeys([*_events(), *_urls(), *_styled(), *_named(), *_SEEDS, *_nested()])


def _events() -> Iterator[str]:
    for element in _ELEMENTS:
        for event in _EVENTS:
            yield f'<{element} {event}="alert(1)">x</{element}>'


def _urls() -> Iterator[str]:
    for place in _URL_PLACES:
        for url in _URLS:
            yield place.replace("{}", url)


def _styled() -> Iterator[str]:
    for style in _STYLES:
        yield f'<p style="{style}">x</p>'
        yield f"<style>p{{{style}}}</style><p>x</p>"
        yield f"<svg><style>p{{{style}}}</style></svg>x"


def _named() -> Iterator[str]:
    for name in _NAMES:
        yield f'<div {name}="x">x</div><a {name}="https://evil.example" href="https://e.example">x</a>'
    for value in _CLOBBERS:
        yield f'<a id="{value}"></a><a id="{value}" name="x" href="https://e.example">x</a>'
        yield f'<form name="{value}"><input name=y></form>'


def _nested() -> Iterator[str]:
    for seed in _SEEDS[:20]:
        for outer in (
            "<svg>{}</svg>",
            "<math>{}</math>",
            "<table>{}",
            '<p title="{}">',
            "<a href='https://e.example/{}'>x</a>",
        ):
            yield outer.replace("{}", seed)


class Judge(HTMLParser):
    """Collects everything in markup that is not on the list, and every element left open."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.open: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag not in TAGS:
            self.faults.append(f"<{tag}>")
        self.links += [value or "" for name, value in attrs if name == "href"]
        for name, value in attrs:
            rule = ATTRIBUTES.get(tag, {}).get(name)
            if rule is None or value is None or not rule.fullmatch(value):
                self.faults.append(f"<{tag} {name}={value!r}>")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.faults.append(f"</{tag}>")

    def handle_comment(self, data: str) -> None:
        self.faults.append(f"<!--{data}-->")

    def handle_decl(self, decl: str) -> None:
        self.faults.append(f"<!{decl}>")

    def handle_pi(self, data: str) -> None:
        self.faults.append(f"<?{data}>")

    def unknown_decl(self, data: str) -> None:
        self.faults.append(f"<![{data}]>")


def judged(markup: str) -> Judge:
    judge = Judge()
    judge.feed(markup)
    judge.close()
    judge.faults += [f"{tag} left open" for tag in judge.open]
    return judge
