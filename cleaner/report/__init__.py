"""Audit logs as a page for people, to read or to review."""
