"""Golden cases: finding them, compiling them, and what is expected of them.

One folder a case: ``tests/golden/<area>/<case>/`` with ``input.py``, or with a small project in ``input/`` whose entry is ``input/flow.py``.
A case compiles the workflow ``main`` of its entry file. Beside the input stand

* ``ir.json``, ``argo.yaml`` and, where wanted, ``batch.yaml``: the exact outputs, digests and the runtime's bytes as placeholders;
* or nothing, when lines of the input carry ``# E: DW301 part of the message``: exactly these errors (and warnings, ``# W:``) are found,
  each on its line; ``# E*:`` is a finding without a place;
  A case of the area ``<target>_errors`` is checked for that target;
* ``report.txt``, where wanted: the report as a terminal without colours shows it;
* ``command.toml``, where wanted: what a command line would say beyond the file: ``profile``, and ``options`` of the target.
"""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from dagwright_compiler.config import load_settings
from dagwright_compiler.diagnostics.text import TextRenderer
from dagwright_compiler.driver.compiling import check_all, compile_all
from dagwright_compiler.driver.layout import stream
from dagwright_compiler.driver.naming import Wanted
from dagwright_compiler.driver.reading import Reading, read_project
from dagwright_compiler.driver.reporting import checked
from dagwright_compiler.runtime_archive import archive_digest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.diagnostics.model import Diagnostic

ROOT = Path(__file__).parent / "golden"
OUTPUTS = {"ir.json": "ir", "argo.yaml": "argo", "batch.yaml": "batch"}
ALWAYS = ("ir.json", "argo.yaml")
"""What every valid case pins; ``batch.yaml`` and ``report.txt`` only where the file stands already."""
REPORT = "report.txt"
INPUTS = ("input.py", "input")
COMMAND = "command.toml"
_EXPECTATION = re.compile(r"#\s*([EW])(\*?):\s*(DW\d{3})\s*(.*?)\s*(?=#\s*[EW]\*?:|$)")


class Found(NamedTuple):
    """A finding as expectations name it; ``line`` 0 stands for no place."""

    path: str
    line: int
    severity: str
    code: str


class Case(NamedTuple):
    """One case."""

    folder: Path

    @property
    def name(self) -> str:
        return self.folder.relative_to(ROOT).as_posix()

    @property
    def entry(self) -> Path:
        single = self.folder / "input.py"
        return single if single.is_file() else self.folder / "input" / "flow.py"

    @property
    def target(self) -> str | None:
        """The target that a case is about; the others are about what all of them share."""
        area, _, kind = self.folder.parent.name.rpartition("_")
        return area if kind == "errors" and area else None

    @property
    def command(self) -> dict[str, Any]:
        """What the command line says."""
        path = self.folder / COMMAND
        return tomllib.loads(path.read_text("utf-8")) if path.is_file() else {}

    def forms(self) -> dict[str, str]:
        """Files that a case may pin, and what each is compiled to; a case that one target refuses says nothing of the others."""
        if self.target is None or not self.is_refused():
            return OUTPUTS
        return {name: form for name, form in OUTPUTS.items() if form == self.target}

    def input_files(self) -> list[Path]:
        """Every text of the input that may carry expectations."""
        found = [path for name in INPUTS for path in (self.folder / name, *(self.folder / name).rglob("*"))]
        return sorted(path for path in found if path.is_file() and path.suffix in (".py", ".toml"))

    def expected_findings(self) -> dict[Found, str]:
        """Findings that the input announces, with the part of the message."""
        expected: dict[Found, str] = {}
        for path in self.input_files():
            shown = path.relative_to(self.folder).as_posix()
            # As bytes: some inputs are no valid text.
            for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").split("\n"), 1):
                for kind, placeless, code, part in _EXPECTATION.findall(line):
                    severity = "error" if kind == "E" else "warning"
                    expected[Found("" if placeless else shown, 0 if placeless else number, severity, code)] = part
        return expected

    def is_refused(self) -> bool:
        """Whether the case expects errors."""
        return any(found.severity == "error" for found in self.expected_findings())


def cases() -> Iterator[Case]:
    """All cases, by folder: there is no list to maintain."""
    for area in sorted(ROOT.iterdir()):
        if area.is_dir():
            yield from (Case(folder) for folder in sorted(area.iterdir()) if folder.is_dir())


def read(case: Case) -> Reading:
    """Read a case as its own project: nothing outside its folder has a say."""
    flags = {"profile": case.command.get("profile")}
    settings = load_settings(case.entry, flags=flags, environ={}, display_root=case.folder)
    return read_project([case.entry], settings, display_root=case.folder)


def _everything(case: Case) -> Wanted:
    folder = case.entry if case.entry.is_dir() else case.entry.parent
    return Wanted(folder, None, folder.name)


def compiled(case: Case, form: str) -> tuple[str, Reading]:
    """Compile ``main`` (everything, where there is none) to one form."""
    reading = read(case)
    names = [name for name in reading.elaborated.workflows if name.endswith(".main")]
    wanted = Wanted(case.entry, names[0], case.entry.name) if names else _everything(case)
    options = case.command.get("options", {}) if form == "argo" else {}
    compilation = compile_all(reading, [wanted], form, options)
    text = stream(compilation)
    for result in compilation.results:
        text = _mask(text, result.bundle_digest)
    return _mask(text, archive_digest()), reading


def findings(case: Case) -> list[Diagnostic]:
    """Everything that is found in a case, by checking all and compiling ``main``."""
    reading = read(case)
    check_all(reading, case.target, [_everything(case)])
    return list(checked(reading, reading.settings.check))


def announced(diagnostic: Diagnostic) -> Found:
    """A finding in the form of expectations."""
    span = diagnostic.span
    place = (span.path, span.line) if span else ("", 0)
    return Found(*place, diagnostic.code.severity, diagnostic.code.id)


def report(case: Case) -> str:
    """The report as ``check`` prints it."""
    reading = read(case)
    check_all(reading, case.target, [_everything(case)])
    return TextRenderer(reading.sources()).report(checked(reading, reading.settings.check))


def _mask(text: str, digest: str) -> str:
    """Replace what changes with every edit: the bundle's digest in names, other digests, the runtime's bytes."""
    if digest:
        text = re.sub(rf"\b{digest[:8]}[0-9a-f]*", "<digest>", text)
    # A digest without a letter a-f is quoted, or it would be a number: that too changes with every edit.
    text = re.sub(r"\b[0-9a-f]{64}\b", "<sha256>", text).replace('"<digest>"', "<digest>")
    return re.sub(r"[A-Za-z0-9+/]{1000,}={0,2}", "<base64>", text)
