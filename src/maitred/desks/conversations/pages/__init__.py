"""The pages of conversations: they ask verbs and hold no rules."""
