"""What users write: decorators and declarations.

Nothing here runs a workflow. The compiler reads the same declarations from the source; at run time they only decide what a
call means: a plain function inside an attempt, a compiled program outside. Importing costs next to nothing (no ``typing``,
``functools`` or ``inspect``), because every attempt pays for it.
"""
