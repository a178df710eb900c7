"""Pages with their filters under a name, for oneself, a team or everybody."""
