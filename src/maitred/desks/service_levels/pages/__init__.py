"""The pages of Speed & SLA. They ask verbs, write answers in words, and hold no rules."""
