"""A backup that is taken while apps work, restored elsewhere, and everything that was ever issued replayed against
the restored server in vain (OP3)."""
import json
import shutil
import sqlite3
import stat
import subprocess
import threading
import time
import uuid
from concurrent.futures import ThreadPoolExecutor

import jwt as pyjwt
import pytest
import requests
from jwcrypto import jwk

from martlet import Martlet
from person import Arrival, Person

EMAIL = "ada@example.org"
CALLBACK = "https://app.example/callback"
VERIFIER, CHALLENGE = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk", "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
ASSERTION = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
KEY = jwk.JWK.generate(kty="EC", crv="P-256", kid="robot")


class App:
    """An app that keeps a ledger of all it was ever given, and of what became of it."""

    def __init__(self, house):
        self.house, self.ledger, self.lock = house, {}, threading.Lock()
        self.http = requests.Session()
        self.http.trust_env = False

    def note(self, kind, thing):
        with self.lock:
            self.ledger.setdefault(kind, []).append(thing)
        return thing

    def post(self, path, client="app", **form):
        if client == "app":
            form["client_id"] = "app"
        return requests.post(
            self.house.issuer + path, data=form, auth=None if client == "app" else (client, f"{client}'s secret"),
            timeout=30)

    def authorize(self, person):
        request = requests.Request("GET", self.house.issuer + "/authorize", params={
            "client_id": "app", "response_type": "code", "scope": "openid email offline_access",
            "redirect_uri": CALLBACK, "state": "s", "code_challenge": CHALLENGE, "code_challenge_method": "S256"})
        return person.go(request.prepare().url)

    def exchange(self, code):
        return self.post(
            "/token", grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)

    def refresh(self, token):
        return self.post("/token", grant_type="refresh_token", refresh_token=token)

    def machine(self):
        return self.post("/token", "watch", grant_type="client_credentials")

    def is_active(self, token):
        answer = self.post("/introspect", "watch", token=token)
        assert answer.status_code == 200, answer.text
        return answer.json()["active"]

    def userinfo(self, token):
        return requests.get(
            self.house.issuer + "/userinfo", headers={"Authorization": f"Bearer {token}"}, timeout=30).status_code

    def assertion(self, **changes):
        now = int(time.time())
        claims = {"iss": "robot", "sub": "robot", "aud": self.house.issuer, "exp": now + 3000, "iat": now,
                  "jti": str(uuid.uuid4())} | changes
        claims = {name: value for name, value in claims.items() if value is not None}
        return pyjwt.encode(claims, KEY.export_to_pem(private_key=True, password=None), "ES256", {"kid": "robot"})

    def assert_itself(self, assertion):
        return requests.post(self.house.issuer + "/token", timeout=30, data={
            "grant_type": "client_credentials", "client_assertion": assertion, "client_assertion_type": ASSERTION})

    def work_once(self, person, number):
        """One round of everything; `number` decides what is spent, revoked or left lying."""
        arrival = self.authorize(person)
        code = self.note("code", arrival.parameters["code"])
        if number % 5 == 4:
            return
        tokens = self.exchange(code).json()
        self.note("access token", tokens["access_token"])
        token = self.note("refresh token", tokens["refresh_token"])
        if number % 5 >= 1:
            tokens = self.refresh(token).json()
            self.note("access token", tokens["access_token"])
            token = self.note("refresh token", tokens["refresh_token"])
        if number % 5 == 2:
            assert self.post("/revoke", token=token).status_code == 200
        machine = self.note("machine token", self.machine().json()["access_token"])
        if number % 5 == 3:
            assert self.post("/revoke", "watch", token=machine).status_code == 200
        assertion = self.note("assertion", self.assertion(iat=None if number % 2 else int(time.time())))
        assert self.assert_itself(assertion).status_code == 200

    def size(self):
        with self.lock:
            return sum(map(len, self.ledger.values()))


def furnish(house):
    house.add_client("app", redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"],
                     token_endpoint_auth_method="none", scope="openid email offline_access", martlet_skips_consent=True)
    house.add_client("watch", "watch's secret", grant_types=["client_credentials"], martlet_introspects_all=True)
    house.add_client("robot", grant_types=["client_credentials"], token_endpoint_auth_method="private_key_jwt",
                     jwks={"keys": [json.loads(KEY.export_public())]})


def sign_in(house):
    person = Person(EMAIL, clients=(CALLBACK,))
    page = person.sign_in_on(person.go(house.issuer + "/sign-in"))
    assert page.path == "/account", page
    return person


def elsewhere(house):
    """Another machine with the same keys and clients, and no database."""
    other = Martlet(binary=house.binary)
    for name in ("Keys", "Clients"):
        shutil.rmtree(other.folder / name)
        shutil.copytree(house.folder / name, other.folder / name)
    other.port, other.management, other.issuer = house.port, house.management, house.issuer
    other.own_address = house.own_address
    other.environment |= {
        name: house.environment[name] for name in ("MARTLET_ISSUER", "MARTLET_MANAGEMENT_PORT")}
    return other


@pytest.fixture(scope="module")
def restored(tmp_path_factory):
    """A server that was backed up under load and then went on; what it had issued; and the server made from it."""
    file = tmp_path_factory.mktemp("backups") / "martlet.bak"
    house = Martlet()
    furnish(house)
    with house:
        link = house.setup_link()
        house.add_person(EMAIL)
        app = App(house)
        people = [sign_in(house) for _ in range(4)]
        stop = threading.Event()

        def work(person):
            number = 0
            while not stop.is_set():
                app.work_once(person, number)
                number += 1
            return number

        with ThreadPoolExecutor(len(people)) as pool:
            loads = [pool.submit(work, person) for person in people]
            try:
                wait(lambda: app.size() > 60)
                before = app.size()
                house.command("backup", str(file))
                during = app.size()
                # What is spent and revoked after the backup is what a restore forgets.
                wait(lambda: app.size() > during + 60)
            finally:
                stop.set()
            rounds = [load.result() for load in loads]
        assert min(rounds) > 5 and during > before, (rounds, before, during)
        house.stop()
        other = elsewhere(house)
    other.command("restore", str(file))
    with other:
        app.house = other
        yield app, people, link, file


def wait(condition):
    deadline = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < deadline, "nothing happens"
        time.sleep(0.02)


def test_every_artefact_of_the_ledger_is_dead_OP3(restored):
    app, people, link, _ = restored
    assert {kind: len(things) > 5 for kind, things in app.ledger.items()} == dict.fromkeys(
        ["code", "access token", "refresh token", "machine token", "assertion"], True)
    for code in app.ledger["code"]:
        answer = app.exchange(code)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
    for token in app.ledger["refresh token"]:
        answer = app.refresh(token)
        assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")
        assert not app.is_active(token)
    for token in app.ledger["access token"]:
        assert app.userinfo(token) == 401
        assert not app.is_active(token)
    for token in app.ledger["machine token"]:
        assert not app.is_active(token)
    for assertion in app.ledger["assertion"]:
        answer = app.assert_itself(assertion)
        assert (answer.status_code, answer.json()["error"]) == (401, "invalid_client")
    for person in people:
        assert app.authorize(person).path == "/sign-in"
        assert person.go(app.house.issuer + "/account").path == "/sign-in"
    page = people[0].go(link)
    assert page.status != 200 or not page.forms, page


def test_what_is_issued_afterwards_lives(restored):
    app, people, _, _ = restored
    person = sign_in(app.house)
    arrival = app.authorize(person)
    assert isinstance(arrival, Arrival), arrival
    tokens = app.exchange(arrival.parameters["code"]).json()
    assert app.userinfo(tokens["access_token"]) == 200 and app.is_active(tokens["access_token"])
    assert app.refresh(tokens["refresh_token"]).status_code == 200
    machine = app.machine().json()["access_token"]
    assert app.is_active(machine)
    assert app.post("/revoke", "watch", token=machine).status_code == 200
    assert not app.is_active(machine)
    # An assertion that could have been made before the restore is not taken; one that lives its full hour is new.
    assert app.assert_itself(app.assertion(exp=int(time.time()) + 3600)).status_code == 200


def test_the_backup_holds_no_artefact_and_is_the_owners_alone_SE8(restored):
    _, _, _, file = restored
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert sorted(path.name for path in file.parent.iterdir()) == [file.name]
    with sqlite3.connect(f"file:{file}?mode=ro", uri=True) as database:
        for table in ("sessions", "grants", "authorization_codes", "refresh_tokens", "access_tokens",
                      "client_assertions", "one_time_artefacts", "pending_authorizations"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


def test_a_server_in_use_is_not_restored_into(restored):
    app, _, _, file = restored
    refused = app.house.command("restore", "--replace", "--yes", str(file), check=False)
    assert refused.returncode == 1 and "a process is using the database" in refused.stderr, refused
    assert requests.get(app.house.issuer + "/jwks.json", timeout=5).ok


# The commands by themselves


@pytest.fixture
def house():
    """Not running, with a person in it."""
    server = Martlet()
    server.add_person(EMAIL)
    server.command("key", "rotate", "--algorithm", "ES256")
    yield server
    shutil.rmtree(server.folder, ignore_errors=True)


def people_of(house):
    return house.command("user", "list").stdout


def test_migrate_says_what_is_to_be_done_and_does_it_once():
    house = Martlet()
    pending = house.command("migrate", "--status", check=False)
    assert pending.returncode == 1 and pending.stdout.split()[1:3] == ["people", "pending"]
    assert not house.has_database(), "asking makes nothing"
    assert "applied 1 people" in house.command("migrate").stdout
    assert "there was nothing to do" in house.command("migrate").stdout
    current = house.command("migrate", "--status", "--json")
    assert json.loads(current.stdout)["current"] is True
    house.command("backup", "empty.bak")
    house.sql("INSERT INTO schema_migrations (version, name) VALUES (99, 'future')")
    for arguments in (["migrate", "--status"], ["migrate"], ["backup", "x"], ["serve"]):
        newer = house.command(*arguments, check=False)
        assert newer.returncode == 1 and "newer version" in newer.stderr, (arguments, newer)
    # Beside additions it goes on (OP2); a backup would be without them.
    house.sql("INSERT INTO additive_steps (version) VALUES (99)")
    assert "99 future" in " ".join(house.command("migrate", "--status").stdout.split()[-12:])
    assert "there was nothing to do" in house.command("migrate").stdout
    for arguments in (["backup", "x"], ["restore", "empty.bak"], ["restore", "--replace", "--yes", "empty.bak"]):
        newer = house.command(*arguments, check=False)
        assert newer.returncode == 1 and "newer version" in newer.stderr, (arguments, newer)
    with house:
        house.add_person("eve@example.org")


def test_a_restore_says_what_came_back_and_what_to_do(house):
    house.command("backup", "one.bak")
    before = people_of(house)
    house.add_person("eve@example.org")
    refused = house.command("restore", "one.bak", check=False)
    assert refused.returncode == 1 and "it holds 2 accounts" in refused.stderr
    refused = house.command("restore", "--replace", "one.bak", check=False)
    assert refused.returncode == 2 and "--yes" in refused.stderr
    assert "eve@example.org" in people_of(house)
    done = house.command("restore", "--replace", "--yes", "one.bak")
    assert "Gone is what it held before: 2 accounts" in done.stdout and "Start the servers." in done.stdout
    assert '"event":"restored"' in done.stderr
    assert people_of(house) == before


def test_without_its_master_key_a_backup_is_not_restored_and_nothing_is_made(house):
    house.command("backup", "one.bak")
    other = Martlet()
    file = str(house.folder / "one.bak")
    refused = other.command("restore", file, check=False)
    assert refused.returncode == 1 and "master.key is missing" in refused.stderr
    other.command("key", "rotate", "--algorithm", "ES256")
    other.forget_database()
    refused = other.command("restore", file, check=False)
    assert refused.returncode == 1 and "is not the one the backup was made with" in refused.stderr
    assert not other.has_database()
    shutil.rmtree(other.folder)


@pytest.mark.parametrize("place", [0, 20, 70, 5_000, 30_000, -1])
def test_a_damaged_backup_is_refused_with_nothing_changed(house, place):
    house.command("backup", "one.bak")
    file = house.folder / "one.bak"
    before = people_of(house)
    data = bytearray(file.read_bytes())
    if place == -1:
        data = data[:-4096]
    else:
        data[place:place + 64] = bytes(byte ^ 0x55 for byte in data[place:place + 64])
    file.write_bytes(data)
    refused = house.command("restore", "--replace", "--yes", "one.bak", check=False)
    if refused.returncode:  # else the bytes were of a free page, and all that is kept was whole
        assert "one.bak" in refused.stderr and ("damaged" in refused.stderr or "is no backup" in refused.stderr)
    else:
        assert place in (5_000, 30_000), "the header was changed"
    assert people_of(house) == before


def test_on_a_full_disk_nothing_is_left_of_a_backup(house):
    """Files may grow to 64 KiB and no further, which a process learns just as it learns of a full disk."""
    limited = subprocess.run(
        ["sh", "-c", 'trap "" XFSZ; ulimit -f 128; exec "$0" backup one.bak', house.binary], cwd=house.folder,
        env=house.environment, capture_output=True, text=True, timeout=60)
    assert limited.returncode == 1 and "one.bak cannot be written" in limited.stderr, limited
    assert not list(house.folder.glob("one.bak*"))
    house.command("backup", "one.bak")


@pytest.mark.sqlite
def test_on_a_full_disk_a_restore_changes_nothing(house):
    for number in range(3):
        house.add_person(f"p{number}@example.org")
    house.command("backup", "one.bak")
    before = people_of(house)
    size = (house.folder / "data/martlet.db").stat().st_size // 512
    limited = subprocess.run(
        ["sh", "-c", 'trap "" XFSZ; ulimit -f 40; exec "$0" restore --replace --yes one.bak', house.binary],
        cwd=house.folder, env=house.environment, capture_output=True, text=True, timeout=60)
    assert limited.returncode == 1, (limited, size)
    assert people_of(house) == before


def accounts(house):
    return int(house.sql("SELECT count(*) FROM accounts"))


def test_a_restore_that_is_killed_leaves_the_database_as_it_was_or_as_the_backup_is(house):
    def crowd(name, size):
        house.sql(
            f"WITH RECURSIVE numbers (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM numbers WHERE n < {size}), "
            f"names (name) AS (SELECT '{name}-' || n FROM numbers) "
            "INSERT INTO accounts (id, email, canonical_email, email_verified, status, created_at, updated_at) "
            "SELECT name, name, name, 1, 'active', 1, 1 FROM names")

    crowd("old", 20_000)
    house.command("backup", "one.bak")
    crowd("new", 500)
    old, new = 20_001, 20_501
    began = time.monotonic()
    house.command("restore", "--replace", "--yes", "one.bak")
    whole = time.monotonic() - began
    crowd("new", 500)
    seen = set()
    for step in range(10):
        process = subprocess.Popen(
            [house.binary, "restore", "--replace", "--yes", "one.bak"], cwd=house.folder, env=house.environment,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(whole * step / 8)
        process.kill()
        process.wait()
        found = accounts(house)
        assert found in (old, new), found
        seen.add(found)
        if found == old:
            crowd("new", 500)
    assert new in seen, "none was killed before its end"


def test_a_place_that_cannot_be_written_to_is_named(house):
    refused = house.command("backup", "/proc/one.bak", check=False)
    assert refused.returncode == 1 and "/proc/one.bak cannot be written" in refused.stderr


@pytest.mark.sqlite
def test_a_damaged_database_is_named_with_what_to_do(house):
    house.command("backup", "one.bak")
    path = house.folder / "data/martlet.db"
    data = bytearray(path.read_bytes())
    data[4096 * 3:4096 * 3 + 500] = b"U" * 500
    path.write_bytes(data)
    checked = house.command("check", check=False)
    assert checked.returncode == 1 and "the database is damaged" in checked.stderr, checked
    path.write_bytes(b"no database at all " * 300)
    for arguments, words in ((["check"], "it is not an SQLite database"), (["backup", "two.bak"], "not an SQLite"),
                             (["restore", "--replace", "--yes", "one.bak"], "move it away")):
        refused = house.command(*arguments, check=False)
        assert refused.returncode == 1 and words in refused.stderr, refused
    assert not list(house.folder.glob("two.bak*"))
    path.unlink()
    house.command("restore", "one.bak")
    assert EMAIL in people_of(house)
