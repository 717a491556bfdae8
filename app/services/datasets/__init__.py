"""Datasets and their versions: what people say about them, how they are listed and found, what is published."""
