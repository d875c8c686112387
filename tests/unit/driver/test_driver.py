from __future__ import annotations

import gc
import json
import re
from pathlib import Path

import pytest

from dagwright.contract.schema import Plan as PlanShape
from dagwright_compiler.config import Settings, load_settings
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_compiler.driver.compiling import Compilation, Compiled, check_all, compile_all
from dagwright_compiler.driver.layout import files, is_ours, stream
from dagwright_compiler.driver.naming import Wanted, wanted_definition, wanted_workflows
from dagwright_compiler.driver.programs import load_program, program_of
from dagwright_compiler.driver.reading import Reading, read_project, read_sources
from dagwright_compiler.driver.reporting import checked
from dagwright_compiler.ir.program import InputBinding, Unit

HEAD = "from dagwright import task, workflow\n"
DOUBLE = "@task\ndef double(x: int) -> int:\n    return 2 * x\n"


def flow(name: str, body: str = "return double(x=x)") -> str:
    return f"@workflow\ndef {name}(x: int) -> int:\n    {body}\n"


def settings(**values: object) -> Settings:
    return Settings(root=Path("/project"), **values)  # type: ignore[arg-type]


def read(sources: dict[str, str], **values: object) -> Reading:
    return read_sources(sources, settings(**values))


def messages(reading: Reading) -> list[str]:
    return [found.message for found in reading.diagnostics.sorted()]


def wanted(name: str | None = None) -> Wanted:
    return Wanted(None, name, "flow.py")


def test_the_only_workflow_needs_no_name() -> None:
    reading = read({"flow.py": HEAD + DOUBLE + flow("main")})
    assert wanted_definition(reading, wanted()) == "flow.main"
    assert wanted_definition(reading, wanted("main")) == "flow.main"
    assert wanted_definition(reading, wanted("flow.double")) == "flow.double"


def test_several_workflows_ask_for_a_name() -> None:
    reading = read({"flow.py": HEAD + DOUBLE + flow("one") + flow("two")})
    assert wanted_definition(reading, wanted()) is None
    (found,) = reading.diagnostics.sorted()
    assert (found.code.id, found.message) == ("DW292", "flow.py defines several workflows: `one`, `two`")
    assert found.help == "name one of them, as in `flow.py:one`"
    assert wanted_workflows(reading, wanted()) == ("flow.one", "flow.two")


def test_a_short_name_may_fit_two_modules() -> None:
    reading = read(
        {
            "a/flow.py": HEAD + DOUBLE + flow("main"),
            "a/__init__.py": "",
            "a/b/__init__.py": "",
            "a/b/flow.py": HEAD + DOUBLE + flow("main"),
        }
    )
    assert wanted_definition(reading, wanted("main")) is None
    assert messages(reading) == ["`main` fits several definitions in flow.py: `a.flow.main`, `a.b.flow.main`"]
    assert wanted_definition(reading, wanted("b.flow.main")) == "a.b.flow.main"


def test_an_absent_name_is_not_blamed_on_the_user_when_the_file_is_broken() -> None:
    reading = read({"flow.py": "def (:\n"})
    assert wanted_definition(reading, wanted("main")) is None
    assert [found.code.id for found in reading.diagnostics.sorted()] == ["DW101"]


def test_a_task_alone_has_the_interface_of_the_task() -> None:
    reading = read({"flow.py": HEAD + "@task\ndef Half_Of(x: int, by: float = 2) -> float:\n    return x / by\n"})
    program = program_of(reading, "flow.Half_Of").program
    assert program is not None
    workflow = program.workflow
    assert workflow.name == "flow.Half_Of"
    assert [(field.name, field.has_default, field.default) for field in workflow.inputs] == [
        ("x", False, None),
        ("by", True, 2.0),
    ]
    (node,) = workflow.nodes
    assert node.id == "half-of"
    assert dict(node.bindings) == {"x": InputBinding(name="x"), "by": InputBinding(name="by")}
    assert workflow.returns == "single"


def test_settings_reach_the_program() -> None:
    reading = read({"flow.py": HEAD + DOUBLE + flow("main")}, project="ads", domain="production")
    program = program_of(reading, "flow.main").program
    assert program is not None
    assert (program.project, program.domain) == ("ads", "production")


def test_an_error_in_one_workflow_hides_none_in_another() -> None:
    circle = "a = double(x=x)\n    b = double(x=x)\n    a >> b\n    b >> a\n    return a"
    reading = read({"flow.py": HEAD + DOUBLE + flow("one", circle) + flow("two", "return duoble(x=x)"), "other.py": "def (:\n"})
    check_all(reading)
    assert sorted(found.code.id for found in reading.diagnostics.sorted()) == ["DW101", "DW201", "DW491"]


def test_an_error_anywhere_in_the_file_refuses_its_programs(tmp_path: Path) -> None:
    path = tmp_path / "flow.py"
    path.write_text(HEAD + DOUBLE + flow("one") + flow("two", "return duoble(x=x)"), encoding="utf-8")
    loaded = load_program(path, "one", settings(), display_root=tmp_path)
    assert loaded.program is None
    assert [found.span.path for found in loaded.reading.diagnostics.sorted() if found.span] == ["flow.py"]


def test_loading_leaves_the_garbage_collector_as_it_was(tmp_path: Path) -> None:
    path = tmp_path / "flow.py"
    path.write_text(HEAD + DOUBLE + flow("main"), encoding="utf-8")
    assert gc.isenabled()
    assert load_program(path, None, settings()).program is not None
    assert gc.isenabled()


def test_nodes_put_in_place_are_known_to_their_own_program_alone() -> None:
    reading = read({"flow.py": HEAD + DOUBLE + flow("inner") + flow("outer", "return inner(x=x)")})
    spans = reading.elaborated.spans
    outer = program_of(reading, "flow.outer")
    assert outer.spans.node("flow.outer", "inner-double") == spans.node("flow.inner", "double") is not None
    assert spans.node("flow.outer", "inner-double") is None
    assert program_of(reading, "flow.inner").spans is spans


PROJECT = {
    "flow.py": HEAD + "from pkg.steps import load\n" + flow("main", "return load(x=x)"),
    "pkg/__init__.py": "from . import registry\n",
    "pkg/registry.py": "names = []\n",
    "pkg/steps.py": HEAD + "@task\ndef load(x: int) -> int:\n    from late import value\n    return value\n",
    "late.py": "try:\n    import maybe\nexcept ImportError:\n    maybe = None\nvalue = 1\n",
    "maybe.py": "import late  # a circle is no trap\n",
    "stranger.py": "",
}


def test_the_bundle_is_the_closure_over_imports_at_any_depth() -> None:
    reading = read_sources(PROJECT, settings())
    program = program_of(reading, "flow.main").program
    assert program is not None
    bundle = bundle_for(program, reading.elaborated, {"load": Unit(id="load", node="load")})
    assert [file.path for file in bundle.files] == ["late.py", "maybe.py", "pkg/__init__.py", "pkg/registry.py", "pkg/steps.py"]
    assert {file.path: file.data for file in bundle.files} == {
        path: PROJECT[path].encode() for path in [file.path for file in bundle.files]
    }
    plan: PlanShape = json.loads(bundle.plan)
    assert plan["units"] == {"load": {"id": "load", "node": "load"}}
    assert plan["program"]["workflow"]["name"] == "flow.main"


def test_the_bundle_keeps_the_exact_bytes(tmp_path: Path) -> None:
    data = (
        "# -*- coding: latin-1 -*-\r\n" + HEAD.replace("\n", "\r\n") + '@task\r\ndef t() -> str:\r\n    return "é"\r\n'
    ).encode("latin-1")
    (tmp_path / "flow.py").write_bytes(data)
    loaded = load_program(tmp_path / "flow.py", "t", settings())
    assert loaded.program is not None
    assert [file.data for file in bundle_for(loaded.program, loaded.reading.elaborated, {}).files] == [data]


def test_a_module_that_only_defines_a_class_travels_too() -> None:
    sources = {
        "flow.py": HEAD + "from shapes import Shape\n@task\ndef t(s: Shape) -> Shape:\n    return s\n",
        "shapes.py": "from dataclasses import dataclass\n@dataclass\nclass Shape:\n    x: int\n",
    }
    reading = read_sources(sources, settings())
    program = program_of(reading, "flow.t").program
    assert program is not None
    assert [file.path for file in bundle_for(program, reading.elaborated, {}).files] == ["flow.py", "shapes.py"]


def test_an_unknown_target_in_the_settings_is_a_warning(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text('[tool.dagwright.agro]\nnamespace = "ml"\n', encoding="utf-8")
    (tmp_path / "flow.py").write_text(HEAD + DOUBLE + flow("main"), encoding="utf-8")
    reading = read_project([tmp_path], load_settings(tmp_path, environ={}), display_root=tmp_path)
    (found,) = reading.diagnostics.sorted()
    assert (found.code.id, found.help) == ("DW591", "did you mean `argo`?")
    assert found.span is not None
    assert found.span.line == 1


def test_a_target_gets_the_projects_store_unless_it_has_its_own() -> None:
    reading = read({"flow.py": HEAD + DOUBLE + flow("main")}, store="s3://project/p")
    assert "s3://project/p" in stream(compile_all(reading, [wanted()], "argo"))
    reading = read({"flow.py": HEAD + DOUBLE + flow("main")}, store="s3://project/p", targets={"argo": {"store": "s3://own/p"}})
    text = stream(compile_all(reading, [wanted()], "argo"))
    assert "s3://own/p" in text
    assert "s3://project/p" not in text


@pytest.mark.parametrize("form", ["argo", "batch"])
@pytest.mark.parametrize(("policy", "text"), [("deny", "deny"), (("a.B", "c.D"), "a.B,c.D"), ((), "deny"), ("warn", None)])
def test_containers_know_the_policy_on_pickled_values(form: str, policy: object, text: str | None) -> None:
    reading = read({"flow.py": HEAD + DOUBLE + flow("main")}, store="s3://project/p", pickle=policy)
    found = re.findall(r'name: DAGWRIGHT_PICKLE, value: "?([^"}]*)', stream(compile_all(reading, [wanted()], form)))
    assert set(found) == ({text} if text else set())


def test_an_unknown_form_is_a_key_error() -> None:
    with pytest.raises(KeyError):
        compile_all(read({"flow.py": HEAD + DOUBLE + flow("main")}), [wanted()], "nomad")


def test_definitions_of_a_folder_are_those_below_it(tmp_path: Path) -> None:
    for name in ("src", "src2"):
        (tmp_path / name).mkdir()
        (tmp_path / name / f"{name}_flow.py").write_text(HEAD + DOUBLE + flow("main"), encoding="utf-8")
    reading = read_project([tmp_path / "src2", tmp_path / "src"], settings(), display_root=tmp_path)
    assert reading.elaborated.workflows == ("src_flow.main", "src2_flow.main")
    assert wanted_workflows(reading, Wanted(tmp_path / "src", None, "src")) == ("src_flow.main",)


YAML = Compilation(
    "argo", "yaml", (Compiled("flow.main", ("a: 1\n", "b: 2\n"), 1), Compiled("flow.Main", ("a: 1\n", "c: 3\n"), 1))
)


def test_a_stream_holds_what_is_shared_once() -> None:
    assert [line for line in stream(YAML).splitlines() if not line.startswith("#")] == [
        "---",
        "a: 1",
        "---",
        "b: 2",
        "---",
        "c: 3",
    ]


def test_names_that_differ_only_in_case_get_files_of_their_own() -> None:
    assert list(files(YAML)) == ["dagwright-runtime.yaml", "flow.main.yaml", "flow.Main-2.yaml"]


def test_our_files_are_known_by_their_first_line_and_form() -> None:
    made = files(YAML)
    batch = Compilation("batch", "yaml", ())
    assert all(is_ours(name, text, YAML) for name, text in made.items())
    assert not any(is_ours(name, text, batch) for name, text in made.items())
    assert not is_ours("notes.yaml", "a: 1\n", YAML)
    program = Compilation("ir", "json", (Compiled("flow.main", ('{\n  "schema": 1\n}\n',)),))
    assert all(is_ours(name, text, program) for name, text in files(program).items())
    assert list(files(program)) == ["flow.main.ir.json"]


def test_workflows_that_would_replace_each_other_in_a_cluster_are_found_at_both_lines() -> None:
    sources = {
        "a.py": HEAD + DOUBLE + flow("Retrain_it"),
        "b.py": HEAD + "from a import double\n" + flow("retrain_it") + flow("other"),
    }
    for look in (lambda reading: check_all(reading, "argo"), lambda reading: compile_all(reading, [wanted()], "argo")):
        reading = read(sources, targets={"argo": {"store": "s3://bucket/runs"}})
        compilation = look(reading)
        (found,) = reading.diagnostics.sorted()
        assert found.code.id == "DW210"
        assert (
            found.message
            == "`a.Retrain_it` and `b.retrain_it` both get the name `retrain-it` in the cluster, where one would replace the other"
        )
        assert found.span is not None
        assert (found.span.path, found.span.line) == ("b.py", 4)
        assert [(label.span.path, label.span.line, label.text) for label in found.related] == [("a.py", 6, "`a.Retrain_it` too")]
        assert compilation is None or compilation.results == ()


def test_many_workflows_of_one_name_are_one_finding() -> None:
    sources = {"a.py": HEAD + DOUBLE + flow("main")}
    sources |= {f"b{number}.py": HEAD + "from a import double\n" + flow("main") for number in range(9)}
    reading = read(sources, targets={"argo": {"store": "s3://bucket/runs"}})
    check_all(reading, "argo")
    (found,) = reading.diagnostics.sorted()
    assert found.message == "10 workflows get the name `main` in the cluster, where one would replace the other"
    assert ([label.span.path for label in found.related], found.notes) == (["a.py", "b1.py", "b2.py", "b3.py"], ("so do 5 more",))


def test_workflows_of_one_name_may_be_compiled_one_by_one_and_to_forms_without_objects() -> None:
    sources = {"a.py": HEAD + DOUBLE + flow("main"), "b.py": HEAD + "from a import double\n" + flow("main")}
    targets = {"argo": {"store": "s3://bucket/runs"}, "batch": {"store": "s3://bucket/runs", "queue": "q", "image": "i"}}
    for form, name in (("argo", "a.main"), ("ir", None), ("batch", None)):
        reading = read(sources, targets=targets)
        assert len(compile_all(reading, [wanted(name)], form).results) == (1 if name else 2)
        assert messages(reading) == []


def test_a_file_whose_module_name_is_taken_is_shown_and_obeyed_like_any_other(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "flow.py").write_text(
            HEAD + "@task(retrys=1)  # dagwright: ignore[DW501] a test\ndef one(x: int) -> int:\n    return x\n", "utf-8"
        )
    reading = read_project([tmp_path], settings(), display_root=tmp_path)
    assert set(reading.sources()) == {"a/flow.py", "b/flow.py"}
    assert [found.code.id for found in checked(reading, reading.settings.check)] == ["DW106"]
    marked = [found.span for found in reading.diagnostics.sorted() if found.code.id == "DW501"]
    assert [(span.path, span.line, span.column, span.end_column) for span in marked if span] == [
        ("a/flow.py", 2, 6, 12),
        ("b/flow.py", 2, 6, 12),
    ]
