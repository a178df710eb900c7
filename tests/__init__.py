"""Whole-house tests: rooms, documents, start-up, the README's example, and public data through the command line."""
