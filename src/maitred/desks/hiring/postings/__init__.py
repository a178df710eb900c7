"""Postings as plain values: templates, filling, checks by a dated table of rules, printing, reading back, salary, kits.

Nothing here reads a database or a clock; the door of the desk (``verbs/postings.py``) and the command line hand in
what they know and keep what comes out.
"""
