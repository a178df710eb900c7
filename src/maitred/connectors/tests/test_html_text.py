"""The readable text of HTML bodies."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maitred.connectors.html_text import text_of_html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("plain", "plain"),
        ("<div>Hello,<br>my parcel&nbsp;is <b>lost</b>.</div><p>Mara</p>", "Hello,\nmy parcel is lost.\nMara"),
        ("<style>p{}</style><script>x()</script><p>a &lt; b &amp; c</p>", "a < b & c"),
        ("<ul><li>one</li><li>two</li></ul>", "one\ntwo"),
        ("a &amp; b", "a & b"),
        ("<p>unclosed <b>tag", "unclosed tag"),
    ],
)
def test_block_tags_break_lines_and_entities_are_resolved(source: str, text: str) -> None:
    assert text_of_html(source) == text


@given(st.text(st.sampled_from("<>!-[]&;/\"'ab \n")))
def test_any_markup_gives_a_text(source: str) -> None:
    assert isinstance(text_of_html(source), str)


def test_a_very_long_body_is_stripped_by_pattern() -> None:
    assert text_of_html("<p>hello</p>" * 300_000).startswith("hello\nhello")
