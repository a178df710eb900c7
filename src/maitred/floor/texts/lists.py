"""Runs of pieces that values are made of, as numbers.

A module of plain numbers, because compiled functions read these as constants.
"""

from __future__ import annotations

(
    CARDS,
    IBANS,
    DOMAINS,
    AREA_CODES,
    PASSWORDS,
    CURRENCIES,
    STEMS,
    ENDINGS,
    DATE_JOIN,
    DECIMAL,
    COMPANY_FIRST,
    COMPANY_SECOND,
    COMPANY_FORM,
) = range(13)

COUNT = 13
