"""The door of coaching: people, one-to-ones, notes, steps, plans."""
