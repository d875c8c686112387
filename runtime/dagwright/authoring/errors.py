"""Errors that user code raises to say something to the runtime."""

from __future__ import annotations


class RecoverableError(Exception):
    """A failure that may pass: the task is tried again while ``retries`` are left.

    Every other exception fails the task for good. flytekit's name for it is ``FlyteRecoverableException``.
    """


class NotApproved(Exception):  # noqa: N818  # what became of it
    """A person did not approve what a workflow waited with: the run fails. flytekit's name for it is ``FlyteDisapprovalException``."""
