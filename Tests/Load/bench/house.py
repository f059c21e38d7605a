"""A Martlet to measure: fresh, on loopback, with one app and one person."""
import http.client
import json
import statistics
import subprocess
import time

from issuer import Application, Issuer, Traits
from load import Door, Request, Run
from machine import CORES, memory
from martlet import PASSWORD, Martlet
from person import Person
from visitor import Visitor

EMAIL = "ada@example.org"
API = "https://api.example.org"
# Seconds after which a server that has started is as small as it gets.
SETTLING = 2


class QuickMartlet(Martlet):
    """Asked every millisecond from its start on, by something that itself takes next to no time."""

    def start(self):
        self.output, self.log = open(self.folder / "out.txt", "a"), open(self.folder / "log.txt", "a")
        began = time.monotonic()
        self.process = subprocess.Popen(
            [*self.starter, self.binary, "serve"], cwd=self.folder, env=self.environment, stdout=self.output,
            stderr=self.log, stdin=subprocess.DEVNULL)
        while time.monotonic() < began + 60:
            assert self.process.poll() is None, self.read_log()
            connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=10)
            try:
                connection.request(
                    "GET", "/.well-known/openid-configuration", headers={"Host": f"localhost:{self.port}"})
                if connection.getresponse().read() and self.process.poll() is None:
                    self.ready_after = time.monotonic() - began
                    return self
            except OSError:
                time.sleep(0.001)
            finally:
                connection.close()
        raise AssertionError("martlet does not answer")


class House(Issuer):
    """`database` is what `MARTLET_DATABASE_URL` says, or nothing for SQLite."""
    rows = ("hello", "discovery", "keys", "client_credentials", "introspection")
    rows_of_people = ("userinfo", "refresh", "exchange", "flow", "sign_in")

    def __init__(self, name, binary, algorithm="ES256", database=None, roots=(), preload=None, storage=None,
                 database_connections=None):
        settings = {"MARTLET_SIGNING_ACCESS_TOKEN_ALGORITHM": algorithm}
        if database:
            settings["MARTLET_DATABASE_URL"] = database
            if database_connections:
                settings["MARTLET_DATABASE_CONNECTIONS"] = str(database_connections)
        if preload:
            settings["LD_PRELOAD"] = str(preload)
        self.martlet, self.engine_roots = QuickMartlet(binary, settings, make_keys=True), list(roots)
        application = Application("bench", "bench's secret")
        self.martlet.add_client(
            application.client_id, application.secret, redirect_uris=[application.redirect_uri],
            grant_types=["authorization_code", "refresh_token", "client_credentials"],
            scope=application.offline_scope, martlet_skips_consent=True, martlet_audience=[API],
            # As the rival does it, and as it is for apps without a secret: the more work of the two.
            martlet_rotates_refresh_tokens=True,
            id_token_signed_response_alg=algorithm)
        traits = Traits(
            workers=f"1 process, {CORES} event loops" + (", PostgreSQL beside it" if database else ""),
            storage=(storage or ("PostgreSQL" if database else "SQLite, WAL"))
            + (f", {database_connections} connections" if database and database_connections else ""),
            durability="fsync before each answer" + ("" if database else ", shared by writes that come together"),
            algorithm=algorithm + (" (3072 bits)" if algorithm.startswith("RS") else ""),
            passwords="Argon2id, 19 MiB, 2 passes")
        super().__init__(name, self.martlet.issuer, application, traits, Visitor(EMAIL, PASSWORD))
        self.known_forms = []

    def __enter__(self):
        try:
            self.martlet.add_person(EMAIL)
            self.prepare()
            self.martlet.start()
        except BaseException:
            self.martlet.__exit__()
            raise
        self.first_start = self.martlet.ready_after
        self._look()
        return self

    def __exit__(self, *error):
        self.martlet.__exit__(*error)

    def prepare(self):
        """Between the making of the database and the first start."""

    def _look(self):
        self.process = self.martlet.process.pid
        self.roots = [self.process, *self.engine_roots]

    def time_starts(self, starts):
        """Median of the times from start to the first discovery answer, and the memory of the last one, which idles."""
        times = []
        for _ in range(starts):
            self.martlet.stop()
            self.martlet.start()
            times.append(self.martlet.ready_after)
        self._look()
        time.sleep(SETTLING)
        return 1000 * statistics.median(times), memory(self.process)

    def lost(self):
        """Security events and lines of the log that nobody will ever read: speed bought with them would be none."""
        events = lines = 0
        for line in self.martlet.read_log().splitlines():
            if "security events were lost" in line:
                events += int(json.loads(line)["count"])
            elif "log lines were dropped" in line:
                lines += json.loads(line)["count"]
        return events, lines

    def hello(self, connections, seconds):
        port = self.martlet.management
        door = Door(f"http://127.0.0.1:{port}", f"localhost:{port}")
        requests = [Request("GET", "/health/live")]
        return Run(door, requests, connections=connections, seconds=seconds, roots=self.roots).end()

    def sign_ins(self, count):
        """Forms of browsers that have been used before: each has a lane of its own with the throttle (PW8)."""
        while len(self.known_forms) < count:
            self.known_forms.append(self._known_browser(EMAIL))
        return self.known_forms[:count]

    def _known_browser(self, email):
        person = Person(email, PASSWORD)
        page = person.go(f"{self.address}/sign-in")
        csrf = page.form("/sign-in").fields["csrf"]
        assert person.sign_in_on(page).path == "/account"
        browser = f"martlet-browser={person.session.cookies['martlet-browser']}"
        fields = {"csrf": csrf, "email": email, "password": PASSWORD}
        return Request.form("/sign-in", fields, Cookie=browser)
