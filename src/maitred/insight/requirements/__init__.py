"""What a posting asks for: skills, qualifications and experience, each with the words that say it and their place.

``read`` gives spans of a text. What is read is for a person who writes or compares postings; nobody is judged by it.
"""

from __future__ import annotations

from maitred.insight.requirements.spans import KINDS, Requirement

__all__ = ["KINDS", "Requirement", "read"]


def read(text: str) -> list[Requirement]:
    """Spans of a text that ask for something, by the rules that need no training.

    Examples
    --------
    >>> [(one.kind, one.text) for one in read("You have 3 years of experience in retail and a Bachelor's degree.")]
    [('experience', '3 years of experience in retail'), ('qualification', "Bachelor's degree")]
    """
    from maitred.insight.requirements.baseline import spans

    return spans(text)
