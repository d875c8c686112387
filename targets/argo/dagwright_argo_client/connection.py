"""Where Argo Server is and how to be let in: the variables that ``argo`` itself reads, in its meaning.

Input: an environment. Output: a frozen ``Connection``. Opens nothing.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from dagwright_argo_client.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Mapping

ENV_SERVER = "ARGO_SERVER"
ENV_TOKEN = "ARGO_TOKEN"  # noqa: S105  # a variable's name
ENV_NAMESPACE = "ARGO_NAMESPACE"
DEFAULT_NAMESPACE = "default"
_ADDRESS = re.compile(r"[^\s/:]+(:\d+)?|\[[0-9a-fA-F:.]+\](:\d+)?")


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """How to reach a server: ``url`` has scheme, address and base path; ``token`` is the whole header, ``Bearer ...``."""

    url: str
    token: str = ""
    verifies: bool = True


def read_connection(environ: Mapping[str, str], *, otherwise: str = "") -> Connection:
    """Put the connection together, as ``argo`` does.

    ``ARGO_HTTP1`` needs no reading: this client speaks HTTP/1 whatever it says.

    Args:
        environ: Variables, as ``argo`` reads them.
        otherwise: What can be done without a server.

    Raises:
        Refused: No server is named, or its address is none, or no request can carry the token.
    """
    address = environ.get(ENV_SERVER, "").strip()
    if not address:
        raise Refused(f"{ENV_SERVER} is not set", f"set it to Argo Server's host:port{otherwise and f'; {otherwise}'}")
    if not _ADDRESS.fullmatch(address):
        raise Refused(f"{ENV_SERVER} is {address!r}, which is not host:port", "write for instance argo.example.com:443")
    base = environ.get("ARGO_BASE_HREF", "").strip("/")
    scheme = "http" if environ.get("ARGO_SECURE") == "false" else "https"
    token = environ.get(ENV_TOKEN, "").strip()
    if not (token.isascii() and token.isprintable()):  # a client would say so with the token in its words
        raise Refused(
            f"{ENV_TOKEN} holds a character that no header takes, a line end perhaps",
            "set it to the token alone, as `Bearer ...`",
        )
    return Connection(
        url=f"{scheme}://{address}" + (f"/{base}" if base else ""),
        token=token if not token or " " in token else f"Bearer {token}",
        verifies=environ.get("ARGO_INSECURE_SKIP_VERIFY") != "true",
    )


def namespace_of(flag: str | None, environ: Mapping[str, str], configured: str | None = None) -> str:
    """Choose the namespace: the flag, else ``ARGO_NAMESPACE``, else what is configured."""
    return flag or environ.get(ENV_NAMESPACE) or configured or DEFAULT_NAMESPACE
