"""What is left of hostile HTML, judged by another parser; and that what a reader needs is still there."""

from __future__ import annotations

import base64
import html
import re
import time
from urllib.parse import unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from maitred.kit.safety.html import LONGEST, MOST_TAGS, POLICY, clean, framed, plain, prose
from maitred.kit.safety.tests.hostile import TAGS, judged, payloads

PAYLOADS = list(payloads())


def signed(url: str) -> str:
    """A stand-in for the signer: reversible, with signs that need quoting."""
    return base64.b64encode(url.encode()).decode() + ":x/y"


def targets(markup: str) -> list[str]:
    """The addresses behind the signed links, in order."""
    found = [unquote(link.removeprefix("/out?u=")) for link in judged(markup).links]
    return [base64.b64decode(value.removesuffix(":x/y")).decode() for value in found]


def faults_of(raw: str) -> list[str]:
    markup = clean(raw, signed)
    faults = judged(markup).faults
    # A link may only lead where a browser would have to ask the web, never where it would run something.
    faults += [url for url in targets(markup) if not re.match(r"(?i)https?://[^/]|mailto:[^/]", url)]
    return faults


def test_prose_of_our_own_writers_keeps_its_form_and_lets_nothing_hostile_through() -> None:
    assert prose("# A\n\n- *b*\n\n[c](https://x.example)") == (
        "<h3>A</h3>\n<ul>\n<li><em>b</em></li>\n</ul>\n<p>[c](https://x.example)</p>\n"
    )
    assert [one for one in PAYLOADS if judged(prose(one)).faults] == []


def test_the_suite_has_at_least_five_hundred_payloads() -> None:
    assert len(PAYLOADS) >= 500


def test_the_judge_sees_what_is_wrong_before_cleaning() -> None:
    innocent = [raw for raw in PAYLOADS if not judged(raw).faults]
    assert len(innocent) < len(PAYLOADS) / 100


def test_nothing_hostile_is_left_of_any_payload() -> None:
    wrong = {raw: faults for raw in PAYLOADS if (faults := faults_of(raw))}
    assert wrong == {}


def test_cleaning_the_cleaned_again_changes_only_our_own_links() -> None:
    for raw in PAYLOADS:
        once = clean(raw, signed)
        again = clean(once, signed)
        assert judged(again).faults == []
        assert re.sub(' href="[^"]*"', "", once) == again


def test_nothing_hostile_is_left_when_two_payloads_meet() -> None:
    pairs = list(zip(PAYLOADS[::2], PAYLOADS[1::2], strict=False))
    assert [pair for pair in pairs if faults_of("<p>".join(pair)) or faults_of(f"{pair[1]}\n{pair[0]}")] == []


@settings(deadline=None, max_examples=150)
@given(
    st.lists(st.sampled_from([*PAYLOADS, "<", ">", '"', "'", "</p>", "-->", "&", "]]>", "\x00"]), max_size=5).map(
        "".join
    ),
    st.integers(0, 60),
)
def test_nothing_hostile_is_left_of_pieces_cut_anywhere(raw: str, cut: int) -> None:
    assert faults_of(raw[cut:]) == []
    assert faults_of(raw[:-cut]) == []


@settings(deadline=None, max_examples=100)
@given(st.text(alphabet=st.sampled_from(list("<>/\"'= &;#!-ab:x\x00\t\n")), max_size=80))
def test_any_text_gives_harmless_markup(raw: str) -> None:
    assert faults_of(raw) == []


def test_what_a_reader_needs_stays() -> None:
    table = '<table><tbody><tr><td colspan="2">x</td></tr></tbody></table>'
    raw = f"<h2>Hi</h2><p>a <b>b</b><br>c</p><ul><li>1</li></ul>{table}"
    assert clean(raw, signed) == raw


@pytest.mark.parametrize("tag", sorted(TAGS - {"br", "hr", "table", "thead", "tbody", "tr", "th", "td"}))
def test_every_listed_element_stays(tag: str) -> None:
    assert clean(f"<{tag}>x</{tag}>", signed).startswith(f"<{tag}")


@pytest.mark.parametrize(
    "url",
    ["https://desk.example/a?b=c&d=%20#e", "http://desk.example", "mailto:a@desk.example", "HTTPS://desk.example/ü"],
)
def test_a_link_leads_through_the_page_that_names_the_host(url: str) -> None:
    markup = clean(f'<a href="{html.escape(url)}" target="_top" ping="//x">x</a>', signed)
    assert targets(markup) == [url]
    assert markup.endswith(' rel="noopener noreferrer">x</a>')


@pytest.mark.parametrize(
    "url",
    [
        "//evil.example",
        "/settings",
        "evil",
        "",
        "#x",
        "https://",
        "https:///x",
        "mailto:",
        "http://[::1",
        "https://a b/",
        f"https://e.example/{'x' * 3000}",
    ],
)
def test_a_link_that_does_not_say_where_it_leads_is_no_link(url: str) -> None:
    assert "href" not in clean(f'<a href="{url}">x</a>', signed)


@pytest.mark.parametrize(
    ("image", "words"),
    [
        ('<img src="https://Track.example:8443/p.gif?id=7">', "image (track.example)"),
        ('<img src="http://bücher.example/p">', "image (xn--bcher-kva.example)"),
        ('<img src="cid:part1">', "image"),
        ("<img>", "image"),
        (f'<img src="data:image/png;base64,{"A" * 500_000}">', "image"),
        ('<img src="//evil.example/p">', "image"),
        ('<img src="https://user:pw@evil.example/p">', "image (evil.example)"),
        ('<img alt="https://a.example" src="x.gif">', "image"),
        (
            '<picture><source srcset="https://s.example/x"><img src="https://t.example/y"></picture>',
            "image (t.example)",
        ),
    ],
)
def test_an_image_is_named_and_not_loaded(image: str, words: str) -> None:
    assert clean(f"<p>{image}</p>", signed) == f"<p>{words}</p>"


@pytest.mark.parametrize(
    "tag", ["script", "style", "svg", "math", "template", "noscript", "iframe", "object", "title", "textarea", "select"]
)
def test_what_is_not_meant_to_be_read_goes_with_its_content(tag: str) -> None:
    assert clean(f"a<{tag}>hidden</{tag}>b", signed) == "ab"


def test_styles_cannot_pile_up() -> None:
    """A parser that reopens each of n styles in each of n paragraphs would write n squared."""
    raw = "".join(f"<b x{number}><i y{number}><p>" for number in range(3_000))
    assert len(clean(raw, signed)) < 20 * len(raw)


@pytest.mark.parametrize(
    "raw", ["<div>" * (MOST_TAGS + 1) + "a <b>", "a &lt;b&gt;\n" * (LONGEST // 8)], ids=["tags", "length"]
)
def test_a_body_beyond_the_bounds_is_shown_as_text(raw: str) -> None:
    started = time.monotonic()
    markup = clean(raw, signed)
    assert judged(markup).faults == []
    assert "a" in markup
    assert time.monotonic() - started < 2


@pytest.mark.parametrize(
    "raw",
    ["<div>" * MOST_TAGS, "<ul><li>" * (MOST_TAGS // 2), "<p " + " ".join(f"a{n:x}" for n in range(30_000)) + ">x"],
)
def test_the_worst_body_within_the_bounds_takes_no_minutes(raw: str) -> None:
    started = time.process_time()
    clean(raw, signed)
    assert time.process_time() - started < 60


def test_the_frame_has_a_policy_of_its_own_before_the_body() -> None:
    document = framed("<p>x</p><meta http-equiv=refresh content=0><base href=//evil.example>", signed)
    assert "default-src 'none'" in POLICY
    head, _, body = document.partition("<body>")
    assert f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">' in head
    assert body == "<p>x</p></body></html>"
    assert document.lower().count("<base") == 1 and "href" not in head


def test_no_payload_leaves_the_body_of_its_frame() -> None:
    for raw in PAYLOADS:
        document = framed(raw, signed).lower()
        assert document.count("<body>") == document.count("</body>") == document.count("<html>") == 1
        assert document.count("<meta") == 4


def test_the_plain_words_have_no_markup_scripts_or_control_characters() -> None:
    assert plain("<p>a\x07 &lt;b&gt;</p><script>x()</script><style>y</style><div>c</div>") == "a <b>\nc"
    assert plain("as it is") == "as it is"
