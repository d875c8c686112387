"""The command ``dagwright``: finds the command's module, and turns every ending into an exit code.

0 is success, 1 findings (or stale output, or a failed run), 2 wrong usage, unreadable input or a bug of ours. Commands are imported when
they are called: ``--help`` costs no more than click itself.
"""

from __future__ import annotations

import errno
import gc
import os
import sys
from importlib import import_module
from io import TextIOWrapper

import click

from dagwright_compiler import __version__

COMMANDS = {
    "approve": "Answer a run on a cluster that waits for a person.",
    "cache": "Look at cached results and remove them.",
    "check": "Report everything that is wrong with files or folders.",
    "compile": "Compile workflows to manifests.",
    "explain": "Explain codes of findings, with examples.",
    "gc": "Remove code from a cluster that nothing there names any more.",
    "images": "List the images of tasks, and write Dockerfiles.",
    "logs": "Show what the tasks of a run on a cluster printed.",
    "outputs": "Show what a run on a cluster gave.",
    "publish": "Put the code of workflows into the store, for pods that fetch it there.",
    "retry": "Have the failed nodes of a run start again.",
    "run": "Run a workflow or a task on this machine.",
    "runs": "List runs on a cluster.",
    "status": "Show how a run on a cluster stands, or how it ended.",
    "stop": "End a run on a cluster.",
    "submit": "Run a workflow on a cluster.",
}
"""Name -> one line of help; the module of that name in this package holds it as ``command``."""

_OF_CLUSTERS = frozenset({"approve", "gc", "logs", "outputs", "retry", "runs", "status", "stop", "submit"})
"""Commands that talk to a cluster; the package that does so holds them."""

_LEAVE_AT_ONCE = (["check"], ["compile"])
"""Commands that own nothing but memory: giving it back object by object takes a fifth of a large compile."""

_KEPT_FREE = 16 << 20
"""Bytes. glibc takes up to 32 MiB for its thresholds; other allocators learn nothing from it, and lose nothing."""

_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
"""What the system says where nothing more can be written: to standard output or to a file, it is the user's disk."""

SUCCESS = 0
FINDINGS = 1
UNUSABLE = 2
INTERRUPTED = 130


class LazyGroup(click.Group):
    """A group whose commands are modules, imported on use."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Names of all commands."""
        return sorted(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's signature
        """Import the command of a name."""
        if cmd_name not in COMMANDS:
            return None
        package = "dagwright_argo_client.commands" if cmd_name in _OF_CLUSTERS else "dagwright_compiler.cli"
        command: click.Command = import_module(f"{package}.{cmd_name}").command
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's signature
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl(sorted(COMMANDS.items()))


@click.command(cls=LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="dagwright")
def cli() -> None:
    """Compile typed, Flyte-style Python to Argo Workflows and AWS Batch, without importing it."""


def main() -> None:
    """Entry point of ``dagwright`` and ``dw``."""
    # Syntax trees hold no garbage, and collecting among them is what makes a compile slower than linear.
    gc.disable()
    gc.freeze()
    # Parsing takes and frees memory for each file. glibc would hand it back to the system and take it again, page by page, a tenth of the
    # time of a large project; a large block, freed untouched, teaches it to keep as much.
    bytes(_KEPT_FREE)
    arguments = sys.argv[1:]
    code = invoke(arguments)
    if arguments[:1] in _LEAVE_AT_ONCE:
        sys.stderr.flush()
        os._exit(code)
    sys.exit(code)


def invoke(arguments: list[str]) -> int:
    """Run one command line and give its exit code. Nothing but ``SystemExit`` of a command's own leaves it."""
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        code = cli.main(args=arguments, prog_name="dagwright", standalone_mode=False)
        sys.stdout.flush()
    except click.ClickException as error:
        error.show()
        return UNUSABLE
    except click.Abort:
        click.echo("dagwright: interrupted", err=True)
        return INTERRUPTED
    except BrokenPipeError:
        # The reader has gone (``| head``); click ends with 1 where it notices first. Python would complain when it closes the stream.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return FINDINGS
    except OSError as error:
        if error.errno not in _FULL:
            return _bug(error)
        click.echo(
            f"Error: cannot write{f' {error.filename}' if error.filename else ''}: {os.strerror(error.errno).lower()}", err=True
        )
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return UNUSABLE
    except Exception as error:  # noqa: BLE001 - the edge of the process: whatever arrives here is a bug of ours
        return _bug(error)
    return code if isinstance(code, int) else SUCCESS


def _open_closed_streams() -> None:
    """Let what is written to a stream that the caller closed (``>&-``) go nowhere, as other programs do; Python has ``None`` there."""
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115, PTH123 - it stays open to the end


def _bug(error: Exception) -> int:
    if os.environ.get("DAGWRIGHT_DEBUG"):
        raise error
    trace = error.__traceback__
    place = ""
    while trace is not None:
        place = f"{os.path.basename(trace.tb_frame.f_code.co_filename)}:{trace.tb_lineno}"  # noqa: PTH119 - pathlib costs 4 ms
        trace = trace.tb_next
    text = " ".join(f"{type(error).__name__}: {error}".split())
    click.echo(
        f"dagwright: bug at {place}: {text}; please report it with the command and the file (DAGWRIGHT_DEBUG=1 shows the traceback)",
        err=True,
    )
    return UNUSABLE


if __name__ == "__main__":
    main()
