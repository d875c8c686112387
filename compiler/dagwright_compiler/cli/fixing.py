"""``check --fix`` and ``check --diff``: the user's files with fixes applied, written or shown."""

from __future__ import annotations

import difflib
import os
import stat
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import click

from dagwright_compiler.cli.main import FINDINGS, SUCCESS, UNUSABLE
from dagwright_compiler.cli.terminal import wants_color
from dagwright_compiler.diagnostics.cells import visible
from dagwright_compiler.diagnostics.wording import counted

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.driver.fixing import Change, Fixed

_COLORS = {b"-": b"\x1b[31m", b"+": b"\x1b[32m", b"@": b"\x1b[36m"}
_PLAIN = b"\x1b[0m"
_NO_END = b"\\ No newline at end of file\n"


def write_fixes(fixed: Fixed) -> int:
    """Write every changed file, and say on standard error what was left alone.

    Returns:
        0, or 2 when a file could not be written.
    """
    code = SUCCESS
    for line in fixed.refused:
        click.echo(f"dagwright: {visible(line)}", err=True)
    for change in fixed.changes:
        try:
            _write(change)
        except OSError as error:
            click.echo(f"dagwright: {visible(change.path)} is not changed: {(error.strerror or str(error)).lower()}", err=True)
            code = UNUSABLE
    return code


def tell_count(fixed: Fixed) -> None:
    """Say on standard error how much was fixed."""
    click.echo(f"{fixed.fixed} fixed, {len(fixed.found)} left", err=True)


def show_diff(fixed: Fixed, color: str) -> int:
    """Write a unified diff of all changes to standard output, in the files' own bytes.

    Returns:
        1 when there are changes, else 0.
    """
    paint = wants_color(color, sys.stdout, os.environ)
    sys.stdout.flush()
    for change in fixed.changes:
        for line in _unified(change):
            sys.stdout.buffer.write(_painted(line) if paint else line)
    sys.stdout.buffer.flush()
    for reason in fixed.refused:
        click.echo(f"dagwright: {visible(reason)}", err=True)
    click.echo(f"{fixed.fixed} {'fix' if fixed.fixed == 1 else 'fixes'} in {counted(len(fixed.changes), 'file')}", err=True)
    return FINDINGS if fixed.changes else SUCCESS


def _write(change: Change) -> None:
    """Put a file in the place of the old one at once; links stay links, and permissions stay as they are.

    Raises:
        OSError: It cannot be written, or it is no longer what was read.
    """
    target = Path(os.path.realpath(change.location))
    if target.read_bytes() != change.before:
        raise OSError("it was changed meanwhile")
    mode = stat.S_IMODE(target.stat().st_mode)
    if not os.access(target, os.W_OK):
        raise PermissionError(13, "permission denied")
    temporary = target.with_name(f".{target.name}.{os.getpid()}.tmp")
    try:
        with temporary.open("xb") as file:
            file.write(change.after)
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode)
        temporary.replace(target)
    except OSError:
        with suppress(OSError):
            temporary.unlink()
        raise


def _unified(change: Change) -> Iterator[bytes]:
    name = os.fsencode(change.path)
    lines = difflib.diff_bytes(difflib.unified_diff, _lines(change.before), _lines(change.after), name, name, lineterm=b"\n")
    for line in lines:
        yield line
        if not line.endswith(b"\n"):
            yield b"\n" + _NO_END


def _lines(data: bytes) -> list[bytes]:
    """Lines as every diff counts them: only a line feed ends one."""
    return [line + b"\n" for line in data.split(b"\n")[:-1]] + ([data.rpartition(b"\n")[2]] if not data.endswith(b"\n") else [])


def _painted(line: bytes) -> bytes:
    color = _COLORS.get(line[:1])
    end = b"\n" if line.endswith(b"\n") else b""
    return color + line[: len(line) - len(end)] + _PLAIN + end if color else line
