"""What is asked and done about people: teams, members, own settings, content opened for a reason."""
