"""Requests that are far too large: refused early, and kept by nobody.

A body of 1 GiB, announced and in chunks; a million headers; forms and JSON of absurd depth and number; a body that is
gzip and would swell. The short form sends a hundredth of each. What a proxy before the server does is not shown."""
import base64
import contextlib
import gzip
import json
import socket
import time

import requests
from apps import CALLBACK
from trial import MEBIBYTE, Vitals
from wire import basic

ENGINES = ("sqlite",)
LIMIT = 600
REFUSALS = {400, 401, 408, 411, 413, 414, 415, 431}
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"


def pour(port, head, chunk, count):
    """Sends the chunk so many times, unless it is answered or cut off before: the status and how much went in."""
    sent = 0
    with socket.create_connection(("127.0.0.1", port), timeout=30) as line:
        with contextlib.suppress(OSError):
            line.sendall(head)
            line.setblocking(False)
            deadline = time.monotonic() + 120
            while sent < count and time.monotonic() < deadline:
                with contextlib.suppress(BlockingIOError):
                    if line.recv(1, socket.MSG_PEEK):
                        break
                try:
                    line.setblocking(True)
                    line.settimeout(30)
                    line.sendall(chunk)
                    sent += 1
                finally:
                    line.setblocking(False)
        seen = b""
        line.settimeout(30)
        with contextlib.suppress(OSError):
            while more := line.recv(65536):
                seen += more
    status = int(seen.split(b" ")[1]) if seen.startswith(b"HTTP/1.1 ") else 0
    return status, sent * len(chunk)


def floods(size, fields):
    """What to send: a head, then a chunk so many times."""
    block = b"a" * 65_536
    post = b"POST /token HTTP/1.1\r\nHost: localhost\r\n" + FORM
    headers = b"".join(b"X-%d: y\r\n" % number for number in range(1000))
    many = b"a=b&" * 16_384
    piece = b"%x\r\n" % len(block) + block + b"\r\n"
    bomb = gzip.compress(bytes(32 * MEBIBYTE))
    deep = b"[" * 32_768 + b"]" * 32_768
    nested = b"a" + b"[b]" * 20_000 + b"=c"
    return {
        "a body as long as it says": (post + b"Content-Length: %d\r\n\r\n" % size, block, size // len(block)),
        "a body without an end, in chunks": (post + b"Transfer-Encoding: chunked\r\n\r\n", piece, size // len(block)),
        "headers": (b"GET /jwks.json HTTP/1.1\r\nHost: localhost\r\n", headers, fields // 1000),
        "one header": (b"GET /jwks.json HTTP/1.1\r\nHost: localhost\r\nX: ", block, size // 16 // len(block)),
        "a target": (b"GET /", block, size // 16 // len(block)),
        "fields of a form": (post + b"Content-Length: %d\r\n\r\n" % (fields * 4), many, fields // 16_384 + 1),
        "a form of depth": (post + b"Connection: close\r\nContent-Length: %d\r\n\r\n" % len(nested), nested, 1),
        "a bomb of gzip": (
            post + b"Connection: close\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n" % len(bomb), bomb, 1),
        "JSON of depth in place of a form": (
            b"POST /token HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\n"
            b"Content-Length: %d\r\n\r\n" % len(deep), deep, 1)}


def nested_json(house):
    """JSON where it is read: what a client asks for, hints and assertions; as deep as bodies and targets may be
    long."""
    def token(payload):
        parts = (b'{"alg":"ES256","kid":"robot"}', payload, b"x" * 64)
        return b".".join(base64.urlsafe_b64encode(part).rstrip(b"=") for part in parts).decode()

    for depth in (100, 1_000, 9_000):
        deep = "[" * depth + "]" * depth
        wide = json.dumps({f"n{number}": number for number in range(depth // 4)})
        for body in (deep, '{"a":' * depth + "1" + "}" * depth, wide):
            yield requests.get(house.issuer + "/authorize", timeout=30, allow_redirects=False, params={
                "client_id": "app", "response_type": "code", "scope": "openid", "redirect_uri": CALLBACK,
                "claims": body, "id_token_hint": token(body.encode())[:9_000]}).status_code
            yield requests.post(house.issuer + "/token", timeout=30, data={
                "grant_type": "client_credentials", "client_assertion": token(body.encode()),
                "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"}).status_code


def run(trial):
    size, fields = trial.pick((10 * MEBIBYTE, 10_000), (1024 * MEBIBYTE, 1_000_000))
    with trial.house() as house:
        watch = {"headers": {"Authorization": basic("watch", "watch's secret")}, "timeout": 30}
        form = {"grant_type": "client_credentials"}
        for _ in range(trial.pick(40, 200)):
            assert requests.post(house.issuer + "/token", data=form, **watch).status_code == 200
        with Vitals(house, every=0.02) as vitals:
            wrong, accepted = [], 0
            for name, (head, chunk, count) in floods(size, fields).items():
                for _ in range(trial.pick(2, 4)):
                    status, sent = pour(house.port, head, chunk, count)
                    accepted = max(accepted, sent)
                    if status not in REFUSALS and not (status == 0 and sent > MEBIBYTE):
                        wrong.append((name, status, sent))
                trial.say(f"{name}: {status or 'cut off'} after {sent:,} bytes, {vitals.peak:.0f} MiB resident")
            statuses = set(nested_json(house))
            trial.say(f"JSON of depth: {sorted(statuses)}")
            wrong += [("JSON of depth", status) for status in statuses if status not in REFUSALS | {302, 303}]
            good = sum(requests.post(house.issuer + "/token", data=form, **watch).status_code == 200 for _ in range(50))
        trial.none("answers other than 400, 401, 408, 413, 415 and 431", wrong)
        trial.most("growth of resident memory", vitals.growth, 64, " MiB")
        trial.most("taken in of one request that was refused", accepted / MEBIBYTE, 16, " MiB")
        trial.most("crashes", not vitals.is_alive, 0)
        trial.least("of 50 requests afterwards", good, 50)
