"""Corpora: shards of many documents in, shards of the same form out, with audit records, restartable at any time."""
