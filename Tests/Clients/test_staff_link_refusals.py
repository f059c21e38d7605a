"""Links to sign in with that staff make: whom the command and the API refuse one, what they say, and what an operator
ends it by (B015, B017, ML1, ML3)."""
import json
import re

import jsonschema
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session

from martlet import PASSWORD, Martlet
from person import Person

pytestmark = pytest.mark.once

SECRET = "robot's planted secret"
LINK = re.compile(r"^http://localhost:\d+/staff-link/mml_[A-Za-z0-9_-]{43}$")


def people():
    server = Martlet()
    server.add_client(
        "robot", SECRET, grant_types=["client_credentials"], scope="martlet.people.read martlet.people.write",
        martlet_resources=[server.issuer + "/api/admin"])
    server.add_person("root@example.org", "Root")
    for name in ("ann", "bob", "cem", "dan"):
        server.command("user", "add", "--email", f"{name}@example.org", "--name", name.title(), stdin=PASSWORD + "\n")
    return server


@pytest.fixture
def office():
    with people() as server:
        yield server


@pytest.fixture(scope="module")
def house():
    """One for all that changes nothing."""
    with people() as server:
        yield server


def link(house, email, reason="lost the telephone"):
    made = json.loads(house.command("user", "link", email, "--json", "--reason", reason).stdout)
    assert set(made) == {"magic_url", "expires_at", "link_id"} and LINK.match(made["magic_url"]), made
    return made


def notices(house, email, count):
    """The mails that tell of a link, once there are so many."""
    return house.mails(to=email, count=count, about="A link to sign in")


def sessions(house, email):
    return json.loads(house.command("user", "show", email, "--json").stdout)["sessions"]


def press(browser, page):
    return browser.submit(page, page.form("/staff-link/"))


def test_the_command_prints_a_link_that_signs_in_once_and_the_person_hears_of_it(office):
    told = office.command("user", "link", "ann@example.org", "--reason", "lost the telephone")
    url, sentence = told.stdout.splitlines()
    assert LINK.match(url) and url.startswith(office.issuer)
    assert "ann@example.org" in sentence and "once" in sentence and "by mail" in sentence
    assert url not in told.stderr and "mml_" not in told.stderr
    (notice,) = notices(office, "ann@example.org", 1)
    assert notice.links == [office.issuer + "/account", office.issuer + "/recovery"] and notice.code is None
    assert "mml_" not in notice.text + notice.html and "telephone" not in notice.text
    for _ in range(5):
        assert requests.get(url, timeout=10).status_code == requests.head(url, timeout=10).status_code == 200
    browser, late = Person(), Person()
    page, other = browser.go(url), late.go(url)
    assert page.heading == "Sign in with this link?" and "a…@example.org" in page.text and "ann@" not in page.text
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    assert press(browser, page).path == "/account"
    assert [one["methods"] for one in sessions(office, "ann@example.org")] == [["staff_link"]]
    assert press(late, other).status == 404 and late.go(office.issuer + "/account").path == "/sign-in"
    assert Person().go(url).status == 404


@pytest.mark.parametrize("words", [
    ["disable", "ann@example.org", "--yes"], ["delete", "ann@example.org", "--yes"],
    ["end-sessions", "ann@example.org", "--yes"], ["roles", "ann@example.org", "--add", "administrator"]])
def test_what_an_operator_does_meanwhile_ends_it(office, words):
    url = link(office, "ann@example.org")["magic_url"]
    browser = Person()
    page = browser.go(url)
    office.command("user", *words, "--reason", "meanwhile")
    assert press(browser, page).status == 404
    assert browser.go(office.issuer + "/account").path == "/sign-in"


@pytest.mark.parametrize("words,code,sentence", [
    (["nobody@example.org", "--reason", "x"], 1, "nobody has the address"),
    (["anm@example.org", "--reason", "x"], 1, "did you mean ann@example.org?"),
    (["no-such-id", "--reason", "x"], 1, "nobody has the address or id"),
    (["root@example.org", "--reason", "x"], 1, "martlet user recover"),
    (["ann@example.org"], 2, "--reason is missing"), (["ann@example.org", "--reason", ""], 2, "--reason"),
    (["ann@example.org", "--reason", "two\nlines"], 2, "--reason"),
    (["ann@example.org", "--reason", "x" * 201], 2, "--reason"),
    (["ann@example.org", "--reason", "x", "--lifetime", "1d"], 2, "--lifetime"),
    (["ann@example.org", "--reason", "x", "--quiet"], 2, "--quiet"), (["--reason", "x"], 2, "person"),
])
def test_what_cannot_be_done_is_refused_and_makes_no_link(house, words, code, sentence):
    refused = house.command("user", "link", *words, check=False)
    assert refused.returncode == code and sentence in refused.stderr and refused.stdout == ""
    assert house.sql("SELECT count(*) FROM mail_proofs") == "0"
    assert house.sql("SELECT count(*) FROM outbox WHERE kind = 'staff_link_made'") == "0"


def test_who_is_shut_out_or_unproven_gets_none_and_the_operator_hears_what_to_do(office):
    office.command("user", "disable", "bob@example.org", "--yes", "--quiet", "--reason", "left")
    office.command("user", "delete", "cem@example.org", "--yes", "--quiet", "--reason", "left")
    office.sql("UPDATE accounts SET email_verified = 0 WHERE canonical_email = 'dan@example.org'")
    for name, sentence in (("bob", "martlet user enable comes first"), ("cem", "martlet user enable comes first"),
                           ("dan", "martlet user recover")):
        for more in ([], ["--json"]):
            refused = office.command("user", "link", f"{name}@example.org", *more, "--reason", "x", check=False)
            assert refused.returncode == 1 and sentence in refused.stderr and refused.stdout == ""
    assert office.sql("SELECT count(*) FROM mail_proofs") == "0"


def test_nobody_gets_a_link_where_they_cannot_hear_of_it(house):
    environment = {name: value for name, value in house.environment.items() if not name.startswith("MARTLET_MAIL")}
    refused = house.command(
        "user", "link", "ann@example.org", "--reason", "x", check=False,
        environment=environment | {"MARTLET_ISSUER": "https://id.example.org"})
    assert refused.returncode == 1 and "mail.smtp.host" in refused.stderr and refused.stdout == ""
    assert house.sql("SELECT count(*) FROM mail_proofs") == "0"


def caller(house, scope="martlet.people.read martlet.people.write"):
    session = OAuth2Session("robot", SECRET, token_endpoint_auth_method="client_secret_basic", scope=scope)
    session.fetch_token(
        house.issuer + "/token", grant_type="client_credentials", resource=house.issuer + "/api/admin")
    session.base = house.issuer + "/api/admin/v1"
    return session


def test_the_api_makes_one_as_it_is_described_and_for_nobody_else(office):
    api = caller(office)
    ids = {one["email"].split("@")[0]: one["id"] for one in api.get(f"{api.base}/people").json()["people"]}
    address = lambda name: f"{api.base}/people/{name}/sign-in-link"
    made = api.post(address(ids["ann"]), json={"reason": "lost the telephone"})
    assert made.status_code == 201 and made.headers["Cache-Control"] == "no-store"
    document = requests.get(api.base + "/openapi.json", timeout=10).json()
    operation = document["paths"]["/people/{id}/sign-in-link"]["post"]
    schema = operation["responses"]["201"]["content"]["application/json"]["schema"]
    jsonschema.Draft202012Validator(schema | {"components": document["components"]}).validate(made.json())
    assert {"403", "404", "409", "412"} <= set(operation["responses"])
    for target, body, status, kind in (
            (ids["root"], {"reason": "x"}, 403, "not_for_administrators"), ("nobody", {"reason": "x"}, 404, "not_found"),
            (ids["bob"], {}, 422, "invalid_member"), (ids["bob"], {"reason": "x", "to": "me"}, 422, "invalid_member")):
        refused = api.post(address(target), json=body)
        assert refused.status_code == status and refused.json()["type"] == f"urn:martlet:problem:{kind}"
        assert "mml_" not in refused.text
    reading = caller(office, scope="martlet.people.read")
    assert reading.post(address(ids["bob"]), json={"reason": "x"}).status_code == 403
    assert requests.post(address(ids["bob"]), json={"reason": "x"}, timeout=10).status_code == 401
    assert office.sql("SELECT count(*) FROM mail_proofs") == "1"
    notices(office, "ann@example.org", 1)
    browser = Person()
    assert press(browser, browser.go(made.json()["magic_url"])).path == "/account"
