"""Matching many patterns in time linear in the text: one scan for literals, then the patterns."""
