"""What Argo, Kubernetes or the cluster's storage refuse, in the user's words and at the user's lines."""

import pytest
from argo_manifests import STORE, Simulation, compile_argo
from handmade import call, literal, program, task, workflow
from msgspec.structs import replace

from dagwright.contract.types import INT, STR, list_of
from dagwright_compiler.ir.program import Field, MapNode, Policy
from dagwright_compiler.ir.spans import SpanTable
from dagwright_compiler.source import Span

HERE = Span("flow.py", 3, 0, 3, 4)


def one(*nodes, name="flow.wf", **policy):
    made = program(workflow(name, *(nodes or (call("t"),))))
    return replace(made, tasks={"flow.t": replace(made.tasks["flow.t"], policy=Policy(**policy))})


def defined(name, part=""):
    spans = SpanTable()
    spans.definitions[name, part] = HERE
    return spans


def called(node, part=""):
    spans = SpanTable()
    spans.nodes["flow.wf", node, part] = HERE
    return spans


def only(compiled):
    assert compiled.artefact is None
    (found,) = compiled.findings
    return found


@pytest.mark.parametrize("name", ["w" * 64, "_"])
def test_a_workflow_needs_a_name_of_1_to_63_characters(name):
    found = only(compile_argo(one(name=f"flow.{name}"), spans=defined(f"flow.{name}")))
    assert (found.code.id, found.span) == ("DW532", HERE)


def test_a_workflow_name_of_63_characters_passes():
    assert compile_argo(one(name="flow." + "w" * 63)).findings == ()


def test_a_workflow_without_a_task_is_refused():
    found = only(compile_argo(program(workflow("flow.wf", outputs=("$x",))), spans=defined("flow.wf")))
    assert (found.code.id, found.span) == ("DW533", HERE)
    assert "calls no task" in found.message


@pytest.mark.parametrize("node", ["n" * 129, "2nd"])
def test_a_call_needs_a_name_that_argo_takes(node):
    found = only(compile_argo(one(call(node)), spans=called(node)))
    assert (found.code.id, found.span) == ("DW532", HERE)
    assert "node_name" in found.help


def test_an_input_in_another_script_is_refused():
    made = program(workflow("flow.wf", call("t", a="$größe"), inputs=("größe",)))
    found = only(compile_argo(made, spans=defined("flow.wf", "größe")))
    assert (found.code.id, found.span) == ("DW532", HERE)


def test_too_many_inputs_are_refused():
    made = program(workflow("flow.wf", call("t"), inputs=tuple(f"x{number}" for number in range(499))))
    assert only(compile_argo(made)).code.id == "DW534"


def test_a_function_name_that_makes_no_template_is_refused():
    made = program(workflow("flow.wf", call("a", task=f"flow.{'f' * 129}")), tasks=(task(f"flow.{'f' * 129}"),))
    assert only(compile_argo(made)).code.id == "DW532"


@pytest.mark.parametrize("image", ["{{.image.fqn}}", " "])
def test_an_image_that_argo_would_expand_is_refused_where_it_stands(image):
    found = only(compile_argo(one(image=image), spans=defined("flow.t", "policy.image")))
    assert (found.code.id, found.span) == ("DW539", HERE)


def test_an_override_is_reported_at_the_call():
    node = replace(call("t"), policy=Policy(image="{{x}}"))
    found = only(compile_argo(one(node), spans=called("t", "policy.image")))
    assert (found.code.id, found.span) == ("DW539", HERE)


@pytest.mark.parametrize("name", ["1A", "a=b", "", "DAGWRIGHT_STORE"])
def test_an_environment_name_has_to_be_one(name):
    found = only(compile_argo(one(environment=((name, "x"),)), spans=defined("flow.t", "policy.environment")))
    assert (found.code.id, found.span) == ("DW532", HERE)


@pytest.mark.parametrize("char", ["\0", "\x7f", "\x85"])
def test_a_character_that_no_variable_keeps_is_refused(char):
    found = only(compile_argo(one(environment=(("A", f"x{char}y"),)), spans=defined("flow.t", "policy.environment")))
    assert (found.code.id, found.span) == ("DW539", HERE)


def test_everything_is_found_in_one_run():
    made = one(call("2nd"), name="flow." + "w" * 64, image="{{x}}")
    assert compile_argo(made, {"image": ""}).codes == ["DW530", "DW531", "DW532", "DW532", "DW539"]


def test_more_kinds_of_pods_than_templates_are_refused():
    nodes = [replace(call(f"n{number}"), policy=Policy(image=f"image:{number}")) for number in range(200)]
    found = only(compile_argo(one(*nodes)))
    assert found.code.id == "DW534"
    assert "needs 201 pod and DAG templates" in found.message


def test_inputs_beyond_a_pods_environment_are_refused():
    made = program(workflow("flow.wf", call("t", a="$text", b="$other")))
    fields = tuple(Field(name=name, type=STR, has_default=True, default="x" * 40_000) for name in ("text", "other"))
    found = only(compile_argo(replace(made, workflow=replace(made.workflow, inputs=fields)), spans=defined("flow.wf")))
    assert (found.code.id, found.span) == ("DW538", HERE)


def test_inputs_of_different_pods_do_not_add_up():
    made = program(workflow("flow.wf", call("t", a="$text"), call("u", a="$other")))
    fields = tuple(Field(name=name, type=STR, has_default=True, default="x" * 40_000) for name in ("text", "other"))
    assert compile_argo(replace(made, workflow=replace(made.workflow, inputs=fields))).findings == ()


def test_a_workflow_that_outgrows_the_controller_is_refused():
    each = (("a", literal([0] * 500, list_of(INT))),)
    nodes = [MapNode(id=f"t-{number}", task="flow.t", over="a", bindings=each) for number in range(40)]
    found = only(compile_argo(one(*nodes), spans=defined("flow.wf")))
    assert (found.code.id, found.span) == ("DW536", HERE)
    assert "20,000 pods" in found.message
    assert compile_argo(one(*nodes), {**STORE, "max_workflow_bytes": 4_000_000}).codes == ["DW544"]


@pytest.mark.parametrize(("maps", "warned"), [(9, False), (10, True)])
def test_a_run_in_which_two_nodes_may_get_one_id_is_warned_of(maps, warned):
    each = (("a", literal([0] * 500, list_of(INT))),)
    nodes = [MapNode(id=f"t-{number}", task="flow.t", over="a", bindings=each) for number in range(maps)]
    compiled = compile_argo(one(*nodes), spans=defined("flow.wf"))
    assert compiled.artefact is not None
    assert compiled.codes == (["DW544"] if warned else [])
    if warned:
        assert "has 5,000 pods: in about 1 of 86 runs, two of them get the same id" in compiled.findings[0].message
        assert compiled.findings[0].span == HERE


def test_a_wide_map_has_no_more_pods_than_a_map_may_have():
    nodes = (MapNode(id="t", task="flow.t", over="a", bindings=(("a", literal([0] * 20_000, list_of(INT))),)),)
    compiled = compile_argo(one(*nodes), spans=defined("flow.wf"))
    assert compiled.findings == ()
    assert len(Simulation(compiled.template).ran) == 500


@pytest.mark.parametrize(("elements", "deadline_s"), [(500, 660), (501, None)])
def test_a_pod_that_runs_several_elements_has_no_deadline_but_theirs(elements, deadline_s):
    each = (("a", literal([0] * elements, list_of(INT))),)
    node = MapNode(id="t", task="flow.t", over="a", bindings=each, policy=Policy(timeout_s=60))
    (pod,) = (found for found in compile_argo(one(node)).template["spec"]["templates"] if "container" in found)
    assert pod.get("activeDeadlineSeconds") == deadline_s


def test_a_module_beyond_a_config_map_is_refused_by_its_name():
    files = {"small.py": b"#", "large.py": b"#" * 1_000_001, "full.py": b"#" * 1_000_000}
    found = only(compile_argo(one(), files=files))
    assert found.code.id == "DW537"
    assert found.message == "the module `large.py` takes 1,000,001 bytes, and a ConfigMap of dagwright takes 1,000,000"


def test_a_plan_beyond_a_config_map_is_refused():
    found = only(compile_argo(one(call("t", a=literal("x" * 1_000_000, STR)))))
    assert found.code.id == "DW537"
    assert found.message.startswith("the plan takes 1,00")


def test_a_split_that_makes_tasks_wait_is_reported():
    # Two predecessors each, far and near: no module is left to put into a group.
    nodes = [call(f"n{at}", after={f"n{at * 7 // 11}", f"n{at * 10 // 11}"} if at else ()) for at in range(250)]
    compiled = compile_argo(one(*nodes))
    assert compiled.artefact is not None
    assert compiled.codes == ["DW535"]
    assert "250 calls, and a DAG of Argo holds 200" in compiled.findings[0].message
