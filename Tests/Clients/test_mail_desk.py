"""The page on one's own machine that shows the mail of a trial run: for that machine alone, and what a mail brings along does
nothing there (CF6, WS1)."""
import email.message
import email.policy
import re
import socket

import pytest
import requests
from martlet import Martlet

SCRIPT = "<!DOCTYPE html><html><head><title>x</title></head><body><p>hello</p><script>document.title='ran'</script></body></html>"
OWN = "default-src 'none'; style-src 'unsafe-inline'; frame-src 'self'; frame-ancestors 'none'"


def put(folder, name, html, subject="Hello"):
    """A mail as if it had been sent, with whatever in it; of the form that Martlet gives its own."""
    mail = email.message.EmailMessage(policy=email.policy.SMTP)
    mail["From"], mail["To"], mail["Subject"], mail["Date"] = (
        "noreply@example.org", "ada@example.org", subject, "Fri, 15 Jan 2027 08:00:00 +0000")
    mail["Message-ID"] = "<1@example.org>"
    mail.set_content("the text", cte="quoted-printable")
    mail.add_alternative(html, subtype="html", cte="quoted-printable")
    folder.mkdir(mode=0o700, exist_ok=True)
    (folder / name).write_bytes(mail.as_bytes())


@pytest.fixture(scope="module")
def house():
    with Martlet() as house:
        put(house.folder / "mail", "20270115T080000Z-evil.eml", SCRIPT, subject="<script>alert(1)</script>")
        yield house


def ask(house, path="/mail", host=None, method="GET"):
    """Whole bytes of an answer: `requests` would mend a Host that is none."""
    line = "" if host is None else f"Host: {host}\r\n"
    with socket.create_connection(("127.0.0.1", house.management), timeout=5) as connection:
        connection.sendall(f"{method} {path} HTTP/1.1\r\n{line}Connection: close\r\n\r\n".encode())
        answer = b""
        while part := connection.recv(65536):
            answer += part
    return int(answer.split(b" ")[1]), answer.decode()


@pytest.mark.parametrize("host", ["localhost", "localhost:{port}", "127.0.0.1:{port}", "[::1]:{port}"])
def test_this_machine_sees_its_mail(house, host):
    status, answer = ask(house, host=host.format(port=house.management))
    assert status == 200 and "ada@example.org" in answer


@pytest.mark.parametrize("path", ["/mail", "/mail/", "/mail/20270115T080000Z-evil.eml", "/mail/20270115T080000Z-evil.eml/html"])
@pytest.mark.parametrize("host", [
    "evil.example", "evil.example:{port}", "localhost.evil.example", "127.0.0.1.nip.io:{port}", "127.0.0.2", "0.0.0.0:{port}",
    "localhost@evil.example", "evil.example#localhost", "[::1", "[::1].evil.example", "localhost:x", "localhost:1:2", "[::ffff:127.0.0.1]", "LOCALHOST.",
    "", "2130706433", None,
])
def test_a_name_that_was_made_to_lead_here_is_answered_nothing(house, host, path):
    """DNS rebinding: the page that asks is another's, only its name resolves to this machine"""
    status, answer = ask(house, path, host and host.format(port=house.management))
    assert status in (400, 403), answer
    assert "ada@example.org" not in answer and "hello" not in answer and "alert(1)" not in answer


def test_what_a_mail_brings_along_cannot_run(house):
    address = f"http://127.0.0.1:{house.management}/mail"
    listing = requests.get(address, timeout=5)
    page = requests.get(f"{address}/20270115T080000Z-evil.eml", timeout=5)
    for answer in (listing, page):
        assert answer.headers["Content-Security-Policy"] == OWN
        assert "<script>" not in answer.text and "&lt;script&gt;alert(1)" in answer.text
    [frame] = re.findall(r"<iframe [^>]*>", page.text)
    [allowed] = re.findall(r'sandbox="([^"]*)"', frame)
    assert set(allowed.split()) == {"allow-popups", "allow-popups-to-escape-sandbox"}
    alone = requests.get(f"{address}/20270115T080000Z-evil.eml/html", timeout=5)
    policy = dict(part.strip().partition(" ")[::2] for part in alone.headers["Content-Security-Policy"].split(";"))
    assert "document.title" in alone.text, "it is shown as it is; the browser is told to run none of it"
    assert set(policy["sandbox"].split()) == {"allow-popups", "allow-popups-to-escape-sandbox"}
    assert policy["default-src"] == "'none'" and "script-src" not in policy and policy["frame-ancestors"] == "'self'"
    for answer in (listing, page, alone):
        assert answer.headers["Referrer-Policy"] == "no-referrer"
        assert answer.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("name", [
    "../data/martlet.db", "..%2Fdata%2Fmartlet.db", "%2e%2e/Keys", ".eml", "nothing.eml", "..%2Fmail%2F20270115T080000Z-evil.eml",
])
def test_nothing_but_mail_is_shown(house, name):
    status, _ = ask(house, f"/mail/{name}", "localhost")
    assert status == 404


def test_a_server_for_others_shows_none(house):
    other = Martlet(settings={"MARTLET_ISSUER": "https://id.example.org"})
    other.own_address = f"http://127.0.0.1:{other.port}"
    other.environment["MARTLET_LISTEN_PORT"] = str(other.port)
    put(other.folder / "mail", "20270115T080000Z-evil.eml", SCRIPT)
    with other:
        assert ask(other, host="localhost")[0] == 404


def test_it_is_for_reading(house):
    for method in ("POST", "PUT", "DELETE"):
        assert ask(house, host="localhost", method=method)[0] == 405
