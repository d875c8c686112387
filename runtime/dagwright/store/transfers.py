"""Files to values and back, in parts: memory holds a few parts, whatever the size, and every byte is digested on its way.

A part that fails is repeated alone, by the driver's own verbs. What was fetched before an interruption stays in ``<path>.part``,
and the next ``fetch`` of the same file goes on there.
"""

from __future__ import annotations

import errno
import os

from dagwright.store.errors import Damaged, FileChanged, NotFound, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable, Iterator

    from dagwright.store.clients import Bytes

    ReadRange = Callable[[str, int, int], Bytes]

PART_BYTES = 8 * 1024 * 1024
"""What a slow network carries in one request well within its time."""
_MOST_PARTS = 9_000
"""S3 takes 10,000 parts of one object."""
AHEAD = 4
"""Parts on their way at once: what one connection gives is a fraction of what a pod can take."""
_PARTIAL = ".part"
_MAY_PASS = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EIO})


def part_bytes(path: str) -> int:
    """Size of the parts in which a file is written; one that cannot be read is ``parts_of``'s to complain of."""
    try:
        return max(PART_BYTES, -(-os.stat(path).st_size // _MOST_PARTS))
    except OSError:
        return PART_BYTES


def parts_in(data: bytes) -> Iterator[bytes]:
    """Cut a value into parts."""
    return (data[start : start + PART_BYTES] for start in range(0, len(data), PART_BYTES))


def parts_of(url: str, key: str, path: str, sha256: str) -> Iterator[bytes]:
    """Read a file part by part; the last comes only once the digest is known to fit.

    Raises:
        FileChanged: The file has other bytes than those that were digested.
        StoreError: It cannot be read.
    """
    from hashlib import sha256 as new_digest  # OpenSSL, fast on long data; loading it costs who moves no files 2 ms

    digest = new_digest()
    try:
        with open(path, "rb", buffering=0) as file:
            descriptor = file.fileno()
            length = part_bytes(path)
            part = _read_full(descriptor, length)
            while part:
                digest.update(part)
                following = _read_full(descriptor, length)
                if not following and digest.hexdigest() != sha256:
                    raise FileChanged(url, key, path)
                yield part
                part = following
    except OSError as error:
        raise StoreError(
            f"store {url} cannot write {key!r} from {path}: {error.strerror or error}", transient=error.errno == errno.EIO
        ) from error
    if digest.hexdigest() != sha256:  # an empty file gave no part that could have waited for the digest
        raise FileChanged(url, key, path)


def fetch(read_range: ReadRange, url: str, key: str, path: str, *, sha256: str, size: int, ahead: int = AHEAD) -> None:
    """Read a value into a file, which gets its name when all bytes are there and verified.

    Raises:
        NotFound: Nothing stands under the key.
        Damaged: What stands there has another size or digest.
        StoreError: The store failed, or the file cannot be written. What was fetched stays for the next try.
    """

    def parts_from(start: int) -> Iterator[Bytes]:
        return _ranges(read_range, key, start, size, ahead)

    partial = path + _PARTIAL
    try:
        descriptor = os.open(partial, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        try:
            kept = os.fstat(descriptor).st_size
            fits = 0 < kept <= size and _complete(parts_from, descriptor, sha256, size)
            if not fits:  # nothing was kept, or what was kept may be what is wrong
                os.ftruncate(descriptor, 0)
                os.lseek(descriptor, 0, os.SEEK_SET)
                fits = _complete(parts_from, descriptor, sha256, size)
        finally:
            os.close(descriptor)
        if fits:
            os.replace(partial, path)
            return
        os.unlink(partial)
    except NotFound:
        os.unlink(partial)
        raise
    except OSError as error:
        advice = "; give the pod more disk" if error.errno in (errno.ENOSPC, errno.EDQUOT) else ""
        raise StoreError(
            f"store {url} cannot read {key!r} into {path}: {error.strerror or error}{advice}", transient=error.errno in _MAY_PASS
        ) from error
    raise Damaged(url, key)


def _complete(parts_from: Callable[[int], Iterator[Bytes]], descriptor: int, sha256: str, size: int) -> bool:
    """Fill the partial file to its size; tell whether the bytes are those of the digest."""
    from hashlib import sha256 as new_digest

    digest = new_digest()
    have = 0
    while kept := os.read(descriptor, PART_BYTES):
        digest.update(kept)
        have += len(kept)
    for part in parts_from(have):
        digest.update(part)
        write_all(descriptor, part)
        have += len(part)
    return have == size and digest.hexdigest() == sha256


def _ranges(read_range: ReadRange, key: str, start: int, size: int, ahead: int) -> Iterator[Bytes]:
    """Give the parts from ``start`` on, in order, a few of them on their way at once."""
    wanted = [(at, min(PART_BYTES, size - at)) for at in range(start, size, PART_BYTES)]
    if size == 0:
        wanted = [(0, 1)]  # nothing would be asked for, and the value may be absent, or longer
    if ahead == 1 or len(wanted) < 2:
        for at, length in wanted:
            yield read_range(key, at, length)
        return
    from collections import deque
    from concurrent.futures import Future, ThreadPoolExecutor

    coming: deque[Future[Bytes]] = deque()
    with ThreadPoolExecutor(ahead) as pool:
        try:
            for at, length in wanted:
                coming.append(pool.submit(read_range, key, at, length))
                if len(coming) == ahead:
                    yield coming.popleft().result()
            while coming:
                yield coming.popleft().result()
        finally:
            for part in coming:
                part.cancel()


def write_all(descriptor: int, data: Bytes) -> None:
    """Write every byte; one call of the system may take fewer."""
    view = memoryview(data)
    while view:
        view = view[os.write(descriptor, view) :]


def _read_full(descriptor: int, length: int) -> bytes:
    """Read ``length`` bytes; fewer only at the file's end."""
    data = os.read(descriptor, length)
    if not data or len(data) == length:
        return data
    parts = [data]
    missing = length - len(data)
    while missing and (data := os.read(descriptor, missing)):
        parts.append(data)
        missing -= len(data)
    return b"".join(parts)
