"""Statistics of every column of a stored table."""
