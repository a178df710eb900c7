"""Escalations: who is about to be lost, who owns it, what was promised, and did we learn from it?"""
