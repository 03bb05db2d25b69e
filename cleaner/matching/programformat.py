"""The form of translated expressions; apart from what makes them, which a run that finds them kept does not import."""

#: Raise it when programs change their meaning; ``kFormat`` in ``cleaner/native/expression_program.cpp`` is the same.
FORMAT = 1
