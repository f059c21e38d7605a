"""Signing in by providers as a person does it, in a real browser: whose cookies go along from another site and back is for
it to say, and for nobody else (B027, B034, SO6)."""
import contextlib

import pytest
from by_provider import KINDS, NAMES, Providers, kept, make, somebody
from client import SECRET, Client
from provider_states import FOUR
from selenium.webdriver.common.keys import Keys
from test_pages import TOO_WIDE
from test_without import keys, tab_to


@contextlib.contextmanager
def standing(receiver, **options):
    with Providers(**options) as upstream, make(upstream) as house:
        house.wiki = Client(house, receiver, "wiki", SECRET, martlet_skips_consent=True)
        yield house


@pytest.fixture(scope="module")
def house(receiver):
    with standing(receiver) as house:
        yield house


@pytest.fixture(scope="module")
def choosing(receiver):
    """As the demo has it: people choose at the provider who they are."""
    with standing(receiver, choose=True) as house:
        yield house


def back_at(house, screen):
    screen.wait_for_heading("Back at the client")
    return house.wiki.redeem(house.wiki.returned().parameters["code"])


def go_by(screen, house, kind):
    screen.open(house.wiki.authorize())
    screen.wait_for_heading("Sign in to continue to Wiki")
    screen.press(f"Continue with {NAMES[kind]}")


def prove(screen, house, email):
    screen.wait_for_heading("Your email address")
    screen.press("Send the mail")
    screen.wait_for_heading("Check your mail")
    screen.type("code", house.mails(email)[-1].code)
    screen.press("Confirm address", within="main")


@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "without"])
@pytest.mark.parametrize("kind", KINDS)
def test_from_an_app_to_a_provider_and_back(house, screen, kind, scripts):
    """And again, from a browser that nobody has used; the account's page knows where they came from."""
    screen.look(360 if scripts else 1280, "dark" if scripts else "light")
    _, email = somebody(house.upstream, kind)
    for number in range(2):
        screen.scripts(scripts)
        go_by(screen, house, kind)
        if kind == "apple":
            # It answers by a form of its own page.
            screen.wait_for_heading("Back to the app")
            screen.press("Continue")
        if kind == "facebook" and number == 0:
            prove(screen, house, email)
        assert back_at(house, screen)["id_token"]
        screen.open(house.issuer + "/account/security")
        screen.wait_for_heading("Security")
        assert [row.text for row in screen.all("#identities h3")] == [NAMES[kind]]
        screen.shot(f"walk-{kind}-{number}-{'scripts' if scripts else 'without'}")
        screen.scripts(True)
        assert not screen.driver.execute_script(TOO_WIDE)
        if number == 0:
            screen.reset()
            screen.look(360 if scripts else 1280, "light")


@pytest.mark.parametrize("kind", FOUR)
def test_by_the_keyboard_alone(house, screen, kind):
    _, email = somebody(house.upstream, kind)
    screen.open(house.wiki.authorize())
    assert tab_to(screen, f"Continue with {NAMES[kind]}").tag_name == "button"
    screen.leave_by(lambda: keys(screen, Keys.ENTER))
    if kind == "facebook":
        screen.wait_for_heading("Your email address")
        assert tab_to(screen, "Send the mail").tag_name == "button"
        screen.leave_by(lambda: keys(screen, Keys.ENTER))
        screen.wait_for_heading("Check your mail")
        assert screen.focused.get_attribute("id") == "code"
        screen.leave_by(lambda: keys(screen, house.mails(email)[-1].code, Keys.ENTER))
    assert back_at(house, screen)["id_token"]


@pytest.mark.parametrize("kind", FOUR)
def test_saying_no_there_is_said_here_and_another_way_is_open(house, screen, kind):
    before = kept(house)
    somebody(house.upstream, kind)
    house.upstream.fault(kind, "deny")
    go_by(screen, house, kind)
    screen.until(lambda: f"You did not go on at {NAMES[kind]}." in screen.text)
    screen.wait_for_heading("Sign in to continue to Wiki")
    assert screen.focused.get_attribute("id") == "error-summary" and kept(house) == before
    screen.shot(f"walk-{kind}-denied")
    somebody(house.upstream, "github")
    screen.press("Continue with GitHub")
    assert back_at(house, screen)["id_token"]


@pytest.mark.parametrize("kind", FOUR)
def test_whoever_one_chooses_to_be_there_comes_in_here(choosing, screen, kind):
    go_by(screen, choosing, kind)
    screen.until(lambda: "stand-in" in screen.heading)
    assert "It has nothing to do with the company." in screen.text
    screen.shot(f"walk-{kind}-choosing")
    screen.press("Cancel")
    screen.wait_for_heading("Sign in to continue to Wiki")
    screen.press(f"Continue with {NAMES[kind]}")
    screen.until(lambda: "stand-in" in screen.heading)
    # Of her the provider tells no address.
    screen.press("Continue as Carol Stand-in")
    screen.wait_for_heading("Your email address")
    email = f"carol-{kind}@example.org"
    screen.type("email", email)
    prove(screen, choosing, email)
    assert back_at(choosing, screen)["id_token"]
    screen.open(choosing.issuer + "/account")
    assert email in screen.text


def test_going_back_after_it_is_done_traps_nobody(house, screen):
    somebody(house.upstream, "github")
    go_by(screen, house, "github")
    assert back_at(house, screen)["id_token"]
    before = kept(house)
    screen.driver.back()
    screen.until(lambda: screen.all("h1"))
    screen.open(house.issuer + "/sign-in")
    screen.wait_for_heading("Your account")
    assert kept(house) == before
    while not house.wiki.receiver.arrivals.empty():
        house.wiki.receiver.arrival()


def test_another_site_cannot_send_anybody_on_their_way(house, screen):
    """Neither by a form of its own nor by an address that somebody else was given (SO6)."""
    before = kept(house)
    screen.open(house.wiki.receiver.origin)
    house.wiki.receiver.arrival()
    asked = len(house.upstream.log("github", "authorize"))
    screen.leave_by(lambda: screen.driver.execute_script(
        """const form = document.body.appendChild(document.createElement("form"));
        form.method = "post"; form.action = arguments[0]; form.submit();""", house.issuer + "/upstream/github"))
    screen.wait_for_heading("Please try that again")
    assert len(house.upstream.log("github", "authorize")) == asked
    screen.open(f"{house.issuer}/upstream/github/callback?code=x&state=mus_{'A' * 43}")
    screen.until(lambda: "began in another browser" in screen.text)
    assert kept(house) == before
