"""From a program to the three objects of a manifest."""

import base64
import os
import subprocess
import sys
from pathlib import Path

import handmade
import pytest
from argo_manifests import RUNTIME, Simulation, compile_argo, live_text, strict_validator
from handmade import call, literal, program, task, workflow
from msgspec.structs import replace

from dagwright.contract.types import FLOAT, INT, STR, list_of
from dagwright_compiler.ir.program import Cache, Field, MapNode, Policy, Resources
from dagwright_compiler.target_api import load_target

INTS = list_of(INT)


def mapped(node_id, *, over="a", task="flow.t", concurrency=0, **arguments):
    return MapNode(id=node_id, task=task, over=over, bindings=handmade.bindings(arguments), concurrency=concurrency)


def lister(name="flow.split"):
    return replace(task(name), outputs=(Field(name="o0", type=INTS),))


def inputs(made, **types):
    fields = tuple(Field(name=name, type=declared) for name, declared in types.items())
    return replace(made, workflow=replace(made.workflow, inputs=fields))


def map_reduce():
    nodes = (
        call("split", task="flow.split", a="$n"),
        mapped("work", a="split", concurrency=5),
        call("total", task="flow.total", a="work"),
    )
    return program(workflow("flow.map_reduce", *nodes, inputs=("n",)), tasks=(lister(), task("flow.total")))


def test_the_target_is_loaded_by_its_name():
    assert load_target("argo").name == "argo"


def test_the_objects_are_runtime_code_and_workflow_template_in_this_order():
    compiled = compile_argo(map_reduce())
    assert [(item["kind"], item["metadata"]["name"][:18]) for item in compiled.documents] == [
        ("ConfigMap", "dagwright-runtime-"),
        ("ConfigMap", "map-reduce-" + compiled.artefact.bundle.digest[:7]),
        ("WorkflowTemplate", "map-reduce"),
    ]
    assert compiled.artefact.shared == 1
    assert compiled.findings == ()


def test_the_manifest_is_valid_under_the_strict_schema():
    assert list(strict_validator().iter_errors(compile_argo(map_reduce()).template)) == []


def test_the_strict_schema_refuses_an_unknown_field():
    template = compile_argo(map_reduce()).template
    template["spec"]["templates"][0]["dag"]["task"] = []
    assert list(strict_validator().iter_errors(template)) != []


def test_every_tag_in_a_manifest_is_one_of_ours():
    assert live_text(compile_argo(map_reduce(), {}).template) == []


def test_a_map_reduce_runs_in_order_once_per_element():
    template = compile_argo(map_reduce()).template
    ran = Simulation(template, {("split", "count-o0"): 3}).ran
    assert [(pod.unit, pod.index) for pod in ran] == [
        ("split", None),
        ("work", "0"),
        ("work", "1"),
        ("work", "2"),
        ("total", None),
    ]
    assert ran[-1].after == {"split", "work"}


def test_an_empty_map_lets_its_consumer_run():
    ran = Simulation(compile_argo(map_reduce()).template, {("split", "count-o0"): 0}).ran
    assert [pod.unit for pod in ran] == ["split", "total"]


def test_only_the_pod_that_feeds_a_map_publishes_a_count_and_without_a_default():
    compiled = compile_argo(map_reduce())
    path = {"path": "/dagwright/attempt/control/count-o0"}
    assert compiled.pods()["split"]["outputs"] == {"parameters": [{"name": "count-o0", "valueFrom": path}]}
    assert "outputs" not in compiled.pods()["total"]
    assert [(unit.id, [published.parameter for published in unit.publish]) for unit in compiled.artefact.units.values()] == [
        ("split", ["count-o0"]),
        ("work", []),
        ("total", []),
    ]


def test_concurrency_is_the_parallelism_of_a_template_of_its_own():
    compiled = compile_argo(map_reduce())
    wrapper = next(item for item in compiled.template["spec"]["templates"] if item["name"] == "map-t")
    assert wrapper["parallelism"] == 5
    assert wrapper["dag"]["failFast"] is False
    assert "parallelism" not in compiled.pods()["t"]


def test_workflow_inputs_reach_only_the_pods_that_read_them():
    names = {name: [item["name"] for item in pod["container"]["env"]] for name, pod in compile_argo(map_reduce()).pods().items()}
    assert {name: [item for item in found if item.startswith("DAGWRIGHT_INPUT_")] for name, found in names.items()} == {
        "split": ["DAGWRIGHT_INPUT_n"],
        "t": [],
        "total": [],
    }


def test_a_map_over_an_input_counts_it_in_the_engine():
    made = inputs(program(workflow("flow.wf", mapped("each", a="$xs"))), xs=INTS)
    compiled = compile_argo(made)
    assert [pod.index for pod in Simulation(compiled.template, lists={"xs": 2}).ran] == ["0", "1"]
    assert live_text(compiled.template) == []


def test_the_consumer_of_a_map_over_an_input_sees_the_input_too():
    made = inputs(program(workflow("flow.wf", mapped("each", a="$xs"), call("total", a="each"))), xs=INTS)
    variables = {item["name"] for item in compile_argo(made).pods()["total"]["container"]["env"]}
    assert "DAGWRIGHT_INPUT_xs" in variables


@pytest.mark.parametrize("length", [0, 1, 7])
def test_a_map_over_a_literal_has_its_length(length):
    made = program(workflow("flow.wf", mapped("each", a=literal(list(range(length)), INTS)), call("after", after=["each"])))
    ran = Simulation(compile_argo(made).template).ran
    assert [pod.unit for pod in ran] == ["each"] * length + ["after"]


def test_a_map_over_a_map_has_the_count_of_the_first_list():
    nodes = (call("split", task="flow.split"), mapped("first", a="split"), mapped("second", a="first"))
    compiled = compile_argo(program(workflow("flow.wf", *nodes), tasks=(lister(),)))
    ran = Simulation(compiled.template, {("split", "count-o0"): 2}).ran
    assert [(pod.unit, pod.index) for pod in ran][1:] == [("first", "0"), ("first", "1"), ("second", "0"), ("second", "1")]


def test_an_order_without_values_is_kept():
    made = program(workflow("flow.wf", call("a"), call("b"), call("c", after=["a", "b"])))
    assert compile_argo(made).dag()["c"]["depends"] == "a && b"


def test_calls_of_one_task_share_its_template_which_is_named_after_the_function():
    made = program(workflow("flow.wf", call("first"), call("second")))
    compiled = compile_argo(made)
    assert list(compiled.pods()) == ["t"]
    assert [item["template"] for item in compiled.dag().values()] == ["t", "t"]


def test_a_call_with_a_policy_of_its_own_gets_a_template_named_after_the_node():
    other = replace(call("t-big"), policy=Policy(requests=Resources(mem="4Gi")))
    compiled = compile_argo(program(workflow("flow.wf", call("t"), other)))
    assert list(compiled.pods()) == ["t", "t-big"]
    assert compiled.pods()["t-big"]["container"]["resources"]["requests"]["memory"] == "4Gi"


def test_a_cache_alone_makes_no_difference_between_pods():
    cached = replace(call("again"), policy=Policy(cache=Cache(version="2")))
    assert list(compile_argo(program(workflow("flow.wf", call("t"), cached))).pods()) == ["t"]


def test_a_task_that_is_called_and_mapped_has_a_template_for_each():
    compiled = compile_argo(program(workflow("flow.wf", call("once"), mapped("t", a=literal([1], INTS)))))
    assert list(compiled.pods()) == ["t", "t-element"]


def test_a_function_with_the_workflows_name_does_not_take_its_template():
    compiled = compile_argo(program(workflow("flow.t", call("t"))))
    assert len(compiled.template["spec"]["templates"]) == 2
    assert [pod.unit for pod in Simulation(compiled.template).ran] == ["t"]


def test_a_long_node_id_is_left_out_of_the_labels():
    long_id = "n" * 64
    compiled = compile_argo(program(workflow("flow.wf", call(long_id))))
    assert compiled.pods()["t"]["metadata"]["labels"] == {"dagwright/task": "flow.t"}


def test_without_a_store_the_manifest_asks_for_it_and_says_how_to_configure_one():
    compiled = compile_argo(map_reduce(), {})
    assert compiled.codes == ["DW531"]
    assert 'store = "s3://bucket/prefix"' in compiled.findings[0].help
    parameters = {item["name"]: item for item in compiled.template["spec"]["arguments"]["parameters"]}
    assert "value" not in parameters["store"]
    environment = {item["name"]: item["value"] for item in compiled.pods()["t"]["container"]["env"]}
    assert environment["DAGWRIGHT_STORE"] == "{{workflow.parameters.store}}"


def test_an_input_named_store_leaves_its_name_to_the_user():
    made = inputs(program(workflow("flow.wf", call("t", a="$store"))), store=STR)
    parameters = [item["name"] for item in compile_argo(made, {}).template["spec"]["arguments"]["parameters"]]
    assert parameters == ["store", "dagwright-store", "dagwright-run"]


def test_text_of_the_user_in_defaults_is_never_live():
    hostile = "{{workflow.name}} {{=1+1}} {{ unclosed"
    field = Field(name="text", type=STR, has_default=True, default=hostile)
    made = program(workflow("flow.wf", call("t", a="$text")))
    made = replace(made, workflow=replace(made.workflow, inputs=(field,)))
    assert live_text(compile_argo(made).template) == []


def test_the_same_program_gives_the_same_bytes():
    first, second = compile_argo(map_reduce()), compile_argo(map_reduce())
    assert first.artefact.objects == second.artefact.objects


def scattered():
    """A graph that has to be cut, with maps over a list that one pod makes."""
    nodes = [call("split", task="flow.split")]
    for at in range(1, 300):
        earlier = [nodes[at * 7 // 11].id, nodes[at * 10 // 11].id]
        nodes.append(replace(mapped(f"n{at}", a="split"), after=tuple(earlier)) if at % 3 else call(f"n{at}", after=earlier))
    return program(workflow("flow.scattered", *nodes), tasks=(lister(),))


def test_hash_seeds_leave_no_trace():
    script = "from test_target import scattered, compile_argo; print(*compile_argo(scattered()).artefact.objects)"
    here = Path(__file__).parent
    texts = {
        subprocess.run(
            [sys.executable, "-c", script],
            env={**os.environ, "PYTHONHASHSEED": seed, "PYTHONPATH": os.pathsep.join([str(here), str(here.parents[1])])},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert len(texts) == 1
    assert texts.pop().count(b"name: part") > 1


def test_a_change_of_code_changes_one_line_of_every_kind_only():
    before = compile_argo(map_reduce(), files={"flow.py": b"x = 1\n"}).artefact.objects[2].splitlines()
    after = compile_argo(map_reduce(), files={"flow.py": b"x = 2\n"}).artefact.objects[2].splitlines()
    changed = [new for old, new in zip(before, after, strict=True) if old != new]
    assert len(changed) == 4, changed  # the label of template, workflows and pods, and one mount


def test_the_runtime_archive_travels_unchanged():
    data = compile_argo(map_reduce()).documents[0]["binaryData"]
    assert base64.b64decode(data["dagwright.pyz"]) == RUNTIME.archive


def test_a_large_object_asks_for_a_server_side_apply():
    compiled = compile_argo(map_reduce(), files={"flow.py": b"#" + b"x" * 300_000})
    assert compiled.artefact.objects[1].startswith("# more than 262144 bytes: apply it with kubectl apply --server-side\n")
    options = compiled.documents[1]["metadata"]["annotations"]["argocd.argoproj.io/sync-options"]
    assert options == "Prune=false,ServerSideApply=true"
    assert not compiled.artefact.objects[2].startswith("#")


def test_tasks_share_templates_where_there_would_be_too_many():
    names = [f"t{number}" for number in range(160)]
    made = program(
        workflow("flow.wf", *(call(name, task=f"flow.{name}") for name in names)),
        tasks=tuple(task(f"flow.{name}") for name in names),
    )
    compiled = compile_argo(made)
    assert list(compiled.pods()) == ["pod"]
    assert {pod.unit for pod in Simulation(compiled.template).ran} == set(names)


@pytest.mark.parametrize("declared", [FLOAT, STR])
def test_a_large_workflow_becomes_nested_dags_that_all_fit(declared):
    nodes = [call("t0")] + [call(f"t{number}", a=f"t{number - 1}") for number in range(1, 450)]
    compiled = compile_argo(inputs(program(workflow("flow.wf", *nodes)), unused=declared))
    assert all(len(item["dag"]["tasks"]) <= 200 for item in compiled.template["spec"]["templates"] if "dag" in item)
    assert [pod.unit for pod in Simulation(compiled.template).ran] == [f"t{number}" for number in range(450)]
    assert compiled.findings == ()
    assert list(strict_validator().iter_errors(compiled.template)) == []
