"""A picture, a profile, one's data, and leaving and coming back, in a real browser: on a phone and on a desk."""
import json
import time

import pytest
import requests
from client import SECRET, Client
from pictures import picture

WIDTHS = [360, 1280]


@pytest.fixture(params=WIDTHS)
def person(request, screen, house, ada):
    """Somebody new on each width, signed in."""
    email, password = house.add_person(f"w{request.param}-{time.monotonic_ns()}@example.org", "Ada Lovelace")
    screen.look(request.param, "light")
    screen.open(f"{house.issuer}/sign-in")
    screen.sign_in(email, password)
    screen.wait_for_heading("Your account")
    screen.email, screen.password, screen.width = email, password, request.param
    return screen


def shown(screen):
    """Whether the browser shows the picture, and how large it is."""
    image = screen.find("img.portrait")
    screen.until(lambda: screen.driver.execute_script("return arguments[0].complete", image))
    return screen.driver.execute_script("return [arguments[0].naturalWidth, arguments[0].naturalHeight]", image)


def test_a_picture_is_put_on_the_account_and_removed(person, house):
    person.open(f"{house.issuer}/account/profile")
    person.choose("picture", picture(320, 240))
    person.press("Save picture")
    assert person.find(".notice").text == "Your picture is saved."
    assert shown(person) == [320, 240]
    address = person.find("img.portrait").get_attribute("src")
    answer = requests.get(address, timeout=10)
    assert answer.headers["Content-Type"] == "image/png" and "sandbox" in answer.headers["Content-Security-Policy"]
    assert b"47.3667" not in answer.content

    person.choose("picture", picture(64, 64))
    person.press("Save picture")
    assert shown(person) == [64, 64] and requests.get(address, timeout=10).status_code == 404
    person.open(f"{house.issuer}/account")
    assert shown(person) == [64, 64]

    person.open(f"{house.issuer}/account/profile")
    person.press("Remove picture")
    assert person.find(".notice").text == "Your picture is removed." and not person.all("img.portrait")


def test_a_page_dressed_as_a_picture_is_not_taken(person, house):
    person.open(f"{house.issuer}/account/profile")
    person.choose("picture", b"<script>document.title = 'taken over'</script>")
    person.press("Save picture")
    assert person.focused.get_attribute("id") == "error-summary"
    assert person.find("#picture-error").text.startswith("This is no PNG, JPEG or WebP picture.")


def test_the_profile_is_saved_and_faults_stand_at_their_fields(person, house):
    person.open(f"{house.issuer}/account/profile")
    person.type("given_name", "Ada")
    person.type("username", "two words")
    person.press("Save")
    assert person.find("#username-error").text.startswith("Use letters, digits")
    assert person.find("#given_name").get_attribute("value") == "Ada"
    person.type("username", f"ada.{time.monotonic_ns()}")
    person.press("Save")
    assert person.find(".notice").text == "Your profile is saved."
    assert person.find("#given_name").get_attribute("value") == "Ada"


def test_data_is_taken_along(person, house):
    person.open(f"{house.issuer}/account/data")
    csrf = person.find("#export input[name=csrf]").get_attribute("value")
    cookies = {cookie["name"]: cookie["value"] for cookie in person.driver.get_cookies()}
    answer = requests.post(f"{house.issuer}/account/export", data={"csrf": csrf}, cookies=cookies, timeout=10)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="account.json"'
    assert json.loads(answer.text)["account"]["email"] == person.email


def test_leaving_and_coming_back(person, house):
    person.open(f"{house.issuer}/account/data")
    person.press("Delete your account")
    person.press("Delete my account")
    assert person.find("#sure-error").text == "Tick the box if you want to delete your account."
    person.find("#sure").click()
    person.press("Delete my account")
    person.wait_for_heading("Your account is deleted")
    person.open(f"{house.issuer}/account")
    assert person.heading == "Sign in"

    person.sign_in(person.email, person.password)
    person.wait_for_heading("Come back?")
    person.press("Leave it deleted")
    person.open(f"{house.issuer}/account")
    assert person.heading == "Sign in", "looking at the question brings nothing back"

    person.sign_in(person.email, person.password)
    person.wait_for_heading("Come back?")
    person.press("Come back and sign in")
    person.wait_for_heading("Your account")
    assert person.email in person.text


def test_coming_back_leads_on_to_the_app(person, house, receiver):
    """Chromium holds a form's redirects against the page's form-action: the button must reach the app."""
    app = Client(house, receiver, f"back{person.width}", SECRET)
    person.open(f"{house.issuer}/account/delete")
    person.find("#sure").click()
    person.press("Delete my account")
    person.wait_for_heading("Your account is deleted")
    for decision in ("Leave it deleted", "Come back and sign in"):
        person.open(app.authorize())
        person.sign_in(person.email, person.password)
        person.wait_for_heading("Come back?")
        person.press(decision)
    person.press_if("Allow")
    person.wait_for_heading("Back at the client")
    assert app.redeem(app.returned().parameters["code"])["id_token"]


def test_a_link_to_the_farewell_frightens_nobody(person, house):
    person.open(f"{house.issuer}/account/deleted")
    assert person.heading == "Your account" and person.url == f"{house.issuer}/account"
    person.open(f"{house.issuer}/account/profile?done=profile_saved")
    assert not person.all(".notice")


def test_who_it_is_is_asked_again_after_a_while(person, house):
    house.sql("UPDATE sessions SET authenticated_at = authenticated_at - 400")
    person.open(f"{house.issuer}/account/delete")
    assert person.heading == "Confirm it is you"
    person.type("password", "not the password at all")
    person.press("Confirm")
    assert person.find("#password-error").text == "This is not your password. Check it and try again."
    person.type("password", person.password)
    person.press("Confirm")
    person.wait_for_heading("Your data")
    assert person.url == f"{house.issuer}/account/delete"


def test_silence_takes_two_steps(person, house):
    person.open(f"{house.issuer}/account/preferences")
    person.find("input[value=none]").click()
    person.press("Save")
    assert "quickest way to notice" in person.text
    person.press("Switch it off")
    assert "One last mail says so." in person.find(".notice").text
