"""Models of pydantic, read without pydantic."""

from __future__ import annotations

import pytest
from frontend_sources import clean, front

from dagwright_compiler.ir.program import LiteralBinding

HEAD = """\
from __future__ import annotations
from datetime import date
from typing import Annotated, Any, ClassVar, Generic, List, Literal, Optional, TypeVar
import numpy as np
from pydantic import AliasChoices, BaseModel, BeforeValidator, ConfigDict, Field, HttpUrl, PositiveInt, PrivateAttr
from pydantic import field_validator, model_validator, validator
from pydantic.alias_generators import to_camel
from dagwright import task, workflow
T = TypeVar("T")
"""


def _kind(body: str) -> str:
    return clean(f"{HEAD}{body}@task\ndef take(x: Model) -> None: ...\n").task("flow.take").inputs[0].type.text


def _source(body: str, value: str) -> str:
    return f"{HEAD}{body}@task\ndef take(x: Model) -> None: ...\n@workflow\ndef main() -> None:\n    take(x={value})\n"


def _wire(body: str, value: str) -> object:
    ((_, binding),) = clean(_source(body, value)).workflow().nodes[0].bindings
    assert isinstance(binding, LiteralBinding)
    return binding.value


def test_fields_have_the_types_and_defaults_that_the_model_gives_them() -> None:
    body = """\
class Inner(BaseModel):
    lr: float = 1
class Base(BaseModel):
    VERSION: ClassVar[int] = 3
    name: str = ...
    kept: int = 1
class Model(Base):
    model_config = ConfigDict(frozen=True)
    kept: str = "x"
    inner: Inner = Inner(lr=2)
    tags: List[str] = Field(default_factory=list, description="tags")
    size: int = Field(3, ge=0)
    required: int = Field(..., ge=0)
    annotated: Annotated[int, Field(ge=0)] = 4
    within: Annotated[int, Field(default=5)]
    positive: PositiveInt = 8
    mode: Literal["a", "b"] = "a"
    unvalidated: int = None
    made: date = Field(default_factory=date.today)
    other: Any = Field(None, alias="an_other")
    url: HttpUrl = "https://example.com"

    @field_validator("name")
    @classmethod
    def check(cls, value):
        return value

    @property
    def depth(self) -> int:
        return 1
"""
    classes = clean(f"{HEAD}{body}@task\ndef take(x: Model) -> None: ...\n").elaborated.library.classes
    assert classes["flow.Model"].kind == "pydantic"
    assert [
        (f.name, f.type.text, f.default if f.has_default else "deferred" if f.deferred else "required")
        for f in classes["flow.Model"].fields
    ] == [
        ("name", "str", "required"),
        ("kept", "str", "x"),
        ("inner", "class[flow.Inner]", {"lr": 2.0}),
        ("tags", "list[str]", []),
        ("size", "int", 3),
        ("required", "int", "required"),
        ("annotated", "int", 4),
        ("within", "int", 5),
        ("positive", "int", 8),
        ("mode", 'literal["a", "b"]', "a"),
        ("unvalidated", "union[int, none]", None),
        ("made", "date", "deferred"),
        ("other", "unknown", None),
        ("url", "unknown", "https://example.com"),
    ]


@pytest.mark.parametrize(
    "body",
    [
        "class Model(BaseModel):\n    x: int = 1\n    def __init__(self, **data): super().__init__(**data)\n",
        "class Model(BaseModel):\n    x: int = 1\n    _cache: dict = PrivateAttr(default_factory=dict)\n",
        "class Model(BaseModel):\n    model_config = ConfigDict(extra='allow')\n    x: int = 1\n",
        "class Model(BaseModel, extra='allow'):\n    x: int = 1\n",
        "class Model(BaseModel):\n    class Config:\n        extra = 'allow'\n    x: int = 1\n",
        "class Model(BaseModel):\n    class Config:\n        use_enum_values = True\n    x: int = 1\n",
        "OPTIONS = {}\nclass Model(BaseModel):\n    model_config = OPTIONS\n    x: int = 1\n",
        "class Model(BaseModel):\n    x: int = 1\n    @validator('x', pre=True)\n    def early(cls, v): return v\n",
        "class Model(BaseModel):\n    x: int = 1\n    @model_validator(mode='before')\n    def early(cls, v): return v\n",
        "class Model(BaseModel):\n    x: Annotated[int, BeforeValidator(int)] = 1\n",
        "Loose = Annotated[int, BeforeValidator(int)]\nclass Model(BaseModel):\n    x: Loose = 1\n",
        "class Model(BaseModel, Generic[T]):\n    x: T\n",
        "class Mixin:\n    def __init__(self): ...\nclass Model(Mixin, BaseModel):\n    x: int = 1\n",
    ],
)
def test_a_model_whose_fields_are_not_all_of_its_value_is_opaque(body: str) -> None:
    assert _kind(body) == "opaque[flow.Model]"


@pytest.mark.parametrize(
    "body",
    [
        "class Model(BaseModel):\n    x: int = 1\n    @model_validator(mode='after')\n    def late(self): return self\n",
        "class Model(BaseModel):\n    class Config:\n        arbitrary_types_allowed = True\n    x: np.ndarray\n",
        "class Model(BaseModel):\n    model_config = {'extra': 'forbid'}\n    x: int = 1\n",
        "class Model(BaseModel):\n    x: Optional[Model] = None\n",
    ],
)
def test_a_model_that_takes_its_own_fields_back_is_read(body: str) -> None:
    assert _kind(body) == "class[flow.Model]"


RENAMED = "class Model(BaseModel):\n    path: str = Field('x', alias='the_path')\n    n: int = 1\n"
BY_NAME = RENAMED.replace("    path", "    model_config = ConfigDict(populate_by_name=True)\n    path", 1)
CAMEL = "class Model(BaseModel):\n    model_config = ConfigDict(alias_generator=to_camel)\n    max_depth: int = 1\n"


def test_constructors_take_the_names_that_the_model_takes() -> None:
    assert _wire(RENAMED, "Model(the_path='p')") == {"path": "p", "n": 1}
    assert _wire(BY_NAME, "Model(path='p', n=2)") == {"path": "p", "n": 2}
    assert _wire(CAMEL.replace("to_camel", "to_camel, populate_by_name=True"), "Model(max_depth=2)") == {"max_depth": 2}
    inherited = f"{BY_NAME.replace('class Model', 'class Base')}class Model(Base):\n    m: int = 0\n"
    assert _wire(inherited, "Model(path='p')") == {"path": "p", "n": 1, "m": 0}
    undone = (
        f"{BY_NAME.replace('class Model', 'class Base')}class Model(Base):\n    model_config = {{'populate_by_name': False}}\n"
    )
    assert front(_source(undone, "Model(path='p')")).only.message.endswith("`Model` takes the field `path` as `the_path`")


@pytest.mark.parametrize(
    ("body", "value", "message"),
    [
        (RENAMED, "Model(path='p')", "`Model` takes the field `path` as `the_path`"),
        (CAMEL, "Model(max_depth=2)", "the names under which `Model` takes its fields cannot be read"),
        (CAMEL, "Model(maxDepth=2)", "the names under which `Model` takes its fields cannot be read"),
        (RENAMED, "Model('p')", "`Model` takes its fields by name"),
        (RENAMED, "Model(m=1)", "`Model` has no field `m`"),
        (
            RENAMED,
            "Model(n='1')",
            "what is passed for `n` of `Model` is left to the model: expected `int`, found `str` ('1')",
        ),
        ("class Model(BaseModel):\n    x: int\n", "Model()", "`Model` lacks the field `x`"),
        (
            "class Model(BaseModel):\n    x: int = Field(1, validation_alias=AliasChoices('x', 'y'))\n",
            "Model(y=2)",
            "the names under which `Model` takes its fields cannot be read",
        ),
    ],
)
def test_a_call_that_the_model_reads_otherwise_is_not_computed(body: str, value: str, message: str) -> None:
    found = front(_source(body, value)).only
    assert (found.code.id in ("DW401", "DW402", "DW410"), found.message.endswith(message)) == (True, True), found.message
