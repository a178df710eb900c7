"""Conversations: who waits, who was forgotten, and was the service timely, helpful and kind?"""
