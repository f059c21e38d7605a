"""A person's own pages: what is signed in, what may use the account, the password; and signing out."""
import json

import pytest
import requests
from client import SECRET, Client
from martlet import PASSWORD

NEW = "umbrella granite whistle pocket"


@pytest.fixture(scope="module")
def wiki(house, ada, receiver):
    return Client(house, receiver, "wiki", SECRET, client_uri="https://wiki.example.org/")


@pytest.fixture
def account(screen, house, ada):
    """The account page of Ada, seen for the first time by this browser."""
    screen.issuer = house.issuer
    screen.open(f"{house.issuer}/account")
    assert screen.heading == "Sign in"
    screen.sign_in(*ada)
    screen.wait_for_heading("Your account")
    return screen


def allow(screen, client):
    """Connects the client; returns its tokens."""
    screen.open(client.authorize(scope="openid email offline_access"))
    screen.wait_for_heading(f"Allow {client.id.title()} to use your account?")
    screen.press("Allow")
    screen.wait_for_heading("Back at the client")
    return client.redeem(client.returned().parameters["code"])


def sign_in_elsewhere(house, ada, device):
    """Another browser of the same person: its cookies."""
    browser = requests.Session()
    browser.headers["User-Agent"] = device
    page = browser.get(f"{house.issuer}/sign-in", timeout=10).text
    csrf = page.split('name="csrf" value="')[1].split('"')[0]
    answer = browser.post(f"{house.issuer}/sign-in", timeout=10, data={
        "csrf": csrf, "email": ada[0], "password": ada[1]})
    assert answer.url == f"{house.issuer}/account"
    return browser


FIREFOX = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:130.0) Gecko/20100101 Firefox/130.0"
SAFARI = ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
          "Version/17.5 Mobile/15E148 Safari/604.1")


def is_signed_in(house, browser):
    return browser.get(f"{house.issuer}/account", timeout=10).url == f"{house.issuer}/account"


def devices(screen):
    return [heading.text for heading in screen.all("#sessions h3")]


def test_what_the_page_says(account):
    assert "Ada Lovelace" in account.find("#profile").text
    assert "ada@example.org" in account.find("#profile").text
    account.open(f"{account.issuer}/account/sessions")
    assert any("Linux" in device and "This browser" in device for device in devices(account))
    assert "Just now" in account.find("#sessions").text
    account.open(f"{account.issuer}/account/applications")
    assert "No app uses your account yet." in account.find("#applications").text


def test_one_other_browser_is_signed_out(account, house, ada):
    other = sign_in_elsewhere(house, ada, FIREFOX)
    account.open(f"{house.issuer}/account/sessions")
    assert sum("Firefox on Windows" in device for device in devices(account)) == 1
    row = next(row for row in account.all("#sessions .rows > li") if "Firefox on Windows" in row.text)
    button = row.find_element("css selector", "button")
    assert "Firefox on Windows" in account.find(f"#{button.get_attribute('aria-describedby')}").text
    account.leave_by(button.click)
    assert account.find(".notice").text == "That browser is signed out."
    assert not any("Firefox" in device for device in devices(account))
    assert not is_signed_in(house, other)


def test_all_others_are_signed_out(account, house, ada):
    others = [sign_in_elsewhere(house, ada, device) for device in (FIREFOX, SAFARI)]
    account.open(f"{house.issuer}/account/sessions")
    assert any("iPhone" in device or "iOS" in device for device in devices(account))
    account.press("Sign out all others")
    assert account.find(".notice").text == "All other browsers are signed out."
    assert len(devices(account)) == 1 and "This browser" in devices(account)[0]
    assert not any(is_signed_in(house, other) for other in others)
    assert "Sign out all others" not in account.text


def test_a_connected_app_is_removed(account, house, wiki):
    tokens = allow(account, wiki)
    account.open(f"{house.issuer}/account/applications")
    application = account.find("#applications .rows > li")
    assert "Wiki" in application.text and "See your email address" in application.text
    account.press("Remove", within="#applications")
    assert account.find(".notice").text == "Wiki no longer has access to your account."
    assert "No app uses your account yet." in account.find("#applications").text
    refused = requests.post(f"{house.issuer}/token", timeout=10, auth=("wiki", SECRET), data={
        "grant_type": "refresh_token", "refresh_token": tokens["refresh_token"]})
    assert refused.status_code == 400 and refused.json()["error"] == "invalid_grant"
    account.open(wiki.authorize(scope="openid email offline_access"))
    assert account.heading == "Allow Wiki to use your account?"


SECTIONS = ["Your account", "Profile", "Security", "Sign-ins and browsers", "Connected apps", "Preferences", "Your data"]


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False])
def test_the_parts_can_be_reached(account, width, scripts):
    """Beside the page on a desk, by a menu on a phone; without scripts too."""
    account.look(width, "light")
    account.scripts(scripts)
    for name in SECTIONS[1:] + SECTIONS[:1]:
        beside = [link.text for link in account.all(".parts a") if link.is_displayed()]
        assert beside == ([*SECTIONS, "People"] if width > 1000 else [])
        if not beside:
            account.find(".menu summary").click()
        account.press(name, within=".menu" if not beside else ".side")
        assert account.heading == name
        current = account.all(".parts [aria-current=page]")
        assert {link.get_attribute("textContent") for link in current} == {name}


def test_the_app_signs_the_person_out_and_takes_them_back(account, wiki, house):
    token = allow(account, wiki)["id_token"]
    account.open(f"{house.issuer}/logout?id_token_hint={token}&state=s1&post_logout_redirect_uri="
                 f"{wiki.receiver.origin}/wiki/bye")
    arrival = wiki.receiver.arrival()
    assert (arrival.path, arrival.parameters) == ("/wiki/bye", {"state": "s1"})
    account.open(f"{house.issuer}/account")
    assert account.heading == "Sign in"


def test_signing_out_is_asked_when_nobody_proves_who_asks(account, wiki, house):
    account.open(f"{house.issuer}/logout?client_id=wiki&post_logout_redirect_uri={wiki.receiver.origin}/wiki/bye")
    assert account.heading == "Sign out of localhost?"
    assert "Wiki asks to sign you out." in account.text
    assert "You are signed in as ada@example.org" in account.text
    account.press("Stay signed in")
    account.wait_for_heading("Your account")

    account.driver.back()
    account.wait_for_heading("Sign out of localhost?")
    account.press("Sign out")
    account.wait_for_heading("Back at the client")
    assert wiki.receiver.arrival().path == "/wiki/bye"
    account.open(f"{house.issuer}/account")
    assert account.heading == "Sign in"


def test_signing_out_by_oneself(account, house):
    account.press("Sign out", within="header")
    account.wait_for_heading("You are signed out")
    account.press("Sign in again")
    assert account.heading == "Sign in"
    account.open(f"{house.issuer}/account")
    assert account.heading == "Sign in"


def test_ending_this_session_signs_out(account, house):
    account.open(f"{house.issuer}/account/sessions")
    row = next(row for row in account.all("#sessions .rows > li") if "This browser" in row.text)
    account.leave_by(row.find_element("css selector", "button").click)
    account.wait_for_heading("You are signed out")
    account.open(f"{house.issuer}/account")
    assert account.heading == "Sign in"


def test_the_password_is_changed(account, house, ada):
    """The last but one: whoever comes later knows the new password only."""
    other = sign_in_elsewhere(house, ada, FIREFOX)
    account.open(f"{house.issuer}/account/security")
    account.press("Change your password")
    assert account.heading == "Change your password"
    assert account.focused.get_attribute("id") == "current"

    account.type("current", "not the password at all")
    account.type("password", NEW)
    account.press("Change password")
    assert account.focused.get_attribute("id") == "error-summary"
    assert account.find("#current-error").text == "This is not your current password. Check it and try again."
    assert [field.get_attribute("value") for field in account.all("input[type=password]")] == ["", ""]

    account.type("current", PASSWORD)
    account.type("password", "short")
    account.press("Change password")
    assert account.find("#password-error").text == "Choose a password with at least 15 characters."
    assert is_signed_in(house, other)

    account.type("current", PASSWORD)
    account.type("password", NEW)
    account.press("Change password")
    assert account.find(".notice").text == "Your password is changed. All other browsers are signed out."
    assert not is_signed_in(house, other)
    account.open(f"{house.issuer}/account")
    assert account.heading == "Your account", "this browser stays signed in"

    account.reset()
    account.open(f"{house.issuer}/sign-in")
    account.sign_in("ada@example.org", PASSWORD)
    assert account.focused.get_attribute("id") == "error-summary"
    account.type("password", NEW)
    account.press("Sign in")
    account.wait_for_heading("Your account")


def test_the_log_holds_no_password(house):
    log = house.read_log()
    assert [json.loads(line) for line in log.splitlines()]
    assert PASSWORD not in log and NEW not in log
