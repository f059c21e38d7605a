"""Signing up as a person does it: on a phone and at a desk, with scripts and without, by code and by link."""
import pytest

from client import SECRET, Client
from martlet import Martlet
from sign_up_states import PASSWORD, fill_in, fresh_address


@pytest.fixture(scope="module")
def house():
    with Martlet(settings={"MARTLET_SIGN_UP_MODE": "open"}) as house:
        yield house


@pytest.fixture(scope="module")
def wiki(house, receiver):
    return Client(house, receiver, "wiki", SECRET)


class Scene:
    def __init__(self, screen):
        self.screen = screen


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_app_through_sign_up_and_back(house, wiki, screen, width, scripts):
    screen.look(width, "light")
    screen.scripts(scripts)
    email = fresh_address()
    screen.open(wiki.authorize(prompt="create", login_hint=email))
    screen.wait_for_heading("Create an account to continue to Wiki")
    assert screen.find("#email").get_attribute("value") == email
    fill_in(Scene(screen), email)
    screen.wait_for_heading("Check your mail")
    assert email in screen.text
    screen.type("code", house.mails(email, 1)[0].code)
    screen.press("Create account")
    screen.press_if("Allow")
    screen.wait_for_heading("Back at the client")
    assert wiki.redeem(wiki.returned().parameters["code"])["id_token"]


def test_by_keyboard_alone_and_with_the_fields_that_password_managers_know(house, screen):
    email = fresh_address()
    screen.open(house.issuer + "/sign-up?next=%2Faccount%2Fpassword")
    marks = {name: screen.find("#" + name).get_attribute("autocomplete") for name in ("name", "email", "password")}
    assert marks == {"name": "name", "email": "username", "password": "new-password"}
    for text in ("Grace Hopper", email, PASSWORD + "\n"):
        screen.focused.send_keys(text)
        if not text.endswith("\n"):
            screen.focused.send_keys("\t")
    screen.wait_for_heading("Check your mail")
    assert screen.focused.get_attribute("id") == "code"
    assert screen.focused.get_attribute("autocomplete") == "one-time-code"
    screen.focused.send_keys(house.mails(email, 1)[0].code.lower().replace("-", " ") + "\n")
    screen.wait_for_heading("Change your password")


def test_the_link_of_a_mail_opened_in_the_same_browser_and_pressed_twice(house, screen):
    email = fresh_address()
    screen.open(house.issuer + "/sign-up")
    fill_in(Scene(screen), email)
    screen.wait_for_heading("Check your mail")
    screen.open(house.mails(email, 1)[0].links[0])
    screen.wait_for_heading("Create your account")
    screen.driver.execute_script("const b = document.querySelector('main form button'); b.click(); b.click();")
    screen.until(lambda: screen.heading in ("Your account", "This link is no longer good"))
    screen.press_if("Sign in")
    screen.open(house.issuer + "/sign-in")
    screen.wait_for_heading("Your account")


def test_what_was_typed_stays_but_the_password(house, screen):
    screen.open(house.issuer + "/sign-up")
    screen.type("name", "Grace Hopper")
    screen.type("email", "grace")
    screen.type("password", "short")
    screen.press("Create account")
    assert screen.focused.get_attribute("id") == "error-summary"
    assert screen.find("#name").get_attribute("value") == "Grace Hopper"
    assert screen.find("#email").get_attribute("value") == "grace"
    assert screen.find("#password").get_attribute("value") == ""
    for field in ("email", "password"):
        described = screen.find("#" + field).get_attribute("aria-describedby").split()
        assert f"{field}-error" in described and all(screen.all("#" + name) for name in described)
