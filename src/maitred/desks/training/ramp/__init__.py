"""How long people who started need until they work like their team."""
