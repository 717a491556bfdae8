"""Bytes on their way to the object store, how much room they take, and what is removed again."""
