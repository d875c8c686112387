"""What a task asks of flytekit and the stand-in refuses: found where it stands, and nothing else."""

from __future__ import annotations

import subprocess
import sys

import pytest
from frontend_sources import front

IMPORTS = """\
import logging
import flytekit
from flytekit import *
from flytekit import FlyteContextManager, FlyteFile, ImageSpec, current_context, kwtypes, new_context, task, workflow
from flytekit.exceptions.user import FlyteRecoverableException, FlyteUserException
from flytekit.remote import FlyteRemote
from flytekitplugins.deck.renderer import BoxRenderer
from flytekitplugins.spark import Spark, new_spark_session
"""
BODIES = {
    "FlyteRemote().fetch_task()": True,
    "remote = FlyteRemote()\nremote.fetch_task()": True,
    "remote = FlyteRemote()": False,
    "FlyteContextManager.current_context().file_access.get_random_local_path()": True,
    "context = FlyteContextManager.current_context()": False,
    "FlyteContext.current_context().file_access.get_data('a', 'b')": True,
    "new_context()": True,
    "flytekit.new_context()": True,
    "new_spark_session('s')": True,
    "BoxRenderer('x').to_html(None)": True,
    "from flytekit.deck import TopFrameRenderer\nTopFrameRenderer(10)": False,
    "try:\n    new_context()\nexcept Exception:\n    pass": False,
    "kwtypes(a=int)": False,
    "flytekit.logger.info('x')": False,
    "FlyteUserException('x').args": False,
    "str(FlyteRecoverableException('x')).strip()": False,
    "ImageSpec(name='x').with_packages('y')": False,
    "ImageSpec(name='x').is_container()": False,
    "current_context().logging.info('x')": False,
    "Spark(spark_conf={})": False,
    "FlyteFile('x').path": False,
    "logging.getLogger('x').info('y')": False,
}


@pytest.mark.parametrize(("body", "fails"), BODIES.items(), ids=[body.splitlines()[-1] for body in BODIES])
def test_a_body_is_refused_where_its_run_would_fail(body: str, fails: bool) -> None:
    lines = "".join(f"    {line}\n" for line in body.splitlines())
    source = f"{IMPORTS}\n\n@task\ndef run(x: int) -> int:\n{lines}    return x\n"
    found = front(source)
    assert [each.code.id for each in found.found if each.is_error] == (["DW206"] if fails else [])
    plain = source.replace("@task\n", "")
    code = f"from dagwright.compat import install\ninstall()\n{plain}\nrun(1)\n"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert (done.returncode != 0) == fails, done.stderr


def test_functions_that_tasks_call_are_looked_at_too() -> None:
    source = (
        f"{IMPORTS}\n\ndef helper():\n    return new_context()\n\n\n@task\ndef run(x: int) -> int:\n    helper()\n    return x\n"
    )
    (found,) = front(source).found
    assert (found.code.id, found.span and found.span.line) == ("DW206", 12)
