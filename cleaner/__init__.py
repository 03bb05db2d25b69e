"""Cleaner."""
