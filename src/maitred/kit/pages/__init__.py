"""What every page shares: the filters in its address, how numbers are written, its place in the navigation."""
