"""Who did what, when and why: one row per deed, chained by hashes, with signed heads outside of the database.

Every write of the house goes through a deed, so that the change and its row stand or fall together.
"""
