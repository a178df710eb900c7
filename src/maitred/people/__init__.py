"""People of the house: persons (human or bot), the tree of teams, accounts with roles and grants, tokens, identities.

Answers who somebody is, where they belong now and belonged then, what they may do, and which helpdesk users they are.
Reads and writes the operational database only.
"""
