"""The demo app: everything the server tells a client, seen by a person."""
import json
import os

import pytest


@pytest.fixture
def person(screen, demo, ada):
    """The demo's page about Ada, who has signed in and allowed it."""
    screen.open(demo)
    assert screen.heading == "Try signing in"
    screen.press("Sign in")
    screen.wait_for_heading("Sign in to continue to Martlet demo")
    screen.sign_in(*ada)
    screen.press_if("Allow")
    screen.wait_for_heading("Hello, Ada Lovelace")
    return screen


def shown(screen, section):
    return json.loads(screen.find(f"section[aria-labelledby={section}-heading] pre:last-of-type").text)


def fact(screen, name):
    return next(row.text for row in screen.all(".facts > div") if row.text.startswith(name))


def test_saying_no(screen, demo, ada):
    """First, for later the consent is remembered and nothing asked."""
    screen.open(demo)
    screen.press("Sign in")
    screen.sign_in(*ada)
    screen.wait_for_heading("Allow Martlet demo to use your account?")
    screen.press("Cancel")
    screen.wait_for_heading("Signing in did not work")
    assert "You did not allow the access." in screen.text and "access_denied" in screen.text
    screen.press("Start again")
    assert screen.heading == "Try signing in"


def test_the_secret_is_its_owners_alone(demo, house):
    secret = house.folder / "data" / "demo-secret"
    assert os.stat(secret).st_mode & 0o777 == 0o600
    assert secret.read_text().strip() not in (house.folder / "Clients" / "demo.json").read_text()


def test_what_the_app_is_told(person, house):
    claims = shown(person, "id-token")
    assert claims["iss"] == house.issuer and claims["aud"] in ("demo", ["demo"]) and claims["amr"] == ["pwd"]
    told = shown(person, "userinfo")
    assert told["sub"] == claims["sub"] and told["email"] == "ada@example.org" and told["name"] == "Ada Lovelace"
    seen = shown(person, "introspection")
    assert seen["active"] is True and seen["sub"] == claims["sub"]
    assert "offline_access" in fact(person, "Scope")


def test_refreshing(person):
    before = fact(person, "Access token")
    person.press("Refresh")
    person.wait_for_heading("Hello, Ada Lovelace")
    assert "Refreshed. The access below is new." in person.text
    assert fact(person, "Access token") != before
    assert shown(person, "introspection")["active"] is True
    person.press("Refresh")
    assert "Refreshed 2 times." in person.text


def test_revoking(person):
    person.press("Revoke")
    assert "Revoked. The access below no longer works." in person.text
    assert "401" in person.find("section[aria-labelledby=userinfo-heading] pre").text
    assert shown(person, "introspection") == {"active": False}


def test_signing_out(person, demo, house):
    person.press("Sign out")
    person.wait_for_heading("Try signing in")
    assert person.url == demo
    assert "You are signed out of this demo." in person.text
    person.open(f"{house.issuer}/account")
    assert person.heading == "Sign in", "the server's session has ended too"


def test_an_answer_nobody_asked_for(screen, demo):
    screen.open(f"{demo}callback?code=x&state=y")
    screen.wait_for_heading("Signing in did not work")
    assert not screen.all("section")
