"""The administration API with a client that nobody here wrote: Authlib's client credentials, and requests."""
import json

import jsonschema
import pytest
import requests
from authlib.integrations.requests_client import OAuth2Session
from openapi_spec_validator import validate

from martlet import PASSWORD, Martlet
from person import Person

SECRET = "robot's planted secret"
EVERYTHING = "martlet.people.read martlet.people.write martlet.audit.read"


@pytest.fixture(scope="module")
def house():
    server = Martlet()
    for client_id, scope in (("robot", EVERYTHING), ("reader", "martlet.people.read")):
        server.add_client(
            client_id, SECRET, grant_types=["client_credentials"], scope=scope,
            martlet_resources=[server.issuer + "/api/admin"])
    server.add_person("root@example.org", "Root")
    for name in ("ann", "bob", "cem", "dan"):
        server.command(
            "user", "add", "--email", f"{name}@example.org", "--role", "staff", stdin=PASSWORD + "\n")
    with server:
        yield server


def caller(house, client_id="robot", **more):
    session = OAuth2Session(client_id, SECRET, token_endpoint_auth_method="client_secret_basic", **more)
    session.fetch_token(
        house.issuer + "/token", grant_type="client_credentials", resource=house.issuer + "/api/admin")
    session.base = house.issuer + "/api/admin/v1"
    return session


def person_id(house, email):
    return json.loads(house.command("user", "show", email, "--json").stdout)["id"]


def test_the_description_is_valid_openapi(house):
    document = requests.get(house.issuer + "/api/admin/v1/openapi.json", timeout=10).json()
    validate(document)
    assert document["openapi"].startswith("3.1")
    assert document["servers"] == [{"url": house.issuer + "/api/admin/v1"}]


def test_what_is_answered_fits_the_description(house):
    api = caller(house)
    document = requests.get(house.issuer + "/api/admin/v1/openapi.json", timeout=10).json()
    subject = person_id(house, "ann@example.org")
    for path, pattern in (("/people", "/people"), (f"/people/{subject}", "/people/{id}"),
                          (f"/people/{subject}/access", "/people/{id}/access"),
                          (f"/people/{subject}/events", "/people/{id}/events")):
        answer = api.get(api.base + path)
        assert answer.status_code == 200, answer.text
        schema = document["paths"][pattern]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator(schema | {"components": document["components"]}).validate(answer.json())


def test_the_command_and_the_api_tell_the_same(house):
    api = caller(house)
    subject = person_id(house, "bob@example.org")
    shown = json.loads(house.command("user", "show", subject, "--json").stdout)
    told = api.get(f"{api.base}/people/{subject}").json() | api.get(f"{api.base}/people/{subject}/access").json()
    assert {name: shown[name] for name in told} == told
    listed = [json.loads(line) for line in house.command("user", "list", "--json").stdout.splitlines()]
    assert listed == api.get(f"{api.base}/people").json()["people"]


def test_a_person_is_disabled_and_is_out_at_once(house):
    api = caller(house)
    browser = Person("ann@example.org")
    browser.sign_in_on(browser.go(house.issuer + "/sign-in"))
    assert browser.go(house.issuer + "/account").path == "/account"
    subject = person_id(house, "ann@example.org")
    before = api.get(f"{api.base}/people/{subject}")
    done = api.post(f"{api.base}/people/{subject}/disable", json={"reason": "left"},
                    headers={"If-Match": before.headers["ETag"]})
    assert done.status_code == 200 and done.json()["state"] == "disabled"
    assert browser.go(house.issuer + "/account").path == "/sign-in"
    again = api.post(f"{api.base}/people/{subject}/enable", json={"reason": "back"},
                     headers={"If-Match": before.headers["ETag"]})
    assert again.status_code == 412 and again.json()["type"] == "urn:martlet:problem:changed_meanwhile"
    assert api.post(f"{api.base}/people/{subject}/enable", json={"reason": "back"}).status_code == 200
    # Events are written a moment after the answer.
    for _ in range(100):
        latest = json.loads(house.command("user", "show", subject, "--json").stdout)["events"][0]
        if latest["kind"] == "account_enabled":
            break
    assert latest["actor"] == "client:robot" and latest["details"] == {"method": "api", "why": "back"}


@pytest.mark.parametrize("body,status", [
    ({"reason": "x", "email_verified": True}, 422), ({"reason": "x", "password": "y"}, 422), ({}, 422), ([], 400),
    ({"reason": "x", "quiet": "no"}, 422)])
def test_what_is_not_asked_for_is_refused_with_a_reference(house, body, status):
    api = caller(house)
    subject = person_id(house, "cem@example.org")
    refused = api.post(f"{api.base}/people/{subject}/disable", json=body)
    assert refused.status_code == status and refused.headers["Content-Type"] == "application/problem+json"
    # Reasons are written a moment after the answer.
    for _ in range(100):
        explained = house.command("explain", refused.json()["reference"], check=False).stdout
        if explained:
            break
    assert "/api/admin/v1/people/{id}/disable" in explained
    assert api.get(f"{api.base}/people/{subject}").json()["state"] == "active"


def test_a_scope_that_was_not_given_and_a_token_for_elsewhere_open_nothing(house):
    reader = caller(house, "reader")
    subject = person_id(house, "dan@example.org")
    assert reader.get(f"{reader.base}/people").status_code == 200
    for words in (["post", "disable"], ["post", "delete"], ["get", "events"]):
        refused = reader.request(words[0], f"{reader.base}/people/{subject}/{words[1]}",
                                 json={"reason": "x"} if words[0] == "post" else None)
        assert refused.status_code == 403 and 'error="insufficient_scope"' in refused.headers["WWW-Authenticate"]
    elsewhere = OAuth2Session("robot", SECRET, token_endpoint_auth_method="client_secret_basic")
    elsewhere.fetch_token(house.issuer + "/token", grant_type="client_credentials")
    assert elsewhere.get(f"{reader.base}/people").status_code == 401
    assert requests.get(f"{reader.base}/people", timeout=10).status_code == 401


def test_an_app_that_changes_people_makes_nobody_an_administrator_and_does_nothing_to_one(house):
    api = caller(house)
    subject = person_id(house, "dan@example.org")
    tag = api.get(f"{api.base}/people/{subject}").headers["ETag"]
    roles = [{"name": "administrator"}]
    for method, path, body in (("put", f"/people/{subject}/roles", {}),
                               ("post", "/invitations", {"email": "eve@example.org"})):
        refused = api.request(method, api.base + path, json={"roles": roles, "reason": "x"} | body,
                              headers={"If-Match": tag} if method == "put" else {})
        assert refused.status_code == 403, refused.text
        assert "martlet.administrators.write" in refused.headers["WWW-Authenticate"]
    assert api.get(f"{api.base}/people/{subject}").json()["roles"] == [{"name": "staff"}]
    root = person_id(house, "root@example.org")
    before = api.get(f"{api.base}/people/{root}").json()
    for deed in ("disable", "enable", "delete", "purge", "recovery", "end-sessions"):
        refused = api.post(f"{api.base}/people/{root}/{deed}", json={"reason": "x"})
        assert refused.status_code == 403, refused.text
        assert "martlet.administrators.write" in refused.headers["WWW-Authenticate"]
    assert api.get(f"{api.base}/people/{root}").json() == before


def test_a_body_that_is_too_large_is_refused_unread(house):
    api = caller(house)
    subject = person_id(house, "dan@example.org")
    refused = api.post(f"{api.base}/people/{subject}/disable", json={"reason": "x" * 2_000_000})
    assert refused.status_code == 413 and refused.json()["type"] == "urn:martlet:problem:too_large"


def test_pages_of_people_follow_one_another(house):
    api = caller(house, "reader")
    found, after = [], {}
    for _ in range(9):
        page = api.get(f"{api.base}/people", params={"limit": 2} | after).json()
        found += [one["email"] for one in page["people"]]
        if "next" not in page:
            break
        after = {"after": page["next"]}
    assert found == sorted(found) and len(found) == 5
