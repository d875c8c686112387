"""What a server or a cluster refuses, in one line that says what to do about it.

Input: a status and what came with it. Output: ``Refused``, which commands show and end with 2. Knows no client library.
"""

from __future__ import annotations

import json
import re
from http import HTTPStatus

_FORBIDDEN = re.compile(r'cannot (?P<verb>\w+) resource "(?P<resource>[^"]+)".*?(?:in the namespace "(?P<namespace>[^"]+)")?$')
_NOT_ALLOWED = re.compile(r'not allowed to (?P<verb>\w+) (?P<resource>\w+) in namespace "(?P<namespace>[^"]+)"')
"""In Argo Server's own words, where it asks Kubernetes before it does something."""
_USER = re.compile(r'User "(?P<user>[^"]+)"')
_FIELD = re.compile(r"(?:is invalid: )?(?P<field>(?:spec|metadata|templates)[\w.\[\]-]*): (?P<what>.+)")
_NO_NAMESPACE = re.compile(r'^namespaces "(?P<name>[^"]+)" not found$')
_NO_KIND = "could not find the requested resource"
_LONGEST = 1000


class Refused(Exception):  # noqa: N818  # it is what happened
    """Something outside was asked and said no, or did not answer.

    ``status`` is HTTP's, 0 where there was no answer; ``is_passing`` tells that asking again later may help, ``is_unsent`` that there was no
    connection, so that nothing can have been done.
    """

    def __init__(
        self, text: str, help_text: str = "", *, status: int = 0, is_passing: bool = False, is_unsent: bool = False
    ) -> None:
        super().__init__(text)
        self.text = text
        self.help = help_text
        self.status = status
        self.is_passing = is_passing
        self.is_unsent = is_unsent

    def __str__(self) -> str:
        """The text, and what to do."""
        return f"{self.text}; {self.help}" if self.help else self.text


def answered(status: int, body: bytes, *, asked: str, url: str) -> Refused:
    """Say what an answer other than success means.

    Args:
        status: HTTP's.
        body: What came with it: Argo Server and Kubernetes send JSON with a ``message``.
        asked: What was to be done, as an infinitive: ``create the workflow main-x7k2q in argo``.
        url: The server.
    """
    message = _message(body)
    said = f": {message}" if message else ""
    if status == HTTPStatus.UNAUTHORIZED:
        return Refused(
            f"{url} does not know who asks (401){said}", "set ARGO_TOKEN to a token that is valid, as `Bearer ...`", status=status
        )
    if status == HTTPStatus.FORBIDDEN:
        return _forbidden(message, asked)
    if status == HTTPStatus.NOT_FOUND:
        return _not_found(message, asked, url)
    if status == HTTPStatus.CONFLICT:
        return Refused(f"cannot {asked}: it is there already, or somebody changed it meanwhile (409){said}", status=status)
    if status in (HTTPStatus.UNPROCESSABLE_ENTITY, HTTPStatus.BAD_REQUEST):
        return _invalid(status, message, asked)
    if status == HTTPStatus.REQUEST_ENTITY_TOO_LARGE or "request is too large" in message:
        return Refused(
            f"cannot {asked}: it is too large for the server ({status}){said}",
            "split the workflow, or give long inputs as files",
            status=status,
        )
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Refused(
            f"cannot {asked}: the server has too many requests (429){said}", "try again later", status=status, is_passing=True
        )
    passing = status in (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
    return Refused(
        f"cannot {asked}: {url} failed ({status}){said}", "try again" if passing else "", status=status, is_passing=passing
    )


def _message(body: bytes) -> str:
    """Get the server's own words out of JSON or, from a proxy, out of plain text."""
    text = body.decode("utf-8", "replace").strip()
    try:
        data = json.loads(text)
    except ValueError:
        return "" if text.startswith("<") else " ".join(text.split())[:_LONGEST]
    if isinstance(data, dict):
        error = data.get("error")
        found = data.get("message") or (error.get("message") if isinstance(error, dict) else error) or ""
        return " ".join(str(found).split())[:_LONGEST]
    return ""


def _forbidden(message: str, asked: str) -> Refused:
    found = _FORBIDDEN.search(message) or _NOT_ALLOWED.search(message)
    if found is None:
        return Refused(f"cannot {asked}: it is forbidden (403): {message}".removesuffix(": "), status=HTTPStatus.FORBIDDEN)
    user = _USER.search(message)
    who = user["user"] if user else "the token's account"
    where = f" in the namespace {found['namespace']}" if found["namespace"] else ""
    return Refused(
        f"cannot {asked}: {who} has not the right to {found['verb']} {found['resource']}{where} (403)",
        f"have it bound to a Role with the verb {found['verb']} on {found['resource']}",
        status=HTTPStatus.FORBIDDEN,
    )


def _not_found(message: str, asked: str, url: str) -> Refused:
    if _NO_KIND in message:
        return Refused(
            f"cannot {asked}: the cluster behind {url} does not know Argo's kinds (404)",
            "install Argo Workflows' CRDs there, or look at ARGO_SERVER",
            status=HTTPStatus.NOT_FOUND,
        )
    if not message or message == "Not Found" or "page not found" in message:
        return Refused(
            f"cannot {asked}: {url} is not an Argo Server, or its base path is another (404)",
            "look at ARGO_SERVER and ARGO_BASE_HREF",
            status=HTTPStatus.NOT_FOUND,
        )
    namespace = _NO_NAMESPACE.search(message)
    help_text = f"create it with `kubectl create namespace {namespace['name']}`, or name another one with -n" if namespace else ""
    return Refused(f"cannot {asked}: {message} (404)", help_text, status=HTTPStatus.NOT_FOUND)


def _invalid(status: int, message: str, asked: str) -> Refused:
    found = _FIELD.search(message)
    what = f"the field {found['field']}: {found['what']}" if found else message
    return Refused(f"cannot {asked}: the server finds it invalid ({status}): {what}".removesuffix(": "), status=status)
