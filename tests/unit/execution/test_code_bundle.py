"""Archives that somebody else wrote in the place of a bundle: refused in one sentence, before a byte is written."""

from __future__ import annotations

import io
import random
import resource
import tarfile
from pathlib import Path

import pytest

from dagwright.contract.exits import SYSTEM_FATAL
from dagwright.contract.names import bundle_key
from dagwright.execution import code_bundle
from dagwright.execution.code_bundle import digest_of, unpack_bundle
from dagwright.execution.faults import Fault
from dagwright.store import open_store
from dagwright_compiler.bundle import Bundle, BundleFile

PLAN = b'{"schema": 1}'
CODE = b"x = 1\n" * 300
GIB = 1 << 30
Members = list[tuple[tarfile.TarInfo, bytes]]


def member(name: str, content: bytes = b"", **facts: object) -> tuple[tarfile.TarInfo, bytes]:
    info = tarfile.TarInfo(name)
    info.size = len(content)
    for fact, value in facts.items():
        setattr(info, fact, value)
    return info, content


def archive_of(members: Members, *, form: int = tarfile.USTAR_FORMAT) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=form) as tar:
        for info, content in members:
            tar.addfile(info, io.BytesIO(content))
    return out.getvalue()


def good() -> Members:
    return [member("plan.json", PLAN), member("code/flow.py", CODE)]


def unpack(archive: bytes, folder: Path, digest: str) -> None:
    store = open_store((folder / "store").as_uri())
    store.put(bundle_key(digest), archive)
    unpack_bundle(store, digest, str(folder / "bundle"))


def digest_in(members: Members) -> str:
    """The digest that vouches for these members, so that nothing but their form speaks against them."""
    return digest_of([(info.name, content) for info, content in members])


def declared(archive: bytes, size: int) -> bytes:
    """The archive with another size in its first header, whose checksum fits."""
    info = tarfile.TarInfo.frombuf(archive[:512], "utf-8", "strict")
    info.size = size
    return info.tobuf(tarfile.USTAR_FORMAT) + archive[512:]


def sparse(size: int) -> bytes:
    """GNU's sparse file: a kilobyte here, and any number of zeros for whoever unpacks it."""
    header = bytearray(member("code/zeros")[0].tobuf(tarfile.GNU_FORMAT))
    header[156:157] = tarfile.GNUTYPE_SPARSE
    header[386:410] = b"%011o\0%011o\0" % (size, 0)
    header[483:495] = b"%011o\0" % size
    header[148:156] = b" " * 8
    header[148:156] = b"%06o\0 " % sum(header)
    return bytes(header) + bytes(1024)


def sparse_in_words(size: int) -> bytes:
    """The same as Python's and GNU's newer archives have it: in a header of names and values."""
    info, _ = member("code/zeros")
    info.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.minor": "0", "GNU.sparse.realsize": str(size)}
    return archive_of([(info, b"0\n")], form=tarfile.PAX_FORMAT)


def test_a_bundle_arrives_as_the_compiler_packed_it(tmp_path: Path) -> None:
    deep = "/".join(["package" * 4] * 6) + "/módulo.py"
    bundle = Bundle(plan=PLAN, files=(BundleFile(deep, CODE), BundleFile("empty.py", b""), BundleFile("x.py", b"x" * 512)))
    unpack(bundle.archive(), tmp_path, bundle.digest)
    found = {path.relative_to(tmp_path / "bundle").as_posix(): path.read_bytes() for path in tmp_path.glob("bundle/**/*.*")}
    assert found == {"plan.json": PLAN, f"code/{deep}": CODE, "code/empty.py": b"", "code/x.py": b"x" * 512}


def test_names_that_differ_by_case_are_two_files_where_the_disk_tells_them_apart(tmp_path: Path) -> None:
    members = [member("plan.json", PLAN), member("code/Flow.py", b"1"), member("code/flow.py", b"2")]
    unpack(archive_of(members), tmp_path, digest_in(members))
    assert [(tmp_path / "bundle/code" / name).read_bytes() for name in ("Flow.py", "flow.py")] == [b"1", b"2"]


FORMS: dict[str, tuple[tarfile.TarInfo, bytes]] = {
    "above": member("../out", b"x"),
    "above, later": member("code/../../out", b"x"),
    "absolute": member("/out", b"x"),
    "beside the code": member("other/file", b"x"),
    "no name": member("code/", b"x"),
    "a folder that is none": member("code//x", b"x"),
    "here": member("code/./x", b"x"),
    "a backslash": member("code/..\\x", b"x"),
    "a symbolic link": member("code/link", type=tarfile.SYMTYPE, linkname="/etc"),
    "a hard link": member("code/link", type=tarfile.LNKTYPE, linkname="plan.json"),
    "a device": member("code/device", type=tarfile.CHRTYPE, devmajor=1, devminor=5),
    "a pipe": member("code/pipe", type=tarfile.FIFOTYPE),
    "a folder": member("code/folder", type=tarfile.DIRTYPE),
    "a name over a header": member("code/" + "x" * 200, b"x"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_member_that_is_no_plain_file_in_its_place_is_refused(tmp_path: Path, form: str) -> None:
    members = [*good(), FORMS[form]]
    archive = archive_of(members, form=tarfile.GNU_FORMAT if len(FORMS[form][0].name) > 100 else tarfile.USTAR_FORMAT)
    with pytest.raises(Fault, match=r"which is no plain file of a bundle: refused|is no archive of ours") as found:
        unpack(archive, tmp_path, digest_in(members))
    assert found.value.code == SYSTEM_FATAL
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]


TEXTS = {
    "the same file twice": (archive_of([*good(), member("code/flow.py", CODE)]), "holds 'code/flow.py' twice"),
    "a file that is a folder": (
        archive_of([*good(), member("code/flow.py/inner.py")]),
        "holds 'code/flow.py' as a file and as a folder",
    ),
    "a size that is not there": (declared(archive_of(good()), 8 * GIB - 1), "ends within 'plan.json'"),
    "a size that is no number": (
        archive_of(good())[:124] + b"\x80" + b"\xff" * 11 + archive_of(good())[136:],
        "is no archive of ours",
    ),
    "zeros without end": (sparse(64 * GIB), "is no archive of ours"),
    "zeros without end, in words": (sparse_in_words(64 * GIB), "no plain file of a bundle"),
    "long names of long names": (archive_of([member("x" * 120)], form=tarfile.GNU_FORMAT)[:1024] * 3000, "is no archive of ours"),
    "no end": (archive_of(good())[:3584], "or not all of one"),
    "nothing": (b"", "is no archive"),
    "something else": (b"PK\x03\x04" + bytes(2000), "is no archive of ours"),
    "other bytes": (
        archive_of([member("plan.json", PLAN), member("code/flow.py", CODE[:-1] + b"!")]),
        "holds other bytes than its name",
    ),
    "other names": (archive_of([member("plan.json", PLAN), member("code/flow2.py", CODE)]), "holds other bytes than its name"),
    "another order": (archive_of(good()[::-1]), "holds other bytes than its name"),
    "too little": (archive_of(good()[:1]), "holds other bytes than its name"),
    "bytes that are no text": (
        archive_of([(tarfile.TarInfo("code/\udcff.py"), b"")]),
        "no plain file of a bundle",
    ),
}


@pytest.mark.parametrize("what", TEXTS)
def test_an_archive_that_is_not_the_bundle_is_refused_in_one_sentence(tmp_path: Path, what: str) -> None:
    archive, text = TEXTS[what]
    used = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(Fault) as found:
        unpack(archive, tmp_path, digest_in(good()))
    assert text in found.value.text
    assert found.value.text.startswith(f"store {(tmp_path / 'store').as_uri()}: v1/bundle/")
    assert found.value.code == SYSTEM_FATAL
    assert sorted(path.name for path in tmp_path.iterdir()) == ["store"]
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - used < 100 << 10  # KiB


def test_an_endless_archive_is_not_read_to_its_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(code_bundle, "_MOST_BYTES", 1 << 20)
    members = [member("plan.json", PLAN), member("code/data", bytes(2 << 20))]
    with pytest.raises(Fault, match="has more than 1 MiB: leave data out of the code"):
        unpack(archive_of(members), tmp_path, digest_in(members))


@pytest.mark.parametrize("seed", range(4))
def test_whatever_bytes_change_nothing_else_is_unpacked(tmp_path: Path, seed: int) -> None:
    rng = random.Random(seed)
    archive, digest = archive_of(good()), digest_in(good())
    store = open_store((tmp_path / "store").as_uri())
    refused = 0
    for number in range(300):
        changed = bytearray(archive)
        for _ in range(rng.choice((1, 1, 2, 8))):
            changed[rng.randrange(3072)] = rng.choice((0, 32, 47, 48, 55, 76, 83, 120, 255, rng.randrange(256)))
        store.put(bundle_key(digest), bytes(changed))
        folder = tmp_path / str(number)
        try:
            unpack_bundle(store, digest, str(folder))
        except Fault as fault:
            refused += 1
            assert fault.code == SYSTEM_FATAL
            assert not folder.exists()
        else:
            found = {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*.*")}
            assert found == {"plan.json": PLAN, "code/flow.py": CODE}
    assert refused > 200
