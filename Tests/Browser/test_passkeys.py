"""Passkeys in Chromium, with its own virtual authenticator: set up, signed in with, as a second factor, taken away; and what
the browser itself refuses."""
import base64
import json

import pytest
from client import SECRET, Client
from factor_house import account
from factor_pages import ADD_KEY, KEY, REMOVE, SECURITY, THREE
from mailed_links import newcomer
from martlet import PASSWORD, Martlet
from selenium.common.exceptions import WebDriverException
from selenium.webdriver.common.virtual_authenticator import Credential, VirtualAuthenticatorOptions

SIGN_IN = "Sign in with a passkey"


@pytest.fixture(scope="module")
def house():
    with Martlet() as house:
        house.add_person()
        yield house


@pytest.fixture(scope="module")
def shop(house, receiver):
    return Client(house, receiver, "shop", SECRET, martlet_skips_consent=True)


class Authenticator:
    """Of this device. It can be put away with what is on it, so that no page asks it behind the fields."""

    def __init__(self, driver):
        self.driver, self.kept = driver, []
        self.bring()

    def bring(self, verifies=True):
        options = VirtualAuthenticatorOptions(
            protocol=VirtualAuthenticatorOptions.Protocol.CTAP2,
            transport=VirtualAuthenticatorOptions.Transport.INTERNAL, has_resident_key=True,
            has_user_verification=True, is_user_consenting=True, is_user_verified=verifies)
        self.driver.add_virtual_authenticator(options)
        for one in self.kept:
            self.driver.add_credential(Credential.create_resident_credential(
                base64.urlsafe_b64decode(one.id + "=="), one.rp_id, base64.urlsafe_b64decode(one.user_handle + "=="),
                base64.urlsafe_b64decode(one.private_key + "=="), one.sign_count))

    def put_away(self):
        self.kept = self.driver.get_credentials()
        self.driver.remove_virtual_authenticator()


@pytest.fixture
def authenticator(screen):
    authenticator = Authenticator(screen.driver)
    yield authenticator
    try:
        screen.driver.remove_virtual_authenticator()
    except (WebDriverException, ValueError):
        pass  # it is put away


@pytest.fixture
def holder(screen, house, authenticator):
    """Somebody who has set up a passkey, and is signed in."""
    screen.email = newcomer(house)
    sign_in_by_password(screen, house)
    screen.wait_for_heading("Your account")
    set_up(screen, house)
    return screen


def sign_in_by_password(screen, house):
    screen.open(house.issuer + "/sign-in")
    screen.sign_in(screen.email, PASSWORD)


def set_up(screen, house, name="My laptop"):
    screen.open(house.issuer + ADD_KEY)
    screen.wait_for_heading("Set up a passkey")
    screen.type("name", name)
    screen.press("Set up a passkey", within="main")


def leave(screen):
    screen.driver.delete_cookie("martlet-session")


def choose_passkey(screen):
    """By the button, unless the browser has offered it at the field and it was taken there: this one has nobody to ask."""
    try:
        [button, *_] = [one for one in screen.all("form[data-passkey] button") if one.text == SIGN_IN]
        button.click()
    except (ValueError, WebDriverException):
        pass


def claims_of(tokens):
    body = tokens["id_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_set_up_and_listed_by_its_name(holder, house, authenticator):
    holder.wait_for_heading("Keep these backup codes")
    assert len(holder.find("#codes").text.split()) == 10
    [credential] = holder.driver.get_credentials()
    assert credential.is_resident_credential and credential.rp_id == "localhost"
    holder.open(house.issuer + SECURITY)
    assert "My laptop" in holder.text and "Passkey" in holder.text
    # Asked to set it up once more, the browser knows it already.
    holder.open(house.issuer + ADD_KEY)
    holder.find("form[data-passkey] button").click()
    holder.until(lambda: "This is set up already." in holder.text)
    assert len(holder.driver.get_credentials()) == 1


def test_a_complete_sign_in_from_an_app_and_back(holder, house, shop):
    leave(holder)
    holder.open(shop.authorize())
    choose_passkey(holder)
    holder.wait_for_heading("Back at the client")
    claims = claims_of(shop.redeem(shop.returned().parameters["code"]))
    assert claims["acr"] == THREE and {"pop", "user", "mfa"} <= set(claims["amr"]) and "pwd" not in claims["amr"]


def test_the_field_for_the_address_offers_it(screen, house):
    """Autofill is the browser's; the page says that it may, and what it would ask."""
    screen.open(house.issuer + "/sign-in")
    assert screen.find("#email").get_attribute("autocomplete") == "username webauthn"
    options = json.loads(screen.find("form[data-passkey=sign-in]").get_attribute("data-options"))
    assert options["rpId"] == "localhost" and options["userVerification"] == "required"
    assert not options.get("allowCredentials"), "nobody learns here who has a passkey"


def test_a_second_factor_after_the_password(holder, house, authenticator, shop):
    leave(holder)
    authenticator.put_away()
    holder.open(shop.authorize())
    holder.sign_in(holder.email, PASSWORD)
    holder.wait_for_heading("Use your passkey")
    authenticator.bring()
    holder.press("Use passkey", within="main")
    holder.wait_for_heading("Back at the client")
    claims = claims_of(shop.redeem(shop.returned().parameters["code"]))
    assert {"pwd", "pop", "mfa"} <= set(claims["amr"])


def test_an_authenticator_that_does_not_know_its_person_signs_nobody_in(holder, house, authenticator):
    leave(holder)
    authenticator.put_away()
    authenticator.bring(verifies=False)
    holder.open(house.issuer + "/sign-in")
    choose_passkey(holder)
    holder.until(lambda: holder.find("form[data-passkey] [role=alert]").text)
    assert holder.heading == "Sign in"


def test_a_device_without_it_says_so_and_another_way_is_left(holder, house, authenticator):
    leave(holder)
    authenticator.put_away()
    sign_in_by_password(holder, house)
    holder.wait_for_heading("Use your passkey")
    authenticator.kept = []
    authenticator.bring()
    holder.find("form[data-passkey] button").click()
    holder.until(lambda: holder.find("form[data-passkey] [role=alert]").text)
    assert holder.heading == "Use your passkey"
    holder.press("Use a backup code")
    holder.wait_for_heading("Enter a backup code")


def test_a_removed_key_is_refused(holder, house, authenticator):
    holder.open(house.issuer + SECURITY)
    holder.leave_by(holder.find(f"form[action='{REMOVE}'] button").click)
    holder.press("Remove it", within="main")
    assert house.sql(f"SELECT count(*) FROM factors WHERE account_id = {account(holder.email)}") == "0"
    leave(holder)
    holder.open(house.issuer + "/sign-in")
    choose_passkey(holder)
    # The page may be on its way to the next, which has no body yet.
    holder.until(lambda: any("This passkey did not work here." in box.text for box in holder.all("#error-summary")))
    authenticator.put_away()
    holder.open(house.issuer + "/account")
    assert holder.heading == "Sign in"


def test_at_another_host_the_browser_refuses(holder, house, authenticator):
    """The same server by another name, as a false page would be: the passkey is not even asked."""
    holder.driver.get_credentials()
    holder.open(house.issuer.replace("localhost", "127.0.0.1") + "/sign-in")
    form = holder.find("form[data-passkey]")
    holder.until(form.is_displayed)
    [before] = holder.driver.get_credentials()
    form.find_element("css selector", "button").click()
    holder.until(lambda: holder.find("form[data-passkey] [role=alert]").text)
    [after] = holder.driver.get_credentials()
    assert holder.heading == "Sign in" and after.sign_count == before.sign_count


def test_an_answer_to_another_challenge_is_refused(holder, house, authenticator):
    leave(holder)
    authenticator.put_away()
    sign_in_by_password(holder, house)
    holder.wait_for_heading("Use your passkey")
    authenticator.bring()
    holder.driver.execute_script("""
        const form = document.querySelector("form[data-passkey]");
        const options = JSON.parse(form.dataset.options);
        options.challenge = "A".repeat(options.challenge.length);
        form.dataset.options = JSON.stringify(options);""")
    holder.press("Use passkey", within="main")
    holder.until(lambda: holder.all("#error-summary"))
    assert holder.heading == "Use your passkey" and "This passkey did not work here." in holder.text
    # The page has a question of its own again.
    holder.press("Use passkey", within="main")
    holder.wait_for_heading("Your account")


def test_without_scripts_the_pages_say_so(screen, house, authenticator):
    screen.email = newcomer(house)
    sign_in_by_password(screen, house)
    screen.wait_for_heading("Your account")
    screen.scripts(False)
    screen.open(house.issuer + ADD_KEY)
    screen.wait_for_heading("Set up a passkey")
    assert "JavaScript" in screen.text and not screen.find("form[data-passkey]").is_displayed()
    leave(screen)
    screen.open(house.issuer + "/sign-in")
    assert not any(form.is_displayed() for form in screen.all("form[data-passkey]"))


def test_without_scripts_the_second_factor_page_leads_elsewhere(holder, house, authenticator):
    leave(holder)
    authenticator.put_away()
    holder.scripts(False)
    sign_in_by_password(holder, house)
    holder.open(house.issuer + KEY)
    holder.wait_for_heading("Use your passkey")
    assert "JavaScript" in holder.text
    holder.press("Use a backup code")
    holder.wait_for_heading("Enter a backup code")


def test_several_in_one_account_each_with_its_name(holder, house, authenticator):
    authenticator.put_away()
    authenticator.kept = []
    authenticator.bring()
    set_up(holder, house, "Blue key")
    holder.open(house.issuer + SECURITY)
    assert "My laptop" in holder.text and "Blue key" in holder.text
    assert house.sql(f"SELECT count(*) FROM factors WHERE account_id = {account(holder.email)}") == "2"
