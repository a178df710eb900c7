"""Postings that are kept: who sees them, their shapes at the door, how they are shown."""
