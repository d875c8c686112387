"""Holds every golden case to its expectations, byte for byte; ``pytest --update-golden`` rewrites them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
import yaml
from golden_cases import ALWAYS, COMMAND, INPUTS, OUTPUTS, REPORT, ROOT, Case, announced, cases, compiled, findings, read, report

from dagwright.contract.keys import sha256_hex
from dagwright.execution.plan_view import PlanView
from dagwright_argo_client.manifests import bundle_of
from dagwright_compiler.diagnostics.codes import ALL
from dagwright_compiler.driver.bundles import bundle_for
from dagwright_compiler.driver.programs import program_of
from dagwright_compiler.ir.codec import to_json
from dagwright_compiler.ir.program import Unit

CASES = list(cases())


@pytest.fixture
def updating(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_finds_what_its_lines_announce(case: Case) -> None:
    expected = case.expected_findings()
    found = {announced(diagnostic): diagnostic.message for diagnostic in findings(case)}
    assert sorted(found) == sorted(expected), "\n" + report(case)
    for place, part in expected.items():
        assert part in found[place]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_compiles_to_its_files(case: Case, *, updating: bool) -> None:
    for name, form in case.forms().items():
        path = case.folder / name
        if case.is_refused():
            assert not path.exists(), f"{case.name} expects errors, so {name} can never be written"
            text, _ = compiled(case, form)
            assert text == ""
        elif path.exists() or name in ALWAYS:
            text, reading = compiled(case, form)
            assert text, [found.message for found in reading.diagnostics.sorted()]
            if updating:
                path.write_bytes(text.encode())
            assert path.exists(), f"{case.name} lacks {name}: run pytest --update-golden"
            assert path.read_bytes().decode() == text


@pytest.mark.parametrize("case", [case for case in CASES if (case.folder / "argo.yaml").exists()], ids=lambda case: case.name)
def test_the_runtime_reads_the_plan_of_a_manifest(case: Case) -> None:
    documents = list(yaml.load_all((case.folder / "argo.yaml").read_text("utf-8"), yaml.CSafeLoader))
    templates = [document for document in documents if document["kind"] in ("WorkflowTemplate", "Workflow")]
    plans = [document["data"]["plan.json"] for document in documents if "plan.json" in document.get("data", {})]
    assert templates
    assert len(plans) == sum(bundle_of(template["spec"]) is None for template in templates)
    for text in plans:
        plan = PlanView(json.loads(text))
        for name, unit in plan.units.items():
            assert plan.of_unit(name).program.node(unit["node"]).id == unit["node"]


@pytest.mark.parametrize("case", [case for case in CASES if (case.folder / REPORT).exists()], ids=lambda case: case.name)
def test_a_report_reads_as_pinned(case: Case, *, updating: bool) -> None:
    path = case.folder / REPORT
    if updating:
        path.write_bytes(report(case).encode())
    assert path.read_bytes().decode() == report(case)


def test_no_file_is_left_without_a_purpose() -> None:
    known = {*INPUTS, *OUTPUTS, COMMAND, REPORT}
    strangers = [path for case in CASES for path in case.folder.iterdir() if path.name not in known]
    strangers += [path for area in ROOT.iterdir() for path in ([area] if area.is_file() else area.iterdir()) if path.is_file()]
    assert strangers == []
    assert [case.name for case in CASES if not case.entry.is_file()] == []


def test_ci_never_rewrites() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", "--update-golden", "--collect-only", __file__],
        env={"CI": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == pytest.ExitCode.USAGE_ERROR
    assert "CI never rewrites" in ran.stderr


def test_real_bytes_of_one_case() -> None:
    """Placeholders hide digests everywhere else; a change of these means that every user's manifest changes its name."""
    case = Case(ROOT / "graph" / "chain")
    reading = read(case)
    loaded = program_of(reading, "input.main")
    assert loaded.program is not None
    assert sha256_hex(to_json(loaded.program)) == "f6633df9b3762f6e03ceb0a459c102dece87fe4c9a7bf101a539260edd8f2aad"
    units = {node.id: Unit(id=node.id, node=node.id) for node in loaded.program.workflow.nodes}
    assert (
        bundle_for(loaded.program, reading.elaborated, units).digest
        == "481e17d25031f243ddcbbb212524195cf74e8d871d5596baba452a384c4c65c4"
    )


ELSEWHERE = {
    "DW104": "a file that cannot be read is no text: tests/unit/cli",
    "DW105": "the entry of a case has a fixed name: tests/unit/frontend",
    "DW106": "needs two requested files: tests/unit/frontend",
    "DW290": "about the request, not the file: tests/unit/cli",
    "DW291": "about the request, not the file: tests/unit/cli",
    "DW210": "about workflows that are compiled together: tests/unit/driver",
    "DW292": "about the request, not the file: tests/unit/driver",
}
"""Codes without a golden case, and why. Those of AWS Batch (DW55x) are held by tests/unit/batch."""


def test_every_code_has_a_case() -> None:
    announced_codes = {found.code for case in CASES for found in case.expected_findings()}
    pinned = {code for code in ALL if not "DW550" <= code < "DW590"}
    assert pinned - announced_codes == set(ELSEWHERE)
