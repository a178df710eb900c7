"""The door of Today: what needs me, what I do about it, how often it was right, and who is told when."""
