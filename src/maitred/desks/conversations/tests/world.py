"""A generated log with conversations planted in it whose course is known: who waits, what was promised."""

from __future__ import annotations

import csv
from pathlib import Path

BILLING, TECHNICAL = 11, 13
AGENT, OTHER, BOT = 1001, 1004, 1900
CUSTOMER = 199001
FORGOTTEN, BROKEN, TURNED, BOTTED, ELSEWHERE, ODD, SILENT, KEPT = (str(number) for number in range(990001, 990009))
CARD = "4111 1111 1111 1111"
MAIL = "quill.ferro@mail.example"
HOSTILE = "<script>alert('x')</script>"
_ME = "Quill Ferro"

SAID: dict[str, tuple[int, int, tuple[tuple[int, str, str], ...]]] = {
    FORGOTTEN: (BILLING, AGENT, (
        (CUSTOMER, "2025-12-22 14:00:00", f"The parrotfish invoice is wrong. {HOSTILE} My card {CARD} was charged "
         f"twice, write to {MAIL}.\n\nRegards\n{_ME}"),)),
    BROKEN: (BILLING, AGENT, (
        (CUSTOMER, "2025-12-30 14:00:00", "My export fails with error 4711, could you help?"),
        (AGENT, "2025-12-30 15:00:00", f"Hello {_ME}, I am sorry that your export fails with error 4711. "
         "I will call you back by Friday."),)),
    TURNED: (BILLING, AGENT, (
        (CUSTOMER, "2026-01-02 14:00:00", "Hello, could you kindly tell me where my parcel is? Thank you very much!"),
        (AGENT, "2026-01-02 15:00:00", "It is on its way."),
        (CUSTOMER, "2026-01-04 14:00:00", "I am furious. This is terrible service, nobody helps me and it is still not "
         "here. This is the third time I ask!"),)),
    BOTTED: (BILLING, AGENT, (
        (CUSTOMER, "2026-01-02 14:00:00", "Please change my address."),
        (BOT, "2026-01-02 14:00:30", "Thank you, an answer follows within 24 hours."),
        (CUSTOMER, "2026-01-02 14:05:00", "That did not help me, I want to talk to a person."),
        (CUSTOMER, "2026-01-02 14:06:00", "Hello?"),)),
    ELSEWHERE: (TECHNICAL, OTHER, (
        (CUSTOMER, "2025-12-22 14:00:00", "The parrotfish driver crashes at once."),)),
    ODD: (BILLING, AGENT, (
        (CUSTOMER, "2026-01-03 14:00:00", "> only what was said before"),
        (CUSTOMER, "2026-01-03 14:01:00", "zebrafish " * 5_000),
        (AGENT, "2026-01-03 15:00:00", "Ich melde mich bis Donnerstag bei Ihnen.\n\nMit freundlichen Grüßen\nAna\n\n"
         "Am Mo., 3. Jan. 2026 um 14:00 schrieb Quill:\n> zitierte Worte von gestern"),)),
    SILENT: (BILLING, AGENT, (
        (CUSTOMER, "2025-12-10 14:00:00", "When does my contract end?"),
        (AGENT, "2025-12-10 15:00:00", "I have asked the office."),)),
    KEPT: (BILLING, AGENT, (
        (CUSTOMER, "2025-12-29 14:00:00", "Is the new version out?"),
        (AGENT, "2025-12-29 15:00:00", "I will write to you by Wednesday."),
        (AGENT, "2025-12-31 15:00:00", "The new version is out since this morning."),)),
}  # fmt: skip
"""Group, holder and messages (author, instant, text) of each planted ticket, all of them open."""


def planted(log: Path) -> None:
    """Put the conversations into a generated log."""
    (log / "import.toml").write_text(f'[actors]\nbots = ["{BOT}"]\n')
    rows: dict[str, list[list[object]]] = {"ticket": [], "ticket_comment": [], "ticket_field_history": []}
    number = 9_900_000
    for ticket, (group, holder, said) in SAID.items():
        first = said[0][1]
        rows["ticket"].append([ticket, first, said[-1][1], "open", "normal", CUSTOMER, CUSTOMER, holder, group, 50001,
                               "email", "question", f"About {ticket}", "2026-01-05 00:00:00"])  # fmt: skip
        for field, value in (("status", "new"), ("group_id", group), ("assignee_id", holder), ("status", "open")):
            after = first[:-2] + ("00" if value == "new" else "05")
            rows["ticket_field_history"].append([ticket, field, after, value, holder])
        for author, at, text in said:
            number += 1
            rows["ticket_comment"].append([number, ticket, author, at, "TRUE", text])
    rows["user"] = [[CUSTOMER, _ME, "end-user", "TRUE"], [BOT, "Helper", "agent", "TRUE"]]
    for name, more in rows.items():
        with (log / f"{name}.csv").open("a", newline="", encoding="utf-8") as file:
            csv.writer(file, quoting=csv.QUOTE_NONNUMERIC).writerows(more)
