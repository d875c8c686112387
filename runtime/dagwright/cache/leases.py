"""Of equal calls at the same time one computes and the others wait: leases over a store that knows no clock and no swap.

A lease of a key has epochs. Whoever creates the object of the next epoch owns it; the store lets one win. The owner rewrites its object
every few seconds. A waiter looks for the entry, and at the object of the newest epoch: once it has not changed for a while, measured by the
waiter's own monotonic clock alone, the owner counts as gone and the waiter creates the next epoch. Wall clocks are never compared, so
none can be wrong.

A lease saves work and nothing else. Two owners (one of them stalled) publish by the rules of ``protocol``, where the first
one's value counts for both. So a store that fails here costs a line, not the attempt.
"""

from __future__ import annotations

import os
import time

from dagwright.contract.jsontext import dumps, loads
from dagwright.contract.names import lease_folder, lease_key
from dagwright.store.errors import NotFound, StoreError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Callable

    from dagwright.cache.results import Result
    from dagwright.store.verbs import Store

    Find = Callable[[], "Result | None"]


class Pace:
    """How often an owner shows that it lives, how long it may be silent, how often waiters look; and the clock for all that.

    An owner that misses two beats in a row is still believed.
    """

    __slots__ = ("first_pause_s", "heartbeat_s", "longest_pause_s", "silence_s")

    def __init__(
        self, *, heartbeat_s: float = 10.0, silence_s: float = 30.0, first_pause_s: float = 0.05, longest_pause_s: float = 5.0
    ) -> None:
        self.heartbeat_s = heartbeat_s
        self.silence_s = silence_s
        self.first_pause_s = first_pause_s
        self.longest_pause_s = longest_pause_s

    def now(self) -> float:
        """Seconds of a clock that never goes back and that nobody else reads."""
        return time.monotonic()

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        time.sleep(seconds)

    def beat(self, lease: Lease) -> Callable[[], None]:
        """Renew the lease until the function that is returned is called."""
        from threading import Event, Thread

        over = Event()

        def renew() -> None:
            while not over.wait(self.heartbeat_s):
                lease.renew()

        thread = Thread(target=renew, name="dagwright-lease", daemon=True)
        thread.start()

        def stop() -> None:
            over.set()
            thread.join(self.heartbeat_s)

        return stop


class Lease:
    """One epoch of a key's lease, from its creation to ``release``."""

    __slots__ = ("_beats", "_key", "_stop", "_store", "_token")

    def __init__(self, store: Store, key: str, token: str) -> None:
        self._store = store
        self._key = key
        self._token = token
        self._beats = 0
        self._stop: Callable[[], None] | None = None

    def hold(self, pace: Pace) -> Lease:
        """Keep renewing it."""
        self._stop = pace.beat(self)
        return self

    def renew(self) -> None:
        """Show that its owner lives."""
        self._beats += 1
        self._write(held=True)

    def release(self) -> None:
        """Let waiters go on at once, whatever came of the call."""
        if self._stop is not None:
            self._stop()
            self._stop = None
        self._beats += 1
        self._write(held=False)

    def _write(self, *, held: bool) -> None:
        try:
            self._store.put(self._key, _document(self._token, self._beats, held=held))
        except StoreError:  # the next beat may get through; waiters who see none go on without us
            return


def reserve(
    store: Store,
    cache_key: str,
    find: Find,
    *,
    pace: Pace,
    patience_s: float | None = None,
    say: Callable[[str], None],
) -> Lease | Result | None:
    """Wait until a key's result is there or its computation is ours.

    Args:
        store: Where leases stand.
        cache_key: The key that is to be computed.
        find: Looks its entry up.
        pace: Intervals and clock.
        patience_s: How long to wait at most; ``None`` is as long as it takes.
        say: Told in a few words why this call waits for nobody.

    Returns:
        A lease, which the caller must release; or the result, from whoever computed it; or ``None`` when the wait was too long or
        cannot be had: the caller computes then, beside others.
    """
    try:
        waiter = _Waiter(store, cache_key)
        if not waiter.claim(0):
            waiter.epoch = waiter.newest()
        found = _wait(waiter, find, pace, patience_s)
        if found is not None or not waiter.is_owner:
            return found
        # Its last owner may have published before it fell silent, or between our look at the entry and its release.
        found = find()
        lease = Lease(store, waiter.key, waiter.token)
        if found is not None:
            lease.release()
            return found
        return lease.hold(pace)
    except _LeaseFailure as failure:
        say(str(failure))
        return None


def _wait(waiter: _Waiter, find: Find, pace: Pace, patience_s: float | None) -> Result | None:
    """Wait until the waiter owns an epoch, an entry stands there, or patience is at an end."""
    started = since = pace.now()
    pause_s, seen = pace.first_pause_s, None
    while not waiter.is_owner:
        found = find()
        if found is not None:
            return found
        document = waiter.look()
        now = pace.now()
        if seen != (waiter.epoch, document):
            seen, since = (waiter.epoch, document), now
        if document is None:  # a collection of garbage took it, perhaps with all others
            waiter.epoch = waiter.newest()
        if _is_released(document) or now - since >= pace.silence_s:
            if not waiter.claim(waiter.epoch + 1):
                waiter.epoch += 1
            continue
        if patience_s is not None and now - started >= patience_s:
            return None
        pace.sleep(pause_s)
        pause_s = min(pause_s * 1.5, pace.longest_pause_s)
    return None


class _LeaseFailure(Exception):  # noqa: N818 - a line for the log
    """The store failed where leases stand."""


class _Waiter:
    """One that wants a key, and the epoch that it looks at."""

    __slots__ = ("_cache_key", "_store", "epoch", "is_owner", "token")

    def __init__(self, store: Store, cache_key: str) -> None:
        self._store = store
        self._cache_key = cache_key
        self.epoch = 0
        self.is_owner = False
        self.token = os.urandom(16).hex()

    @property
    def key(self) -> str:
        return lease_key(self._cache_key, self.epoch)

    def claim(self, epoch: int) -> bool:
        """Try to own an epoch. What stands there decides: "exists" may be the answer to our own request sent twice."""
        key, document = lease_key(self._cache_key, epoch), _document(self.token, 0, held=True)
        try:
            if self._store.create(key, document) or self._store.get(key) == document:
                self.epoch, self.is_owner = epoch, True
        except NotFound:  # a collection of garbage took it: whoever looks again sees
            pass
        except StoreError as error:
            raise _LeaseFailure(str(error)) from None
        return self.is_owner

    def newest(self) -> int:
        """Number the newest epoch; -1 where there is none."""
        try:
            names = self._store.list(lease_folder(self._cache_key))
        except StoreError as error:
            raise _LeaseFailure(str(error)) from None
        numbers = [int(tail) for tail in (name.rpartition("/")[2] for name in names) if tail.isascii() and tail.isdigit()]
        return max(numbers, default=-1)

    def look(self) -> bytes | None:
        """Read the object of the epoch; ``None`` where it is gone."""
        try:
            return self._store.get(self.key)
        except NotFound:
            return None
        except StoreError as error:
            raise _LeaseFailure(str(error)) from None


def _document(token: str, beats: int, *, held: bool) -> bytes:
    return dumps({"v": 1, "token": token, "beats": beats, "held": held}).encode("ascii")


def _is_released(document: bytes | None) -> bool:
    """Tell whether an owner has left. Bytes that are no lease's change no more, so they count as one that fell silent."""
    if document is None:
        return True
    try:
        body = loads(document)
    except ValueError:
        return False
    return isinstance(body, dict) and body.get("held") is False
