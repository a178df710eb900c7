"""Looks through everything that is kept for card numbers: files by what they are, rows of the database by their text.

What is found is told by place, kind and count, with the last four digits at most; the number itself goes nowhere.
"""
