"""A deterministic simulator of many machines that share one store, which drives the runtime's own protocol code.

``world`` is the store, the time and who moves next; ``scenarios`` and ``rounds`` what a seed stands for, ``disk`` what a pod has to itself; ``invariants`` what must hold; ``mutants`` ways
to break the code under test, each of which some seed must show. ``python -m simulation --seeds 1000`` in the folder of the tests runs it.
"""
