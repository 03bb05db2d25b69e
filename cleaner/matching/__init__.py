"""Matching many patterns in time linear in the text: one scan for literals, RE2 to confirm."""
