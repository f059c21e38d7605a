"""A client that wants to be told to go on before it sends a body (RFC 9110 §10.1.1)."""
import base64
import socket
import subprocess

import pytest

from martlet import Martlet
from raw import FORM, HOST, exchange, replies
from test_operations import figure

pytestmark = pytest.mark.once

BASIC = b"Authorization: Basic " + base64.b64encode(b"machine:" + b"s" * 43) + b"\r\n"
ASK = b"grant_type=client_credentials"
GO_ON = b"HTTP/1.1 100 Continue\r\n\r\n"
WAITS = b"Expect: 100-continue\r\n"
LENGTH = b"Content-Length: %d\r\n" % len(ASK)
LAST = b"Connection: close\r\n"


@pytest.fixture(scope="module")
def server():
    house = Martlet(settings={"MARTLET_LIMITS_BODY_TIME": "2s"})
    house.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    with house:
        yield house


def post(headers, version=b"1.1"):
    return b"POST /token HTTP/" + version + b"\r\n" + HOST + FORM + BASIC + headers + b"\r\n"


def read_head(connection):
    """To the first empty line and not a byte further."""
    seen = b""
    while not seen.endswith(b"\r\n\r\n"):
        byte = connection.recv(1)
        assert byte, seen
        seen += byte
    return seen


@pytest.mark.parametrize("headers, body", [
    (WAITS + LENGTH, ASK), (b"expect: 100-Continue\r\n" + LENGTH, ASK), (WAITS + WAITS + LENGTH, ASK),
    (WAITS + b"Transfer-Encoding: chunked\r\n", b"%x\r\n" % len(ASK) + ASK + b"\r\n0\r\n\r\n")])
def test_who_waits_is_told_to_go_on_each_time_on_one_connection(server, headers, body):
    with socket.create_connection(("127.0.0.1", server.port), timeout=8) as connection:
        for last in (b"", LAST):
            connection.sendall(post(headers + last))
            assert read_head(connection) == GO_ON  # nothing of the body is here yet
            connection.sendall(body)
            head = read_head(connection)
            assert head.startswith(b"HTTP/1.1 200 "), head
            length = next(int(line.split(b":")[1]) for line in head.lower().split(b"\r\n") if line.startswith(b"content-length"))
            rest = b""
            while len(rest) < length:
                rest += connection.recv(length - len(rest))
            assert b"access_token" in rest
        assert connection.recv(1) == b""


def test_who_waits_behind_other_requests_is_told_in_its_turn(server):
    get = b"GET /jwks.json HTTP/1.1\r\n" + HOST + b"\r\n"
    seen, _ = exchange(server, get + post(WAITS + LENGTH) + ASK + get + post(WAITS + LENGTH + LAST) + ASK)
    parts = [part[:3] for part in seen.split(b"HTTP/1.1 ")[1:]]
    assert parts == [b"200", b"100", b"200", b"200", b"100", b"200"]


def test_what_does_not_wait_is_not_told(server):
    for request in (post(LENGTH + LAST) + ASK, post(WAITS + LENGTH, version=b"1.0") + ASK):
        assert replies(exchange(server, request)[0]) == [200]
    for headers in (WAITS + LAST, WAITS + b"Content-Length: 0\r\n" + LAST):
        assert replies(exchange(server, post(headers))[0]) == [400]
    assert replies(exchange(server, b"GET /jwks.json HTTP/1.1\r\n" + HOST + WAITS + LAST + b"\r\n")[0]) == [200]


def test_a_head_or_body_that_is_refused_anyway_is_not_asked_for_IN5_IN6(server):
    assert replies(exchange(server, post(WAITS + b"Content-Length: 65537\r\n"))[0]) == [413]
    assert replies(exchange(server, post(WAITS + LENGTH + HOST))[0]) == [400]


@pytest.mark.parametrize("value", [b"200-ok", b"", b"100-continue, more", b"100-continue=yes", "100-continue\u212a".encode()])
def test_any_other_expectation_is_refused_and_the_connection_ends_IN6_WB3(server, value):
    before = figure(server, "martlet_connections_refused_total", reason="bad_request")
    seen, _ = exchange(server, post(b"Expect: " + value + b"\r\n" + LENGTH) + ASK + post(LENGTH) + ASK)
    assert replies(seen) == [417] and b"Connection: close" in seen
    assert figure(server, "martlet_connections_refused_total", reason="bad_request") == before + 1


def test_who_was_told_to_go_on_and_does_not_is_cut_off_IN5(server):
    before = figure(server, "martlet_connections_refused_total", reason="body_time")
    seen, _ = exchange(server, post(WAITS + LENGTH), patience=20)
    assert seen.startswith(GO_ON) and replies(seen[len(GO_ON):]) == [408]
    assert figure(server, "martlet_connections_refused_total", reason="body_time") == before + 1


def test_curl_is_told_to_go_on(server):
    result = subprocess.run(
        ["curl", "-sv", "--noproxy", "*", "-u", "machine:" + "s" * 43, "-H", "Expect: 100-continue", "--expect100-timeout", "60",
         "-d", ASK.decode(), server.issuer + "/token"], capture_output=True, text=True, timeout=30)
    assert "< HTTP/1.1 100 Continue" in result.stderr and "access_token" in result.stdout, result
