"""Who counts pods and who looks for results agree: every element is in one pod, and a map has no more pods than it may."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from dagwright.contract.chunks import chunk_length, chunk_of, pods_of


@given(elements=st.integers(0, 30_000), most_pods=st.integers(1, 12_000))
@example(elements=0, most_pods=500)
@example(elements=500, most_pods=500)
@example(elements=501, most_pods=500)
@example(elements=1001, most_pods=500)
def test_chunks_are_a_partition_in_order(elements: int, most_pods: int) -> None:
    pods = pods_of(elements, most_pods)
    chunks = [chunk_of(pod, elements, most_pods) for pod in range(pods)]
    assert pods <= most_pods
    assert [index for chunk in chunks for index in chunk] == list(range(elements))
    assert all(len(chunk) == chunk_length(elements, most_pods) for chunk in chunks[:-1])
    assert all(chunks)
    assert not chunk_of(pods, elements, most_pods)


def test_elements_share_pods_only_where_there_are_too_many() -> None:
    assert [pods_of(elements, 500) for elements in (0, 1, 499, 500, 501, 1000, 1001, 10_000)] == [
        0,
        1,
        499,
        500,
        251,
        500,
        334,
        500,
    ]
