"""Stand-ins for processes that user code spawns (``multiprocessing``, joblib): they get ``sys.path``, but no finder, from their parent.

``first`` and ``last`` are folders for ``sys.path``. Their modules have the names of the packages, and put the stand-in into their own place.
"""
