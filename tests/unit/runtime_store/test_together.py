"""Several operations of a store at a time."""

from __future__ import annotations

from threading import Barrier

import pytest

from dagwright.cache import Output, Result
from dagwright.cache.stripes import publish_stripe
from dagwright.execution.elements import Elements
from dagwright.store import open_store
from dagwright.store.together import each


class Far:
    """A store whose answers come only when four are waited for."""

    at_once = 4

    def __init__(self, store):
        self.url = store.url
        self._store = store
        self._waiting = Barrier(4)

    def get(self, key):
        self._waiting.wait(30)
        return self._store.get(key)


def test_answers_come_in_the_order_of_the_items(tmp_path):
    near = open_store(f"file://{tmp_path}")
    for store in (near, Far(near)):
        assert each(store, lambda item: item * 2, range(50)) == [item * 2 for item in range(50)]
        assert each(store, lambda item: item, []) == []


def test_the_first_items_error_is_raised(tmp_path):
    def work(item):
        if item % 3 == 2:
            raise ValueError(item)
        return item

    near = open_store(f"file://{tmp_path}")
    for store in (near, Far(near)):
        with pytest.raises(ValueError, match=r"^2$"):
            each(store, work, range(20))


def test_stripes_of_a_long_list_are_read_together(tmp_path):
    near = open_store(f"file://{tmp_path}")
    for pod in range(8):
        results = {index: Result((Output("o0", "int", index),)) for index in range(pod * 5, pod * 5 + 5)}
        publish_stripe(near, "run", "node", pod, results)
    task = type("Task", (), {"shape": [("o0", "int")]})
    node = type("Node", (), {"id": "node", "has_holes": False, "task": task})
    elements = Elements(Far(near), "run", node, 40, 8)
    elements.fetch(range(40))
    assert [elements.result(index).output("o0").data for index in range(40)] == list(range(40))
