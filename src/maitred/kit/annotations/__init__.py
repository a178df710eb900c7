"""What happened on a day, written on every time chart it concerns."""
