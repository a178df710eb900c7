"""The pages of quality: what waits, the review without a pointer, what came of it, cards, samples, calibration, checks.

They hold no rules: they ask the desk's verbs and tell the answers in words.
"""
