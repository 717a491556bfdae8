"""Datakura: a dataset management system."""
