"""A Martlet of one's own: a fresh server in a temporary folder on free ports of loopback. Used by the client,
browser and load tests alike."""
import contextlib
import email
import email.policy
import functools
import hashlib
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import sqlite3
import subprocess
import sys
import tempfile
import time
from urllib.parse import urlsplit

import requests

import postgresql

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Which database a Martlet is on that is told nothing else: `sqlite` or `postgresql`.
ENGINES = ("sqlite", "postgresql")
ENGINE = os.environ.get("MARTLET_TEST_ENGINE", "sqlite")
assert ENGINE in ENGINES, ENGINE
PASSWORD = "kettle orbit lantern mosaic"

# Told to end, a run of tests ends as if interrupted at the keyboard: what it has started is ended with it.
signal.signal(signal.SIGTERM, signal.default_int_handler)


def ports():
    """Ports to listen at, one after the other: each process of the tests has some thousands of its own, below those that
    the system gives to whoever connects."""
    share = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) % 8
    first = 12_000 + 2_400 * share
    while True:
        for port in random.sample(range(first, first + 2_400), 2_400):
            with socket.socket() as probe:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
                try:
                    probe.bind(("127.0.0.1", port))
                except OSError:
                    continue
            yield port


PORTS = ports()


def free_port():
    return next(PORTS)


@functools.cache
def rsa_key(algorithm):
    """The one for this algorithm that this process of the tests brings along to every first start: to make one takes a
    second, and more than the whole of many a test. One for each, for a key serves one algorithm alone."""
    return subprocess.run(["openssl", "genrsa", "3072"], capture_output=True, check=True).stdout


def is_listening(address):
    """Asked in vain it costs little, unlike a request: a start is awaited by asking often."""
    place = urlsplit(address)
    try:
        socket.create_connection((place.hostname, place.port), timeout=2).close()
    except OSError:
        return False
    return True


class Mail:
    """A mail as whoever it went to sees it, read by Python's own reader."""

    def __init__(self, content, path=None):
        self.path = path
        self.message = email.message_from_bytes(content, policy=email.policy.default)
        self.to, self.sender, self.subject = (self.message[name] for name in ("To", "From", "Subject"))
        self.text, self.html = (
            self.message.get_body((kind,)).get_content().replace("\r\n", "\n") for kind in ("plain", "html"))

    @property
    def links(self):
        """Whole addresses: first the action, then "this was not me"."""
        return re.findall(r"^(https?://\S+/\S+)$", self.text, re.MULTILINE)

    @property
    def code(self):
        found = re.search(r"^ {4}(\S.*)$", self.text, re.MULTILINE)
        return found and found.group(1)


class Martlet:
    """`with Martlet() as martlet:` serves until the block ends; ends only the process it started. It brings RSA keys along
    to its first start, unless it is to `make_keys` of its own."""

    def __init__(self, binary=None, settings=None, make_keys=False):
        self.binary = str(binary or os.environ.get("MARTLET_BINARY") or ROOT / ".build/debug/martlet")
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="martlet-"))
        self.port, self.management = free_port(), free_port()
        self.issuer = f"http://localhost:{self.port}"
        self.own_address = self.issuer
        for name in ("Clients", "Keys", "data"):
            (self.folder / name).mkdir(mode=0o700)
        for algorithm in () if make_keys else ("rs256", "ps256"):
            path = self.folder / f"Keys/brought.{algorithm}.pem"
            path.touch(mode=0o600)
            path.write_bytes(rsa_key(algorithm))
        self.environment = {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "MARTLET_ISSUER": self.issuer,
            "MARTLET_MANAGEMENT_PORT": str(self.management),
            "MARTLET_FOLDERS_TEMPLATES": str(ROOT / "Templates"),
            "MARTLET_MAIL_DRIVER": "file",
            "MARTLET_MAIL_FOLDER": str(self.folder / "mail"),
            # People here are programs; the tests of captchas and those in a browser switch it on.
            "MARTLET_CAPTCHA_PROVIDER": "off",
            **(settings or {}),
        }
        self.database = None
        if ENGINE == "postgresql" and not any(name.startswith("MARTLET_DATABASE") for name in self.environment):
            self.database = postgresql.make_database()
            self.environment["MARTLET_DATABASE_URL"] = postgresql.address(self.database)
        self.process = None
        # What the server is started by: another program that becomes it in the end.
        self.starter = []
        # The authority to check the server's certificate with, if it has one.
        self.verify = True

    def command(self, *arguments, stdin=None, check=True, environment=None):
        result = subprocess.run(
            [self.binary, *arguments], cwd=self.folder, env=environment or self.environment, input=stdin or "",
            capture_output=True, text=True, timeout=60)
        if check:
            assert result.returncode == 0, f"martlet {' '.join(arguments)}: {result.stdout}{result.stderr}"
        return result

    def start(self):
        self.output = open(self.folder / "out.txt", "a")
        self.log = open(self.folder / "log.txt", "a")
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [*self.starter, self.binary, "serve"], cwd=self.folder, env=self.environment, stdout=self.output, stderr=self.log,
            stdin=subprocess.DEVNULL)
        try:
            self.await_answer()
        except BaseException:
            # Nobody ends a server that was never got: `with` has not begun.
            self.process.kill()
            self.process.wait()
            raise
        return self

    def await_answer(self, seconds=60):
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            assert self.process.poll() is None, (self.folder / "log.txt").read_text()
            if not is_listening(self.own_address):
                # How soon a server is ready is measured, too, so it is asked often.
                time.sleep(0.002)
                continue
            try:
                if requests.get(self.own_address + "/.well-known/openid-configuration", timeout=2, verify=self.verify).ok:
                    self.ready_after = time.monotonic() - self.started
                    return
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.002)
        raise AssertionError("martlet does not answer: " + self.read_log()[-2000:])

    def sibling(self):
        """A second process in the same folder: same issuer, keys, clients and database, a door of its own."""
        other = Martlet(binary=self.binary, settings={"MARTLET_DATABASE": "its sibling's"}, make_keys=True)
        shutil.rmtree(other.folder)
        other.folder, other.issuer = self.folder, self.issuer
        other.own_address = f"http://127.0.0.1:{other.port}"
        other.environment = self.environment | {
            "MARTLET_LISTEN_PORT": str(other.port), "MARTLET_MANAGEMENT_PORT": str(other.management)}
        return other

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            assert self.process.wait(timeout=35) == 0, (self.folder / "log.txt").read_text()[-2000:]

    def reload(self):
        """SIGHUP, and back when the clients are read."""
        before = self.read_log().count("clients_reloaded")
        self.process.send_signal(signal.SIGHUP)
        deadline = time.monotonic() + 10
        while self.read_log().count("clients_reloaded") == before:
            assert time.monotonic() < deadline, "clients were not reloaded"
            time.sleep(0.02)

    def sql(self, statement):
        """What a statement prints, straight from the database. Columns of several are parted by a stroke."""
        if self.database:
            return postgresql.run(statement, self.database)
        with contextlib.closing(sqlite3.connect(self.folder / "data/martlet.db")) as database:
            with database:
                rows = database.execute(statement).fetchall()
        return "\n".join("|".join(map(str, row)) for row in rows)

    def forget_database(self):
        """As if there had never been one."""
        if self.database:
            postgresql.drop_database(self.database)
            postgresql.run(f"CREATE DATABASE {self.database}")
        for path in (self.folder / "data").glob("*"):
            path.unlink()

    def has_database(self):
        if self.database:
            return self.sql("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'") != "0"
        return any((self.folder / "data").iterdir())

    def database_bytes(self):
        """All that is kept: the files, or what pg_dump writes, with bytes as hexadecimal figures."""
        if self.database:
            return postgresql.dump(self.database)
        return b"".join(path.read_bytes() for path in sorted((self.folder / "data").iterdir()))

    def mails(self, to=None, count=1, within=10, about=""):
        """What was sent, the oldest first, to one address or to all, with these words in the subject; waits until there are
        `count`, whatever else comes."""
        deadline = time.monotonic() + within
        while True:
            read = [Mail(path.read_bytes(), path) for path in sorted((self.folder / "mail").glob("*.eml"))]
            found = [mail for mail in read if to in (None, mail.to) and about in mail.subject]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {count} mails to {to} came"
            time.sleep(0.05)

    def read_log(self):
        return (self.folder / "log.txt").read_text()

    def read_output(self):
        return (self.folder / "out.txt").read_text()

    def setup_link(self):
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            found = re.findall(r"http://\S+/setup/\S+", self.read_output())
            if found:
                return found[-1]
            time.sleep(0.02)
        raise AssertionError("no setup link was printed")

    def add_person(self, email="ada@example.org", name="Ada Lovelace", password=PASSWORD):
        self.command("admin", "create", "--email", email, "--name", name, stdin=password + "\n")
        return email, password

    def add_client(self, client_id, secret=None, **metadata):
        """Writes a registration; with `secret`, its hash."""
        document = {"client_id": client_id, "client_name": client_id.title(), **metadata}
        if secret:
            document["martlet_secret_hashes"] = [
                {"sha256": hashlib.sha256(secret.encode()).hexdigest(), "created": "2026-01-01"}]
        (self.folder / "Clients" / f"{client_id}.json").write_text(json.dumps(document, indent=2))
        if self.process:
            self.reload()

    def __enter__(self):
        return self.start()

    def __exit__(self, *error):
        if error and error[0] and self.process:
            ended = self.process.poll()
            print(f"the server {'runs' if ended is None else f'had ended with {ended}'}; its log ends with",
                  self.read_log()[-1500:], sep="\n", file=sys.stderr)
        try:
            self.stop()
        finally:
            if self.process and self.process.poll() is None:
                self.process.kill()
            shutil.rmtree(self.folder, ignore_errors=True)
            if self.database:
                postgresql.drop_database(self.database)
