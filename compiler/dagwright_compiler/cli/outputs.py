"""Writes what a compilation made to a file or a folder, whole or not at all, and tells whether what stands there is current."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from dagwright_compiler.driver.layout import files, is_ours, stream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.driver.compiling import Compilation

_LONGEST_LINE = 200
"""A diff is for reading; the runtime's line of base64 is not."""


class Difference(NamedTuple):
    """What a check found: a text for people about each missing or left-over file, and diffs of stale ones."""

    words: list[str]
    diffs: list[str]


def wanted_files(compilation: Compilation, output: str) -> dict[Path, str]:
    """Paths and texts that an output, a file or a folder, is to hold."""
    if is_folder(output):
        return {Path(output) / name: text for name, text in files(compilation).items()}
    return {Path(output): stream(compilation)}


def is_folder(output: str) -> bool:
    """Whether ``-o`` names a folder: by its slash, by being one, or, where nothing stands yet, by a name without an ending."""
    path = Path(output)
    return output.endswith(("/", os.sep)) or path.is_dir() or not (path.suffix or path.exists())


def write(compilation: Compilation, output: str) -> str:
    """Write all files, each atomically, after making sure that every one may be written.

    Returns:
        A line that says what was done.

    Raises:
        click.ClickException: A file cannot be written, or is not ours to overwrite.
    """
    wanted = wanted_files(compilation, output)
    changed = [(path, text) for path, text in wanted.items() if _current(path) != text]
    if is_folder(output):
        for path, _ in changed:
            _refuse_foreign(path, compilation)
    for path, text in changed:
        _replace(path, text)
    same = len(wanted) - len(changed)
    said = f"wrote {_files(len(changed))}" + (f", {same} unchanged" if same else "")
    left = [str(path) for path in orphans(compilation, output, wanted)]
    return said + (f"; left from an earlier compile: {', '.join(left)}" if left else "")


def compare(compilation: Compilation, output: str) -> Difference:
    """Find how what stands in a file or folder differs from what would be written."""
    from difflib import unified_diff

    wanted = wanted_files(compilation, output)
    words = [f"{path} is left from an earlier compile" for path in orphans(compilation, output, wanted)]
    diffs: list[str] = []
    for path, text in wanted.items():
        current = _current(path)
        if current is None:
            words.append(f"{path} is missing")
        elif current != text:
            words.append(f"{path} is stale")
            lines = unified_diff(current.splitlines(), text.splitlines(), str(path), f"{path} (compiled now)", lineterm="")
            diffs.append("".join(f"{_clip(line)}\n" for line in lines))
    return Difference(words, diffs)


def orphans(compilation: Compilation, output: str, wanted: dict[Path, str]) -> Iterator[Path]:
    """Files of a folder that an earlier compilation of the same form wrote and this one would not."""
    if not is_folder(output) or not Path(output).is_dir():
        return
    for path in sorted(Path(output).iterdir()):
        if path not in wanted and path.is_file() and is_ours(path.name, _current(path) or "", compilation):
            yield path


def _refuse_foreign(path: Path, compilation: Compilation) -> None:
    current = _current(path)
    if current is not None and not is_ours(path.name, current, compilation):
        raise click.ClickException(
            f"{path} was not written by `dagwright compile -t {compilation.form}`; choose another folder or remove it"
        )


def _current(path: Path) -> str | None:
    """Text of a file; ``None`` when there is none.

    Raises:
        click.ClickException: It cannot be read.
    """
    try:
        return path.read_bytes().decode("utf-8", "surrogateescape")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise _unusable(path, error) from error


def _replace(path: Path, text: str) -> None:
    """Write beside the file and rename: a reader sees the old text or the new one, never half of it."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(text.encode())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise _unusable(path, error) from error


def _unusable(path: Path, error: OSError) -> click.ClickException:
    return click.ClickException(f"{path}: {(error.strerror or str(error)).lower()}")


def _clip(line: str) -> str:
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 3] + "..."


def _files(count: int) -> str:
    return "1 file" if count == 1 else f"{count} files"
