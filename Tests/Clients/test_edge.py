"""The edge of the house as a socket sees it: heads that contradict themselves, old versions, cut-off requests, and each
figure of IN5 (IN5, IN6, WB3, WB4, WB10)."""
import base64
import contextlib
import random
import select
import socket
import threading
import time

import pytest

from martlet import Martlet
from raw import FORM, HOST, deaf, exchange, replies
from test_operations import figure, wait_for

pytestmark = pytest.mark.once

BASIC = b"Authorization: Basic " + base64.b64encode(b"machine:" + b"s" * 43) + b"\r\n"
ASK = b"grant_type=client_credentials"


@pytest.fixture(scope="module")
def hasty():
    """A server with short patience and room for 16 connections."""
    house = Martlet(settings={
        "MARTLET_LIMITS_HEADER_TIME": "1s", "MARTLET_LIMITS_BODY_TIME": "1s", "MARTLET_LIMITS_IDLE_TIME": "5s",
        "MARTLET_LIMITS_REPLY_TIME": "2s", "MARTLET_LIMITS_CONNECTIONS": "16"})
    house.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    with house:
        yield house


def get(target=b"/jwks.json", version=b"1.1", headers=HOST):
    return b"GET " + target + b" HTTP/" + version + b"\r\n" + headers + b"\r\n"


REFUSED = {
    "no host": (get(headers=b""), 400),
    "two hosts": (get(headers=HOST + b"Host: elsewhere.example\r\n"), 400),
    "the same host twice": (get(headers=HOST + HOST), 400),
    "an empty host": (get(headers=b"Host:\r\n"), 400),
    "a host with a name before it": (get(headers=b"Host: localhost@elsewhere.example\r\n"), 400),
    "a host with a path": (get(headers=b"Host: localhost/elsewhere\r\n"), 400),
    "two hosts in one": (get(headers=b"Host: localhost, elsewhere.example\r\n"), 400),
    "a port that is none": (get(headers=b"Host: localhost:65536\r\n"), 400),
    "an address that does not end": (get(headers=b"Host: [::1\r\n"), 400),
    "two hosts in HTTP/1.0": (get(version=b"1.0", headers=HOST + HOST), 400),
    "another host in the target": (get(b"http://elsewhere.example/jwks.json"), 400),
    "another port in the target": (get(b"http://localhost:81/jwks.json"), 400),
    "a name in the target": (get(b"http://localhost@localhost/jwks.json"), 400),
    "another scheme": (get(b"ftp://localhost/jwks.json"), 400),
    "a host as the target": (get(b"localhost"), 400),
    "an asterisk that asks for something": (get(b"*"), 400),
    "chunks in HTTP/1.0": (b"POST /token HTTP/1.0\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400),
    "chunks twice": (b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked, chunked\r\n\r\n0\r\n\r\n", 400),
    "a coding before the chunks": (b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 400),
    "a length twice": (b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 4\r\nContent-Length: 4\r\n\r\nabcd", 400),
    "a version to come": (get(version=b"2.0"), 400),
    "a version long gone": (get(version=b"0.9"), 400),
    "a target without end": (get(b"/" + b"a" * 33_000), 431),
    "a tunnel": (b"CONNECT localhost:1 HTTP/1.1\r\n" + HOST + b"\r\n", 400),
}


@pytest.mark.parametrize("name", REFUSED)
def test_a_head_that_is_not_in_order_is_refused_and_the_connection_ends_IN6_WB3(hasty, name):
    head, status = REFUSED[name]
    before = figure(hasty, "martlet_connections_open")
    seen, _ = exchange(hasty, head + get())
    assert replies(seen) == [status] and b"Connection: close" in seen
    wait_for(lambda: figure(hasty, "martlet_connections_open") <= before)


SERVED = {
    "a target that names its host": get(b"http://localhost/jwks.json"),
    "in capitals, with the usual port": get(b"HTTP://LOCALHOST:80/jwks.json"),
    "an address in brackets": get(headers=b"Host: [::1]:8080\r\n"),
    "a name with a port": get(headers=b"Host: id.example.com:8443\r\n"),
}


@pytest.mark.parametrize("name", SERVED)
def test_a_head_in_order_is_served_IN6(hasty, name):
    seen, _ = exchange(hasty, SERVED[name] + get(headers=HOST + b"Connection: close\r\n"))
    assert replies(seen) == [200, 200]


@pytest.mark.parametrize("head", [
    get(version=b"1.0", headers=b""), get(version=b"1.0"), get(version=b"1.0", headers=HOST + b"Connection: keep-alive\r\n"),
    get(headers=HOST + b"Connection: Close\r\n"), get(headers=HOST + b"Connection: x, close\r\n"),
    get(headers=HOST + b"Connection: Upgrade\r\nUpgrade: h2c\r\n")])
def test_the_last_request_is_answered_and_nothing_after_it(hasty, head):
    seen, _ = exchange(hasty, head + get())
    assert replies(seen) == [200]
    assert b"\r\nConnection: close\r\n" in seen and seen.rstrip().endswith(b"}")


def test_requests_sent_at_once_are_answered_in_their_order_and_a_broken_one_in_its_place(hasty):
    seen, _ = exchange(hasty, get() + get(b"/nowhere") + get() + b"nonsense\r\n\r\n")
    assert replies(seen) == [200, 404, 200, 400]


CUT_OFF = {
    "the connection ends": (b"Content-Length: 60\r\n\r\n" + ASK, True),
    "the body ends too late": (b"Content-Length: 60\r\n\r\n" + ASK, False),
    "the chunks end": (b"Transfer-Encoding: chunked\r\n\r\n1d\r\n" + ASK + b"\r\n", True),
    "a chunk is broken": (b"Transfer-Encoding: chunked\r\n\r\n1d\r\n" + ASK + b"\r\nno number\r\n", False),
}


@pytest.mark.parametrize("name", CUT_OFF)
def test_a_request_whose_end_is_missing_is_not_carried_out_IN6(hasty, name):
    rest, ends = CUT_OFF[name]
    head = b"POST /token HTTP/1.1\r\n" + HOST + FORM + BASIC
    whole, _ = exchange(hasty, head + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(ASK) + ASK)
    assert replies(whole) == [200]
    before = figure(hasty, "martlet_tokens_issued_total", grant_type="client_credentials")
    with socket.create_connection(("127.0.0.1", hasty.port), timeout=8) as connection:
        connection.sendall(head + rest)
        if ends:
            connection.shutdown(socket.SHUT_WR)
        seen = b""
        while chunk := connection.recv(65536):
            seen += chunk
    assert replies(seen) == [408 if name == "the body ends too late" else 400]
    wait_for(lambda: figure(hasty, "martlet_connections_open") == 0)
    assert figure(hasty, "martlet_tokens_issued_total", grant_type="client_credentials") == before


SLOW = {
    "a head": ([b"GET / HTTP/1.1\r\nHost:"], "header_time", [408]),
    "a second head": ([get(), b"GET /"], "header_time", [200, 408]),
    "a body": ([b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 10\r\n\r\nabc"], "body_time", [408]),
    "a connection that says nothing": ([], "header_time", []),
    "a connection that falls silent": ([get()], "idle_time", [200]),
}


@pytest.mark.parametrize("name", SLOW)
def test_who_is_too_slow_is_told_so_where_it_can_be_understood_and_counted_IN5_WB3(hasty, name):
    parts, reason, statuses = SLOW[name]
    before = figure(hasty, "martlet_connections_refused_total", reason=reason)
    seen, _ = exchange(hasty, *parts, pause=0.2, patience=20)
    assert replies(seen) == statuses
    assert figure(hasty, "martlet_connections_refused_total", reason=reason) == before + 1


def test_who_does_not_read_is_cut_off_and_takes_nobodys_place_IN5(hasty):
    """Twice as many as there are places: each of the second half is let in when one of the first is cut off."""
    wait_for(lambda: figure(hasty, "martlet_connections_open") == 0)
    before = figure(hasty, "martlet_connections_refused_total", reason="reply_time")
    held = []
    try:
        for _ in range(32):
            held.append(deaf(hasty, get(b"/.well-known/openid-configuration")))
        seen, _ = exchange(hasty, get(headers=HOST + b"Connection: close\r\n"), patience=60)
        assert replies(seen) == [200]
        wait_for(lambda: figure(hasty, "martlet_connections_refused_total", reason="reply_time") == before + 32, seconds=60)
        wait_for(lambda: figure(hasty, "martlet_connections_open") == 0)
        for connection in held:
            connection.settimeout(8)
            with contextlib.suppress(ConnectionResetError):
                while connection.recv(65536):
                    pass
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("request_", [get(b"/metrics"), None, b"GET /metrics HTTP/1.1\r\n"])
def test_the_private_address_keeps_nobody_either_who_does_not_read_or_says_nothing_IN5(hasty, request_):
    if request_ and request_.endswith(b"\r\n\r\n"):
        connection = deaf(hasty, request_, patience=1, port=hasty.management)
        connection.settimeout(30)
        with connection, contextlib.suppress(ConnectionResetError, BrokenPipeError):
            while True:
                connection.sendall(request_)  # until it is reset: a server that waits for its reader takes no more
    else:
        with socket.create_connection(("127.0.0.1", hasty.management), timeout=30) as connection:
            connection.sendall(request_ or b"")
            assert connection.recv(1) == b""


def test_who_reads_slowly_but_does_read_is_not_cut_off_IN5(hasty):
    """All in all it takes far longer than one reply may wait."""
    request, count = get(b"/.well-known/openid-configuration"), 6000
    before = figure(hasty, "martlet_connections_refused_total", reason="reply_time")
    whole, _ = exchange(hasty, get(b"/.well-known/openid-configuration", headers=HOST + b"Connection: close\r\n"))
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
        connection.connect(("127.0.0.1", hasty.port))
        sender = threading.Thread(target=lambda: connection.sendall(request * count))
        sender.start()
        seen = 0
        while seen < count * len(whole) * 0.9:
            chunk = connection.recv(65_536)
            assert chunk, seen
            seen += len(chunk)
            time.sleep(0.02)
        sender.join()
    assert figure(hasty, "martlet_connections_refused_total", reason="reply_time") == before


def test_the_last_byte_of_headers_and_body_that_is_let_in_IN5(hasty):
    for size, status in ((30_000, 200), (33_000, 431)):
        seen, _ = exchange(hasty, get(headers=HOST + b"X: " + b"a" * size + b"\r\nConnection: close\r\n"))
        assert replies(seen) == [status]
    for size, status in ((65_536, 401), (65_537, 413)):
        body = (b"a=" + b"b" * 65_536)[:size]
        head = b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % size
        seen, _ = exchange(hasty, head + body)
        assert replies(seen) == [status], (size, seen[:300])


def test_beyond_the_limit_a_connection_waits_until_another_one_ends_IN5(hasty):
    wait_for(lambda: figure(hasty, "martlet_connections_open") == 0)
    held = []
    try:
        for _ in range(16):  # each served once, and then kept open
            held.append(socket.create_connection(("127.0.0.1", hasty.port), timeout=8))
            held[-1].sendall(get())
            assert held[-1].recv(65536).startswith(b"HTTP/1.1 200 ")
        late = socket.create_connection(("127.0.0.1", hasty.port), timeout=8)
        held.append(late)
        late.sendall(get(headers=HOST + b"Connection: close\r\n"))
        assert not select.select([late], [], [], 0.5)[0], "one too many was served"
        assert figure(hasty, "martlet_connections_open") == figure(hasty, "martlet_connections_limit") == 16
        held.pop(0).close()
        assert late.recv(65536).startswith(b"HTTP/1.1 200 ")
    finally:
        for connection in held:
            connection.close()


def test_silence_between_requests_may_last_longer_than_a_head_IN5(hasty):
    seen, _ = exchange(hasty, get(), get(headers=HOST + b"Connection: close\r\n"), pause=1.5)
    assert replies(seen) == [200, 200]


def test_mangled_bytes_in_pieces_end_connections_and_never_the_server_IN6_IN10(hasty):
    """A debug build stops at once when the parser, the order of requests or the end of a connection contradict each other."""
    dice = random.Random(6)
    whole = [
        get(), get(b"/nowhere"), get(version=b"1.0"), get(headers=HOST + b"Connection: close\r\n"), get(headers=b""),
        b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 3\r\n\r\na=b",
        b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: chunked\r\n\r\n3\r\na=b\r\n0\r\n\r\n",
        b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 70000\r\n\r\n" + b"a" * 70_000, b"nonsense\r\n\r\n"]
    for _ in range(300):
        sent = bytearray(b"".join(dice.choices(whole, k=dice.randint(1, 4))))
        for _ in range(dice.choice([0, 0, 1, 5])):
            sent[dice.randrange(len(sent))] = dice.choice(b"\r\n :\0/0azA\xff")
        with socket.create_connection(("127.0.0.1", hasty.port), timeout=8) as connection:
            try:
                for _ in range(dice.randint(1, 4)):
                    cut = dice.randrange(len(sent) + 1)
                    connection.sendall(sent[:cut])
                    sent = sent[cut:]
                connection.sendall(sent)
                if dice.random() < 0.5:
                    connection.shutdown(socket.SHUT_WR)
                    seen = b""
                    while chunk := connection.recv(65536):
                        seen += chunk
                    assert set(replies(seen)) <= {200, 400, 401, 404, 405, 413, 415, 431}, seen[:200]
            except ConnectionError:
                pass
        assert hasty.process.poll() is None, hasty.read_log()[-2000:]
    assert replies(exchange(hasty, get(headers=HOST + b"Connection: close\r\n"))[0]) == [200]
