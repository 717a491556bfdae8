"""The demo data: a handful of real, small, freely licensed tables, loaded through the public API as anybody would."""
