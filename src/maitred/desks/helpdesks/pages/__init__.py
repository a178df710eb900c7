"""The pages of connected helpdesks: how each does, how it is connected, what its words mean, what is changed there.

They hold no rules: they ask the desk's verbs and tell the answers in words.
"""
