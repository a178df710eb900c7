"""Generated support work: ticket logs of a team that does not exist, for demonstrations and measurements."""
