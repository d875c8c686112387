from __future__ import annotations

import pytest
from frontend_sources import TASKS, assert_marked, body, clean, front

from dagwright_compiler.ir.program import (
    Cache,
    GraphNode,
    InputBinding,
    LiteralBinding,
    MapNode,
    OutputBinding,
    Resources,
    TaskNode,
)


def _node(node: str, output: str = "o0") -> OutputBinding:
    return OutputBinding(node=node, output=output)


def test_a_chain_becomes_nodes_and_bindings_in_source_order() -> None:
    workflow = clean(body("a = number(x=n)\nb = half(x=a)\nreturn b", "def main(n: int = 3) -> float:")).workflow()
    assert [(node.id, dict(node.bindings)) for node in workflow.nodes] == [
        ("number", {"x": InputBinding(name="n")}),
        ("half", {"x": _node("number")}),
    ]
    assert [(output.name, output.type.text, output.binding) for output in workflow.outputs] == [("o0", "float", _node("half"))]
    assert (workflow.returns, workflow.inputs[0].default) == ("single", 3)


def test_arguments_bind_by_position_and_name_and_defaults_are_literals() -> None:
    workflow = clean(body("text('a')\ntext(times=5, s='b')\nhalf(3)")).workflow()
    values = [
        {name: binding.value for name, binding in node.bindings if isinstance(binding, LiteralBinding)} for node in workflow.nodes
    ]
    assert values == [{"s": "a", "times": 2}, {"s": "b", "times": 5}, {"x": 3.0}]
    assert type(values[2]["x"]) is float


@pytest.mark.parametrize(
    "lines",
    [
        "a = SHARED\na += [2]  # E: DW406\ntotal(xs=SHARED)",
        "a = NESTED['a']\na += [2]  # E: DW406\ntotal(xs=SHARED)",
    ],
)
def test_an_augmented_assignment_never_changes_a_constant(lines: str) -> None:
    source = body(lines).replace("@workflow", "SHARED = [1.0]\nNESTED = {'a': [1.0]}\n@workflow")
    assert_marked(source)


def test_an_augmented_assignment_of_a_list_of_its_own_rebinds_it() -> None:
    workflow = clean(
        body(
            "a = [1]\nb = list(a)\nb += [2]\na += [3]\nk = 1\nj = k\nj += 1\nnumber(x=k)\nreturn total(xs=b)",
            "def main() -> float:",
        )
    ).workflow()
    assert [binding.value for node in workflow.nodes for _, binding in node.bindings if isinstance(binding, LiteralBinding)] == [
        1,
        [1.0, 2.0],
    ]


def test_a_local_variable_never_means_the_constant_of_its_name_before_it_is_assigned() -> None:
    assert_marked("LIMIT = 3\n" + body("a = number(x=LIMIT + 1)  # E: DW209\nLIMIT = 5\nnumber(x=a)"))
    clean("LIMIT = 3\n" + body("a = total(xs=[LIMIT for LIMIT in (1, 2)])\nLIMIT = 5\nhalf(x=a)\nnumber(x=LIMIT)"))


def test_a_dropped_print_drops_no_call() -> None:
    found = assert_marked(body("print(f'{number(x=n)}')  # E: DW408 DW409\nprint(f'{n}', str(n))  # E: DW409"))
    assert "`number`" in found.found[1].message
    workflow = front(body("print([number(x=n)], *[half(x=n)], sep=text(s='a'))")).workflow()
    assert [node.id for node in workflow.nodes] == ["number", "half", "text"]


def _chain(first: str, link: str, length: int = 3000) -> str:
    return first + "".join(link.format(n=n, before=n - 1) for n in range(1, length))


@pytest.mark.parametrize(
    "source",
    [
        _chain("a0 = task\n", "a{n} = a{before}\n") + "@a2999\ndef t(x: int) -> int: ...\n",
        _chain("class C0: ...\n", "class C{n}(C{before}): ...\n") + "@task\ndef t(x: C2999) -> int: ...\n",
        _chain(
            "@dataclass\nclass C0:\n    x: int = 1\n",
            "@dataclass\nclass C{n}:\n    x: C{before} = field(default_factory=lambda: C{before}())\n",
        )
        + "@task\ndef t(x: C2999) -> int: ...\n",
        _chain("a0 = 1\n", "a{n} = a{before} + 1\n") + "@workflow\ndef t(x: int = a2999) -> None: ...\n",
        _chain("if task: x = 0\n", "elif task.a{n}: x = {n}\n", 2500) + "@task\ndef t() -> int: ...\n",
        "@task\ndef t(x: " + " + ".join(["int"] * 3000) + ") -> int: ...\n",
        "@task\ndef t(x: a" + ".a" * 1000 + ") -> int: ...\n",
    ],
)
def test_what_is_too_deep_is_a_finding(source: str) -> None:
    found = front(f"from dataclasses import dataclass, field\nfrom dagwright import task, workflow\n{source}")
    assert set(found.codes) <= {"DW103", "DW411", "DW201", "DW302"}
    assert found.codes


def test_a_call_is_named_after_the_variable_that_holds_it() -> None:
    lines = "a, b = number(x=1), number(x=number(x=2))\n(c, d), e = both(x=a), number(x=b)\nf, g = both(x=e)\nh = number(x=3)"
    ids = [node.id for node in clean(body(lines)).workflow().nodes]
    assert ids == ["number-a", "number", "number-b", "both-c", "number-e", "both-f", "number-h"]


def test_an_id_that_an_override_took_gets_ordinals_from_two() -> None:
    lines = "x = number(x=1)\nnumber(x=2).with_overrides(node_name='number-x')\nx = number(x=3)"
    ids = [node.id for node in clean(body(lines)).workflow().nodes]
    assert ids == ["number-x-2", "number-x", "number-x-3"]


def test_nested_calls_run_inside_out() -> None:
    workflow = clean(body("return half(x=number(x=number(x=n)))", "def main(n: int) -> float:")).workflow()
    assert [node.id for node in workflow.nodes] == ["number", "number-2", "half"]


def test_several_outputs_are_unpacked_indexed_and_named() -> None:
    lines = "c, s = both(x=n)\np = both(x=c)\nq = named(x=p[0])\ntext(s=q.label, times=q.count)\ntext(s=p[-1])\nreturn c, q.label"
    workflow = clean(body(lines, "def main(n: int) -> Tuple[int, str]:")).workflow()
    assert dict(workflow.nodes[3].bindings) == {"s": _node("named", "label"), "times": _node("named", "count")}
    assert dict(workflow.nodes[4].bindings)["s"] == _node("both-p", "o1")
    assert [output.binding for output in workflow.outputs] == [_node("both-c"), _node("named", "label")]


@pytest.mark.parametrize(
    ("lines", "signature"),
    [
        ("return number(x=n), 'a'", "def main(n: int) -> Tuple[int, str]:"),
        ("return both(x=n)", "def main(n: int) -> Tuple[int, str]:"),
        ("return Pair(number(x=n), label='a')", "def main(n: int) -> Pair:"),
        ("return Pair(label='a', count=number(x=n))", "def main(n: int) -> Pair:"),
        ("return named(x=n)", "def main(n: int) -> Pair:"),
        ("return Pair(1, 'b')", "def main(n: int) -> Pair:"),
        ("return n", "def main(n: int) -> int:"),
        ("return 3", "def main(n: int) -> float:"),
        ("return [1, 2]", "def main(n: int) -> List[float]:"),
        ("return", "def main(n: int) -> None:"),
        ("return None", "def main(n: int):"),
        ("return silent(x=n)", "def main(n: int) -> None:"),
        ("return None", "def main(n: int) -> Optional[int]:"),
        ("pass", "def main(n: int) -> None:"),
        ("'''Docstring.'''\n...", "def main(n: int) -> None:"),
        ("a: int = number(x=n)\nb = c = a\nreturn b", "def main(n: int) -> int:"),
        ("k = 2\nk += 3\ntext(s='a' * k)", "def main(n: int) -> None:"),
        ("f = number\nreturn f(x=n)", "def main(n: int) -> int:"),
        ("(a, b), c = both(x=n), n\nreturn b", "def main(n: int) -> str:"),
        ("args = ('a', 2)\ntext(*args)", "def main(n: int) -> None:"),
    ],
)
def test_accepted_forms(lines: str, signature: str) -> None:
    clean(body(lines, signature))


def test_a_named_tuple_returns_its_fields_whatever_the_order_of_keywords() -> None:
    workflow = clean(body("return Pair(label='a', count=number(x=n))", "def main(n: int) -> Pair:")).workflow()
    assert [(output.name, output.binding) for output in workflow.outputs] == [
        ("count", _node("number")),
        ("label", LiteralBinding(type=workflow.outputs[1].type, value="a")),
    ]


def test_subworkflows_are_graph_nodes() -> None:
    source = TASKS + (
        "@workflow\ndef inner(a: int, b: int = 2) -> Pair:\n    return named(x=a)\n"
        "@workflow\ndef main(n: int) -> str:\n    r = inner(a=n)\n    return r.label\n"
    )
    result = clean(source)
    (node,) = result.workflow().nodes
    assert isinstance(node, GraphNode)
    assert (node.id, node.workflow, [name for name, _ in node.bindings]) == ("inner", "flow.inner", ["a", "b"])
    assert result.elaborated.workflows == ("flow.inner", "flow.main")


def test_a_subworkflow_of_another_module_is_built_too() -> None:
    sources = {
        "flow.py": "from dagwright import workflow\nfrom lib import inner\n@workflow\ndef main() -> None:\n    inner()\n",
        "lib.py": "from dagwright import task, workflow\n@task\ndef t() -> None: ...\n@workflow\ndef inner() -> None:\n    t()\n",
    }
    elaborated = clean(sources, ["flow.py"]).elaborated
    assert (sorted(elaborated.library.workflows), elaborated.workflows) == (["flow.main", "lib.inner"], ("flow.main",))


def test_findings_of_a_subworkflow_are_reported_with_those_of_its_caller() -> None:
    sources = {
        "flow.py": "from dagwright import workflow\nfrom lib import inner\n@workflow\ndef main() -> None:\n    inner()\n    nope()\n",
        "lib.py": "from dagwright import workflow\n@workflow\ndef inner() -> None:\n    neither()\n",
    }
    found = front(sources, ["flow.py"]).found
    assert [(one.code.id, one.span.path) for one in found] == [("DW201", "flow.py"), ("DW201", "lib.py")]


def test_maps_run_over_one_list() -> None:
    lines = (
        "xs = numbers(n=n)\nm = map_task(half, concurrency=4)\na = m(x=xs)\nb = map_task(half)([1, 2.5])\ntotal(xs=a)\nreturn a"
    )
    workflow = clean(body(lines, "def main(n: int) -> List[float]:")).workflow()
    first, second = workflow.nodes[1], workflow.nodes[2]
    assert isinstance(first, MapNode)
    assert isinstance(second, MapNode)
    assert (first.id, first.over, first.concurrency, dict(first.bindings)) == ("half-a", "x", 4, {"x": _node("numbers")})
    (binding,) = dict(second.bindings).values()
    assert isinstance(binding, LiteralBinding)
    assert (binding.type.text, binding.value) == ("list[float]", [1.0, 2.5])


def test_a_map_binds_the_other_inputs_by_their_defaults() -> None:
    (node,) = clean(body("map_task(text)(s=['a', 'b'])")).workflow().nodes
    assert {name: binding.value for name, binding in node.bindings if isinstance(binding, LiteralBinding)} == {
        "s": ["a", "b"],
        "times": 2,
    }


def test_overrides_change_the_policy_of_one_call() -> None:
    lines = (
        "a = number(x=n).with_overrides(retries=2, requests=Resources(mem='1Gi'), node_name='First one')\n"
        "a.with_overrides(timeout=timedelta(minutes=1), cache=True, cache_version='7')\n"
        "b = number(x=a)\n"
        "c = map_task(half)(x=[1.0]).with_overrides(container_image='img:1', environment={'A': 'b'}, interruptible=True)"
    )
    first, second, third = clean(body(lines)).workflow().nodes
    assert isinstance(first, TaskNode)
    assert isinstance(second, TaskNode)
    assert first.policy is not None
    assert (first.id, first.policy.retries, first.policy.timeout_s) == ("first-one", 2, 60)
    assert (first.policy.requests, first.policy.cache) == (Resources(mem="1Gi"), Cache(version="7"))
    assert (second.id, second.policy) == ("number", None)
    assert isinstance(third, MapNode)
    assert third.policy is not None
    assert (third.policy.image, third.policy.environment, third.policy.interruptible) == ("img:1", (("A", "b"),), True)


def test_orders_are_edges_without_values() -> None:
    lines = "a = number(x=1)\nb = silent(x=2)\nc = half(x=3)\nd = text(s='a')\na >> [b, c] >> d\nb.runs_before(c)\na >> b"
    nodes = clean(body(lines)).workflow().nodes
    assert {node.id: node.after for node in nodes} == {
        "number": (),
        "silent": ("number",),
        "half": ("number", "silent"),
        "text": ("silent", "half"),
    }


@pytest.mark.parametrize(
    ("lines", "ids"),
    [
        ("a = number(x=1)", ["number"]),
        ("a = number(x=1)\nb = number(x=2)", ["number-a", "number-b"]),
        ("number(x=1)\nnumber(x=2)\nnumber(x=3)", ["number", "number-2", "number-3"]),
        ("a = number(x=1)\na = number(x=2)", ["number-a", "number-a-2"]),
        ("number(x=1).with_overrides(node_name='number')\nnumber(x=2)", ["number", "number-2"]),
        ("half(1).with_overrides(name='Same')\nhalf(2).with_overrides(name='same')", ["same", "same-2"]),
        ("half(1).with_overrides(name='shown')", ["shown"]),
    ],
)
def test_node_ids_are_readable_and_unique(lines: str, ids: list[str]) -> None:
    assert [node.id for node in clean(body(lines)).workflow().nodes] == ids


def test_node_ids_are_dns_labels() -> None:
    names = ["_Über_Größe__x_", "a" * 90, "_1_"]
    tasks = "".join(f"@task\ndef {name}() -> None: ...\n" for name in names)
    calls = "".join(f"    {name}()\n" for name in names)
    nodes = clean(f"from dagwright import task, workflow\n{tasks}@workflow\ndef main() -> None:\n{calls}").workflow().nodes
    assert [node.id for node in nodes] == ["ber-gr-e-x", "a" * 50, "1"]


def test_a_call_of_a_workflow_at_module_level_is_ignored() -> None:
    clean(body("number(x=n)") + "main(n=3)\nif __name__ == '__main__':\n    print(main(n=4))\n")


def test_findings_in_calls_stand_on_their_lines() -> None:
    assert_marked(
        body(
            """
text()  # E: DW401
text(ss='a')  # E: DW402
text('a', s='b')  # E: DW403
text('a', 1, 2)  # E: DW404
text(s=n)  # E: DW304
text(s=1)  # E: DW305
half(x=True)  # E: DW305
number(x=1.0)  # E: DW305
number(x=half(x=n))  # E: DW304
total(xs=numbers(n=n))
total(xs=n)  # E: DW304
text(s=silent(x=n))  # E: DW311
text(s=both(x=n))  # E: DW311
text(s=[number(x=n)])  # E: DW304
text(s=(number(x=n), 1))  # E: DW304
text(**{'s': 'a'})
text(**n)  # E: DW407
texd(s='a')  # E: DW201
text(s='a', times=missing)  # E: DW201
Any(3)  # E: DW410
text(s='a', times=half)  # E: DW407
"""
        )
    )


def test_findings_in_maps_stand_on_their_lines() -> None:
    assert_marked(
        body(
            """
map_task()  # E: DW413
map_task(half(x=1))(x=[1])  # E: DW413
map_task(half)(x=n)  # E: DW308
map_task(half)(x=(1, 2))  # E: DW308
map_task(text)(s=numbers(n=n))  # E: DW304
map_task(half)()  # E: DW413
map_task(text)(s=['a'], times=[1, 2])  # E: DW413
map_task(text)(times=[1])  # E: DW413
map_task(half)(y=[1])  # E: DW402
map_task(both)(x=[1])  # E: DW413
map_task(main)(n=[1])  # E: DW413
map_task(len)(x=[1])  # E: DW413
map_task(nothing)(x=[1])  # E: DW201
map_task(half, min_success_ratio=0.5)(x=[1])
map_task(half, min_success_ratio=1.5)(x=[1])  # E: DW413
map_task(half, concurency=3)(x=[1])  # E: DW501
map_task(half, concurrency=-1)(x=[1])  # E: DW413
map_task(half, concurrency=n)(x=[1])  # E: DW408
"""
        )
    )


def test_operations_on_results_name_the_form_that_works() -> None:
    result = assert_marked(
        body(
            """
a = number(x=n)
xs = numbers(n=n)
p = named(x=n)
b = a + 1  # E: DW408
c = f'{a}'  # E: DW408
d = -a  # E: DW408
e = a > 3  # E: DW408
f = a and n  # E: DW408
g = 1 if a else 2  # E: DW408
h = xs[0]
i = a.real  # E: DW312
j = len(xs)  # E: DW408
k = [half(x=x) for x in xs]  # E: DW408
l = {'a': a}
m = a.bit_length()  # E: DW408
o = str(number(x=1))  # E: DW408
q = p.missing  # E: DW312
r, s, t = both(x=n)  # E: DW405
u, v = number(x=n)  # E: DW405
text(s=c, times=b)
half(x=h)
"""
        )
    )
    assert all(found.help for found in result.found if found.code.id == "DW408")


def test_statements_that_are_not_compiled_yet_are_one_finding_each() -> None:
    assert_marked(
        body(
            """
a = number(x=n)
if a > 3:  # E: DW406
    b = number(x=a)
for i in numbers(n=n):  # E: DW406
    c = number(x=i)
while a:  # E: DW406
    break
try:  # E: DW406
    d = number(x=1)
except ValueError:
    d = 2
with open('x') as e:  # E: DW406
    pass
class Inner: ...  # E: DW406
global other  # E: DW406
@text
def inner(): ...  # E: DW406
assert a  # E: DW406
raise ValueError  # E: DW406
a.b = 1  # E: DW406
a[0] = 1  # E: DW406
del a[0]  # E: DW406
match a:  # E: DW406
    case 1:
        m = 2
number(x=lambda: 1)  # E: DW407
number(x=b)
number(x=c)
number(x=d)
number(x=inner)
number(x=m)
other
print(d, number(x=1))  # E: DW409
return None
number(x=1)  # E: DW417
"""
        )
    )


def test_findings_in_orders_and_overrides_stand_on_their_lines() -> None:
    assert_marked(
        body(
            """
a = number(x=1)
a >> a  # E: DW414
a >> n  # E: DW414
a >> 3  # E: DW414
a.runs_before()  # E: DW414
a.runs_before(a=a)  # E: DW414
a.runs_before(a, other=a)  # E: DW414
n.with_overrides(retries=1)  # E: DW412
a.with_overrides(3)  # E: DW412
a.with_overrides(retries=n)  # E: DW410
a.with_overrides(retrys=1)  # E: DW501
a.with_overrides(accelerator='x')  # E: DW503
a.with_overrides(node_name='___')  # E: DW415
a.with_overrides(node_name=3)  # E: DW415
main(n=1).with_overrides(retries=1)  # E: DW412
a.with_overrides(cache=True)  # E: DW508
"""
        )
    )


@pytest.mark.parametrize(
    ("lines", "signature"),
    [
        ("return number(x=n)", "def main(n: int) -> str:"),
        ("return 'a'", "def main(n: int) -> int:"),
        ("number(x=n)", "def main(n: int) -> int:"),
        ("return n", "def main(n: int) -> None:"),
        ("return n", "def main(n: int):"),
        ("return n", "def main(n: int) -> Tuple[int, str]:"),
        ("return n, n", "def main(n: int) -> Tuple[int, str]:"),
        ("return n, 'a', n", "def main(n: int) -> Tuple[int, str]:"),
        ("return None", "def main(n: int) -> int:"),
    ],
)
def test_returns_are_checked(lines: str, signature: str) -> None:
    assert front(body(lines, signature)).codes == ["DW307"]


def test_both_ends_of_an_edge_are_shown() -> None:
    found = front(body("a = number(x=n)\ntext(s=a)")).only
    assert found.message == "the result of `number` is `int`, but `text.s` takes `str`"
    assert found.label == "expected `str`"
    source = body("").splitlines()
    declared = source.index("def number(x: int = 1) -> int:") + 1, source.index("def text(s: str, times: int = 2) -> str:") + 1
    assert [label.span.line for label in found.related] == [len(source), *declared]
    assert [label.text for label in found.related] == [
        "this is `int`",
        "`number` declares its result here",
        "`s` is declared here",
    ]


def test_a_variable_that_shadows_a_task_is_read_before_assignment() -> None:
    found = front(body("number = number(x=n)")).only
    assert (found.code.id, found.help) == ("DW209", "give the variable another name")


def test_a_workflow_with_findings_is_left_out_with_its_callers() -> None:
    source = TASKS + (
        "@workflow\ndef broken() -> None:\n    text(s=1)\n@workflow\ndef caller() -> None:\n    broken()\n@workflow\ndef fine() -> None:\n    number(x=1)\n"
    )
    result = front(source)
    assert result.codes == ["DW305"]
    assert (result.elaborated.workflows, list(result.elaborated.library.workflows)) == (("flow.fine",), ["flow.fine"])


def test_known_names_of_flytekit_are_not_supported_yet() -> None:
    source = "from flytekit import LaunchPlan, conditional, task, workflow\n@task\ndef t() -> None: ...\n@workflow\ndef main() -> None:\n"
    for line in ("conditional('a')", "LaunchPlan.get_or_create(main)"):
        assert front(f"{source}    {line}\n").codes[:1] in (["DW206"], ["DW408"]), line


def test_deep_and_long_expressions_are_no_problem() -> None:
    chain = " >> ".join(["number(x=1)"] * 400)
    assert len(clean(body(chain)).workflow().nodes) == 400
    assert front(body("number(x=" * 150 + "1" + ")" * 150)).codes == ["DW103"]
    assert front(body("number(x=n" + ".a" * 900 + ")")).codes in (["DW103"], ["DW408"])
