"""Detectors: pure functions from daily series and event tables to candidate findings, one module per family."""
