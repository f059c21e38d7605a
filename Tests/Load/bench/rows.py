"""What is measured, a function each: it prepares what it needs, checks one answer by itself, and gives a `Sample`."""
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Callable

import passwords


@dataclass(frozen=True)
class Row:
    title: str
    connections: int
    measure: Callable
    note: str = ""


def fixed(issuer, requests, connections, seconds):
    return issuer.run(requests, connections=connections, seconds=seconds).end()


def hello(issuer, connections, seconds):
    return issuer.hello(connections, seconds)


def discovery(issuer, connections, seconds):
    issuer.send(issuer.discovery())
    return fixed(issuer, [issuer.discovery()], connections, seconds)


def keys(issuer, connections, seconds):
    assert issuer.send(issuer.keys()).json()["keys"]
    return fixed(issuer, [issuer.keys()], connections, seconds)


def client_credentials(issuer, connections, seconds):
    request = issuer.client_credentials()
    assert "access_token" in issuer.send(request).json()
    return fixed(issuer, [request], connections, seconds)


def introspection(issuer, connections, seconds):
    requests = [issuer.introspection(token) for token in issuer.introspected_tokens()]
    assert issuer.send(requests[0]).json()["active"] is True
    return fixed(issuer, requests, connections, seconds)


def userinfo(issuer, connections, seconds):
    requests = [issuer.userinfo(token) for token in issuer.access_tokens()]
    assert issuer.send(requests[0]).json()["sub"]
    return fixed(issuer, requests, connections, seconds)


def refresh(issuer, connections, seconds):
    # A few more than connections, for an answer may be read after the next request is written.
    tokens = issuer.refresh_tokens(connections + 8)
    if not issuer.rotates:
        # One for each, as apps have them: 64 that use one and the same wait for each other in the database.
        return fixed(issuer, [issuer.refreshing(token) for token in tokens], connections, seconds)
    return issuer.run(
        [issuer.refreshing()], mode="rotate", tokens=tokens, connections=connections, seconds=seconds).end()


def exchange(issuer, connections, seconds):
    """Codes are gathered first, for about as long as their exchange will take; only the exchange counts."""
    with tempfile.TemporaryDirectory(prefix="codes-") as folder:
        codes = Path(folder) / "codes"
        gathering = issuer.run(
            [issuer.authorizing()], mode="cycle", expected=303, collect=codes, connections=connections,
            seconds=seconds).end()
        if gathering.fault:
            return gathering
        requests = [issuer.redeeming(code) for code in codes.read_text().split()]
    return issuer.run(requests, mode="once", connections=connections, seconds=2 * seconds).end()


def flow(issuer, connections, seconds):
    """A code asked for and redeemed; rate and processor time are of both, latencies of either request."""
    return issuer.run(
        [issuer.authorizing(), issuer.redeeming()], mode="flow", connections=connections, seconds=seconds).end()


ROWS = {
    "hello": Row("health route: the HTTP server alone", 64, hello),
    "discovery": Row("discovery", 64, discovery),
    "keys": Row("key set", 64, keys),
    "client_credentials": Row("client_credentials", 64, client_credentials),
    "introspection": Row("introspection", 64, introspection),
    "userinfo": Row("userinfo", 64, userinfo),
    "refresh": Row("refresh, rotating", 64, refresh),
    "exchange": Row("code exchange", 64, exchange),
    "flow": Row("code flow on a live session", 64, flow),
    "sign_in": Row("sign-in with a password", passwords.CONNECTIONS, passwords.sign_in),
}
