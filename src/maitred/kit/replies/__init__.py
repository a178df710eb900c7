"""Answers kept for a day, so that a call repeated with its key is done once and answered alike."""
