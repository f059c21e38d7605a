"""The rival: Glewlwyd as Debian packages it, in a folder of its own, at its best (SQLite switched to WAL)."""
import gzip
import http.client
import secrets
import shutil
import sqlite3
import statistics
import subprocess
import tempfile
import time
from pathlib import Path

from issuer import Application, Issuer, Traits
from machine import memory
from martlet import free_port
from visitor import Visitor, new_session

SCHEMA = Path("/usr/share/doc/glewlwyd/database/init.sqlite3.sql.gz")
MODULES = "/usr/lib/glewlwyd"
USER, SETTLING = "ada", 2
KEYS = {
    "ES256": ["genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    # The smallest that the algorithm allows (RFC 7518 §3.3), which is the quickest.
    "RS256": ["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"],
}
CONFIGURATION = """
port={port}
bind_address="127.0.0.1"
external_url="{address}"
api_prefix="api"
login_url="login.html"
log_mode="file"
log_level="ERROR"
log_file="{folder}/glewlwyd.log"
cookie_secure=0
session_expiration=2419200
session_key="GLEWLWYD2_SESSION_ID"
admin_scope="g_admin"
profile_scope="g_profile"
user_module_path="{modules}/user"
client_module_path="{modules}/client"
user_auth_scheme_module_path="{modules}/scheme"
plugin_module_path="{modules}/plugin"
hash_algorithm="SHA512"
database={{ type="sqlite3"; path="{folder}/glewlwyd.db"; }};
"""
# The plugin's own words. Whatever is not measured is off; rotation is on, as OAuth 2.1 wants it.
PLUGIN = {
    "jwt-key-size": "256", "access-token-duration": 3600, "refresh-token-duration": 1209600, "code-duration": 600,
    "refresh-token-rolling": True, "refresh-token-one-use": "always", "allow-non-oidc": True,
    "auth-type-code-enabled": True, "auth-type-code-revoke-replayed": False, "auth-type-token-enabled": False,
    "auth-type-id-token-enabled": True, "auth-type-none-enabled": False, "auth-type-password-enabled": False,
    "auth-type-client-enabled": True, "auth-type-refresh-enabled": True, "auth-type-device-enabled": False,
    "jwks-show": True, "jwks-x5c": [], "pkce-allowed": True, "pkce-method-plain-allowed": False, "pkce-required": False,
    "introspection-revocation-allowed": True, "introspection-revocation-auth-scope": [],
    "introspection-revocation-allow-target-client": True, "request-parameter-allow": False, "subject-type": "public",
    "allowed-scope": ["openid"], "restrict-scope-client-property": "", "name-claim": "on-demand",
    "email-claim": "on-demand", "scope-claim": "on-demand", "claims": [], "register-client-allowed": False,
    "session-management-allowed": False,
}


def missing():
    """Why it cannot be measured here, or nothing."""
    if not shutil.which("glewlwyd"):
        return "Glewlwyd is not installed (Debian's package glewlwyd)"
    return None if SCHEMA.exists() else f"{SCHEMA} is missing: Debian's package was installed without its documentation"


class SignedInAtGlewlwyd(Visitor):
    """Its pages are a script's work; what the script sends is sent without it."""
    address = None

    def walk(self, url, callback):
        if not self.session.cookies:
            answer = self.session.post(
                f"{self.address}/api/auth/", json={"username": self.username, "password": self.password}, timeout=20)
            assert answer.status_code == 200, f"sign-in: {answer.status_code}"
        return super().walk(url, callback)


class Glewlwyd(Issuer):
    def __init__(self, algorithm):
        self.folder = Path(tempfile.mkdtemp(prefix="glewlwyd-"))
        self.algorithm, self.port, self.running = algorithm, free_port(), None
        self.root = f"http://127.0.0.1:{self.port}"
        application = Application(
            "bench", secrets.token_hex(16), own_scope="bench", scope="openid", offline_scope="openid")
        visitor = SignedInAtGlewlwyd(USER, secrets.token_hex(12))
        visitor.address = self.root
        traits = Traits(
            workers="1 process, a thread for each connection", storage="SQLite, WAL",
            durability="fsync in each commit (synchronous=FULL)",
            algorithm=algorithm + (" (2048 bits)" if algorithm == "RS256" else ""), passwords="PBKDF2")
        # Without `g_continue` it would ask, each time, whether to go on as this person.
        super().__init__(f"Glewlwyd {version()}, {algorithm}", f"{self.root}/api/oidc", application, traits, visitor,
                         extra={"g_continue": ""})

    def __enter__(self):
        try:
            self._lay_out()
            self._start(f"{self.root}/api/config/")
            self._furnish()
            self._stop()
            self._start(self.discovery_address)
        except BaseException:
            self.__exit__()
            raise
        self.first_start = self.ready_after
        return self

    def __exit__(self, *error):
        self._stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def time_starts(self, starts):
        times = []
        for _ in range(starts):
            self._stop()
            self._start(self.discovery_address)
            times.append(self.ready_after)
        time.sleep(SETTLING)
        return 1000 * statistics.median(times), memory(self.process)

    def _lay_out(self):
        database = sqlite3.connect(self.folder / "glewlwyd.db")
        database.executescript(gzip.open(SCHEMA, "rt").read())
        assert database.execute("PRAGMA journal_mode=WAL").fetchone() == ("wal",)
        database.close()
        (self.folder / "glewlwyd.conf").write_text(
            CONFIGURATION.format(port=self.port, address=self.root, folder=self.folder, modules=MODULES))
        key, public = self.folder / "key.pem", self.folder / "public.pem"
        for arguments in ([*KEYS[self.algorithm], "-out", key], ["pkey", "-in", key, "-pubout", "-out", public]):
            subprocess.run(["openssl", *map(str, arguments)], check=True, capture_output=True)

    def _start(self, address):
        began = time.monotonic()
        with open(self.folder / "out.txt", "a") as output:
            self.running = subprocess.Popen(
                ["glewlwyd", f"--config-file={self.folder}/glewlwyd.conf"], cwd=self.folder, stdin=subprocess.DEVNULL,
                stdout=output, stderr=output)
        while time.monotonic() < began + 60:
            assert self.running.poll() is None, (self.folder / "out.txt").read_text()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request("GET", address.removeprefix(self.root))
                if connection.getresponse().status < 500:
                    self.ready_after, self.process = time.monotonic() - began, self.running.pid
                    self.roots = [self.process]
                    return
            except OSError:
                time.sleep(0.001)
            finally:
                connection.close()
        raise AssertionError("Glewlwyd does not answer")

    def _stop(self):
        if self.running and self.running.poll() is None:
            self.running.terminate()
            try:
                self.running.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.running.kill()
                self.running.wait()

    def _furnish(self):
        """A scope, the plugin with its key, the client, and a person who has agreed."""
        def ask(session, method, path, document):
            answer = session.request(method, f"{self.root}/api{path}", json=document, timeout=30)
            assert answer.status_code < 300, f"{method} {path}: {answer.status_code} {answer.text[:300]}"

        one, visitor = self.application, self.visitor
        kind = {"ES256": "ecdsa", "RS256": "rsa"}[self.algorithm]
        admin, person = new_session(), new_session()
        # The administrator that Glewlwyd's own schema brings.
        ask(admin, "POST", "/auth/", {"username": "admin", "password": "password"})
        ask(admin, "POST", "/scope/", {
            "name": one.own_scope, "display_name": "bench", "description": "bench", "password_required": False,
            "scheme": {}})
        ask(admin, "POST", "/mod/plugin/", {
            "module": "oidc", "name": "oidc", "display_name": "oidc", "parameters": PLUGIN | {
                "iss": self.address, "jwt-type": kind, "key": (self.folder / "key.pem").read_text(),
                "cert": (self.folder / "public.pem").read_text()}})
        ask(admin, "POST", "/client/", {
            "client_id": one.client_id, "name": "bench", "confidential": True, "enabled": True,
            "client_secret": one.secret, "password": one.secret, "redirect_uri": [one.redirect_uri],
            "scope": [one.own_scope],
            "authorization_type": ["code", "refresh_token", "client_credentials"],
            "token_endpoint_auth_method": ["client_secret_basic"]})
        ask(admin, "POST", "/user/", {
            "username": visitor.username, "name": "Ada Lovelace", "email": "ada@example.org", "enabled": True,
            "password": visitor.password, "scope": ["openid", "g_profile"]})
        ask(person, "POST", "/auth/", {"username": visitor.username, "password": visitor.password})
        ask(person, "PUT", f"/auth/grant/{one.client_id}", {"scope": "openid"})


def version():
    done = subprocess.run(["dpkg-query", "-W", "-f=${Version}", "glewlwyd"], capture_output=True, text=True)
    return done.stdout.split("-")[0] or "of unknown version"
