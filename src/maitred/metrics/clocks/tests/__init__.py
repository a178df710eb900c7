"""Tests of the clock engine, with an independent slow reference."""
