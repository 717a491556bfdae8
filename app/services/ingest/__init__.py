"""From an uploaded object to a version's rows: read by a child, kept, ended with a verdict. Also looked at before, and read again."""
