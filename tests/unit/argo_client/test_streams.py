"""Streams of something that is not Argo Server: one message, whatever comes."""

from __future__ import annotations

import pytest
from argo_server_double import argo_double

from dagwright_argo_client.argo_server import open_server
from dagwright_argo_client.connection import read_connection
from dagwright_argo_client.refusals import Refused


@pytest.mark.parametrize("body", ["{}", "[1]", "7", "null", '{"result": null}', '{"error": "no"}', '{"result": "text"}'])
def test_a_stream_of_other_json_is_told_of(body):
    with argo_double() as argo:
        argo.fail("GET", 200, body=body)
        server = open_server(read_connection(argo.environment()))
        with server.watch("argo", "main-x7k2q") as changes, pytest.raises(Refused) as refused:
            list(changes)
    assert "sends other JSON than Argo Server; look at ARGO_SERVER and ARGO_BASE_HREF" in str(refused.value)
    assert not refused.value.is_passing
