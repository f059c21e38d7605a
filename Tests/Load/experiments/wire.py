"""Requests as bytes: many that arrive in the same instant, and one after the other on a connection that stays open. A
client library would spend more time on each than the server does."""
import base64
import http.client
import selectors
import socket
import time
import urllib.parse
from typing import NamedTuple


class Answer(NamedTuple):
    status: int
    headers: dict
    body: bytes
    taken: float

    @property
    def opens_session(self):
        return any("martlet-session=" in cookie for cookie in self.headers.get("set-cookie", []))


NONE = Answer(0, {}, b"", 0.0)


def basic(client, secret):
    return "Basic " + base64.b64encode(f"{client}:{secret}".encode()).decode()


def cookies_of(person):
    return "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)


def message(method, path, form=None, close=True, **headers):
    """A whole request. Names of headers are written with low lines."""
    lines = [f"{method} {path} HTTP/1.1", "Host: localhost"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items() if value]
    body = urllib.parse.urlencode(form) if isinstance(form, dict) else (form or "")
    if method == "POST":
        lines += ["Content-Type: application/x-www-form-urlencoded", f"Content-Length: {len(body.encode())}"]
    if close:
        lines.append("Connection: close")
    return ("\r\n".join(lines) + "\r\n\r\n" + body).encode()


def read(seen, taken):
    """An answer from all that came on a connection; `NONE` when that is no whole one."""
    head, _, body = seen.partition(b"\r\n\r\n")
    lines = head.decode("latin-1").split("\r\n")
    if not lines[0].startswith("HTTP/1.1 "):
        return NONE
    headers = {}
    for line in lines[1:]:
        name, _, value = line.partition(":")
        headers.setdefault(name.lower(), []).append(value.strip())
    length = headers.get("content-length", [None])[0]
    if length is not None and len(body) < int(length):
        return NONE
    return Answer(int(lines[0].split()[1]), headers, body, taken)


def volley(ports, requests, patience=90):
    """All of them in the same instant: each is sent up to its last byte, and then come the last bytes. Dealt out to the
    ports in turn. An answer for each, `NONE` for whoever got none."""
    selector, lines = selectors.DefaultSelector(), []
    for number, request in enumerate(requests):
        line = socket.create_connection(("127.0.0.1", ports[number % len(ports)]), timeout=patience)
        line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        line.sendall(request[:-1])
        lines.append(line)
    begun = time.monotonic()
    for line, request in zip(lines, requests, strict=True):
        line.sendall(request[-1:])
        line.setblocking(False)
        selector.register(line, selectors.EVENT_READ)
    seen, taken = {line: b"" for line in lines}, {}
    try:
        while len(taken) < len(lines) and time.monotonic() < begun + patience:
            for key, _ in selector.select(1):
                line = key.fileobj
                try:
                    chunk = line.recv(65536)
                except BlockingIOError:
                    continue
                except OSError:
                    chunk = b""
                seen[line] += chunk
                if not chunk:
                    selector.unregister(line)
                    taken[line] = time.monotonic() - begun
    finally:
        for line in lines:
            line.close()
        selector.close()
    return [read(seen[line], taken[line]) if line in taken else NONE for line in lines]


class Line:
    """A connection that stays open, as long as the server likes."""

    def __init__(self, port, patience=30):
        self.port, self.patience, self.connection = port, patience, None

    def ask(self, method, path, form=None, **headers):
        """Raises OSError or http.client.HTTPException when there is no answer."""
        headers = {name.replace("_", "-"): value for name, value in headers.items() if value}
        body = None
        if method == "POST":
            body = urllib.parse.urlencode(form or {})
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        begun = time.monotonic()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=self.patience)
                self.connection.connect()
                self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.connection.request(method, path, body, headers)
            answer = self.connection.getresponse()
            content = answer.read()
        except BaseException:
            self.close()
            raise
        named = {}
        for name, value in answer.getheaders():
            named.setdefault(name.lower(), []).append(value)
        if answer.will_close:
            self.close()
        return Answer(answer.status, named, content, time.monotonic() - begun)

    def close(self):
        if self.connection:
            self.connection.close()
        self.connection = None
