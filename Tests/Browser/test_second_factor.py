"""A second factor in a real browser, on a phone and on a desk: the authenticator app is Debian's oathtool, and its codes are
typed by the person."""
import base64
import json
import subprocess

import pytest
from client import SECRET, Client
from factor_house import later
from factor_pages import ADD_APP, ADD_MAIL, BACKUP, CODES, MAIL, SECURITY, TWO
from factor_visitor import digits, enrol
from mailed_links import newcomer
from martlet import PASSWORD, Martlet

WIDTHS = [360, 1280]
APP_HEADING = "Enter the code from your app"


@pytest.fixture(scope="module")
def house():
    with Martlet(settings={"MARTLET_LIMITS_MAILS_PER_NETWORK": "1000"}) as house:
        house.add_person()
        yield house


@pytest.fixture(scope="module")
def shop(house, receiver):
    return Client(house, receiver, "shop", SECRET, martlet_skips_consent=True)


@pytest.fixture(params=WIDTHS)
def person(request, screen, house):
    """Somebody new on each width, signed in."""
    screen.look(request.param, "light")
    screen.email = newcomer(house)
    screen.open(house.issuer + "/sign-in")
    screen.sign_in(screen.email, PASSWORD)
    screen.wait_for_heading("Your account")
    return screen


def code_of(key):
    """Of now."""
    told = subprocess.run(["oathtool", "--totp", "--base32", key], capture_output=True, text=True, check=True)
    return told.stdout.strip()


def set_up(screen, house):
    """By its key, as whoever has no camera does; the key, and the backup codes."""
    screen.open(house.issuer + ADD_APP)
    screen.wait_for_heading("Set up an authenticator app")
    assert screen.find("main svg").is_displayed() and screen.focused.get_attribute("id") == "code"
    key = screen.find("#key").text.replace(" ", "")
    screen.type("code", code_of(key))
    screen.press("Check code")
    screen.wait_for_heading("Keep these backup codes")
    codes = [line for line in screen.find("#codes").text.split("\n") if line]
    assert len(codes) == 10
    later(house, screen.email)
    return key, codes


def sign_in(screen, address):
    """In a browser that keeps nothing but what it remembers."""
    for name in ("martlet-session", "__Host-martlet-session"):
        screen.driver.delete_cookie(name)
    screen.open(address)
    screen.sign_in(screen.email, PASSWORD)


def confirm(screen, code):
    screen.type("code", code)
    screen.press("Confirm", within="main")


def test_set_up_and_signed_in_with_from_an_app_and_back_B107_B108_B114(person, house, shop):
    key, _ = set_up(person, house)
    person.press("I have kept them")
    person.wait_for_heading("Security")
    sign_in(person, shop.authorize())
    person.wait_for_heading(APP_HEADING)
    field = person.focused
    assert field.get_attribute("id") == "code" and field.get_attribute("autocomplete") == "one-time-code"
    assert field.get_attribute("inputmode") == "numeric"
    confirm(person, code_of(key))
    person.wait_for_heading("Back at the client")
    claims = id_token(shop.redeem(shop.returned().parameters["code"]))
    assert claims["acr"] == TWO and set(claims["amr"]) == {"pwd", "otp", "mfa"}


def id_token(tokens):
    """What it says; that it is signed is checked elsewhere."""
    body = tokens["id_token"].split(".")[1]
    return json.loads(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)))


def test_a_wrong_code_stands_at_its_field_and_the_right_one_follows(person, house):
    key, _ = set_up(person, house)
    sign_in(person, house.issuer + "/sign-in")
    person.wait_for_heading(APP_HEADING)
    confirm(person, f"{(int(code_of(key)) + 1) % 10 ** 6:06}")
    assert person.heading == APP_HEADING and person.focused.get_attribute("id") == "error-summary"
    assert person.find("#code").get_attribute("aria-invalid") == "true"
    assert person.find("#code").get_attribute("value") == ""
    confirm(person, code_of(key))
    person.wait_for_heading("Your account")


def test_a_code_is_typed_with_a_space_in_it(person, house):
    key, _ = set_up(person, house)
    sign_in(person, house.issuer + "/sign-in")
    code = code_of(key)
    confirm(person, f"{code[:3]} {code[3:]}")
    person.wait_for_heading("Your account")


def test_a_browser_that_is_to_be_remembered_is_B100_B111(person, house):
    key, _ = set_up(person, house)
    sign_in(person, house.issuer + "/sign-in")
    person.wait_for_heading(APP_HEADING)
    assert not person.find("#remember").is_selected()
    person.find("#remember").click()
    confirm(person, code_of(key))
    person.wait_for_heading("Your account")
    sign_in(person, house.issuer + "/sign-in")
    person.wait_for_heading("Your account")
    person.open(house.issuer + SECURITY)
    # That only makes it stricter, so that it takes no fresh proof.
    person.press("Forget", within="#second-step")
    person.until(lambda: "remembered_forgotten" in person.url)
    sign_in(person, house.issuer + "/sign-in")
    person.wait_for_heading(APP_HEADING)


def test_backup_codes_get_in_and_are_made_anew_B110(person, house):
    _, codes = set_up(person, house)
    sign_in(person, house.issuer + "/sign-in")
    person.wait_for_heading(APP_HEADING)
    person.press("Use a backup code")
    person.wait_for_heading("Enter a backup code")
    confirm(person, codes[0])
    person.wait_for_heading("Your account")
    person.open(house.issuer + CODES)
    person.wait_for_heading("Backup codes")
    assert "9" in person.text
    person.press("Make new codes")
    person.wait_for_heading("Keep these backup codes")
    assert codes[1] not in person.text


def test_codes_by_mail_B101_B109(person, house):
    person.open(house.issuer + ADD_MAIL)
    person.press("Send code", within="main")
    person.wait_for_heading("Check your mail")
    person.type("code", digits(mail_with_code(person, house, 0)))
    person.press("Check code")
    person.wait_for_heading("Keep these backup codes")
    sign_in(person, house.issuer + "/sign-in")
    person.wait_for_heading("Enter a code from a mail")
    before = len(house.mails(person.email, count=0))
    house.sql("DELETE FROM throttle_counters")
    person.press("Send code", within="main")
    confirm(person, digits(mail_with_code(person, house, before)))
    person.wait_for_heading("Your account")


def mail_with_code(person, house, before):
    def found():
        return [mail for mail in house.mails(person.email, count=0)[before:] if mail.code]
    person.until(found, "no code came")
    return found()[-1]


def test_half_way_in_no_other_page_opens_and_going_back_leads_there_again_MF5_MF6(screen, house):
    held = enrol(house)
    screen.email = held.email
    sign_in(screen, house.issuer + "/sign-in")
    screen.wait_for_heading(APP_HEADING)
    for path in ("/account", SECURITY, "/account/profile", ADD_APP, MAIL):
        screen.open(house.issuer + path)
        screen.wait_for_heading(APP_HEADING)
        assert held.email not in screen.text
    screen.driver.back()
    screen.wait_for_heading(APP_HEADING)
    window = screen.driver.current_window_handle
    screen.driver.switch_to.new_window("tab")
    try:
        screen.open(house.issuer + "/account")
        screen.wait_for_heading(APP_HEADING)
    finally:
        screen.driver.close()
        screen.driver.switch_to.window(window)
    screen.open(house.issuer + BACKUP)
    confirm(screen, held.codes[0])
    screen.wait_for_heading("Your account")


def test_without_scripts_everything_but_passkeys_works(screen, house):
    screen.scripts(False)
    screen.email = newcomer(house)
    sign_in(screen, house.issuer + "/sign-in")
    screen.wait_for_heading("Your account")
    screen.open(house.issuer + ADD_APP)
    key = screen.find("#key").text.replace(" ", "")
    screen.type("code", code_of(key))
    screen.press("Check code")
    screen.wait_for_heading("Keep these backup codes")
    later(house, screen.email)
    sign_in(screen, house.issuer + "/sign-in")
    confirm(screen, code_of(key))
    screen.wait_for_heading("Your account")


def test_the_picture_holds_the_key(person, house):
    """What a phone reads from it is checked in process; here that it is there, square, and large enough for a camera."""
    person.open(house.issuer + ADD_APP)
    box = person.find("main svg").rect
    assert abs(box["width"] - box["height"]) < 1 and box["width"] >= 150
    link = person.find("a[href^='otpauth:']").get_attribute("href")
    assert person.find("#key").text.replace(" ", "") in link and "issuer=" in link
