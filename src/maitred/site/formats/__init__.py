"""How dates are written where Django's own form of a language is not what people read at work."""
