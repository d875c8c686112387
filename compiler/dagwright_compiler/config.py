"""Settings: ``[tool.dagwright]`` of the nearest ``pyproject.toml``, or ``dagwright.toml``, under a profile, environment and flags.

Input: a folder to start from, the environment, flags. Output: ``Settings``, which carry their own findings: a wrong setting is a
diagnostic like any other mistake of a user. Knows no target: a target's table is handed on as it was read. A profile is a table
``profiles.NAME`` whose keys go over those of the project; tables are joined key by key, all else is replaced.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from dagwright.contract.chunks import MAP_PODS
from dagwright.contract.names import (
    DEFAULT_DOMAIN,
    DEFAULT_PROJECT,
    ENV_DOMAIN,
    ENV_PROJECT,
    ENV_STORE,
    LOCAL_STORE,
)
from dagwright_compiler.diagnostics.codes import UNKNOWN_SETTING, UNREADABLE_SETTINGS, WRONG_SETTING
from dagwright_compiler.diagnostics.model import Diagnostic
from dagwright_compiler.diagnostics.selection import Selection, read_selection
from dagwright_compiler.diagnostics.suggestions import did_you_mean
from dagwright_compiler.source import SourceFile, Span

if TYPE_CHECKING:
    from dagwright_compiler.toml_places import Path as KeyPath

OWN_FILE = "dagwright.toml"
SHARED_FILE = "pyproject.toml"
CHECK_TABLE = "check"
"""The table that says which findings are shown."""
PROFILES_TABLE = "profiles"
"""The table of profiles by name; every other one is a target's."""
PROFILE_VARIABLE = "DAGWRIGHT_PROFILE"
"""Environment variable that names the profile where no flag does."""
_VARIABLES = {"project": ENV_PROJECT, "domain": ENV_DOMAIN, "store": ENV_STORE}
_FORMS = {
    "project": "text",
    "domain": "text",
    "store": "a store's URL as text",
    "source_roots": "a list of folders",
    "pickle": '`"warn"`, `"deny"` or a list of class names',
    "images": "a table of images by name, each as text",
    "map_pods": "a number from 1 to 10000",
    "set": "a table of constants by name, each with its value",
}
_MOST_MAP_PODS = 10_000


def _is(description: str) -> msgspec.Meta:
    return msgspec.Meta(description=description)


class _Table(msgspec.Struct, frozen=True, kw_only=True):
    """The keys of ``[tool.dagwright]`` that are no target's table, and the types that ``msgspec`` holds them to.

    The texts are the reference in ``docs/reference/settings.md``.
    """

    project: Annotated[str, _is("project that cache keys belong to")] = DEFAULT_PROJECT
    domain: Annotated[str, _is("domain that cache keys belong to")] = DEFAULT_DOMAIN
    store: Annotated[
        str,
        _is("URL of the store for every way of running; unset, `.dagwright/store` in the project where it runs on this machine"),
    ] = ""
    source_roots: Annotated[
        tuple[str, ...], _is("folders that modules are imported from, beside the file's own; relative to the project")
    ] = ()
    pickle: Annotated[
        Literal["warn", "deny"] | tuple[str, ...],
        _is("what becomes of values that only pickle carries: a warning, an error, or names of the classes that may pass"),
    ] = "warn"
    images: Annotated[dict[str, str], _is("images by name, for templates such as `{{.image.trainer.fqn}}`")] = {}
    map_pods: Annotated[
        int,
        msgspec.Meta(
            ge=1, le=_MOST_MAP_PODS, description="the most pods of one map: over a longer list a pod runs several elements"
        ),
    ] = MAP_PODS
    constants: Annotated[
        dict[str, Any], _is("constants that the source leaves to the environment, by name (`NAME` or `module.NAME`)")
    ] = msgspec.field(default_factory=dict, name="set")


_TYPES = {field.encode_name: field.type for field in msgspec.structs.fields(_Table)}


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that is configured.

    ``root`` is the project's folder (of the settings file, else of the nearest ``pyproject.toml``, else the starting folder);
    ``store`` is empty when none is set; ``map_pods`` bounds the pods of one map; ``images`` gives images their names in ``container_image``; ``constants`` has values of
    constants that the source does not tell; ``check`` says which findings are shown; ``targets`` holds each target's raw table; ``findings`` point into ``source``,
    whose table ``header`` is ours; ``profile`` is the name of the one that was chosen, ``profiled`` its table.
    """

    root: Path
    project: str = DEFAULT_PROJECT
    domain: str = DEFAULT_DOMAIN
    store: str = ""
    source_roots: tuple[Path, ...] = ()
    pickle: Literal["warn", "deny"] | tuple[str, ...] = "warn"
    images: Mapping[str, str] = msgspec.field(default_factory=dict)
    map_pods: int = MAP_PODS
    constants: Mapping[str, Any] = msgspec.field(default_factory=dict)
    check: Selection = Selection()
    targets: Mapping[str, Mapping[str, Any]] = msgspec.field(default_factory=dict)
    source: SourceFile | None = None
    header: str = ""
    profile: str = ""
    profiled: Mapping[str, Any] = msgspec.field(default_factory=dict)
    findings: tuple[Diagnostic, ...] = ()

    @property
    def local_store(self) -> str:
        """URL of the store that a local run uses: the configured one, else ``.dagwright/store`` in the project."""
        return self.store or (self.root / LOCAL_STORE).resolve().as_uri()

    @property
    def pickle_text(self) -> str:
        """The policy on pickled values as the runtime's environment has it; an empty list lets none pass."""
        return self.pickle if isinstance(self.pickle, str) else ",".join(self.pickle) or "deny"

    def span_of(self, key: str) -> Span | None:
        """Where a key or table of ours is written; ``None`` without a settings file."""
        return key_span(self.source, self.header, key) if self.source else None

    def span_of_target(self, target: str, key: str | KeyPath) -> Span | None:
        """Where a key of a target's table is written, or what is below it, in the profile that gives it or in the project.

        ``schedules.nightly`` and ``("schedules", "nightly")`` are the same.
        ``None`` without a settings file; what is not written by itself stands where the nearest thing around it does.
        """
        if self.source is None:
            return None
        from dagwright_compiler.toml_places import nearest, places

        name, _, below = key.partition(".") if isinstance(key, str) else ("", "", "")
        path = tuple(filter(None, (name, below))) if isinstance(key, str) else key
        top = tuple(filter(None, self.header.split(".")))
        found = places(self.source.text)
        in_project = nearest(found, (*top, target, *path), len(top) + 2)
        given = (*top, PROFILES_TABLE, self.profile, target)
        in_profile = nearest(found, (*given, *path), len(given) + 1) if target in self.profiled else None
        # The deeper one is it; of equals, the profile's goes over the project's.
        of_project = len(in_project[0]) - len(top) - 1 if in_project else 0
        of_profile = len(in_profile[0]) - len(given) if in_profile else 0
        hit = in_profile if of_profile >= of_project else in_project
        return Span(self.source.path, 1, 0, 1, 0) if hit is None else _range_span(self.source, hit[1].start, hit[1].end)


def load_settings(
    start: Path,
    *,
    flags: Mapping[str, Any] | None = None,
    environ: Mapping[str, str] | None = None,
    display_root: Path | None = None,
) -> Settings:
    """Find and read the settings that hold for a file or folder.

    Args:
        start: The file or folder that is compiled; the search goes upward from it.
        flags: ``project``, ``domain``, ``store``, ``profile`` from the command line, ``None`` is not given; ``set``, constants by name.
        environ: Environment, ``os.environ`` unless told.
        display_root: Folder that paths in messages are relative to; the working directory unless told.

    Returns:
        Settings in the order flag, environment, profile, file, default. Mistakes stand in ``findings``, their key at its default.
    """
    folder = start if start.is_dir() else start.parent
    environment = os.environ if environ is None else environ
    found = _Reading((display_root or Path.cwd()).absolute())
    root, table = found.search(folder.absolute())
    profile = (flags or {}).get("profile") or environment.get(PROFILE_VARIABLE) or ""
    values, targets = found.checked(found.under_profile(table, profile))
    for key, variable in _VARIABLES.items():
        given = (flags or {}).get(key) or environment.get(variable)
        if given:
            values[key] = given
    if (flags or {}).get("store"):  # over every file: a target's own store is out of question, too
        targets = {name: {key: value for key, value in own.items() if key != "store"} for name, own in targets.items()}
    constants = {**values.pop("set", {}), **((flags or {}).get("set") or {})}
    roots = tuple(root / part for part in values.pop("source_roots", ()))
    return Settings(
        root=root,
        source_roots=roots,
        constants=constants,
        check=found.selection,
        targets=targets,
        source=found.source,
        header=found.header,
        profile=found.profile,
        profiled=found.profiled,
        findings=tuple(found.findings),
        **values,
    )


class _Reading:
    """One search for settings: the file that was chosen and what is wrong in it."""

    def __init__(self, display_root: Path) -> None:
        self._display_root = display_root
        self.header = ""
        self.source: SourceFile | None = None
        self.findings: list[Diagnostic] = []
        self.selection = Selection()
        self.profile = ""
        self.profiled: Mapping[str, Any] = {}

    def search(self, folder: Path) -> tuple[Path, dict[str, Any]]:
        """Go upward to the nearest table of ours; give the project's folder and the table."""
        fallback = folder
        nearest = False
        for level in (folder, *folder.parents):
            own, shared = level / OWN_FILE, level / SHARED_FILE
            if own.is_file():
                return level, self._read(own, "")
            if shared.is_file():
                if _mentions_us(shared):
                    table = self._read(shared, "tool.dagwright")
                    if self.source is not None:
                        return level, table
                if not nearest:
                    fallback, nearest = level, True
        return fallback, {}

    def _read(self, path: Path, header: str) -> dict[str, Any]:
        """Read our table of a file; ``source`` stays unset when a readable file has none."""
        import tomllib

        shown = _relative(path, self._display_root)
        source = SourceFile(path=shown, module="", data=b"", text="")
        try:
            data = path.read_bytes()
            source = SourceFile(path=shown, module="", data=data, text=data.decode("utf-8"))
            document = tomllib.loads(source.text)
        except (OSError, UnicodeDecodeError) as error:
            self._unreadable(source, _reason(error), 1)
            return {}
        except tomllib.TOMLDecodeError as error:
            at = re.search(r" \(at line (\d+), column \d+\)$", str(error))
            message = str(error)[: at.start()] if at else str(error)
            self._unreadable(source, message[:1].lower() + message[1:], int(at[1]) if at else source.text.count("\n") + 1)
            return {}
        table: Any = document
        for part in header.split(".") if header else ():
            table = table.get(part) if isinstance(table, dict) else None
        if table is None:
            return {}
        self.source, self.header = source, header
        if not isinstance(table, dict):
            self.findings.append(
                Diagnostic(WRONG_SETTING, "`tool.dagwright` is not a table", self._key_span("dagwright", "tool"))
            )
            return {}
        return table

    def under_profile(self, table: Mapping[str, Any], name: str) -> Mapping[str, Any]:
        """The table with a profile's keys over its own, and without the profiles."""
        rest = {key: value for key, value in table.items() if key != PROFILES_TABLE}
        profiles = table.get(PROFILES_TABLE, {})
        if not isinstance(profiles, dict) or not all(isinstance(item, dict) for item in profiles.values()):
            message = f"`{PROFILES_TABLE}` takes tables by name, not {_described(profiles)}"
            self.findings.append(Diagnostic(WRONG_SETTING, message, self._key_span(PROFILES_TABLE)))
            return rest
        if not name:
            return rest
        if name not in profiles:
            known = f"the profiles are {', '.join(f'`{known}`' for known in profiles)}" if profiles else "none is written"
            help_text = did_you_mean(name, profiles) or f"{known}; write one as `[{self._headed(PROFILES_TABLE)}.{name}]`"
            span = self._key_span(PROFILES_TABLE) if profiles else None
            self.findings.append(Diagnostic(WRONG_SETTING, f"there is no profile `{name}`", span, help=help_text))
            return rest
        self.profile, self.profiled = name, profiles[name]
        return _joined(rest, self.profiled)

    def checked(self, table: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Mapping[str, Any]]]:
        """Split the table into checked values of ours and the raw tables of targets."""
        values: dict[str, Any] = {}
        targets: dict[str, Mapping[str, Any]] = {}
        for key, value in table.items():
            if key in _TYPES:
                try:
                    values[key] = msgspec.convert(value, _TYPES[key])
                except msgspec.ValidationError:
                    self._wrong_value(key, value)
            elif key == CHECK_TABLE:
                self._check_table(value)
            elif isinstance(value, dict):
                targets[key] = value
            else:
                help_text = did_you_mean(key, _TYPES) or f"the settings are {', '.join(f'`{name}`' for name in _TYPES)}"
                self.findings.append(
                    Diagnostic(UNKNOWN_SETTING, f"`{key}` is not a setting", self._key_span(key), help=help_text)
                )
        return values, targets

    def _wrong_value(self, key: str, value: object) -> None:
        """Report a setting of the wrong form; of a table of texts the first entry that is none."""
        wrong = (
            next((name for name, item in value.items() if not isinstance(item, str)), None) if isinstance(value, dict) else None
        )
        if key == "images" and isinstance(value, dict) and wrong is not None:
            message = f"the image `{wrong}` takes a reference as text, not {_described(value[wrong])}"
            at = self._span_within(wrong, key)
            self.findings.append(Diagnostic(WRONG_SETTING, message, at, help=f'write `{wrong} = "registry/name:tag"`'))
            return
        message = f"`{key}` takes {_FORMS[key]}, not {_described(value)}"
        self.findings.append(Diagnostic(WRONG_SETTING, message, self._key_span(key)))

    def _check_table(self, table: object) -> None:
        if not isinstance(table, dict):
            message = f"`{CHECK_TABLE}` takes a table, not {_described(table)}"
            self.findings.append(Diagnostic(WRONG_SETTING, message, self._key_span(CHECK_TABLE)))
            return
        self.selection, problems = read_selection(table)
        for problem in problems:
            code = WRONG_SETTING if problem.message else UNKNOWN_SETTING
            message = problem.message or f"`{problem.key}` is not a setting of `{CHECK_TABLE}`"
            span = self._span_within(problem.key, CHECK_TABLE)
            self.findings.append(Diagnostic(code, message, span, help=problem.help))

    def _unreadable(self, source: SourceFile, reason: str, line: int) -> None:
        self.source = source
        self.findings.append(
            Diagnostic(UNREADABLE_SETTINGS, f"`{source.path}` cannot be read: {reason}", Span(source.path, line, 0, line, 0))
        )

    def _key_span(self, key: str, header: str | None = None) -> Span | None:
        if self.source is None:
            return None
        if header is None:
            header = self._headed(f"{PROFILES_TABLE}.{self.profile}") if key in self.profiled else self.header
        return key_span(self.source, header, key)

    def _span_within(self, key: str, table: str) -> Span | None:
        """Where a key of one of our tables stands, or the table where it has no header: `check = {...}`, `check.select = ...`."""
        span = self._key_span(key, self._headed(table))
        return self._key_span(table) if span is not None and not span.end_column else span

    def _headed(self, table: str) -> str:
        return f"{self.header}.{table}" if self.header else table


def _joined(below: Mapping[str, Any], above: Mapping[str, Any]) -> dict[str, Any]:
    """Put one table over another: tables within are joined, everything else is replaced."""
    joined = dict(below)
    for key, value in above.items():
        under = joined.get(key)
        joined[key] = _joined(under, value) if isinstance(under, dict) and isinstance(value, dict) else value
    return joined


def key_span(source: SourceFile, header: str, key: str) -> Span:
    """Find a key of a table in TOML text, or the table's own header; the first line when it is written in another way.

    ``tomllib`` keeps no positions, so this looks at lines: enough for a caret, never for a meaning.
    """
    current = ""
    best = Span(source.path, 1, 0, 1, 0)
    table = f"{header}.{key}" if header else key
    for number, line in enumerate(source.text.split("\n"), 1):
        opened = re.match(r"\s*\[\[?\s*([^\[\]]+?)\s*\]", line)
        if opened:
            current = re.sub(r"\s*\.\s*", ".", opened[1].replace('"', "").replace("'", ""))
            if current == table or current.startswith(f"{table}."):
                return _text_span(source.path, number, line, opened[1], opened.start(1))
            continue
        written = re.match(r"\s*([\"']?)([A-Za-z0-9_-]+)\1\s*[=.]", line)
        if written and current == header and written[2] == key:
            return _text_span(source.path, number, line, key, written.start(2))
    return best


def _range_span(source: SourceFile, start: int, end: int) -> Span:
    before = source.text[:start]
    first = before.rfind("\n") + 1
    return _text_span(source.path, before.count("\n") + 1, source.text[first:], source.text[start:end], start - first)


def _text_span(path: str, number: int, line: str, text: str, at: int) -> Span:
    start = len(line[:at].encode())
    return Span(path, number, start, number, start + len(text.encode()))


def _mentions_us(path: Path) -> bool:
    """Whether a file may hold our table: reading TOML costs more than the rest of a small compile."""
    try:
        return b"dagwright" in path.read_bytes()
    except OSError:
        return True  # reading it again, for good, reports the reason


def _described(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, (int, float, str)):
        return f"`{msgspec.json.encode(value).decode()}`"
    if isinstance(value, (list, dict)):
        return "a list" if isinstance(value, list) else "a table"
    return f"a {type(value).__name__}"


def _reason(error: OSError | UnicodeDecodeError) -> str:
    return "it is not UTF-8 text" if isinstance(error, UnicodeDecodeError) else (error.strerror or type(error).__name__).lower()


def _relative(path: Path, root: Path) -> str:
    try:
        return path.relative_to(root).as_posix()
    except ValueError:
        return os.path.relpath(path, root).replace(os.sep, "/")
