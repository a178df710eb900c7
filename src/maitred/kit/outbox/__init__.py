"""Mail, chat messages and webhooks: rows written with the change, sent by the worker, never twice blindly."""
