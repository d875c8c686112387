"""Names that the compiler writes and the runtime reads: environment, mount points, keys in the store.

Store keys are relative to the store's root URL. Every part that comes from a user (task names, node ids) is
percent-encoded by ``quote_part``, so no name can leave its folder.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Sequence

SCHEMA = 1
"""Version of the program, the plan and the store layout; a runtime refuses a plan of another schema (exit 82)."""

ENV_STORE = "DAGWRIGHT_STORE"
ENV_RUN = "DAGWRIGHT_RUN"
ENV_PLAN = "DAGWRIGHT_PLAN"
"""Folder that holds ``plan.json``; without it and without ``DAGWRIGHT_BUNDLE``: ``/dagwright/plan``."""
ENV_CODE = "DAGWRIGHT_CODE"
"""Folder that is put first on ``sys.path``; default ``/dagwright/code``."""
ENV_BUNDLE = "DAGWRIGHT_BUNDLE"
"""SHA-256 of a code bundle in the store, fetched and unpacked where no plan folder is mounted (AWS Batch)."""
ENV_WORK = "DAGWRIGHT_WORK"
"""Writable folder of the attempt; default ``/dagwright/attempt``. Control outputs go to ``control/<name>`` below it."""
ENV_ATTEMPT = "DAGWRIGHT_ATTEMPT"
"""The orchestrator's number of the attempt, from 0: a hint only."""
ENV_BEGAN = "DAGWRIGHT_BEGAN"
"""When the attempt was started, in milliseconds, and how many seconds its round of the run was old by then, by one clock of the orchestrator's: ``execution.stopping``."""
ENV_INPUT = "DAGWRIGHT_INPUT_"
"""Prefix; ``DAGWRIGHT_INPUT_<name>`` holds the JSON text of one workflow input.

A long text goes by reference: see ``contract.references``.
"""
ENV_CACHE = "DAGWRIGHT_CACHE"
"""``on`` (default), ``read``, ``write`` or ``off``: see ``contract.modes``."""
ENV_PICKLE = "DAGWRIGHT_PICKLE"
"""What becomes of values that only pickle carries: ``warn`` (default), ``deny``, or the class names that may pass, with commas."""
ENV_PROJECT = "DAGWRIGHT_PROJECT"
ENV_DOMAIN = "DAGWRIGHT_DOMAIN"
ENV_MEMORY = "DAGWRIGHT_MEMORY"
"""The mark (``memory_mark``) of a pod whose next attempt gets more memory: its termination message holds it from the beginning on."""
ENV_TERMINATION = "DAGWRIGHT_TERMINATION"
"""File that takes a failed attempt's message; default ``/dev/termination-log`` where that exists."""

VERDICT = "verdict"
"""In the place of an index: no element, but the question after the last one whether enough of them succeeded."""

CALLS = "calls"
"""In the place of an index: no attempt, but the question after a failed run in which of the calls that have a handler something failed."""

BLOBS = "v1/cas"
"""Folder of all blobs."""
ENTRIES = "v1/ac"
"""Folder of all cache entries."""
RUNS = "v1/run"
"""Folder of all runs: pins, records, logs."""
BUNDLES = "v1/bundle"
"""Folder of all code bundles; no collection of a store's garbage takes them, for only clusters know which they name."""
LEASES = "v1/lease"
"""Folder of all leases."""
SWEEPS = "v1/gc/sweep"
"""Folder of what a collection of garbage holds while it removes blobs: whoever publishes waits for it."""
REMOVED = "v1/gc/removed"
"""Folder of notes about entries that were removed or replaced: the blobs of their results are kept for a while."""
CLOCK = "v1/gc/clock"
"""Folder of objects that are written to learn the store's time."""
COLLECTION = "collection"
"""What stands in the place of a cache key in the lease of the one collection of garbage that may be at work."""

DEFAULT_PLAN = "/dagwright/plan"
DEFAULT_CODE = "/dagwright/code"
DEFAULT_WORK = "/dagwright/attempt"
DEFAULT_RUNTIME = "/dagwright/runtime/dagwright.pyz"
PLAN_FILE = "plan.json"
CONTROL_FOLDER = "control"
LOCAL_STORE = ".dagwright/store"

DEFAULT_PROJECT = "default"
DEFAULT_DOMAIN = "development"
DEFAULT_PICKLE = "warn"
SYSTEM_RETRIES = 3
"""Attempts beyond the user's retries that an orchestrator grants for system failures (Flyte's default)."""
TERMINATION_GRACE_S = 20
"""How long the supervisor lets a child finish after SIGTERM; the pod's own grace period is longer."""
TERMINATION_GRACE_POD_S = 40
"""``terminationGracePeriodSeconds`` of a pod."""
TIMEOUT_GRACE_S = 10
"""From the watchdog's SIGTERM to its SIGKILL."""
BACKSTOP_MARGIN_S = 600
"""What an orchestrator's own deadline adds to a timeout: image pull, start, grace. It must never fire first."""


def backstop_s(timeout_s: float, *, waits: bool) -> int:
    """An orchestrator's own deadline for an attempt whose task has a timeout; ``waits`` when it may wait as long for an equal call."""
    return int(-(-timeout_s // 1)) * (2 if waits else 1) + BACKSTOP_MARGIN_S


MEMORY_NEXT = ", then "
"""What stands in a mark before the memory of the next attempt."""


def memory_mark(sizes: Sequence[str], step: int) -> str:
    """What an attempt says of its memory: ``[memory 1 of 3: 512Mi, then 1Gi]``."""
    following = f"{MEMORY_NEXT}{sizes[step + 1]}" if step + 1 < len(sizes) else ""
    return f"[memory {step + 1} of {len(sizes)}: {sizes[step]}{following}]"


_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")


def quote_part(name: str) -> str:
    """Encode a name as one path part: letters, digits, ``-``, ``_`` and inner dots stay, the rest is ``%XX``."""
    out = []
    for position, char in enumerate(name):
        if char in _PLAIN or (char == "." and position > 0):
            out.append(char)
        else:
            out.append("".join(f"%{byte:02X}" for byte in char.encode("utf-8", "surrogatepass")))
    return "".join(out)


def blob_key(sha256: str) -> str:
    """Key of immutable bytes by their digest."""
    return f"{BLOBS}/{sha256[:2]}/{sha256}"


def entry_key(project: str, domain: str, task: str, cache_key: str) -> str:
    """Key of a cache entry: the commit point of a cached result."""
    return f"{ENTRIES}/{quote_part(project)}/{quote_part(domain)}/{quote_part(task)}/{cache_key}.json"


def removed_key(token: str) -> str:
    """Key of a note that names the blobs of removed entries."""
    return f"{REMOVED}/{token}.json"


def sweep_key(token: str) -> str:
    """Key of what stands there while blobs are removed."""
    return f"{SWEEPS}/{token}"


def lease_folder(cache_key: str) -> str:
    """Folder of all epochs of the lease of a cache key."""
    return f"{LEASES}/{cache_key}"


def lease_key(cache_key: str, epoch: int) -> str:
    """Key of one epoch of the lease of a cache key: created once, by its owner."""
    return f"{lease_folder(cache_key)}/{epoch:08d}"


def stop_key(run: str) -> str:
    """Key of what a failure for good leaves for the rest of its run; no node's id has a dot."""
    return f"{RUNS}/{quote_part(run)}/stop.json"


def open_folder(run: str) -> str:
    """Folder of a note for each attempt that is open, in runs whose failure is handled."""
    return f"{RUNS}/{quote_part(run)}/open.d"


def failure_key(run: str, token: str) -> str:
    """Key of what is told of a run's failure to what handles it; ``token`` is that of the stop marker."""
    return f"{RUNS}/{quote_part(run)}/failure-{token}.json"


def handling_run(run: str, token: str, call: str = "") -> str:
    """Key of the run of what handles a failure, or that of one call: a handler that fails ends its own run alone."""
    return f"{run}.on-failure-{token}{call and f'.{call}'}"


def node_prefix(run: str, node: str, index: int | None = None) -> str:
    """Folder of one node of one run, or of one element of a map node."""
    base = f"{RUNS}/{quote_part(run)}/{quote_part(node)}"
    return base if index is None else f"{base}/{index}"


def pin_key(run: str, node: str, index: int | None = None) -> str:
    """Key of a run's value of a node: created once, by the first writer; consumers read nothing else."""
    return f"{node_prefix(run, node, index)}/out.json"


def stripe_key(run: str, node: str, pod: int) -> str:
    """Key of the results of all elements that one pod of a map runs: created once, in the place of their pins."""
    return f"{node_prefix(run, node, pod)}/stripe.json"


def stripe_part_prefix(run: str, node: str, pod: int) -> str:
    """Start of the keys of what single attempts of such a pod have finished so far."""
    return f"{node_prefix(run, node, pod)}/part-"


def attempt_key(run: str, node: str, index: int | None, number: int) -> str:
    """Key of the outcome record of attempt ``number`` (from 0)."""
    return f"{node_prefix(run, node, index)}/attempt-{number:04d}.json"


def error_key(run: str, node: str, index: int | None, number: int) -> str:
    """Key of the error document of a failed attempt."""
    return f"{node_prefix(run, node, index)}/error-{number:04d}.json"


def failed_key(run: str, node: str, index: int | None = None) -> str:
    """Key of what is kept of an element that failed for good in a map that may lose some; without ``index`` the folder of all."""
    folder = f"{node_prefix(run, node)}/failed"
    return folder if index is None else f"{folder}/{index:06d}.json"


def deck_key(run: str, node: str, index: int | None, number: int) -> str:
    """Key of the page that a task wrote about attempt ``number``."""
    return f"{node_prefix(run, node, index)}/deck-{number:04d}.html"


def given_key(run: str, gate: str) -> str:
    """Key of what a person gave at a gate of a run: created once."""
    return f"{node_prefix(run, gate)}/given.json"


def checkpoint_key(run: str, node: str, index: int | None = None) -> str:
    """Key of the document that names what attempts left for the next ones of their node."""
    return f"{node_prefix(run, node, index)}/checkpoint.json"


def bundle_key(sha256: str) -> str:
    """Key of a code bundle (a tar of ``plan.json`` and ``code/``) by its digest."""
    return f"{BUNDLES}/{sha256}.tar"


def count_parameter(output: str) -> str:
    """Name of the control output that carries the length of a list output."""
    return f"count-{output}"
