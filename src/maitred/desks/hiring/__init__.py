"""Hiring: from a need to a person who is up to speed."""
