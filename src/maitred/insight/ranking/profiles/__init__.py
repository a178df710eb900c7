"""Profiles of people who may be hired: read out of files, cut, and turned into a row of numbers with its evidence.

The door: ``read(path)`` gives profiles and refusals line by line; ``extract(document, as_of=…)`` gives features,
evidence and what could not be read. Importing, the dry run and the reasons on a page use the same two functions.
"""

from maitred.insight.ranking.profiles.extraction import READ_FEATURES, digest, extract, extract_features
from maitred.insight.ranking.profiles.read_shapes import Read, Refused, content_id, last_modified
from maitred.insight.ranking.profiles.reading import read
from maitred.insight.ranking.profiles.shapes import Document, Evidence, Extracted, Note

__all__ = [
    "READ_FEATURES",
    "Document",
    "Evidence",
    "Extracted",
    "Note",
    "Read",
    "Refused",
    "content_id",
    "digest",
    "extract",
    "extract_features",
    "last_modified",
    "read",
]
