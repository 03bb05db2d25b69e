"""Rules learned from a corpus: lines that recur where the articles around them have nothing in common."""
