"""Letters to people who might fit: merged from templates, sent by a person's click, stopped by one click of theirs."""
