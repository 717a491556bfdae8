"""Pure reading of data files: format, dialect, types, the columnar copy, the profile. Knows no database and no network."""
