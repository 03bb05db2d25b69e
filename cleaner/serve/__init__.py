"""Cleaner as a service over HTTP; needs the extra ``serve``.

Everything that takes time with a document, reading its JSON included, happens in worker processes. The process that
serves passes bytes on, so one document never holds up another's request.
"""
