"""What the commands share: the namespace, a connection from the environment, and how refusals end a command."""

from __future__ import annotations

import os
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from dagwright_argo_client.connection import read_connection
from dagwright_argo_client.refusals import Refused

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from dagwright_argo_client.argo_server import ArgoServer

F = TypeVar("F", bound="Callable[..., Any]")


def namespace_option(function: F) -> F:
    """Add ``-n``."""
    return click.option("-n", "--namespace", metavar="NS", help="Namespace of the cluster.  [default: ARGO_NAMESPACE]")(function)


def connect() -> ArgoServer:
    """Make a client for the server that the environment names; it must be told before anything slow is done.

    Raises:
        Refused: None is named, or the client is not installed.
    """
    from dagwright_argo_client.argo_server import open_server

    return open_server(read_connection(os.environ))


@contextmanager
def refusals_shown() -> Iterator[None]:
    """End the command with one line where a server, a cluster or a store refuses."""
    from dagwright.store import StoreError

    try:
        yield
    except (Refused, StoreError) as refused:
        raise click.ClickException(str(refused)) from None
