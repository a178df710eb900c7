"""What was changed, when, for whom and what was expected of it."""
