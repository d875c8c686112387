"""Random damage to real files, as bytes: what disks, editors, merges and encodings do to them."""

from __future__ import annotations

import codecs
import random
import re

TOKEN = re.compile(rb"\w+|[^\w\s]|\s+")
STRANGE = (
    *(
        b"\0",
        b"\xff",
        b"\xc3",
        b"\xef\xbb\xbf",
        b"\f",
        b"\r",
        b"\x1a",
        b"\xed\xa0\x80",
        "\u2028".encode(),
        "\u202e".encode(),
        "\U0001f600".encode(),
    ),
    *(
        b"\t",
        b" " * 200,
        b"\\\n",
        b"\\",
        b'"""',
        b"'''",
        b"f'{",
        b"(" * 90,
        b")" * 90,
        b"{" * 50,
        b"# dagwright: ignore[DW304",
        b"# -*- coding: utf-16 -*-\n",
    ),
    *(
        b"# coding: latin-1\n",
        b"# coding: rot13\n",
        b"<<<<<<< HEAD\n",
        b"=======\n",
        b"%%time\n",
        b"!ls\n",
        b"type X = int\n",
        b"t'{x}'",
        b"0o8",
        b"1_0_",
        b"0777",
    ),
)
ENCODINGS = ("utf-16", "utf-32", "latin-1", "cp1252", "shift_jis", "utf-8-sig", "utf-7", "cp037")


def damaged(sources: list[bytes], chance: random.Random) -> bytes:
    """One file after one to four accidents."""
    data = chance.choice(sources)
    for _ in range(chance.randint(1, 4)):
        data = chance.choice(ACCIDENTS)(data, sources, chance)[:200_000]
    return data


def _dropped(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    start = chance.randint(0, len(data))
    return data[:start] + data[start + chance.choice([1, 2, 10, 300]) :]


def _cut_off(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    return data[: chance.randint(0, len(data))]


def _flipped(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    changed = bytearray(data or b"x")
    changed[chance.randrange(len(changed))] = chance.randrange(256)
    return bytes(changed)


def _inserted(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    at = chance.randint(0, len(data))
    return data[:at] + chance.choice(STRANGE) + data[at:]


def _spliced(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(sources)
    at, start = chance.randint(0, len(data)), chance.randint(0, len(other))
    return data[:at] + other[start : start + chance.choice([5, 80, 2000])] + data[at:]


def _tokens(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    """Tokens doubled, swapped, or taken from elsewhere."""
    tokens = TOKEN.findall(data) or [b""]
    at, other = chance.randrange(len(tokens)), chance.randrange(len(tokens))
    kind = chance.randrange(4)
    if kind == 0:
        tokens.insert(at, tokens[at])
    elif kind == 1:
        tokens[at], tokens[other] = tokens[other], tokens[at]
    elif kind == 2:
        tokens[at] = chance.choice(TOKEN.findall(chance.choice(sources)) or [b"x"])
    else:
        tokens = [token for token in tokens if token != tokens[at]]
    return b"".join(tokens)


def _lines(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    """Lines moved, repeated, or indented by something else."""
    lines = data.split(b"\n")
    at = chance.randrange(len(lines))
    kind = chance.randrange(4)
    if kind == 0:
        lines.insert(chance.randrange(len(lines)), lines.pop(at))
    elif kind == 1:
        lines[at:at] = [lines[at]] * chance.choice([1, 3, 500])
    elif kind == 2:
        lines[at] = chance.choice([b"\t", b" ", b"  \t", b"\f"]) + lines[at]
    else:
        lines[at] = lines[at].lstrip()
    return b"\n".join(lines)


def _line_ends(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    return data.replace(b"\r\n", b"\n").replace(b"\n", chance.choice([b"\r\n", b"\r", b"\n\r", b"\f\n", b"\\\n"]))


def _encoded(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    """In another encoding, with or without a line that says so."""
    name = chance.choice(ENCODINGS)
    said = chance.choice([b"", f"# -*- coding: {name} -*-\n".encode(), codecs.BOM_UTF8])
    return said + data.decode("utf-8", "replace").encode(name, "replace")


def _names(data: bytes, sources: list[bytes], chance: random.Random) -> bytes:
    """One name replaced everywhere: by another one, by a keyword, by one that Python normalises."""
    names = re.findall(rb"[^\W\d]\w*", data) or [b"x"]
    by = chance.choice(
        [chance.choice(names), b"None", b"class", b"await", b"match", b"type", "ﬁ".encode(), b"__debug__", b"task", b"workflow"]
    )
    return re.sub(rb"\b" + chance.choice(names) + rb"\b", lambda _: by, data)


ACCIDENTS = (
    _dropped,
    _cut_off,
    _flipped,
    _inserted,
    _inserted,
    _spliced,
    _tokens,
    _tokens,
    _lines,
    _lines,
    _line_ends,
    _encoded,
    _names,
)
