"""What arrives on the wire, byte by byte: framing, sizes and times (IN5, IN6, IN8), and how serving ends (OP4, OP6)."""
import signal
import socket
import threading
import time

import pytest
import requests

from martlet import Martlet
from raw import FORM, HOST, SHIELDS, exchange


@pytest.fixture(scope="module")
def hasty():
    """A server with short patience."""
    with Martlet(settings={"MARTLET_LIMITS_HEADER_TIME": "1s", "MARTLET_LIMITS_BODY_TIME": "1s",
                           "MARTLET_LIMITS_IDLE_TIME": "5s"}) as server:
        yield server


BROKEN = {
    "both length and chunks": b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    "two lengths": b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 4\r\nContent-Length: 5\r\n\r\nabcde",
    "a length that is no number": b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 4x\r\n\r\nabcd",
    "a negative length": b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: -1\r\n\r\n",
    "an unknown coding": b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a folded header": b"GET /jwks.json HTTP/1.1\r\n" + HOST + b"X: a\r\n b\r\n\r\n",
    "bare line feeds": b"GET /jwks.json HTTP/1.1\nHost: x\n\n",
    "a space before the colon": b"GET /jwks.json HTTP/1.1\r\nHost : x\r\n\r\n",
    "no HTTP at all": b"\x16\x03\x01\x02\x00\x01\x00\r\n\r\n",
}


@pytest.mark.parametrize("name", BROKEN)
def test_ambiguous_framing_is_answered_400_and_the_connection_ends_IN6(hasty, name):
    seen, _ = exchange(hasty, BROKEN[name])
    assert seen.startswith(b"HTTP/1.1 400 "), seen[:200]
    assert seen.count(b"HTTP/1.1 ") == 1
    for shield in SHIELDS:
        assert shield in seen, (shield, seen)


@pytest.mark.parametrize("headers", [b"X: " + b"a" * 33_000 + b"\r\n", b"".join(b"X-%d: a\r\n" % i for i in range(101))])
def test_too_many_headers_are_answered_431_IN5(hasty, headers):
    seen, _ = exchange(hasty, b"GET /jwks.json HTTP/1.1\r\n" + HOST + headers + b"\r\n")
    assert seen.startswith(b"HTTP/1.1 431 "), seen[:200]


def test_as_many_headers_as_allowed_are_served_IN5(hasty):
    headers = b"".join(b"X-%d: a\r\n" % i for i in range(90))
    seen, _ = exchange(hasty, b"GET /jwks.json HTTP/1.1\r\n" + HOST + headers + b"Connection: close\r\n\r\n")
    assert seen.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("framing", [b"Content-Length: 1073741824\r\n\r\n", b"Transfer-Encoding: chunked\r\n\r\n"])
def test_a_body_without_end_is_answered_413_and_costs_no_memory_IN5(hasty, framing):
    def resident():
        with open(f"/proc/{hasty.process.pid}/status") as status:
            return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))

    before = resident()
    chunk = b"10000\r\n" + b"a" * 65536 + b"\r\n" if b"chunked" in framing else b"a" * 65536
    seen, _ = exchange(hasty, b"POST /token HTTP/1.1\r\n" + HOST + FORM + framing, *[chunk] * 400)
    assert seen == b"" or seen.startswith(b"HTTP/1.1 413 "), seen[:200]
    assert resident() - before < 32_768
    assert requests.get(hasty.issuer + "/jwks.json", timeout=5).ok


def test_a_body_just_too_large_is_answered_413_as_json_IN5(hasty):
    answer = requests.post(hasty.issuer + "/token", data={"a": "b" * 65_536}, timeout=5)
    assert answer.status_code == 413 and answer.json()["error"] == "invalid_request"


SLOW = {
    "a head that never ends": ([b"GET / HTTP/1.1\r\nHost:"], 0),
    "a head that trickles": ([b"GET / HTTP/1.1\r\n"] + [b"X: y\r\n"] * 20, 0.2),
    "a body that never comes": ([b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 10\r\n\r\nabc"], 0),
    "a body that trickles": ([b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 100\r\n\r\n"] + [b"a"] * 20, 0.2),
    "nothing at all": ([], 0),
    "a second request that trickles": ([b"GET /jwks.json HTTP/1.1\r\n" + HOST + b"\r\n"] + [b"G"] * 20, 0.2),
}


@pytest.mark.parametrize("name", SLOW)
def test_who_is_too_slow_is_cut_off_IN5(hasty, name):
    parts, pause = SLOW[name]
    _, duration = exchange(hasty, *parts, pause=pause)
    assert duration < 6, f"still open after {duration} s"


def test_slow_ones_do_not_hold_up_the_quick_ones_IN5(hasty):
    held = [socket.create_connection(("127.0.0.1", hasty.port)) for _ in range(200)]
    try:
        for connection in held:
            connection.sendall(b"GET / HTTP/1.1\r\nX:")
        assert requests.get(hasty.issuer + "/jwks.json", timeout=2).ok
    finally:
        for connection in held:
            connection.close()


@pytest.mark.parametrize("method", ["TRACE", "CONNECT", "PUT", "DELETE", "PATCH", "BREW"])
def test_other_methods_are_refused_IN8(hasty, method):
    target = b"localhost:1" if method == "CONNECT" else b"/token"
    seen, _ = exchange(hasty, method.encode() + b" " + target + b" HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
    assert seen.split(b" ")[1] in (b"400", b"404", b"405"), seen[:100]


def test_health_answers_on_the_private_address_alone_OP6_CF6(hasty):
    private = f"http://127.0.0.1:{hasty.management}"
    assert requests.get(private + "/health/live", timeout=5).text == "live\n"
    assert requests.get(private + "/health/ready", timeout=5).text == "ready\n"
    for path in ("/health/live", "/health/ready", "/metrics"):
        assert requests.get(hasty.issuer + path, timeout=5).status_code == 404


def test_sigterm_lets_open_requests_finish_OP4():
    server = Martlet()
    server.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    with server:
        answers, closings, unready, other = [], [], [], []

        def ask():
            with requests.Session() as session:
                while True:
                    try:
                        answer = session.post(server.issuer + "/token", auth=("machine", "s" * 43),
                                              data={"grant_type": "client_credentials"}, timeout=5)
                        answers.append(answer.status_code)
                        closings.append(answer.headers.get("Connection"))
                    except requests.ConnectionError:
                        return  # nobody listens any more, or the door closed before this request was let in
                    except Exception as error:
                        other.append(error)
                        return

        def watch():
            while True:
                try:
                    unready.append(requests.get(f"http://127.0.0.1:{server.management}/health/ready", timeout=5).status_code)
                except requests.ConnectionError:
                    return

        threads = [threading.Thread(target=ask) for _ in range(8)] + [threading.Thread(target=watch)]
        for thread in threads:
            thread.start()
        while len(answers) < 50:
            time.sleep(0.01)
        start = time.monotonic()
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=35) == 0
        assert time.monotonic() - start < 30
        for thread in threads:
            thread.join()
        assert not other
        assert set(answers) == {200}
        # Whatever was done was also told: no request was let in and then cut off.
        assert server.read_log().count('"event":"token_issued"') == len(answers)
        assert 503 in unready, "it must say that it is not ready before the door closes"
        assert "close" in closings, "replies must say that their connection ends"


def test_a_broken_client_file_keeps_the_old_registration_at_reload():
    server = Martlet()
    server.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[], scope="")
    with server:
        ask = lambda: requests.post(server.issuer + "/token", auth=("machine", "s" * 43), timeout=5,  # noqa: E731
                                    data={"grant_type": "client_credentials"}).status_code
        assert ask() == 200
        (server.folder / "Clients/machine.json").write_text('{"client_id": "machine",\n "client_nam": "x"}')
        server.reload()
        assert ask() == 200
        assert "machine.json:2:" in server.read_log() and "client_name" in server.read_log()
        (server.folder / "Clients/machine.json").unlink()
        server.reload()
        assert ask() == 401


def test_another_master_key_is_refused_and_none_is_made_CR5():
    server = Martlet()
    with server:
        pass_one = requests.get(server.issuer + "/jwks.json", timeout=5).json()
        server.stop()
        key = server.folder / "Keys/master.key"
        kept = key.read_bytes()
        for change in (key.unlink, lambda: key.write_text("x" * 43 + "\n")):
            change()
            refused = server.command("serve", check=False)
            assert refused.returncode == 1 and "master key" in refused.stderr, refused
        key.write_bytes(kept)
        key.chmod(0o600)
        server.start()
        assert requests.get(server.issuer + "/jwks.json", timeout=5).json() == pass_one


def test_two_processes_on_one_database_agree():
    """Two doors of one house: a code of the one is spent at the other, once; keys and sign-outs are shared (AZ10, JW8)."""
    first = Martlet()
    first.add_client("machine", "s" * 43, grant_types=["client_credentials"], redirect_uris=[], response_types=[],
                     scope="", martlet_audience=["https://api.example/"])
    with first:
        second = first.sibling()
        try:
            second.start()
            keys = [requests.get(door + "/jwks.json", timeout=5).json() for door in (first.issuer, second.own_address)]
            assert keys[0] == keys[1]
            token = requests.post(first.issuer + "/token", auth=("machine", "s" * 43), timeout=5,
                                  data={"grant_type": "client_credentials"}).json()["access_token"]
            ask = lambda: requests.post(second.own_address + "/introspect", auth=("machine", "s" * 43), timeout=5,  # noqa: E731
                                        data={"token": token}).json()["active"]
            assert ask() is True
            revoked = requests.post(first.issuer + "/revoke", auth=("machine", "s" * 43), data={"token": token}, timeout=5)
            assert revoked.status_code == 200 and ask() is False
        finally:
            second.stop()
