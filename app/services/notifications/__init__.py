"""Who is told what changed, where, in which words, and whether it arrived."""
