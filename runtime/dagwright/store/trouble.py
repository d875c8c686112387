"""What went wrong with one operation of a remote store, in one form for all clients."""

from __future__ import annotations

ABSENT = "absent"
"""Nothing stands under the key."""
PAST_END = "past the end"
"""The range starts at or after the value's end."""
TRANSIENT = "transient"
"""The same operation may work later."""
FATAL = "fatal"
"""No repetition mends it."""

NO_CREDENTIALS = "NoCredentials"
"""Code of a client that found none; services have codes of their own."""
BAD_ENDPOINT = "BadEndpoint"
"""Code of a client that cannot make a URL of what it was told."""
UNTRUSTED = "UntrustedCertificate"
"""Code of a client that does not trust whom it reached."""

_TRANSIENT_STATUS = frozenset({408, 409, 425, 429, 500, 502, 503, 504})
_TRANSIENT_CODES = frozenset({"RequestTimeout", "SlowDown", "InternalError", "NoSuchUpload", "ServerBusy", "OperationTimedOut"})
"""Whatever their status: S3 answers 400 to a request that came too slowly; an upload that is gone is begun anew."""
_NO_BUCKET = frozenset({"NoSuchBucket", "ContainerNotFound"})


class Trouble:
    """``kind`` is one of the above; ``text`` says in one line what the store answered, ``status`` (HTTP, 0 for none) and ``code`` how."""

    __slots__ = ("code", "kind", "status", "text")

    def __init__(self, kind: str, text: str, *, status: int = 0, code: str = "") -> None:
        self.kind = kind
        self.text = text
        self.status = status
        self.code = code


def of_answer(status: int, code: str, text: str, verb: str) -> Trouble:
    """Judge what a service answered to a ``verb``: read, write, create, list or delete."""
    if status == 404 and verb in ("read", "delete") and code not in _NO_BUCKET:
        kind = ABSENT
    elif status == 416 and verb == "read":
        kind = PAST_END
    elif status in _TRANSIENT_STATUS or code in _TRANSIENT_CODES:
        kind = TRANSIENT
    else:
        kind = FATAL
    return Trouble(kind, text, status=status, code=code)


def shown(error: BaseException, limit: int = 300) -> str:
    """Put an error into one line."""
    text = " ".join(str(error).split()) or type(error).__name__
    return text if len(text) <= limit else text[: limit - 3] + "..."
