"""What a real server and its commands leave on record: security events in the database, and no secret anywhere."""
import base64
import json
import re

import pytest
import requests
from martlet import PASSWORD, Martlet
from person import Person
from relying_party import RelyingParty

CALLBACK = "http://127.0.0.1:9904/callback"
SECRET = "wiki's planted secret"
EMAIL = "ada@example.org"


@pytest.fixture(scope="module")
def house():
    server = Martlet()
    server.add_client(
        "wiki", SECRET, redirect_uris=[CALLBACK], grant_types=["authorization_code", "refresh_token"],
        scope="openid profile email offline_access")
    with server:
        yield server


def events(house, *arguments):
    return [json.loads(line) for line in house.command("audit", "--json", *arguments).stdout.splitlines()]


@pytest.fixture(scope="module")
def run(house):
    """A person and an app do what they do; what must be found nowhere is returned."""
    link = house.setup_link()
    house.command("admin", "create", "--email", "root@example.org", stdin="nine copper teapots sing\n")
    house.command("user", "add", "--email", EMAIL, "--name", "Ada Lovelace", stdin=PASSWORD + "\n")
    house.command("user", "role", EMAIL, "--add", "staff", "--reason", "runs the shop")
    for words in (["add", "--email", "eve@example.org"], ["disable", "eve@example.org", "--yes", "--reason", "left"],
                  ["enable", "eve@example.org", "--reason", "came back"],
                  ["delete", "eve@example.org", "--yes", "--reason", "left for good"]):
        house.command("user", *words, stdin="nine copper teapots sing\n")
    house.command("key", "rotate", "--algorithm", "ES256", "--now")
    house.command("backup", str(house.folder / "copy.backup"))
    house.command("user", "export", "people.out", "--with-password-hashes")
    house.command("user", "import", "people.out")
    for words in (["add", "Reports", "--id", "reports", "--redirect-uri", CALLBACK, "--in", "database"],
                  ["secret", "reports", "add"], ["remove", "reports"]):
        house.command("client", *words)
    house.reload()
    app = RelyingParty(house.issuer, "wiki", SECRET, CALLBACK, "openid profile email offline_access")
    person = Person(EMAIL, clients=(CALLBACK,))
    person.sign_in_on(person.go(house.issuer + "/sign-in"), password="a wrong password of Ada")
    arrival = person.walk(app.authorization_url())
    app.come_back(arrival)
    old = dict(app.token)
    app.refresh()
    for path in ("/token?client_secret=planted-in-the-query", "/token"):
        answer = requests.post(
            house.issuer + path, timeout=10,
            data={"client_id": "planted-as-client-id", "client_secret": "planted-as-client-secret"})
        assert answer.status_code >= 400
    return [
        PASSWORD, "nine copper teapots sing", "a wrong password of Ada", SECRET, "planted-in-the-query",
        "planted-as-client-id", "planted-as-client-secret", link.rsplit("/", 1)[1], arrival.parameters["code"],
        old["access_token"], old["refresh_token"], old["id_token"], app.token["access_token"],
        *person.session.cookies.values()]


@pytest.mark.parametrize("kind,outcome,actor", [
    ("account_created", "done", "operator:"), ("administrator_created", "done", "operator:"),
    ("client_registered", "done", "operator:"), ("client_changed", "done", "operator:"),
    ("client_removed", "done", "operator:"), ("roles_changed", "done", "operator:"),
    ("account_disabled", "done", "operator:"), ("account_enabled", "done", "operator:"),
    ("account_deleted", "done", "operator:"), ("key_added", "done", "operator:"), ("backup_made", "done", "operator:"),
    ("people_imported", "done", "operator:"), ("people_exported", "done", "operator:"),
    ("server_started", "done", "server"), ("setup_link_made", "done", "server"),
    ("clients_reloaded", "done", "server"), ("sign_in", "done", "person:"), ("sign_in_refused", "refused", "visitor"),
    ("token_issued", "done", "client:wiki"), ("client_authentication_refused", "refused", "visitor")])
def test_what_was_done_is_on_record(house, run, kind, outcome, actor):
    found = events(house, "--kind", kind)
    assert found, f"no {kind}"
    assert all(event["kind"] == kind and event["outcome"] == outcome for event in found)
    assert any(event["actor"].startswith(actor) for event in found), found
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", event["time"]) for event in found)
    if actor in ("visitor", "person:", "client:wiki"):
        assert all(event["network"] and event["reference"] in house.read_log() for event in found)


def forms(secret):
    data = secret.encode()
    yield data
    yield data.hex().encode()
    for shift in range(3):
        padded = bytes(shift) + data
        core = base64.b64encode(padded[:len(padded) // 3 * 3])[4 if shift else 0:]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")


def test_no_secret_is_in_the_database_or_the_log(house, run):
    events(house)
    places = {"the database": house.database_bytes(), "the log": (house.folder / "log.txt").read_bytes()}
    assert all(len(content) > 4000 and b"wiki" in content for content in places.values()) and len(run) > 14
    for secret in run:
        for needle in forms(secret):
            for place, content in places.items():
                assert needle not in content, f"{secret[:12]}… is in {place}"


def test_events_are_asked_for_by_what_is_known_of_them(house, run):
    refused = events(house, "--kind", "sign_in_refused")[-1]
    assert refused in events(house, "--reference", refused["reference"])
    assert all(event["subject"] == refused["subject"] for event in events(house, "--subject", refused["subject"]))
    assert {event["client_id"] for event in events(house, "--client", "wiki")} == {"wiki"}
    assert len(events(house, "--limit", "3")) == 3 and events(house, "--since", "1h")
    assert events(house, "--since", "9999-01-01") == []
    assert "sign_in_refused" in house.command("audit", "--kind", "sign_in_refused").stdout


@pytest.mark.parametrize("arguments", [
    ["--kind", "nonsense"], ["--since", "yesterday"], ["--since", "2026-13-01"], ["--limit", "0"],
    ["--limit", "x"], ["--subject"]])
def test_what_is_asked_wrongly_is_refused_with_what_is_right(house, arguments):
    refused = house.command("audit", *arguments, check=False)
    assert refused.returncode == 2 and refused.stderr and not refused.stdout


def test_the_end_of_a_server_and_a_restore_are_on_record():
    house = Martlet()
    with house:
        house.stop()
        assert events(house)[-1]["kind"] == "server_stopped"
        house.command("backup", str(house.folder / "copy.backup"))
        house.command("restore", str(house.folder / "copy.backup"), "--replace", "--yes")
        restored = events(house)[-1]
        assert restored["kind"] == "restored" and restored["actor"].startswith("operator:")
