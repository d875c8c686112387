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
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TypeGuard

PREBUILT = "_runtime.pyz"
"""File beside this module in an installed package."""
_PACKAGES = ("contract", "values", "store", "cache", "execution", "files", "authoring", "compat")
_MODULES = ("__init__.py", "accelerators.py", "testing.py")
"""What files import of the package itself; ``testing`` too, for its use below a main guard."""
_NOT_FOR_PODS = frozenset(
    {
        *("compat/script.py", "execution/__main__.py", "execution/batch.py", "execution/installed.py"),
        *("contract/schema.py", "contract/signatures.py", "store/clients.py", "store/verbs.py"),
    }
)
"""Entries of an installed package, what only the compiler needs, and shapes that only type checkers read."""
_MAIN = "dagwright/execution/archive_main.py"
"""What is the archive's ``__main__.py``."""
_FINDER = "dagwright/execution/archive_modules.py"
"""What is the archive's ``dagwright/__init__.py``, and says what ``_SOURCES`` is like."""
_SOURCES = "dagwright.sources"
_PLAIN = "dagwright/compat/spawned/"
"""What is found through the search path, where only ``zipimport`` looks."""
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

    members = sorted(_laid_out(_members(package)).items())
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


def _laid_out(sources: dict[str, bytes]) -> dict[str, bytes]:
    """Bring all sources into one member, which compresses to two thirds of many; beside it stands what Python itself must find."""
    plain = {"__main__.py": sources.pop(_MAIN), "dagwright/__init__.py": sources.pop(_FINDER)}
    plain.update({name: sources.pop(name) for name in sorted(sources) if name.startswith(_PLAIN)})
    head = "\n".join(f"{name} {len(data)}" for name, data in sorted(sources.items()))
    whole = b"".join([head.encode(), b"\n\n", *(data for _, data in sorted(sources.items()))])
    return {**plain, _SOURCES: whole}


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
    """Build the archive of a checkout, or read it back: packing takes 300 ms, more than a whole compile."""
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
    found = [
        *(package / name for name in _MODULES),
        *(path for name in _PACKAGES for path in sorted((package / name).rglob("*.py"))),
    ]
    return [path for path in found if path.relative_to(package).as_posix() not in _NOT_FOR_PODS]


def _members(package: Path) -> dict[str, bytes]:
    return {f"dagwright/{path.relative_to(package).as_posix()}": _slim(path.read_text("utf-8")) for path in _sources(package)}


def _slim(source: str) -> bytes:
    """Blank docstrings, comments, what only type checkers read and most of the indentation: a pod compiles the sources at each start.

    Every line number stays.
    """
    whole = source.encode()
    text = bytearray(whole)
    starts = [0]
    for line in whole.splitlines(keepends=True):
        starts.append(starts[-1] + len(line))
    spans = [span for node in _read_by_pods(ast.parse(source)) for span in _spans(node, whole, starts)]
    for first, last, instead in sorted(spans, reverse=True):
        text[first:last] = instead + b"\n" * whole.count(b"\n", first, last)
    return _lined(text.decode()).encode()


def _lined(source: str) -> str:
    """Leave comments out, and indent by one blank a level, or not at all where a line goes on: a reader of a traceback sees no difference."""
    ends: dict[int, int] = {}
    levels: dict[int, int] = {}
    level, last, begins = 0, 0, True
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        row = token.start[0]
        if token.type in (tokenize.INDENT, tokenize.DEDENT):
            level += 1 if token.type == tokenize.INDENT else -1
        elif token.type == tokenize.COMMENT:
            ends[row] = token.start[1]
        elif token.type not in (tokenize.NL, tokenize.ENDMARKER):
            if row > last:  # the first of its line, which is not inside a text
                levels[row] = level if begins else 0
            last = token.end[0]
            begins = token.type == tokenize.NEWLINE
    lines = [line[: ends.get(row)].rstrip() for row, line in enumerate(source.splitlines(), 1)]
    return "".join(
        f"{' ' * levels[row]}{line.lstrip(' ')}\n" if row in levels else f"{line}\n" for row, line in enumerate(lines, 1)
    )


def _read_by_pods(tree: ast.AST) -> Iterator[ast.AST]:
    """Walk through a module, but not into what is left out as a whole."""
    pending = [tree]
    while pending:
        node = pending.pop()
        yield node
        if not _is_for_checkers(node):
            pending.extend(ast.iter_child_nodes(node))


def _is_for_checkers(node: ast.AST) -> TypeGuard[ast.If]:
    return isinstance(node, ast.If) and isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING" and not node.orelse


def _spans(node: ast.AST, text: bytes, starts: list[int]) -> Iterator[tuple[int, int, bytes]]:
    """Tell where something stands that no pod needs, and what must stand instead for the grammar's sake."""
    if isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef)):
        for statement in node.body:
            if _is_text(statement):
                yield *_place(statement, starts), b"pass" if len(node.body) == 1 else b""
    if _is_for_checkers(node):
        first = node.body[0]
        decorated = first.decorator_list[0] if isinstance(first, ast.FunctionDef) and first.decorator_list else None
        begin = _place(first, starts)[0] if decorated is None else _place(decorated, starts)[0] - 1
        yield begin, _place(node.body[-1], starts)[1], b"pass"
    if isinstance(node, ast.arg) and node.annotation is not None:
        yield _place(node, starts)[0] + len(node.arg.encode()), _place(node.annotation, starts)[1], b""
    if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.returns is not None:
        begin, end = _place(node.returns, starts)
        yield text.rindex(b" ->", 0, begin), end, b""
        yield from (
            (_place(inner.target, starts)[1], _place(inner.annotation, starts)[1], b"")
            for inner in node.body
            if isinstance(inner, ast.AnnAssign) and inner.value is not None
        )


def _place(node: ast.stmt | ast.expr | ast.arg, starts: list[int]) -> tuple[int, int]:
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    return starts[node.lineno - 1] + node.col_offset, starts[node.end_lineno - 1] + node.end_col_offset


def _is_text(statement: ast.stmt) -> bool:
    """Tell a docstring, or one under an attribute."""
    return (
        isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant) and isinstance(statement.value.value, str)
    )
