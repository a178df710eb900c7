"""The catalogue of topics: a tree of two levels, each leaf with its own words in every language."""

from __future__ import annotations

from maitred.floor.texts.topics.account import ACCOUNT
from maitred.floor.texts.topics.billing import BILLING
from maitred.floor.texts.topics.later import LATER
from maitred.floor.texts.topics.orders import ORDERS
from maitred.floor.texts.topics.product import PRODUCT
from maitred.floor.texts.topics.technical import TECHNICAL
from maitred.floor.texts.words import TopicWords

TOPICS: tuple[TopicWords, ...] = (*BILLING, *ORDERS, *ACCOUNT, *TECHNICAL, *PRODUCT, *LATER)
"""All topics; their order is free, since a world names topics by slug."""
