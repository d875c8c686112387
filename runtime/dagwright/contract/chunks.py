"""How the elements of a map share pods: one element a pod as long as there are pods enough, else chunks of equal length.

Orchestrators pay for every pod (Argo keeps a node for each in one object, and starts each in seconds), so a map has at most so many.
Chunks are consecutive elements, all of one length but the last. Everyone who counts pods or looks for a result uses this arithmetic.
"""

from __future__ import annotations

MAP_PODS = 500
"""Pods of one map unless the plan says otherwise."""


def chunk_length(elements: int, most_pods: int) -> int:
    """Give the number of elements that a pod of a map runs; the last one may run fewer."""
    return max(1, -(-elements // most_pods))


def pods_of(elements: int, most_pods: int) -> int:
    """Give the number of pods of a map over so many elements."""
    return -(-elements // chunk_length(elements, most_pods))


def chunk_of(pod: int, elements: int, most_pods: int) -> range:
    """Give the elements of one pod; empty for a pod that the map does not have."""
    length = chunk_length(elements, most_pods)
    return range(min(pod * length, elements), min((pod + 1) * length, elements))
