"""How a sentence about a wanted person becomes chips: tables and a grammar, no model, nothing that the words lack."""
