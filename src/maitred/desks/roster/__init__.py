"""Roster: who is on the team, what they can do, when they work, what they carry, and how their work goes.

Answers a lead every morning (who is away, whose load differs from their own usual), a manager weekly, and each person
about themselves first. Reads the facts of a publication and the tree of teams; writes shares of teams, skills with
their evidence, working time, leave, and the mark of a shared account. People are listed by name and compared only in
groups that cannot be told apart; nobody is ranked.
"""
