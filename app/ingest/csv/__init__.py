"""Delimited text: dialect, layout, damage, and the table of typed columns."""
