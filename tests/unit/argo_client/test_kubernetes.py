"""What ``kubectl`` says when it cannot: one line without its log, and what to do about it. Its words are those of a real one (1.33)."""

from __future__ import annotations

import pytest

from dagwright_argo_client.kubernetes import Kubectl
from dagwright_argo_client.refusals import Refused

LOGGED = (
    'E1121 18:03:24.890770   17647 memcache.go:265] "Unhandled Error" err="couldn\'t get current server API group list: Get '
    '\\"https://10.0.0.1:1/api?timeout=32s\\": dial tcp 10.0.0.1:1: connect: connection refused"\n'
)
SAID = [
    (
        5 * LOGGED + "The connection to the server 10.0.0.1:1 was refused - did you specify the right host or port?\n",
        (
            "cannot list configmaps in argo: kubectl: The connection to the server 10.0.0.1:1 was refused - did you specify the right host "
            "or port?; look at KUBECONFIG and `kubectl config get-contexts`"
        ),
    ),
    (
        "error: You must be logged in to the server (Unauthorized)\n",
        (
            "cannot list configmaps in argo: the cluster of kubectl does not know who asks (401); log in to it, or choose another context "
            "(`kubectl config get-contexts`)"
        ),
    ),
    (
        (
            'error: error validating "STDIN": error validating data: failed to download openapi: the server has asked for the client to provide '
            "credentials; if you choose to ignore these errors, turn validation off with --validate=false\n"
        ),
        (
            "cannot list configmaps in argo: the cluster of kubectl does not know who asks (401); log in to it, or choose another context "
            "(`kubectl config get-contexts`)"
        ),
    ),
    (
        'Error from server (NotFound): error when creating "STDIN": namespaces "team" not found\n',
        (
            'cannot list configmaps in argo: namespaces "team" not found (404); create it with `kubectl create namespace team`, or name '
            "another one with -n"
        ),
    ),
    (
        'error: the server doesn\'t have a resource type "configmaps"\n',
        'cannot list configmaps in argo: kubectl: error: the server doesn\'t have a resource type "configmaps"',
    ),
]


@pytest.mark.parametrize(("said", "shown"), SAID)
def test_what_kubectl_complains_of_is_one_line_with_a_remedy(tmp_path, said, shown):
    (tmp_path / "said").write_text(said, "utf-8")
    program = tmp_path / "kubectl"
    program.write_text(f"#!/bin/sh\ncat '{tmp_path}/said' >&2\nexit 1\n", "utf-8")
    program.chmod(0o755)
    with pytest.raises(Refused) as refused:
        Kubectl(str(program), "argo").read("configmaps")
    assert str(refused.value) == shown
