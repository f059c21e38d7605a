"""The pages of signing in by mail, and by a link that staff made."""
import json

from mailed_links import account, newcomer
from states import LONG, LONG_EMAIL, state

SEND = "Email me a sign-in link"
GO_BACK = "Go back to where you started"
# Beside that for a passkey, which has a form of its own.
FORM_BUTTONS = "main form:not([data-passkey]) button[type=submit]"
NOBODY = "/magic-link/mml_" + "A" * 43


def begin(scene, email=None, client=None, **request):
    """As far as the page where the code is typed: the address, of somebody new if it is not given."""
    email = email or newcomer(scene.house)
    if client:
        scene.screen.open(client.authorize(**request))
    else:
        scene.screen.open(scene.house.issuer + "/sign-in")
    scene.screen.type("email", email)
    scene.screen.press(SEND)
    scene.screen.wait_for_heading("Check your mail")
    return email


def mail_of(scene, email):
    """The latest with a link to sign in with."""
    scene.screen.until(lambda: mails_with_links(scene, email), f"no link came to {email}")
    return mails_with_links(scene, email)[-1]


def mails_with_links(scene, email):
    return [mail for mail in scene.house.mails(email, count=0) if any("/magic-link/" in link for link in mail.links)]


def link_in(mail):
    return next(link for link in mail.links if "/magic-link/" in link)


def link(scene, **more):
    """Asked for in this browser."""
    return link_in(mail_of(scene, begin(scene, **more)))


def staff_link(scene, email):
    made = scene.house.command("user", "link", email, "--reason", "locked out", "--json").stdout
    return json.loads(made)["magic_url"]


def type_code(scene, code):
    scene.screen.type("code", code)
    scene.screen.press("Sign in", within="main")


@state("Sign in to continue to Wiki")
def sign_in_with_the_button_for_a_link(scene):
    scene.screen.open(scene.clients["wiki"].authorize())
    assert [button.text for button in scene.screen.all(FORM_BUTTONS)] == ["Sign in", SEND]


@state("Sign in to continue to Links")
def sign_in_for_a_client_of_links_alone(scene):
    scene.screen.open(scene.clients["links"].authorize())
    assert not scene.screen.all("[type=password]")
    assert [button.text for button in scene.screen.all(FORM_BUTTONS)] == [SEND]


@state("Sign in by mail")
def magic_link(scene):
    scene.open("/magic-link")


@state(f"Sign in by mail to continue to {LONG}")
def magic_link_for_a_client_with_a_long_name(scene):
    scene.screen.open(scene.clients["long"].authorize(login_hint=LONG_EMAIL))
    scene.screen.open(scene.screen.url.replace("/sign-in?", "/magic-link?"))
    assert scene.screen.find("#email").get_attribute("value") == LONG_EMAIL


@state("Sign in by mail")
def magic_link_with_nothing_entered(scene):
    scene.open("/magic-link")
    scene.screen.press(SEND)


@state("Sign in by mail")
def magic_link_with_a_puzzle(scene):
    scene.screen.open(scene.asking.issuer + "/magic-link")
    scene.screen.until(lambda: "Checked: you are not a robot." in scene.screen.text)


@state("Sign in by mail")
def magic_link_from_a_sign_in_page_that_asks_nothing_for_it(scene):
    scene.screen.open(scene.asking.issuer + "/sign-in")
    scene.screen.type("email", "ada@example.org")
    scene.screen.press(SEND)
    scene.screen.wait_for_heading("Sign in by mail")
    assert scene.screen.find("#email").get_attribute("value") == "ada@example.org"
    scene.screen.until(lambda: "Checked: you are not a robot." in scene.screen.text)


@state("Check your mail")
def magic_link_code(scene):
    email = begin(scene)
    assert email in scene.screen.text


@state("Check your mail")
def magic_link_code_with_long_names(scene):
    begin(scene, LONG_EMAIL.replace("@", "-9@"), scene.clients["long"])


@state("Check your mail")
def magic_link_code_again(scene):
    begin(scene, client=scene.clients["wiki"])
    scene.screen.press("Send the mail again")
    assert "We sent the mail again" in scene.screen.text


@state("Check your mail")
def magic_link_code_wrong(scene):
    begin(scene, client=scene.clients["wiki"])
    type_code(scene, "AAAA-AAAA")
    assert "This is not the code." in scene.screen.text


@state("Check your mail")
def magic_link_code_locked(scene):
    begin(scene)
    for _ in range(6):
        type_code(scene, "AAAA-AAAA")
    assert "There were too many wrong codes." in scene.screen.text


@state("Sign in?")
def magic_link_here(scene):
    scene.screen.open(link(scene))


@state(f"Sign in to continue to {LONG}?")
def magic_link_here_for_a_client_with_a_long_name(scene):
    scene.screen.open(link(scene, client=scene.clients["long"]))


@state(GO_BACK)
def magic_link_elsewhere(scene):
    found = link(scene, client=scene.clients["wiki"])
    scene.screen.reset()
    scene.screen.open(found)
    assert not scene.screen.all("main button[type=submit]")


@state("This link is no longer good")
def magic_link_dead(scene):
    scene.open(NOBODY)


@state("You cannot sign in by mail")
def magic_link_not_any_more(scene):
    email = begin(scene)
    scene.screen.open(link_in(mail_of(scene, email)))
    scene.house.sql(f"UPDATE account_preferences SET magic_links = 0 WHERE account_id = {account(email)}")
    scene.screen.press("Sign in", within="main")


@state("Sign in with this link?")
def staff_link_page(scene):
    scene.screen.open(staff_link(scene, newcomer(scene.house)))


@state("This link is no longer good")
def staff_link_dead(scene):
    scene.open("/staff-link/mml_" + "A" * 43)
