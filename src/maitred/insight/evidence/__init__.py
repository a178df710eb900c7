"""The evidence that detectors look at: gathered once from a publication, then only numbers."""
