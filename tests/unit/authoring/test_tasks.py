from __future__ import annotations

import functools
import inspect
import pickle
import typing
from collections.abc import Iterator

import pytest

from dagwright import Cache, CacheFunctionBody, RecoverableError, Resources, map_task, task, workflow
from dagwright.execution import context


@task(cache=True, cache_version="1", retries=2)
def halve(number: float, digits: int = 2) -> float:
    """Halve a number."""
    return round(number / 2, digits)


@task
def shout(text: str) -> str:
    return text.upper()


@workflow
def shout_halves(number: float) -> str:
    return shout(text=f"{halve(number=number)}")


@pytest.fixture
def attempt() -> Iterator[None]:
    before = context.enter(context.Attempt("node"))
    yield
    context.enter(before)


def test_a_declared_function_keeps_its_identity() -> None:
    assert (halve.__name__, halve.__qualname__, halve.__module__, halve.__doc__) == (
        "halve",
        "halve",
        __name__,
        "Halve a number.",
    )
    assert list(inspect.signature(halve).parameters) == ["number", "digits"]
    assert typing.get_type_hints(halve)["return"] is float
    assert halve.__wrapped__(3.0) == 1.5


@pytest.mark.parametrize("declared", [halve, shout_halves])
def test_it_is_pickled_by_reference(declared: object) -> None:
    assert pickle.loads(pickle.dumps(declared)) is declared


@pytest.mark.usefixtures("attempt")
def test_inside_an_attempt_a_task_is_its_function() -> None:
    assert halve(5.0) == 2.5
    assert shout(text="a") == "A"


@pytest.mark.usefixtures("attempt")
def test_inside_an_attempt_an_int_widens_to_a_declared_float() -> None:
    @task
    def same(number: float) -> float:
        return number

    result = same(3)
    assert (type(result), result) == (float, 3.0)


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: shout(3), "argument 'text' is int, declared str"),
        (lambda: shout(text=None), "argument 'text' is NoneType, declared str"),
        (lambda: halve(1.0, digits=True), "argument 'digits' is bool, declared int"),
        (lambda: halve("1"), "argument 'number' is str, declared float"),
    ],
)
def test_inside_an_attempt_a_wrong_argument_is_named(call: typing.Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


@pytest.mark.usefixtures("attempt")
def test_inside_an_attempt_a_wrong_result_is_named() -> None:
    @task
    def count(text: str) -> int:
        return text  # type: ignore[return-value]

    with pytest.raises(TypeError, match=r"count: the result is str, declared int"):
        count("a")


class Shape(typing.TypedDict):
    side: int


class Sized(typing.Protocol):
    size: int


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize(
    "annotation",
    [
        "typing.Optional[str]",
        "int | list[int]",
        "list[int] | None",
        "typing.Any",
        "object",
        "Shape",
        "Sized",
        "typing.Literal['a']",
        "typing.NewType('Name', int)",
    ],
)
def test_inside_an_attempt_annotations_that_take_more_than_a_look_pass(annotation: str, quoted: bool) -> None:
    assert annotated(annotation, quoted)(x={"side": 1}) == {"side": 1}


@pytest.mark.usefixtures("attempt")
def test_inside_an_attempt_a_name_that_exists_for_type_checkers_only_passes() -> None:
    assert annotated("Absent", quoted=True)(x=1) == 1
    assert annotated("absent.Name[int]", quoted=True)(x=1) == 1


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize("quoted", [False, True])
@pytest.mark.parametrize("annotation", ["list[int]", "typing.List[int]", "list", "Resources"])
def test_inside_an_attempt_the_outermost_class_counts(annotation: str, quoted: bool) -> None:
    with pytest.raises(TypeError, match="argument 'x' is dict, declared"):
        annotated(annotation, quoted)(x={"side": 1})


def annotated(annotation: str, quoted: bool) -> typing.Callable[..., object]:
    def same(x):
        return x

    same.__annotations__ = {"x": annotation if quoted else eval(annotation)}
    return task(same)


@pytest.mark.parametrize(
    ("declare", "message"),
    [
        (lambda: task(retry=3), r"task\(\) has no keyword 'retry'; did you mean 'retries'\?"),
        (lambda: task(zzz=3), r"task\(\) has no keyword 'zzz'$"),
        (lambda: task(node_dependency_hints=[]), r"task\(\) does not support the keyword 'node_dependency_hints' yet"),
        (lambda: task(task_resolver=object()), r"task\(\) does not support the keyword 'task_resolver' yet"),
        (lambda: workflow(default_options=1), r"workflow\(\) does not support the keyword 'default_options' yet"),
        (lambda: map_task(shout, security_ctx=None), r"map_task\(\) does not support the keyword 'security_ctx' yet"),
        (lambda: task(3), r"@task stands above a function, not above int"),
        (lambda: workflow(RecoverableError("x")), r"@workflow stands above a function, not above RecoverableError"),
        (lambda: map_task(len), r"map_task\(\) takes a task, not builtin_function_or_method"),
        (lambda: Cache(version=1), r"Cache needs a version"),
        (Cache, r"Cache needs a version"),
        (lambda: Cache(policies=[]), r"Cache needs a version"),
        (lambda: Cache(version="1", sal="x"), r"sal"),
    ],
)
def test_a_wrong_declaration_is_refused_by_name(declare: typing.Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        declare()


def test_functions_that_give_no_value_are_refused() -> None:
    async def later() -> int:
        return 1

    async def parts() -> typing.AsyncIterator[int]:
        yield 1

    def numbers() -> typing.Iterator[int]:
        yield 1

    assert task(later).__wrapped__ is later
    with pytest.raises(TypeError, match="@workflow does not take async functions"):
        workflow(later)
    for declare in (task, workflow):
        for function in (parts, numbers):
            with pytest.raises(TypeError, match="does not take functions that yield"):
                declare(function)


def test_decorators_take_every_form_of_parentheses() -> None:
    def plain(x: int) -> int:
        return x

    for declared in (
        task(plain),
        task()(plain),
        task(retries=1)(plain),
        task(plain, retries=1),
        workflow(plain),
        workflow()(plain),
    ):
        assert declared.__wrapped__ is plain


@pytest.mark.usefixtures("attempt")
def test_a_map_in_plain_python_calls_the_task_per_element() -> None:
    assert map_task(shout)(text=["a", "b"]) == ["A", "B"]
    assert map_task(shout)([]) == []
    assert map_task(functools.partial(halve, digits=0), concurrency=2)(number=[3.0, 5.0]) == [2.0, 2.0]
    assert map_task(halve)([2.0, 3.0], digits=[1, 0]) == [1.0, 2.0]
    assert map_task(functools.partial(halve, digits=0))(number=[2.25], digits=1) == [
        map_task(functools.partial(halve, digits=1))(number=[2.25])[0]
    ]


@pytest.mark.usefixtures("attempt")
def test_a_map_passes_on_what_a_partial_binds_by_position() -> None:
    assert map_task(functools.partial(halve, 2.25))(digits=[0, 1]) == [1.0, 1.1]
    assert map_task(functools.partial(halve, 2.25))([0, 1]) == [1.0, 1.1]
    assert map_task(target=functools.partial(halve, digits=0))([3.0]) == [2.0]
    assert map_task(task_function=shout)(text=["a"]) == ["A"]


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize(
    ("keywords", "lost", "fails"),
    [
        ({"min_success_ratio": 0.5}, "ab", False),
        ({"min_success_ratio": 0.5}, "abc", True),
        ({"min_success_ratio": 0.51}, "ab", True),
        ({"min_success_ratio": 1.0}, "a", True),
        ({"min_successes": 1}, "abc", False),
        ({"min_successes": 2}, "abc", True),
        ({"min_successes": 9}, "a", True),
    ],
)
def test_a_map_gives_none_for_elements_that_may_fail(keywords: dict[str, typing.Any], lost: str, fails: bool) -> None:
    @task
    def picky(text: str) -> str:
        if text in lost:
            raise ValueError(text)
        return text

    mapped = map_task(picky, **keywords)
    if fails:
        with pytest.raises(ValueError, match=lost[-1]):
            mapped(text=list("abcd"))
    else:
        assert mapped(text=list("abcd")) == [None if text in lost else text for text in "abcd"]


@pytest.mark.usefixtures("attempt")
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: map_task(shout)(text="ab"), r"map_task\(shout\)\(\) takes lists, not str"),
        (map_task(shout), r"map_task\(shout\)\(\) takes a list"),
        (lambda: map_task(halve)([1.0], digits=[1, 2]), r"map_task\(halve\)\(\) takes lists of one length"),
    ],
)
def test_a_map_refuses_what_is_no_list(call: typing.Callable[[], object], message: str) -> None:
    with pytest.raises(TypeError, match=message):
        call()


def test_resources_compare_and_print_by_amount() -> None:
    assert Resources(cpu="1") == Resources("1")
    assert hash(Resources(mem="1Gi")) == hash(Resources(mem="1Gi"))
    assert Resources(cpu=1) != Resources(cpu=2)
    assert repr(Resources(cpu="500m", mem="1Gi")) == "Resources(cpu='500m', mem='1Gi')"


def test_one_ignored_input_may_stand_alone() -> None:
    assert Cache("1", ignored_inputs="now").ignored_inputs == ("now",)
    said = "Cache(version='1', serialize=False, ignored_inputs=('now',), salt='', policies=())"
    assert repr(Cache("1", ignored_inputs=["now"])) == said


def test_a_policy_stands_for_the_version() -> None:
    assert Cache(policies=CacheFunctionBody("a")).policies[0].salt == "a"
    assert repr(Cache(policies=[CacheFunctionBody()]).policies) == "(CacheFunctionBody(salt=''),)"
