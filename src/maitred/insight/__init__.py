"""Whether a difference is real, what caused it, what comes next: the room is kept for that and is still empty."""
