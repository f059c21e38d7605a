"""A person comes from an app, signs in, decides, and goes back."""
import re

import pytest
from client import SECRET, Client
from martlet import PASSWORD

EMAIL = "ada@example.org"


@pytest.fixture(scope="module")
def wiki(house, ada, receiver):
    return Client(house, receiver, "wiki")


@pytest.fixture(scope="module")
def shop(house, ada, receiver):
    return Client(house, receiver, "shop", SECRET, martlet_skips_consent=True)


@pytest.fixture
def signed_in(screen, house, ada):
    """The browser, with Ada signed in."""
    screen.open(f"{house.issuer}/sign-in")
    screen.sign_in(*ada)
    screen.wait_for_heading("Your account")
    return screen


def refusal(screen):
    """What the page says before the reference, which nobody has to read."""
    text, reference = screen.focused.text.split("\nReference\n")
    assert re.fullmatch(r"[0-9a-f]{10}\nCopy\nreference|[0-9a-f]{10}\nCopy reference|[0-9a-f]{10}", reference), reference
    return text


def test_the_way_from_an_app_and_back(screen, wiki):
    screen.open(wiki.authorize())
    assert screen.heading == "Sign in to continue to Wiki"
    assert wiki.receiver.origin in screen.find(".host").text
    assert screen.focused.get_attribute("id") == "email"

    screen.sign_in(EMAIL, "not the password at all")
    assert screen.heading == "Sign in to continue to Wiki"
    assert screen.focused.get_attribute("id") == "error-summary"
    assert refusal(screen) == "This address and password do not match. Check both and try again."
    assert screen.find("#email").get_attribute("value") == EMAIL
    assert screen.find("#password").get_attribute("value") == ""

    screen.type("password", PASSWORD)
    screen.press("Sign in")
    screen.wait_for_heading("Allow Wiki to use your account?")
    assert screen.find(".who p").text == EMAIL
    assert [item.text for item in screen.all(".may li")] == [
        "Know that it is you", "See your name and picture", "See your email address"]
    assert "Access ends after 10 minutes." in screen.text

    screen.press("Allow")
    screen.wait_for_heading("Back at the client")
    answer = wiki.returned()
    assert set(answer.parameters) == {"code", "state", "iss"}
    assert wiki.redeem(answer.parameters["code"])["scope"].split() == ["openid", "profile", "email"]


def test_a_stranger_is_told_the_same_as_a_wrong_password(screen, wiki):
    screen.open(wiki.authorize())
    screen.sign_in("nobody@example.org", "kettle orbit lantern mosaic")
    assert refusal(screen) == "This address and password do not match. Check both and try again."


def test_empty_fields_are_named(screen, wiki):
    screen.open(wiki.authorize())
    screen.press("Sign in")
    assert screen.focused.get_attribute("id") == "error-summary"
    assert [link.text for link in screen.all("#error-summary a")] == [
        "Enter your email address.", "Enter your password."]
    for field in ("email", "password"):
        assert screen.find(f"#{field}").get_attribute("aria-invalid") == "true"
        assert screen.find(f"#{field}").get_attribute("aria-describedby") == f"{field}-error"


def test_a_password_manager_finds_its_fields(screen, wiki):
    screen.open(wiki.authorize())
    fields = screen.all("form input:not([type=hidden])")
    assert [(field.get_attribute("name"), field.get_attribute("autocomplete")) for field in fields] == [
        ("email", "username webauthn"), ("password", "current-password")]


def test_the_password_can_be_looked_at(screen, wiki):
    screen.open(wiki.authorize())
    screen.type("password", "a secret")
    button = screen.find("[data-reveal=password]")
    button.click()
    assert screen.find("#password").get_attribute("type") == "text"
    assert button.text.startswith("Hide")
    assert screen.focused.get_attribute("id") == "password"
    button.click()
    assert screen.find("#password").get_attribute("type") == "password"


def test_long_access_says_how_long(signed_in, wiki):
    signed_in.open(wiki.authorize(scope="openid offline_access"))
    signed_in.wait_for_heading("Allow Wiki to use your account?")
    assert "Keep its access while you are away" in signed_in.text
    assert "Access ends after 180 days, or when you end it on your account page." in signed_in.text


def test_cancelling_is_told_to_the_app(signed_in, wiki):
    signed_in.open(wiki.authorize(prompt="consent"))
    signed_in.wait_for_heading("Allow Wiki to use your account?")
    signed_in.press("Cancel")
    signed_in.wait_for_heading("Back at the client")
    answer = wiki.returned()
    assert answer.parameters["error"] == "access_denied"
    assert "code" not in answer.parameters


def test_a_second_app_needs_no_password(signed_in, shop):
    signed_in.open(shop.authorize())
    signed_in.wait_for_heading("Back at the client")
    assert shop.redeem(shop.returned().parameters["code"])["id_token"]


def test_what_was_allowed_is_not_asked_again(signed_in, house, receiver):
    again = Client(house, receiver, "again", SECRET)
    signed_in.open(again.authorize())
    signed_in.wait_for_heading("Allow Again to use your account?")
    signed_in.press("Allow")
    assert "code" in again.returned().parameters
    signed_in.open(again.authorize())
    signed_in.wait_for_heading("Back at the client")
    assert "code" in again.returned().parameters


def test_choosing_the_account(signed_in, shop):
    signed_in.open(shop.authorize(prompt="select_account"))
    assert signed_in.heading == "Choose an account for Shop"
    account = signed_in.find(".account")
    assert "Ada Lovelace" in account.text and EMAIL in account.text
    signed_in.leave_by(account.click)
    signed_in.wait_for_heading("Back at the client")
    assert "code" in shop.returned().parameters


def test_taking_another_account(signed_in, house, shop):
    house.add_person("grace@example.org", "Grace Hopper")
    signed_in.open(shop.authorize(prompt="select_account"))
    signed_in.press("Use another account")
    assert signed_in.heading == "Sign in to continue to Shop"
    assert signed_in.find("#email").get_attribute("value") == ""
    signed_in.sign_in("grace@example.org", PASSWORD)
    signed_in.wait_for_heading("Back at the client")
    assert "code" in shop.returned().parameters
    signed_in.open(f"{house.issuer}/account")
    assert "grace@example.org" in signed_in.text and EMAIL not in signed_in.text


def test_proving_it_again(signed_in, shop):
    signed_in.open(shop.authorize(prompt="login"))
    assert signed_in.heading == "Sign in to continue to Shop"
    assert "Please sign in again to confirm it is you." in signed_in.text
    assert signed_in.find(".fixed").text == EMAIL
    assert not signed_in.find("input[name=email]").is_displayed()
    assert signed_in.focused.get_attribute("id") == "password"
    signed_in.type("password", PASSWORD)
    signed_in.press("Sign in")
    signed_in.wait_for_heading("Back at the client")
    assert "code" in shop.returned().parameters


def test_a_wrong_password_leaves_the_address_fixed(signed_in, shop):
    signed_in.open(shop.authorize(prompt="login"))
    signed_in.type("password", "not the password at all")
    signed_in.press("Sign in")
    assert signed_in.focused.get_attribute("id") == "error-summary"
    assert signed_in.all(".fixed"), "the address can be typed over now"
    assert signed_in.find(".fixed").text == EMAIL


def test_the_hint_fills_the_address(screen, wiki):
    screen.open(wiki.authorize(login_hint=EMAIL))
    assert screen.find("#email").get_attribute("value") == EMAIL
    assert screen.focused.get_attribute("id") == "password"


def test_going_back_traps_nobody(screen, shop):
    screen.open(shop.authorize())
    screen.sign_in(EMAIL, PASSWORD)
    screen.wait_for_heading("Back at the client")
    shop.returned()
    screen.driver.back()
    screen.wait_for_heading("This page has expired")
    assert "Go back to the app and start again." in screen.text
