"""What every format of text shares: bytes to characters, characters to values, what is left out."""
