"""People found for a job, by reasons anyone can read: the query, the profile, the score and its explanation.

A score is a sum of whole numbers, weight by value, and every term names the text it came from. Nothing here learns
from past hires, reads a name, or decides about a person; a person does, with the reasons beside each result.
"""
