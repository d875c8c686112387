"""What an ``ImageSpec`` holds -> a Dockerfile that makes it.

Pure: the same specification gives the same text. What a Dockerfile of a few lines cannot do (CUDA without a base image that has it, lock files of other tools) is
refused with what to write instead, never left out.
"""

from __future__ import annotations

import json
import posixpath
import re
import shlex
from typing import TYPE_CHECKING

from dagwright_compiler import __version__

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dagwright_compiler.ir.program import ImageSpec

_PYTHON = "3.11"
_CONDA = "condaforge/miniforge3:24.11.3-0"
"""Where conda packages are installed when no base image is named; the release is fixed, so that a Dockerfile means one thing."""
_REQUIREMENTS = "/tmp/requirements.txt"  # noqa: S108 - a path of the image
_TEXT_FILES = (".txt", ".in")
_CLIENTS = ("s3", "gs", "az")
"""Schemes of stores, and extras of ours with a client for them."""
_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


class NotBuildable(ValueError):  # noqa: N818 - as the other words for what users get wrong
    """No Dockerfile of ours makes this image; the message says why, ``help`` what to write instead."""

    def __init__(self, message: str, help_text: str) -> None:
        """Keep both."""
        super().__init__(message)
        self.help = help_text


def dockerfile(spec: ImageSpec, *, runtime: str = "") -> str:
    """Write the Dockerfile of an image; the context of the build is the project's folder.

    Args:
        spec: What it holds.
        runtime: Requirement of the runtime, where it is to be in the image.

    Raises:
        NotBuildable: The specification asks for what no Dockerfile of ours can do.
    """
    _check(spec)
    return "".join(f"{line}\n" for line in _lines(spec, runtime))


def runtime_requirement(store: str) -> str:
    """What pip installs in an image whose pods bring no runtime: this release, with a client for the store."""
    scheme = store.partition("://")[0]
    extra = f"[{scheme}]" if scheme in _CLIENTS else ""
    return f"dagwright{extra}=={__version__}"


def base_of(spec: ImageSpec) -> str:
    """The image that one is made from."""
    if spec.base_image:
        return spec.base_image
    return _CONDA if spec.conda_packages else f"python:{spec.python_version or _PYTHON}-slim"


def _check(spec: ImageSpec) -> None:
    if (spec.cuda or spec.cudnn) and not spec.base_image:
        raise NotBuildable("cuda and cudnn are not installed by a Dockerfile", "name a base_image that has them, and Python")
    if spec.python_version and spec.base_image and not spec.conda_packages:
        message = f"python_version {spec.python_version} cannot be put into the base image {spec.base_image}"
        raise NotBuildable(message, "leave one of python_version and base_image out")
    if spec.requirements and not spec.requirements.endswith(_TEXT_FILES):
        message = f"{spec.requirements} is not a list of requirements that pip reads"
        raise NotBuildable(message, "export it to a requirements.txt, and name that")
    for path in (*spec.copy, *filter(None, (spec.requirements,))):
        if posixpath.normpath(path).startswith(("../", "/")):
            raise NotBuildable(f"{path} is outside the folder of the project, where no build looks", "move it into the project")
    for name, value in spec.env:
        if not _VARIABLE.fullmatch(name) or "\n" in value:
            raise NotBuildable(
                f"the variable {name!r} of env cannot stand in a Dockerfile",
                "use a name of letters, digits and _, and a value of one line",
            )


def _lines(spec: ImageSpec, runtime: str) -> Iterator[str]:
    platform = f"--platform={spec.platform} " if spec.platform else ""
    yield f"FROM {platform}{base_of(spec)}"
    for name, value in spec.env:
        quoted = value.replace("\\", "\\\\").replace('"', '\\"').replace("$", "\\$")
        yield f'ENV {name}="{quoted}"'
    if spec.apt_packages:
        yield _run(
            "apt-get update && apt-get install -y --no-install-recommends "
            + _words(spec.apt_packages)
            + " && rm -rf /var/lib/apt/lists/*"
        )
    if spec.conda_packages:
        channels = "".join(f" -c {shlex.quote(channel)}" for channel in spec.conda_channels)
        python = (f"python={spec.python_version}",) if spec.python_version else ()
        yield _run(f"conda install -y{channels} {_words((*python, *spec.conda_packages))} && conda clean -afy")
    if spec.requirements:
        yield f"COPY {json.dumps([posixpath.normpath(spec.requirements), _REQUIREMENTS])}"
        yield _run(f"{_pip(spec)} -r {_REQUIREMENTS}")
    if spec.packages:
        yield _run(f"{_pip(spec)} {_words(spec.packages)}")
    if runtime:
        yield _run(f"{_pip(spec)} {_words((runtime,))}")
    for path in spec.copy:
        # Relative to the working directory of the image, which is where its tasks run.
        normal = posixpath.normpath(path)
        yield f"COPY {json.dumps([normal, './' if normal == '.' else f'./{normal}'])}"
    for text in spec.commands:
        yield _run(text)
    if spec.entrypoint:
        yield f"ENTRYPOINT {json.dumps(list(spec.entrypoint))}"


def _pip(spec: ImageSpec) -> str:
    words = ["python -m pip install --no-cache-dir"]
    if spec.pip_index:
        words.append(f"--index-url {shlex.quote(spec.pip_index)}")
    words += [f"--extra-index-url {shlex.quote(url)}" for url in spec.pip_extra_index_url]
    if spec.pip_extra_args:
        words.append(spec.pip_extra_args)
    return " ".join(words)


def _run(text: str) -> str:
    """A line of the shell's; one of several lines stands as JSON, in which none of them ends the instruction."""
    plain = "\n" not in text and not text.rstrip().endswith("\\")
    return f"RUN {text}" if plain else f"RUN {json.dumps(['/bin/sh', '-c', text])}"


def _words(texts: tuple[str, ...]) -> str:
    return " ".join(map(shlex.quote, texts))
