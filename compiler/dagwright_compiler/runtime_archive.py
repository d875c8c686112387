"""The runtime as one archive that a bare Python runs: what travels with every manifest.

Owns which modules a pod needs and the archive's bytes. A wheel carries the file prebuilt, so that one release has one archive;
in a checkout it is built from the package's sources, once per state of the files, and kept as Python keeps compiled modules.
Standard library only and no import of the project: the build hook loads this file by its path.
"""

from __future__ import annotations

import ast
import functools
import hashlib
import importlib.util
import io
import os
import sys
import tokenize
from pathlib import Path

PREBUILT = "_runtime.pyz"
"""File beside this module in an installed package."""
_PACKAGES = ("contract", "values", "store", "cache", "execution", "files", "authoring", "compat")
_MAIN = "dagwright/execution/archive_main.py"
"""Member that is the archive's ``__main__.py``."""
_DIGEST_LENGTH = 64
_EPOCH = (1980, 1, 1, 0, 0, 0)


def archive_bytes() -> bytes:
    """Give the archive of this release: ``python3 <file> <unit> [<index>]`` runs one attempt."""
    return _archive()


def archive_digest() -> str:
    """Give the digest of the archive's names and contents, not of its compression: 64 hex digits."""
    return _archive()[-_DIGEST_LENGTH:].decode("ascii")


def build_archive(package: Path) -> bytes:
    """Pack the sources of the runtime package in ``package``; equal sources give equal bytes.

    The archive's comment, its last bytes, is the digest: reading it back from the members takes longer than a small compile's passes.
    """
    import zipfile  # only whoever packs needs it

    members = sorted(_members(package).items())
    total = hashlib.sha256()
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for name, data in members:
            total.update(f"{len(name)}:{name}{len(data)}:".encode())
            total.update(data)
            info = zipfile.ZipInfo(name, _EPOCH)
            info.compress_type = zipfile.ZIP_DEFLATED
            info.create_system = 3
            info.external_attr = 0o644 << 16
            archive.writestr(info, data)
        archive.comment = total.hexdigest().encode("ascii")
    return out.getvalue()


@functools.cache
def _archive() -> bytes:
    prebuilt = Path(__file__).with_name(PREBUILT)
    if prebuilt.is_file():
        return prebuilt.read_bytes()
    found = importlib.util.find_spec("dagwright")
    assert found is not None, "the compiler is installed together with its runtime"
    assert found.origin is not None
    return _built(Path(found.origin).parent)


def _built(package: Path) -> bytes:
    """Build the archive of a checkout, or read it back: packing takes 130 ms, more than a whole compile."""
    state = hashlib.sha256()
    for path in [Path(__file__), *_sources(package)]:
        stat = path.stat()
        state.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns}\n".encode("utf-8", "surrogateescape"))
    folder = Path(__file__).parent / "__pycache__"
    kept = folder / f"runtime-{state.hexdigest()[:16]}.pyz"
    try:
        return kept.read_bytes()
    except OSError:
        data = build_archive(package)
    if not sys.dont_write_bytecode:
        _keep(data, kept)
    return data


def _keep(data: bytes, kept: Path) -> None:
    """Leave the archive for the next process; a folder that cannot be written costs the time and nothing else."""
    try:
        kept.parent.mkdir(exist_ok=True)
        draft = kept.with_suffix(f".{os.getpid()}")
        draft.write_bytes(data)
        draft.replace(kept)
        for older in kept.parent.glob("runtime-*.pyz"):
            if older != kept:
                older.unlink(missing_ok=True)
    except OSError:
        return


def _sources(package: Path) -> list[Path]:
    return [package / "__init__.py", *(path for name in _PACKAGES for path in sorted((package / name).rglob("*.py")))]


def _members(package: Path) -> dict[str, bytes]:
    members = {f"dagwright/{path.relative_to(package).as_posix()}": _slim(path.read_text("utf-8")) for path in _sources(package)}
    members["__main__.py"] = members.pop(_MAIN)
    return members


def _slim(source: str) -> bytes:
    """Blank docstrings and comments, keeping every line number: a pod compiles the sources at each start."""
    lines = source.encode().splitlines(keepends=True)
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
            for position, statement in enumerate(node.body):
                if _is_text(statement):
                    _blank(lines, statement, alone=len(node.body) == 1 and position == 0)
    slim = b"".join(lines).decode()
    kept = slim.splitlines(keepends=True)
    for token in tokenize.generate_tokens(io.StringIO(slim).readline):
        if token.type == tokenize.COMMENT:
            row, column = token.start
            kept[row - 1] = kept[row - 1][:column].rstrip() + "\n"
    return "".join(line if line.strip() else "\n" for line in kept).encode()


def _is_text(statement: ast.stmt) -> bool:
    """Tell a docstring, or one under an attribute."""
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    )


def _blank(lines: list[bytes], statement: ast.stmt, *, alone: bool) -> None:
    assert statement.end_lineno is not None
    head = lines[statement.lineno - 1][: statement.col_offset]
    for number in range(statement.lineno, statement.end_lineno):
        lines[number] = b"\n"
    lines[statement.lineno - 1] = head + (b"pass\n" if alone else b"\n")
