"""Dockerfiles of images that sources describe."""

import json
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dagwright_compiler import __version__
from dagwright_compiler.dockerfiles import NotBuildable, dockerfile, runtime_requirement
from dagwright_compiler.ir.program import ImageSpec


def lines(**fields):
    return dockerfile(ImageSpec(**fields)).splitlines()


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, ["FROM python:3.11-slim"]),
        ({"python_version": "3.12", "platform": "linux/arm64"}, ["FROM --platform=linux/arm64 python:3.12-slim"]),
        ({"base_image": "ghcr.io/acme/base:1"}, ["FROM ghcr.io/acme/base:1"]),
        (
            {"packages": ("numpy>=2", "a[b]")},
            ["FROM python:3.11-slim", "RUN python -m pip install --no-cache-dir 'numpy>=2' 'a[b]'"],
        ),
        (
            {"packages": ("x",), "pip_index": "https://a/?b&c", "pip_extra_index_url": ("https://d",), "pip_extra_args": "--pre"},
            [
                "FROM python:3.11-slim",
                "RUN python -m pip install --no-cache-dir --index-url 'https://a/?b&c' --extra-index-url https://d --pre x",
            ],
        ),
        (
            {"conda_packages": ("gdal",), "conda_channels": ("conda-forge",), "python_version": "3.12"},
            ["FROM condaforge/miniforge3:24.11.3-0", "RUN conda install -y -c conda-forge python=3.12 gdal && conda clean -afy"],
        ),
        (
            {"requirements": "./deps/requirements.txt"},
            [
                "FROM python:3.11-slim",
                'COPY ["deps/requirements.txt", "/tmp/requirements.txt"]',
                "RUN python -m pip install --no-cache-dir -r /tmp/requirements.txt",
            ],
        ),
        (
            {"copy": ("data dir/x.csv", ".")},
            ["FROM python:3.11-slim", 'COPY ["data dir/x.csv", "./data dir/x.csv"]', 'COPY [".", "./"]'],
        ),
        ({"env": (("A", 'b "c" $D \\'),)}, ["FROM python:3.11-slim", 'ENV A="b \\"c\\" \\$D \\\\"']),
        ({"commands": ("make",), "entrypoint": ("a", "b c")}, ["FROM python:3.11-slim", "RUN make", 'ENTRYPOINT ["a", "b c"]']),
        ({"commands": ("a\nb",)}, ["FROM python:3.11-slim", 'RUN ["/bin/sh", "-c", "a\\nb"]']),
        ({"commands": ("a \\",)}, ["FROM python:3.11-slim", 'RUN ["/bin/sh", "-c", "a \\\\"]']),
    ],
)
def test_a_specification_becomes_instructions(fields, expected):
    assert lines(**fields) == expected


def test_system_packages_come_before_what_may_need_them():
    found = lines(apt_packages=("git", "gcc"), packages=("x",), commands=("make",))
    assert [line.split()[1] for line in found[1:]] == ["apt-get", "python", "make"]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"cuda": "12.1"}, "cuda and cudnn are not installed"),
        ({"python_version": "3.12", "base_image": "a:1"}, "cannot be put into the base image a:1"),
        ({"requirements": "uv.lock"}, "is not a list of requirements"),
        ({"requirements": "../requirements.txt"}, "outside the folder of the project"),
        ({"copy": ("/etc/passwd",)}, "outside the folder of the project"),
        ({"env": (("A B", "x"),)}, "cannot stand in a Dockerfile"),
        ({"env": (("A", "x\ny"),)}, "cannot stand in a Dockerfile"),
    ],
)
def test_what_no_dockerfile_of_ours_can_do_is_refused(fields, said):
    with pytest.raises(NotBuildable, match=said) as refused:
        dockerfile(ImageSpec(**fields))
    assert refused.value.help


TEXT = st.text(st.characters(blacklist_categories=("Cs",), blacklist_characters="\0"), min_size=1, max_size=30)


@given(st.lists(TEXT, min_size=1, max_size=3), TEXT)
def test_every_text_stays_one_word_of_one_instruction(packages, command):
    found = dockerfile(ImageSpec(packages=tuple(packages), commands=(command,), entrypoint=tuple(packages)))
    parts = found.split("\nENTRYPOINT ")
    assert json.loads(parts[-1]) == packages
    run = found.removeprefix("FROM python:3.11-slim\nRUN ").split("\nRUN ", 1)[0]
    shell = json.loads(run)[2] if run.startswith('["/bin/sh"') else run
    assert shlex.split(shell)[5:] == packages


@pytest.mark.parametrize(
    ("store", "extra"), [("s3://b/p", "[s3]"), ("gs://b", "[gs]"), ("az://c/p", "[az]"), ("file:///s", ""), ("", "")]
)
def test_the_runtime_comes_with_a_client_of_the_store(store, extra):
    assert runtime_requirement(store) == f"dagwright{extra}=={__version__}"


def test_the_runtime_is_installed_behind_packages_and_before_what_changes_most():
    made = dockerfile(ImageSpec(packages=("x",), copy=("src",), commands=("true",)), runtime="dagwright==1").splitlines()
    assert [line.split()[-1] for line in made] == ["python:3.11-slim", "x", "dagwright==1", '"./src"]', "true"]
