"""Compliance: what is due to whom by when, and which complaints are where?"""
