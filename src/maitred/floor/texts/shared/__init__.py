"""What is said in each language whatever the topic is."""

from __future__ import annotations

from maitred.floor.texts.shared.english import ENGLISH
from maitred.floor.texts.shared.french import FRENCH
from maitred.floor.texts.shared.german import GERMAN
from maitred.floor.texts.shared.spanish import SPANISH
from maitred.floor.texts.words import Shared

SHARED: dict[str, Shared] = {"en": ENGLISH, "de": GERMAN, "es": SPANISH, "fr": FRENCH}
