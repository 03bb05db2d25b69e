"""Cleaner as a part of other libraries; each module needs its own."""
