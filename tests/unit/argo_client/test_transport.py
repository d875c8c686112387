"""Every way in which Argo Server, or what stands before it, fails: one message each, that says what to do."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from argo_server_double import CUT, CUT_BEFORE, argo_double
from certificates import make_certificates

from dagwright_argo_client.argo_server import open_server
from dagwright_argo_client.connection import namespace_of, read_connection
from dagwright_argo_client.refusals import Refused

WORKFLOW = {"metadata": {"name": "main-x7k2q", "namespace": "argo", "uid": "u", "annotations": {}}, "spec": {"templates": []}}
FORBIDDEN = (
    'workflows.argoproj.io is forbidden: User "system:serviceaccount:team:ci" cannot create resource "workflows" in API group '
    '"argoproj.io" in the namespace "argo"'
)


@pytest.fixture
def argo():
    with argo_double() as double:
        yield double


def server_of(double, **more):
    return open_server(read_connection(double.environment(**more)))


def refusal(call) -> Refused:
    with pytest.raises(Refused) as caught:
        call()
    return caught.value


@pytest.mark.parametrize(
    ("status", "message", "expected"),
    [
        (401, "token not valid", "does not know who asks (401): token not valid; set ARGO_TOKEN"),
        (
            403,
            FORBIDDEN,
            "has not the right to create workflows in the namespace argo (403); have it bound to a Role with the verb create on workflows",
        ),
        (
            403,
            'Permission denied, you are not allowed to list workflows in namespace "argo". Maybe you want to specify a namespace',
            "the token's account has not the right to list workflows in the namespace argo (403); have it bound to a Role with the verb list on workflows",
        ),
        (
            404,
            "the server could not find the requested resource (post workflows.argoproj.io)",
            "does not know Argo's kinds (404)",
        ),
        (409, 'workflows.argoproj.io "main-x7k2q" already exists', "it is there already"),
        (
            422,
            'Workflow.argoproj.io "main-x7k2q" is invalid: spec.templates[0].container.image: Required value',
            "invalid (422): the field spec.templates[0].container.image: Required value",
        ),
        (400, "templates.main.tasks.x template name undefined", "invalid (400): templates.main.tasks.x template name undefined"),
        (413, "", "too large for the server (413); split the workflow"),
        (500, "etcdserver: request is too large", "too large for the server (500)"),
        (429, "rate limited", "too many requests (429): rate limited; try again later"),
        (500, "internal", "failed (500): internal"),
        (503, "no healthy upstream", "failed (503): no healthy upstream; try again"),
    ],
)
def test_an_error_becomes_one_line(argo, status, message, expected):
    argo.fail("POST", status, message)
    refused = refusal(lambda: server_of(argo).create("argo", WORKFLOW))
    assert str(refused).startswith("cannot create the workflow main-x7k2q in argo: ") or status == 401
    assert expected in str(refused)
    assert "\n" not in str(refused)
    assert refused.status == status
    assert [asked for asked, _ in argo.requests] == ["POST /api/v1/workflows/argo"], "never sent again by itself"


def test_a_proxy_s_page_is_not_pasted_into_the_message(argo):
    argo.fail("GET", 502, body="<html><body>Bad Gateway</body></html>")
    assert str(refusal(lambda: server_of(argo).get("argo", "x"))).endswith("failed (502); try again")


@pytest.mark.parametrize("status", [CUT, CUT_BEFORE])
def test_a_connection_that_is_cut_is_not_used_again(argo, status):
    argo.fail("POST", status)
    refused = refusal(lambda: server_of(argo).create("argo", WORKFLOW))
    assert refused.is_passing
    assert refused.status == 0
    assert "closed the connection" in str(refused) or "cut the connection" in str(refused)
    assert len(argo.requests) == 1
    assert (("argo", "main-x7k2q") in argo.workflows) == (status == CUT)


def test_a_server_that_is_not_there(argo):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        address = f"127.0.0.1:{free.getsockname()[1]}"
    refused = refusal(lambda: server_of(argo, ARGO_SERVER=address).get("argo", "x"))
    assert f"http://{address} refuses connections" in str(refused)


def test_a_name_that_nobody_knows(argo):
    refused = refusal(lambda: server_of(argo, ARGO_SERVER="argo.invalid:443").get("argo", "x"))
    assert "has a name that" in str(refused)


def test_tls_where_there_is_none(argo):
    assert "does not speak TLS; set ARGO_SECURE=false" in str(refusal(lambda: server_of(argo, ARGO_SECURE="").get("argo", "x")))


def test_a_certificate_of_a_private_authority(tmp_path):
    made = make_certificates(tmp_path)
    with argo_double(made.server) as argo:
        argo.add(WORKFLOW)

        def asked(**more):
            environment = {**os.environ, **argo.environment(ARGO_SECURE="true", **more)}
            command = [str(Path(sys.executable).with_name("dagwright")), "runs"]
            done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            return done.returncode, done.stderr

        code, said = asked()
        assert code == 2
        assert "is signed by nobody that this machine trusts; set SSL_CERT_FILE to its authority's certificate" in said
        assert argo.requests == []
        assert asked(SSL_CERT_FILE=made.authority) == (0, "")
        assert asked(ARGO_INSECURE_SKIP_VERIFY="true") == (0, "")
        code, said = asked(SSL_CERT_FILE=made.authority, ARGO_SERVER=argo.address.replace("127.0.0.1", "localhost"))
        assert code == 2
        assert "is for another name; set ARGO_SERVER to the name that it is for" in said


def test_something_else_than_argo_server(argo):
    argo.fail("GET", 200, body="<html>hello</html>")
    assert "sends something else than JSON; look at ARGO_SERVER" in str(refusal(lambda: server_of(argo).get("argo", "x")))
    assert "is not an Argo Server, or its base path" in str(
        refusal(lambda: server_of(argo, ARGO_BASE_HREF="/other/").get("argo", "x"))
    )


def test_an_absent_run_and_an_absent_template(argo):
    server = server_of(argo)
    assert 'workflows.argoproj.io "x" not found (404)' in str(refusal(lambda: server.get("argo", "x")))
    assert server.template("argo", "x") is None


def test_a_watch_that_expires_and_one_that_is_cut(argo):
    argo.add({**WORKFLOW, "status": {}})
    server = server_of(argo)
    argo.expires = True

    def read():
        with server.watch("argo", "main-x7k2q") as changes:
            return list(changes)

    assert refusal(read).is_passing
    argo.expires = False
    argo.changes = [lambda _: True, lambda _: False]
    seen = []

    def read_some():
        with server.watch("argo", "main-x7k2q") as changes:
            seen.extend(changes)

    assert refusal(read_some).is_passing
    assert len(seen) == 1


def test_the_token_goes_along_and_a_bare_one_is_made_whole(argo):
    server_of(argo, ARGO_TOKEN="v2:abc").list("argo", selector="a", fields="metadata.name", limit=3)
    assert argo.headers["Authorization"] == "Bearer v2:abc"
    query = argo.requests[-1][1]
    assert "fields=items.metadata.name" in query
    assert "listOptions.limit=3" in query


@pytest.mark.parametrize(
    ("environment", "url"),
    [
        ({"ARGO_SERVER": "argo.example.com:443"}, "https://argo.example.com:443"),
        ({"ARGO_SERVER": "argo.example.com", "ARGO_BASE_HREF": "/argo/"}, "https://argo.example.com/argo"),
        ({"ARGO_SERVER": "127.0.0.1:2746", "ARGO_SECURE": "false", "ARGO_HTTP1": "true"}, "http://127.0.0.1:2746"),
        ({"ARGO_SERVER": "[::1]:2746"}, "https://[::1]:2746"),
    ],
)
def test_the_connection_is_what_argo_makes_of_the_environment(environment, url):
    assert read_connection(environment).url == url
    assert read_connection(environment).verifies
    assert not read_connection({**environment, "ARGO_INSECURE_SKIP_VERIFY": "true"}).verifies


@pytest.mark.parametrize("address", ["", "https://argo.example.com", "a b:1", "host:port"])
def test_an_address_that_is_none(address):
    assert "ARGO_SERVER is" in str(refusal(lambda: read_connection({"ARGO_SERVER": address})))


@pytest.mark.parametrize("token", ["Bearer sekret\n", "sekret\r\n", " Bearer sekret"])
def test_space_around_a_token_is_none_of_it(token):
    assert read_connection({"ARGO_SERVER": "host:1", "ARGO_TOKEN": token}).token == "Bearer sekret"


@pytest.mark.parametrize("token", ["Bearer sek\rret", "Bearer a\nBearer sekret", "Bearer sekret\u2026", "sekret\0"])
def test_a_token_that_no_header_takes_is_refused_and_not_shown(argo, token):
    refused = refusal(lambda: server_of(argo, ARGO_TOKEN=token).get("argo", "main-x7k2q"))
    assert "ARGO_TOKEN holds a character that no header takes" in str(refused)
    assert "sek" not in str(refused)


def test_the_namespace():
    assert namespace_of("flag", {"ARGO_NAMESPACE": "env"}, "file") == "flag"
    assert namespace_of(None, {"ARGO_NAMESPACE": "env"}, "file") == "env"
    assert namespace_of(None, {}, "file") == "file"
    assert namespace_of(None, {}) == "default"


NO_CRD = "the server could not find the requested resource (get workflows.argoproj.io)"


@pytest.mark.parametrize(
    ("words", "status", "message", "expected"),
    [
        (["status", "main-x7k2q"], 403, FORBIDDEN.replace("create", "get"), "has not the right to get workflows"),
        (["status", "--wait", "main-x7k2q"], 401, "token not valid", "does not know who asks (401)"),
        (["logs", "main-x7k2q"], 404, NO_CRD, "does not know Argo's kinds (404)"),
        (["runs"], 404, "", "is not an Argo Server, or its base path is another (404)"),
        (["outputs", "main-x7k2q"], 429, "slow down", "too many requests (429): slow down; try again later"),
        (["runs"], 500, "boom", "failed (500): boom"),
        (["retry", "main-x7k2q"], 503, "no healthy upstream", "failed (503): no healthy upstream; try again"),
        (["stop", "main-x7k2q"], CUT_BEFORE, "", "the connection"),
    ],
)
def test_commands_say_it_in_one_line_and_end_with_2(argo, words, status, message, expected):
    argo.fail("GET", status, message, times=9)
    command = [str(Path(sys.executable).with_name("dagwright")), *words]
    done = subprocess.run(command, env={**os.environ, **argo.environment()}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith("Error: ")
    assert expected in done.stderr


@pytest.mark.parametrize(
    ("words", "verb"),
    [(["retry", "main-x7k2q"], "update"), (["stop", "main-x7k2q"], "patch"), (["stop", "--now", "main-x7k2q"], "patch")],
)
def test_what_changes_a_run_names_the_right_that_it_takes(argo, words, verb):
    argo.add({**WORKFLOW, "status": {"phase": "Failed" if words[0] == "retry" else "Running"}})
    argo.fail("PUT", 403, FORBIDDEN.replace("create", verb))
    command = [str(Path(sys.executable).with_name("dagwright")), *words]
    done = subprocess.run(command, env={**os.environ, **argo.environment()}, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert (
        f"has not the right to {verb} workflows in the namespace argo (403); have it bound to a Role with the verb {verb}"
        in done.stderr
    )


def test_without_the_client_the_extra_is_named():
    code = "import sys; sys.modules['argo_workflows'] = None\nfrom dagwright_compiler.cli.main import invoke\nsys.exit(invoke(['runs']))"
    environment = {**os.environ, "ARGO_SERVER": "x:1"}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert "pip install 'dagwright[argo]'" in done.stderr
