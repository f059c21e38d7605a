"""Bytes on a socket, for what no HTTP client would send."""
import socket
import time

HOST = b"Host: localhost\r\n"
FORM = b"Content-Type: application/x-www-form-urlencoded\r\n"
# What every reply carries, whoever wrote it (WB3, WB4, WB10).
SHIELDS = [
    b"X-Content-Type-Options: nosniff", b"Content-Security-Policy: default-src 'none'", b"Cache-Control: no-store",
    b"Referrer-Policy: ", b"Cross-Origin-Opener-Policy: same-origin", b"Cross-Origin-Resource-Policy: ",
    b"X-Frame-Options: DENY", b"Permissions-Policy: "]


def exchange(server, *parts, pause=0.0, patience=8):
    """Sends the parts and reads until the other side closes; what was read, and after how long it closed."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=patience) as connection:
        start, seen = time.monotonic(), b""
        try:
            for part in parts:
                connection.sendall(part)
                time.sleep(pause)
        except OSError:
            pass  # closed while sending, which is what some of these are for
        try:
            while chunk := connection.recv(65536):
                seen += chunk
        except ConnectionResetError:
            pass
        return seen, time.monotonic() - start


def replies(seen):
    """The statuses of the replies one after the other, none of which may be without its shields."""
    parts = seen.split(b"HTTP/1.1 ")
    assert parts[0] == b"", parts[0][:200]
    for part in parts[1:]:
        head = part.split(b"\r\n\r\n")[0]
        missing = [shield for shield in SHIELDS if shield not in head]
        # What may be kept by caches says so itself.
        assert not [shield for shield in missing if b"Cache-Control" not in shield], (missing, head)
        assert b"Cache-Control: " in head, head
    return [int(part[:3]) for part in parts[1:]]


def deaf(server, request, patience=0.3, port=None):
    """A connection with as many requests on it as go in, whose replies nobody reads. Back when for `patience` seconds
    nothing more went in."""
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
    connection.connect(("127.0.0.1", port or server.port))
    connection.settimeout(patience)
    try:
        while True:
            connection.send(request * 200)
    except TimeoutError:
        return connection  # nothing more goes in: the other side waits, too
    except OSError:
        return connection  # it did not wait
