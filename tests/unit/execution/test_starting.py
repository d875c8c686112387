"""A system that gives no process: what an orchestrator hears."""

import errno
import os
import signal

import pytest

from dagwright.contract.exits import SYSTEM_TRANSIENT
from dagwright.execution.faults import Fault
from dagwright.execution.supervisor import Console, supervise


@pytest.mark.parametrize("number", [errno.EAGAIN, errno.ENOMEM])
def test_a_fork_that_fails_may_be_tried_again(monkeypatch, number):
    def no_process():
        raise OSError(number, os.strerror(number))

    before = signal.getsignal(signal.SIGCHLD)
    monkeypatch.setattr(os, "fork", no_process)
    with pytest.raises(Fault, match="cannot start the task's process") as caught:
        supervise(lambda _: None, console=Console())
    assert caught.value.code == SYSTEM_TRANSIENT
    assert not signal.pthread_sigmask(signal.SIG_BLOCK, ())
    signal.signal(signal.SIGCHLD, before)
