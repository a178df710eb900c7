"""The states, the district and the territories of the United States: code, postal letters, name."""

from __future__ import annotations

from functools import cache

STATES: dict[str, str] = {
    "AL": "Alabama", "AK": "Alaska", "AZ": "Arizona", "AR": "Arkansas", "CA": "California", "CO": "Colorado",
    "CT": "Connecticut", "DE": "Delaware", "DC": "District of Columbia", "FL": "Florida", "GA": "Georgia",
    "HI": "Hawaii", "ID": "Idaho", "IL": "Illinois", "IN": "Indiana", "IA": "Iowa", "KS": "Kansas", "KY": "Kentucky",
    "LA": "Louisiana", "ME": "Maine", "MD": "Maryland", "MA": "Massachusetts", "MI": "Michigan", "MN": "Minnesota",
    "MS": "Mississippi", "MO": "Missouri", "MT": "Montana", "NE": "Nebraska", "NV": "Nevada", "NH": "New Hampshire",
    "NJ": "New Jersey", "NM": "New Mexico", "NY": "New York", "NC": "North Carolina", "ND": "North Dakota",
    "OH": "Ohio", "OK": "Oklahoma", "OR": "Oregon", "PA": "Pennsylvania", "RI": "Rhode Island",
    "SC": "South Carolina", "SD": "South Dakota", "TN": "Tennessee", "TX": "Texas", "UT": "Utah", "VT": "Vermont",
    "VA": "Virginia", "WA": "Washington", "WV": "West Virginia", "WI": "Wisconsin", "WY": "Wyoming", "GU": "Guam",
    "PR": "Puerto Rico", "VI": "Virgin Islands",
}  # fmt: skip


@cache
def _by_name() -> dict[str, str]:
    return {name.casefold(): code for code, name in STATES.items()}


def state_code(text: str) -> str | None:
    """Postal letters of a state by its letters or its name; ``None`` where it is neither.

    Examples
    --------
    >>> state_code("ny"), state_code("New York"), state_code("Bavaria")
    ('NY', 'NY', None)
    """
    word = " ".join(text.replace(".", "").split())
    if word.upper() in STATES:
        return word.upper()
    return _by_name().get(word.casefold())
