"""Whether a difference is real and what it is made of: control charts, exact splits, survival curves, ways, causes."""
