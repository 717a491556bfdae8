"""Files that know their columns: Parquet and Arrow."""
