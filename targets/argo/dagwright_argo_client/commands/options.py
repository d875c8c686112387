"""What the commands share: options, a connection from the environment, and how refusals end a command."""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TextIO, TypeVar

import click

from dagwright_argo_client.connection import namespace_of, read_connection
from dagwright_argo_client.refusals import Refused
from dagwright_argo_client.runs import Run
from dagwright_argo_client.texts import Style
from dagwright_compiler.cli.cache_texts import Age
from dagwright_compiler.cli.terminal import wants_color

if TYPE_CHECKING:
    from collections.abc import Callable, Generator

    from dagwright_argo_client.argo_server import ArgoServer
    from dagwright_argo_client.following import Patience

F = TypeVar("F", bound="Callable[..., Any]")

run_argument = click.argument("name", metavar="RUN")
format_option = click.option(
    "--output-format", type=click.Choice(["text", "json"]), default="text", show_default=True, help="For people, or for programs."
)


def namespace_option(function: F) -> F:
    """Add ``-n``."""
    return click.option("-n", "--namespace", metavar="NS", help="Namespace of the cluster.  [default: ARGO_NAMESPACE]")(function)


def following_options(function: F) -> F:
    """Add ``--watch``, ``--wait`` and ``--log``: whether and how the run is followed to its end."""
    options = (
        click.option("--watch", "how", flag_value="watch", help="Follow the run to its end, showing how its nodes stand."),
        click.option("--wait", "how", flag_value="wait", help="Follow the run to its end silently."),
        click.option("--log", "how", flag_value="log", help="Follow the run to its end, showing what its tasks print."),
    )
    for option in (
        click.option(
            "--timeout", "timeout_s", type=Age(), help="Give up following after so long, as in 90s or 2h; the run goes on."
        ),
        *reversed(options),
    ):
        function = option(function)
    return function


def patience_of(how: str | None, timeout_s: float | None) -> Patience:
    """How long a run is followed.

    Raises:
        click.UsageError: It is not followed at all.
    """
    from dagwright_argo_client.following import Patience

    if timeout_s is not None and how is None:
        raise click.UsageError("--timeout goes with --watch, --wait or --log")
    return Patience(timeout_s)


def connect(otherwise: str = "") -> ArgoServer:
    """Make a client for the server that the environment names; nothing is sent yet.

    Args:
        otherwise: What can be done where none is named.

    Raises:
        Refused: None is named, or the client is not installed.
    """
    from dagwright_argo_client.argo_server import open_server

    return open_server(read_connection(os.environ, otherwise=otherwise))


def find_run(server: ArgoServer, namespace: str | None, name: str) -> Run:
    """Read a run. ``@latest`` is the one that was submitted last.

    Raises:
        Refused: There is none of this name.
    """
    return Run(server.get(namespace_of(namespace, os.environ), name))


@contextmanager
def refusals_shown() -> Generator[None]:
    """End the command with one line where a server, a cluster or a store refuses."""
    from dagwright.store import StoreError

    try:
        yield
    except (Refused, StoreError) as refused:
        raise click.ClickException(str(refused)) from None


def style_of(stream: TextIO, color: str = "auto") -> Style:
    """How to write on a stream."""
    encoding = (getattr(stream, "encoding", "") or "").lower().replace("-", "")
    return Style(color=wants_color(color, stream, os.environ), signs=encoding == "utf8")


def is_terminal(stream: TextIO = sys.stderr) -> bool:
    """Whether what is written can be painted over."""
    return stream.isatty() and os.environ.get("TERM") != "dumb"
