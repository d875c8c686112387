"""Where credentials, regions and endpoints come from: AWS's own variables, files and services, for both clients alike."""

from __future__ import annotations

import os
import sys

import pytest
from credential_services import ROLE, credential_services

from dagwright.store import StoreError, open_store

KEYS = {"AWS_ACCESS_KEY_ID": "VARIABLE", "AWS_SECRET_ACCESS_KEY": "secret"}


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    with credential_services(tmp_path_factory.mktemp("certificates")) as services:
        yield services


@pytest.fixture(params=["obstore", "boto3"])
def client(request, monkeypatch):
    if request.param == "boto3":
        monkeypatch.setitem(sys.modules, "obstore", None)
    return request.param


@pytest.fixture
def services(running, tmp_path, monkeypatch):
    """A machine that knows the endpoint, and nothing else of AWS."""
    running.signed.clear()
    running.asked.clear()
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    for name, value in {
        "HOME": str(tmp_path),
        "NO_PROXY": "127.0.0.1",
        "AWS_ENDPOINT_URL_S3": running.endpoint,
        "AWS_EC2_METADATA_SERVICE_ENDPOINT": "http://127.0.0.1:1",
        "AWS_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    return running


@pytest.fixture
def write(tmp_path):
    def write(name, text):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
        return str(path)

    return write


def signed(services):
    assert open_store("s3://bucket/x").get("k") == b"value"
    return services.signed[-1]


def test_variables(client, services, monkeypatch):
    for name, value in {**KEYS, "AWS_SESSION_TOKEN": "session"}.items():
        monkeypatch.setenv(name, value)
    assert signed(services) == ("VARIABLE", "session")


def test_variables_count_more_than_files(client, services, write, monkeypatch):
    write(".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = secret\n")
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    assert signed(services) == ("VARIABLE", "")


def test_the_file_of_credentials(client, services, write):
    write(
        ".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = secret\naws_session_token = session\n"
    )
    assert signed(services) == ("FILE", "session")


def test_a_file_elsewhere(client, services, write, monkeypatch):
    path = write("keys", "[default]\naws_access_key_id = FILE\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", path)
    assert signed(services) == ("FILE", "")


def test_a_profile_has_keys_region_and_endpoint(client, services, write, monkeypatch):
    monkeypatch.delenv("AWS_REGION")
    monkeypatch.delenv("AWS_ENDPOINT_URL_S3")
    write(
        ".aws/config",
        f"[profile team]\nregion = eu-north-1\nendpoint_url = {services.endpoint}\ns3 =\n  addressing_style = path\n",
    )
    write(".aws/credentials", "[team]\naws_access_key_id = TEAM\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert signed(services) == ("TEAM", "")


def test_a_profile_that_assumes_a_role(client, services, write, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", services.endpoint)
    write(".aws/config", f"[profile team]\nrole_arn = {ROLE}\nsource_profile = default\n")
    write(".aws/credentials", "[default]\naws_access_key_id = FILE\naws_secret_access_key = secret\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert signed(services) == ("ASSUMEROLE", "session-ASSUMEROLE")


def test_a_profile_that_asks_a_process(client, services, write, monkeypatch):
    answer = '{"Version": 1, "AccessKeyId": "PROCESS", "SecretAccessKey": "secret"}'
    path = write("answer.json", answer)
    write(".aws/config", f"[profile team]\ncredential_process = cat {path}\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert signed(services) == ("PROCESS", "")


def test_a_web_identity(client, services, write, monkeypatch):
    """What EKS gives a pod whose service account has a role."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", services.secure)
    monkeypatch.setenv("AWS_CA_BUNDLE", services.authority)
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", write("token", "identity-"))
    assert signed(services) == ("ASSUMEROLEWITHWEBIDENTITY", "session-ASSUMEROLEWITHWEBIDENTITY")
    assert services.asked == [f"AssumeRoleWithWebIdentity identity-{ROLE}"]


def test_a_container_with_a_token(client, services, write, monkeypatch):
    """What EKS Pod Identity gives a pod; ECS and Fargate give a path at an address of their own."""
    monkeypatch.setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI", f"{services.endpoint}/container")
    monkeypatch.setenv("AWS_CONTAINER_AUTHORIZATION_TOKEN_FILE", write("token", "agent"))
    assert signed(services) == ("CONTAINER", "session-CONTAINER")
    assert services.asked == ["container agent"]


def test_an_instance(client, services, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_SERVICE_ENDPOINT", services.endpoint)
    assert signed(services) == ("INSTANCE", "session-INSTANCE")
    assert set(services.asked) == {"instance metadata-token"}


def refused(key="k"):
    with pytest.raises(StoreError) as found:
        open_store("s3://bucket/x").get(key)
    assert not found.value.transient
    assert "\n" not in str(found.value)
    return str(found.value)


def test_no_credentials_anywhere(client, services, monkeypatch):
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    text = refused()
    assert text.startswith("store s3://bucket/x cannot ")
    assert text.endswith("give the pod credentials: AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or a role")
    assert services.signed == []


def test_a_profile_that_is_nowhere(client, services, monkeypatch):
    monkeypatch.setenv("AWS_PROFILE", "absent")
    assert "absent" in refused()


def test_a_file_that_is_malformed(client, services, write):
    path = write(".aws/credentials", "[default\n")
    assert path in refused()


def test_a_profile_that_needs_botocore_says_so(services, write, monkeypatch):
    monkeypatch.setitem(sys.modules, "botocore.session", None)
    write(".aws/config", f"[profile team]\nrole_arn = {ROLE}\nsource_profile = default\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert "for which boto3 is needed" in refused()


@pytest.mark.parametrize("command", ["false", "echo nonsense"])
def test_a_process_that_fails_is_named(client, services, write, monkeypatch, command):
    write(".aws/config", f"[profile team]\ncredential_process = {command}\n")
    monkeypatch.setenv("AWS_PROFILE", "team")
    assert "~/.aws" in refused()


@pytest.mark.parametrize("variable", ["AWS_CA_BUNDLE", "SSL_CERT_FILE"])
def test_an_authority_of_ones_own_is_trusted(client, services, monkeypatch, variable):
    for name, value in {**KEYS, "AWS_ENDPOINT_URL_S3": services.secure, variable: services.authority}.items():
        monkeypatch.setenv(name, value)
    assert signed(services) == ("VARIABLE", "")


def test_an_authority_that_nobody_trusts_is_fatal_at_once(client, services, monkeypatch):
    for name, value in {**KEYS, "AWS_ENDPOINT_URL_S3": services.secure}.items():
        monkeypatch.setenv(name, value)
    text = refused()
    assert services.secure in text
    assert text.endswith("name the file of its authority's certificate in AWS_CA_BUNDLE, and check AWS_ENDPOINT_URL")


def test_a_bundle_of_authorities_that_is_not_there(client, services, monkeypatch):
    for name, value in {**KEYS, "AWS_ENDPOINT_URL_S3": services.secure, "AWS_CA_BUNDLE": "/no/such/file"}.items():
        monkeypatch.setenv(name, value)
    assert "/no/such/file" in refused()


def test_a_token_service_without_tls_is_not_asked(services, write, monkeypatch):
    """By obstore: the answer holds keys."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_STS", services.endpoint)
    monkeypatch.setenv("AWS_ROLE_ARN", ROLE)
    monkeypatch.setenv("AWS_WEB_IDENTITY_TOKEN_FILE", write("token", "identity"))
    assert "AWS_ENDPOINT_URL_STS must be an https:// URL" in refused()
    assert services.asked == []
