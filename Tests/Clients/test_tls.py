"""TLS on the public listener (CR6), with a build that has it, and what a build without it says. The certificates are from
an authority that is made here and thrown away."""
import os
import pathlib
import shutil
import signal
import socket
import ssl
import time

import pytest
import requests

from certificates import Authority, openssl
from martlet import ROOT, Martlet
from person import Person
from raw import FORM, HOST, replies
from test_operations import figure

BINARY = os.environ.get("MARTLET_TLS_BINARY") or ROOT / ".build/tls/debug/martlet"
EMAIL = "ada@example.org"


class TLSMartlet(Martlet):
    """Serves TLS with the pair in its own folder, which `put` changes."""

    def __init__(self, authority, pair, settings=None, binary=BINARY):
        super().__init__(binary=binary)
        assert pathlib.Path(self.binary).exists(), f"{self.binary} is not there: run make tls"
        self.verify = str(authority.root)
        self.issuer = self.own_address = f"https://localhost:{self.port}"
        self.certificate, self.key = self.folder / "server.pem", self.folder / "server.key"
        self.environment |= {
            "MARTLET_ISSUER": self.issuer, "MARTLET_TLS_CERTIFICATE": str(self.certificate),
            "MARTLET_TLS_KEY": str(self.key), **(settings or {})}
        self.put(*pair)

    def put(self, certificate, key):
        for source, target in ((certificate, self.certificate), (key, self.key)):
            target.unlink(missing_ok=True)
            shutil.copy(source, target)
            target.chmod(0o600)

    def connect(self, change=lambda context: None):
        context = ssl.create_default_context(cafile=self.verify)
        change(context)
        raw = socket.create_connection(("127.0.0.1", self.port), timeout=10)
        try:
            return context.wrap_socket(raw, server_hostname="localhost")
        except Exception:
            raw.close()
            raise

    def serial(self):
        with self.connect() as connection:
            return connection.getpeercert()["serialNumber"]


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="module")
def pair(authority):
    return authority.pair("first")


@pytest.fixture(scope="module")
def server(authority, pair):
    house = TLSMartlet(authority, pair, {
        "MARTLET_LIMITS_HEADER_TIME": "1s", "MARTLET_LIMITS_BODY_TIME": "1s", "MARTLET_LIMITS_IDLE_TIME": "5s",
        "MARTLET_LIMITS_REPLY_TIME": "2s"})
    house.add_person(EMAIL)
    with house:
        yield house


def read_all(connection):
    seen = b""
    while chunk := connection.recv(65536):
        seen += chunk
    return seen


def test_people_sign_in_over_tls_with_cookies_for_it_alone_CR6_WB1_WB2(server):
    person = Person(EMAIL)
    person.session.verify = server.verify
    assert person.sign_in_on(person.go(f"{server.issuer}/sign-in")).path == "/account"
    assert all(cookie.secure and cookie.name.startswith("__Host-") for cookie in person.session.cookies)
    answer = requests.get(server.issuer + "/.well-known/openid-configuration", timeout=5, verify=server.verify)
    assert answer.json()["token_endpoint"].startswith("https://")
    assert answer.headers["Strict-Transport-Security"] == "max-age=31536000; includeSubDomains"


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_1_2_and_1_3_are_spoken_with_forward_secrecy_CR6(server, version):
    def only(context):
        context.minimum_version = context.maximum_version = version
        context.set_alpn_protocols(["h2", "http/1.1"])

    with server.connect(only) as connection:
        suite, _, bits = connection.cipher()
        assert bits >= 128 and (suite.startswith("TLS_") or suite.startswith("ECDHE-")), suite
        assert connection.selected_alpn_protocol() == "http/1.1" and connection.compression() is None


WEAK = {
    "TLS 1.1": (ssl.TLSVersion.TLSv1_1, "DEFAULT:@SECLEVEL=0"),
    "no forward secrecy": (ssl.TLSVersion.TLSv1_2, "AES128-GCM-SHA256:AES256-GCM-SHA384:@SECLEVEL=0"),
    "no authenticated encryption": (ssl.TLSVersion.TLSv1_2, "ECDHE+AES+SHA1:ECDHE+AES+SHA256:!AESGCM:@SECLEVEL=0"),
}


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1 is deprecated")
@pytest.mark.parametrize("name", WEAK)
def test_what_is_weak_is_refused_CR6(server, name):
    version, ciphers = WEAK[name]

    def only(context):
        context.minimum_version = context.maximum_version = version
        context.set_ciphers(ciphers)

    with pytest.raises(ssl.SSLError):
        server.connect(only)


def test_without_tls_nothing_is_answered(server):
    with socket.create_connection(("127.0.0.1", server.port), timeout=10) as connection:
        connection.sendall(b"GET /jwks.json HTTP/1.1\r\n" + HOST + b"\r\n")
        seen = b""
        try:
            seen = read_all(connection)
        except ConnectionResetError:
            pass
        assert b"HTTP/1.1" not in seen and b"keys" not in seen


@pytest.mark.parametrize("sent", [b"", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03"])
def test_a_handshake_that_does_not_end_is_cut_off_IN5(server, sent):
    before = figure(server, "martlet_connections_refused_total", reason="header_time")
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as connection:
        connection.sendall(sent)
        read_all(connection)
    assert figure(server, "martlet_connections_refused_total", reason="header_time") == before + 1


EDGE = {
    "no host": (b"GET /jwks.json HTTP/1.1\r\n\r\n", 400),
    "too long a head": (b"GET /jwks.json HTTP/1.1\r\n" + HOST + b"X: " + b"a" * 33_000 + b"\r\n\r\n", 431),
    "a body that stops": (b"POST /token HTTP/1.1\r\n" + HOST + FORM + b"Content-Length: 9\r\n\r\nabc", 408),
    "HTTP/1.0": (b"GET /jwks.json HTTP/1.0\r\n\r\n", 200),
    "the last of a connection": (b"GET /jwks.json HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n", 200),
}


@pytest.mark.parametrize("name", EDGE)
def test_the_edge_is_the_same_inside_tls_and_ends_as_tls_ends_IN5_IN6_WB2_WB3(server, name):
    request, status = EDGE[name]
    with server.connect() as connection:
        connection.sendall(request)
        seen = read_all(connection)  # an end without TLS's own would raise
    assert replies(seen) == [status] and b"Strict-Transport-Security: max-age=31536000" in seen


def test_who_does_not_read_is_cut_off_inside_tls_too_IN5(server):
    before = figure(server, "martlet_connections_refused_total", reason="reply_time")
    with server.connect() as connection:
        connection.settimeout(30)
        with pytest.raises((ConnectionResetError, BrokenPipeError, ssl.SSLEOFError)):
            while True:
                connection.sendall(b"GET /.well-known/openid-configuration HTTP/1.1\r\n" + HOST + b"\r\n")
    assert figure(server, "martlet_connections_refused_total", reason="reply_time") == before + 1


def test_a_renewed_pair_is_taken_up_at_sighup_and_open_connections_go_on(authority, pair):
    with TLSMartlet(authority, pair) as server:
        first = server.serial()
        end = figure(server, "martlet_tls_certificate_end_time_seconds")
        assert abs(end - time.time() - 2 * 86_400) < 600
        with requests.Session() as session:
            session.verify, session.trust_env = server.verify, False
            assert session.get(server.issuer + "/jwks.json", timeout=5).ok
            server.put(*authority.pair("second", days=9, key="rsa"))
            server.reload()
            assert "certificate read again" in server.read_log()
            second = server.serial()
            assert second != first
            assert session.get(server.issuer + "/jwks.json", timeout=5).ok
        assert figure(server, "martlet_tls_certificate_end_time_seconds") > end + 6 * 86_400
        server.put(*authority.pair("past", days=-1))
        server.reload()
        assert "the certificate has ended" in server.read_log()


def bad(name, authority, server):
    """Spoils the pair in the server's folder; what must be said of it."""
    first, key = authority.pair("another")
    match name:
        case "no certificate":
            server.certificate.unlink()
            return "server.pem is not there or cannot be read; see the setting tls.certificate"
        case "no key":
            server.key.unlink()
            return "server.key is not there; see the setting tls.key"
        case "a key of another":
            shutil.copy(key, server.key)
            return "server.key does not belong to the certificate"
        case "no PEM":
            server.certificate.write_text("hello\n")
            return "server.pem holds no certificate in PEM"
        case "a certificate that is broken":
            server.certificate.write_text(first.read_text().replace("A", "B"))
            return "server.pem holds no certificate in PEM"
        case "a certificate for a key":
            shutil.copyfile(first, server.key)
            return "server.key holds no private key in PEM"
        case "an encrypted key":
            openssl("pkey", "-in", str(key), "-aes256", "-passout", "pass:secret", "-out", str(server.key))
            server.key.chmod(0o600)
            return "server.key holds no private key in PEM, or an encrypted one"
        case "a key for everybody":
            server.key.chmod(0o644)
            return "server.key can be read by everybody"


BAD = ["no certificate", "no key", "a key of another", "no PEM", "a certificate that is broken", "a certificate for a key",
       "an encrypted key", "a key for everybody"]


def test_a_bad_pair_is_refused_at_sighup_with_its_name_and_the_old_one_stays(authority, pair):
    with TLSMartlet(authority, pair) as server:
        serial = server.serial()
        for name in BAD:
            words = bad(name, authority, server)
            before = server.read_log().count("the one in use stays")
            server.reload()
            log = server.read_log()
            assert log.count("the one in use stays") == before + 1 and words in log, (name, log[-600:])
            assert server.serial() == serial, name
            server.put(*pair)


@pytest.mark.parametrize("name", BAD)
def test_a_bad_pair_is_refused_at_the_start_and_by_check_and_nothing_is_made(authority, pair, name):
    server = TLSMartlet(authority, pair)
    words = bad(name, authority, server)
    for command in ("serve", "check"):
        refused = server.command(command, check=False)
        assert refused.returncode == 1 and words in refused.stderr, (command, refused)
    assert not server.has_database()
    assert {path.name for path in (server.folder / "Keys").iterdir()} == {"brought.ps256.pem", "brought.rs256.pem"}
    shutil.rmtree(server.folder)


def test_check_says_until_when_a_certificate_is_good(authority, pair):
    server = TLSMartlet(authority, pair)
    assert "tls        the certificate" in server.command("check").stdout
    server.put(*authority.pair("gone", days=-1))
    refused = server.command("check", check=False)
    assert refused.returncode == 1 and "server.pem ended on" in refused.stderr, refused
    shutil.rmtree(server.folder)


def test_a_stop_does_not_wait_for_those_who_do_not_end_their_tls_OP4(authority, pair):
    with TLSMartlet(authority, pair) as server:
        held = [server.connect() for _ in range(5)]
        server.process.send_signal(signal.SIGTERM)
        assert server.process.wait(timeout=35) == 0
        for connection in held:
            connection.close()


def test_a_build_without_tls_refuses_the_settings_and_says_how_to_get_it(authority, pair):
    server = TLSMartlet(authority, pair, binary=None)
    for command in ("serve", "check"):
        refused = server.command(command, check=False)
        assert refused.returncode == 1, refused
        assert "MARTLET_TLS_CERTIFICATE: this build has no TLS" in refused.stderr
        assert "swift build -c release --traits TLS" in refused.stderr
    assert not server.has_database()
    shutil.rmtree(server.folder)
