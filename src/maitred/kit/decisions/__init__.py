"""What was seen, what was chosen and what came of it."""
