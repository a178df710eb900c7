"""What a mark in a text is filled with, as numbers: ``{amount}`` is ``AMOUNT``.

A module of plain numbers, because compiled functions read these as constants.
"""

from __future__ import annotations

(
    THING,
    RESTATE,
    ADDRESS,
    AMOUNT,
    INVOICE,
    DATE,
    MONTH,
    WEEKDAY,
    N,
    M,
    VERSION,
    ERROR,
    FILE,
    TRACKING,
    REFERENCE,
    IN_TIME,
    CUSTOMER,
    NAME,
    AGENT,
    EMAIL,
    PHONE,
    CARD,
    IBAN,
    ORDER,
    PASSWORD,
    HOUSE,
    STREET,
    TOWN,
    POSTCODE,
) = range(29)
