"""The card-number mask: every byte from outside passes here in memory before anything of it is stored.

For whoever lands records, imports files or logs foreign text. Doors: ``screen_text`` for one text, ``screen_column``
for an Arrow column, ``screen_json_lines`` for a chunk of JSON lines. They mask card numbers
(``[card •••• 1234]``), drop security codes and stripe data beside them, and report findings that never hold the value.
There is no undo.

What else is personal in a text is found and not changed: ``identities_in`` for who is on the record, ``patterns_in``
for what form and check digits give away; both return spans.
"""

from maitred.sync.screen.columns import screen_column
from maitred.sync.screen.findings import DETECTOR_VERSION, Finding, Screened
from maitred.sync.screen.identities import Known, identities_in
from maitred.sync.screen.jsonlines import screen_json_line, screen_json_lines
from maitred.sync.screen.patterns import patterns_in
from maitred.sync.screen.spans import PersonalType, Span, without_overlaps
from maitred.sync.screen.text import screen_text

__all__ = [
    "DETECTOR_VERSION",
    "Finding",
    "Known",
    "PersonalType",
    "Screened",
    "Span",
    "identities_in",
    "patterns_in",
    "screen_column",
    "screen_json_line",
    "screen_json_lines",
    "screen_text",
    "without_overlaps",
]
