"""Offers beside what was published and what the survey of wages shows."""
