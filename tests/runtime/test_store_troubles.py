"""What users can get wrong about a store over a network: one line that names store, verb, key and remedy, and the right exit code."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, NamedTuple

import pytest
from credential_services import credential_services
from faulty_object_store import faulty_object_store
from pods import RUNTIME, Pods

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from credential_services import CredentialServices
    from faulty_object_store import FaultyStore

STORE = "s3://bucket/p"
KEYS = {"AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
IMPATIENT = """
import dagwright.store.objects as objects
objects.ObjectStore.__init__.__kwdefaults__["patience_s"] = 0.5
"""


@pytest.fixture(scope="module")
def faulty() -> Iterator[FaultyStore]:
    with faulty_object_store() as store:
        yield store


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CredentialServices]:
    with credential_services(tmp_path_factory.mktemp("certificates")) as running:
        yield running


class Trouble(NamedTuple):
    """What the server answers always, or which variables are wrong; the exit code; what the last line says."""

    answer: str
    variables: dict[str, str]
    code: int
    said: tuple[str, ...]


READING = "store s3://bucket/p cannot read 'v1/run/run-1/t/out.json': "
TROUBLES = {
    "a bucket that is not there": Trouble(
        "404 NoSuchBucket", KEYS, 82, (READING, "(NoSuchBucket); create the bucket, or correct the store's URL")
    ),
    "denied": Trouble(
        "403 AccessDenied",
        KEYS,
        82,
        (READING, "(AccessDenied); grant s3:GetObject, s3:PutObject, s3:DeleteObject and s3:ListBucket"),
    ),
    "a wrong secret": Trouble(
        "403 SignatureDoesNotMatch", KEYS, 82, (READING, "; correct AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY")
    ),
    "an old token": Trouble(
        "400 ExpiredToken", KEYS, 82, (READING, "(ExpiredToken); the session's token expired: give new credentials")
    ),
    "a wrong clock": Trouble("403 RequestTimeTooSkewed", KEYS, 82, (READING, "; set the clock of the node")),
    "another region": Trouble("301 PermanentRedirect", KEYS, 82, (READING, "; set AWS_REGION to the bucket's region")),
    "a region that signs otherwise": Trouble(
        "400 AuthorizationHeaderMalformed", KEYS, 82, (READING, "; set AWS_REGION to the bucket's region")
    ),
    "overload": Trouble(
        "503 SlowDown", KEYS, 74, (READING, "(SlowDown); the store is overloaded: try later, or with fewer pods at once")
    ),
    "an error of the server": Trouble("500 InternalError", KEYS, 74, (READING, "(InternalError)")),
    "no credentials": Trouble(
        "ok",
        {"AWS_EC2_METADATA_DISABLED": "true"},
        82,
        ("store s3://bucket/p cannot ", "; give the pod credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role"),
    ),
    "nobody there": Trouble(
        "ok",
        {**KEYS, "AWS_ENDPOINT_URL": "http://127.0.0.1:1"},
        74,
        (READING, "http://127.0.0.1:1", "; check AWS_ENDPOINT_URL, AWS_REGION and the network"),
    ),
    "no such host": Trouble(
        "ok",
        {**KEYS, "AWS_ENDPOINT_URL": "http://s3.invalid"},
        74,
        (READING, "s3.invalid", "; check AWS_ENDPOINT_URL, AWS_REGION and the network"),
    ),
    "an endpoint that is no URL": Trouble(
        "ok", {**KEYS, "AWS_ENDPOINT_URL": "s3.example.com"}, 82, ("store s3://bucket/p cannot ",)
    ),
    "a certificate of nobody": Trouble(
        "ok",
        {**KEYS, "AWS_ENDPOINT_URL": "secure"},
        82,
        (READING, "; name the file of its authority's certificate in AWS_CA_BUNDLE"),
    ),
    "a profile that is nowhere": Trouble("ok", {"AWS_PROFILE": "absent"}, 82, ("store s3://bucket/p cannot ", "absent")),
}


@pytest.mark.parametrize("client", ["obstore", "boto3"])
@pytest.mark.parametrize("trouble", TROUBLES)
def test_trouble_is_one_line_with_a_remedy_and_a_code(
    tmp_path: Path, faulty: FaultyStore, services: CredentialServices, trouble: str, client: str
) -> None:
    answer, variables, code, said = TROUBLES[trouble]
    pods = Pods(tmp_path, "def t():\n    return 1\n")
    pods.task("t", {}, "int")
    faulty.script([] if answer == "ok" else [answer] * 1000)
    shadows = tmp_path / "shadows"
    shadows.mkdir()
    (shadows / "sitecustomize.py").write_text(IMPATIENT)
    if client == "boto3":
        (shadows / "obstore.py").write_text("raise ImportError('absent')")
    ended = pods.attempt(
        "t",
        **{
            "DAGWRIGHT_STORE": STORE,
            "PYTHONPATH": f"{shadows}{os.pathsep}{RUNTIME}",
            "HOME": str(tmp_path),
            "NO_PROXY": "127.0.0.1,s3.invalid",
            "AWS_ENDPOINT_URL": faulty.endpoint,
            "AWS_REGION": "us-east-1",
            **{name: services.secure if value == "secure" else value for name, value in variables.items()},
        },
    )
    assert ended.code == code, ended
    assert all(line.startswith("dagwright: ") for line in ended.err.splitlines()), ended
    last = ended.err.splitlines()[-1]
    assert last.startswith("dagwright: t: ")
    assert f" (exit {code}" in last
    for text in said:
        assert text in last
    assert len(last) < 500


@pytest.mark.parametrize(
    ("url", "line"),
    [
        ("s3://bucket/p", "no client for the store s3://bucket/p is installed"),
        ("gs://bucket/p", "add it: pip install obstore, in an image RUN pip install obstore"),
        ("hdfs://host/p", "no store has the URL 'hdfs://host/p'"),
    ],
)
def test_an_image_without_clients_is_told_what_to_add(tmp_path: Path, url: str, line: str) -> None:
    pods = Pods(tmp_path, "def t():\n    return 1\n")
    pods.task("t", {}, "int")
    for name in ("obstore", "botocore", "fsspec"):
        (tmp_path / f"{name}.py").write_text("raise ImportError('absent')")
    ended = pods.attempt("t", DAGWRIGHT_STORE=url, PYTHONPATH=f"{tmp_path}{os.pathsep}{RUNTIME}")
    assert ended.code == 82
    assert line in ended.err.splitlines()[-1]
