"""What customers and colleagues wrote, read by machine: reasons, tone, behaviours, personal data, language, search.

Everything here works with no model installed and no connection open. A statement about a text carries its evidence as
spans ``[start, end)`` of Unicode code points in the original text, the id of the model that made it, and a probability
that is calibrated or is called not calibrated yet. Only the author's own new words are read (``zones``). What was
reached on which texts, and what is never claimed, is told in ``docs/text.md``.
"""
