"""Our fallback against the real package on what flytekit files use of it."""

from __future__ import annotations

from dataclasses import dataclass, field

import dataclasses_json as real
import pytest

from dagwright.compat import dataclasses_json as ours


@dataclass
class Item:
    name: str
    price: float


def basket(library: object) -> type:
    @library.dataclass_json
    @dataclass
    class Basket:
        items: list[Item]
        best: Item | None = None
        prices: dict[str, Item] = field(default_factory=dict)
        pair: tuple[int, Item] = (0, None)

    return Basket


FULL = {"items": [Item("a", 1.5)], "best": Item("b", 2.0), "prices": {"x": Item("c", 3.0)}, "pair": (1, Item("d", 4.0))}


@pytest.mark.parametrize("values", [FULL, {"items": []}])
def test_json_is_what_the_real_package_writes(values: dict[str, object]) -> None:
    assert basket(ours)(**values).to_json() == basket(real)(**values).to_json()


def test_json_comes_back_as_the_same_instance() -> None:
    cls = basket(ours)
    assert cls.from_json(cls(**FULL).to_json()) == cls(**FULL)
    assert cls.from_dict(cls(**FULL).to_dict()) == cls(**FULL)


def test_the_mixin_gives_the_same_methods() -> None:
    @dataclass
    class Mixed(ours.DataClassJsonMixin):
        item: Item

    assert Mixed.from_json('{"item": {"name": "a", "price": 1.0}}') == Mixed(Item("a", 1.0))
    assert Mixed(Item("a", 1.0)).to_json(indent=1).count("\n") == 5


def test_a_method_of_the_class_is_kept() -> None:
    @ours.dataclass_json()
    @dataclass
    class Own:
        x: int

        def to_json(self) -> str:
            return "own"

    assert Own(1).to_json() == "own"


def test_an_absent_field_is_none_only_on_request() -> None:
    cls = basket(ours)
    assert cls.from_dict({}, infer_missing=True).items is None
    with pytest.raises(TypeError, match="items"):
        cls.from_dict({})


def test_an_option_that_would_change_the_json_is_refused() -> None:
    with pytest.raises(TypeError, match="'letter_case' needs the package dataclasses-json"):
        ours.dataclass_json(letter_case="camel")
