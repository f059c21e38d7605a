"""Signing in by mail as a person does it, with two browsers that know nothing of each other: by link and by code, on a phone
and at a desk, without scripts and without a mouse; and links that somebody else sends (ML2)."""
import pytest
from client import SECRET, Client
from magic_link_states import GO_BACK, SEND, begin, link_in, mail_of, mails_with_links, staff_link, type_code
from mailed_links import newcomer
from martlet import PASSWORD, Martlet
from screen import Screen
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys
from test_pages import TOO_WIDE
from test_without import keys, tab_to


@pytest.fixture(scope="module")
def house():
    with Martlet(settings={"MARTLET_LIMITS_MAILS_PER_NETWORK": "200"}) as house:
        yield house


@pytest.fixture(scope="module")
def wiki(house, receiver):
    return Client(house, receiver, "wiki", SECRET, martlet_skips_consent=True)


@pytest.fixture(scope="module")
def second_chromium():
    """Another Chromium, with a profile of its own."""
    second = Screen()
    yield second
    second.close()


@pytest.fixture
def other(second_chromium):
    second_chromium.reset()
    return second_chromium


class At:
    """Somebody before a browser, at this house."""

    def __init__(self, house, screen):
        self.house, self.screen = house, screen

    def is_signed_in_as(self, email):
        """`None`: as nobody."""
        self.screen.open(self.house.issuer + "/account")
        if email is None:
            return self.screen.heading == "Sign in"
        return self.screen.heading == "Your account" and email in self.screen.text

    def sign_in(self):
        """By password; the address."""
        email = newcomer(self.house)
        self.screen.open(self.house.issuer + "/sign-in")
        self.screen.sign_in(email, PASSWORD)
        self.screen.wait_for_heading("Your account")
        return email

    def link(self, client, email=None):
        """Asked for from an app in this browser: address, link and mail."""
        email = begin(self, email, client)
        mail = mail_of(self, email)
        return email, link_in(mail), mail


@pytest.fixture
def here(house, screen):
    return At(house, screen)


@pytest.fixture
def there(house, other):
    return At(house, other)


def newer_link(at, email, link):
    """Another than the one before; mails of one second have no order."""
    found = lambda: {link_in(mail) for mail in mails_with_links(at, email)} - {link}  # noqa: E731
    at.screen.until(found, "no second link came")
    [other] = found()
    return other


def back_at(wiki, screen):
    screen.wait_for_heading("Back at the client")
    return wiki.redeem(wiki.returned().parameters["code"])


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("scripts", [True, False])
def test_from_an_app_by_link_and_back(here, wiki, screen, width, scripts):
    screen.look(width, "dark")
    screen.scripts(scripts)
    _, link, _ = here.link(wiki)
    screen.open(link)
    screen.wait_for_heading("Sign in to continue to Wiki?")
    screen.press("Sign in", within="main")
    assert back_at(wiki, screen)["id_token"]


@pytest.mark.parametrize("width", [360, 1280])
def test_by_code_with_the_keyboard_alone(house, wiki, screen, here, width):
    screen.look(width, "light")
    screen.open(wiki.authorize())
    assert screen.focused.get_attribute("id") == "email"
    email = newcomer(house)
    keys(screen, email)
    assert tab_to(screen, SEND).tag_name == "button"
    screen.leave_by(lambda: keys(screen, Keys.ENTER))
    screen.wait_for_heading("Check your mail")
    field = screen.focused
    assert field.get_attribute("id") == "code" and field.get_attribute("autocomplete") == "one-time-code"
    screen.leave_by(lambda: keys(screen, "AAAA-AAAA", Keys.ENTER))
    assert screen.focused.get_attribute("id") == "error-summary"
    tab_to(screen, "code")
    screen.leave_by(lambda: keys(screen, mail_of(here, email).code.lower().replace("-", " "), Keys.ENTER))
    assert back_at(wiki, screen)["id_token"]


def test_by_link_with_the_keyboard_alone(wiki, screen, here):
    _, link, _ = here.link(wiki)
    screen.open(link)
    assert tab_to(screen, "Sign in").tag_name == "button"
    screen.leave_by(lambda: keys(screen, Keys.SPACE))
    assert back_at(wiki, screen)["id_token"]


@pytest.mark.parametrize("scripts", [True, False])
def test_in_another_browser_it_says_what_to_do_and_the_code_works_in_the_first(here, there, wiki, screen, other, scripts):
    for one in (screen, other):
        one.look(360, "light")
        one.scripts(scripts)
    _, link, mail = here.link(wiki)
    other.open(link)
    other.wait_for_heading(GO_BACK)
    assert "Open it there, or type the code from the same mail there." in other.text
    assert not other.all("main button[type=submit]") and "Wiki" not in other.text
    assert there.is_signed_in_as(None)
    type_code(here, mail.code)
    assert back_at(wiki, screen)["id_token"]
    assert there.is_signed_in_as(None)


def test_whoever_starts_over_in_the_other_browser_signs_in_there(here, there, wiki, screen, other):
    email, link, _ = here.link(wiki)
    other.open(link)
    other.press("Start over in this browser")
    other.wait_for_heading("Sign in by mail")
    other.type("email", email)
    other.press(SEND)
    other.open(newer_link(there, email, link))
    other.press("Sign in", within="main")
    other.wait_for_heading("Your account")
    # A sign-in ends the links that are left (ML4); what the first browser began is not finished for it.
    screen.open(link)
    screen.wait_for_heading("This link is no longer good")
    assert here.is_signed_in_as(None) and wiki.receiver.arrivals.empty()


@pytest.mark.parametrize("at_home", [False, True], ids=["signed out", "signed in"])
def test_an_attackers_link_in_the_victims_browser_signs_nobody_in(here, there, wiki, screen, other, at_home):
    """Through every page that the victim comes to by it."""
    victim = here.sign_in() if at_home else None
    attacker, link, mail = there.link(wiki)
    screen.open(link)
    screen.wait_for_heading(GO_BACK)
    assert not screen.all("main button[type=submit]") and attacker not in screen.text
    screen.press("Start over in this browser")
    if at_home:
        screen.wait_for_heading("Your account")
    else:
        screen.wait_for_heading("Sign in by mail")
        assert screen.find("#email").get_attribute("value") == ""
    screen.open(here.house.issuer + "/magic-link/code")
    if not at_home:
        type_code(here, mail.code)
        screen.wait_for_heading("This link is no longer good")
    assert here.is_signed_in_as(victim) and attacker not in screen.text
    # Another site sends the form of the button, with all that the attacker knows.
    screen.open(wiki.receiver.origin)
    wiki.receiver.arrival()
    send_form(screen, link, {"here": "1"})
    screen.wait_for_heading("Please try that again")
    assert here.is_signed_in_as(victim) and attacker not in screen.text
    # And the attacker's own browser is as it was: the link was not spent.
    assert there.is_signed_in_as(None)
    other.open(link)
    other.press("Sign in", within="main")
    assert back_at(wiki, other)["id_token"]


def send_form(screen, address, fields):
    screen.leave_by(lambda: screen.driver.execute_script(
        """const form = document.body.appendChild(document.createElement("form"));
        form.method = "post"; form.action = arguments[0];
        for (const [name, value] of Object.entries(arguments[1])) {
            form.append(Object.assign(document.createElement("input"), {name, value}));
        }
        form.submit();""", address, fields))


def test_a_victim_who_opens_what_an_attacker_asked_for_signs_the_attacker_in_nowhere(here, there, wiki, screen, other):
    victim = newcomer(here.house)
    _, link, _ = there.link(wiki, victim)
    waiting = other.url
    screen.open(link)
    screen.wait_for_heading(GO_BACK)
    assert here.is_signed_in_as(None)
    other.open(waiting)
    other.wait_for_heading("Check your mail")
    other.open(waiting.replace("/magic-link/code", "/authorize/continue"))
    other.wait_for_heading("Sign in to continue to Wiki")
    assert there.is_signed_in_as(None) and wiki.receiver.arrivals.empty()


def test_a_double_click_is_one_sign_in(here, wiki, screen):
    email, link, _ = here.link(wiki)
    screen.open(link)
    ActionChains(screen.driver).double_click(screen.find("main form button")).perform()
    assert back_at(wiki, screen)["id_token"]
    assert wiki.receiver.arrivals.empty() and sessions_of(here.house, email) == "1"
    # Nor does the button of a browser that goes back open another.
    screen.open(link)
    screen.until(lambda: screen.heading != "Back at the client" or not wiki.receiver.arrivals.empty())
    assert sessions_of(here.house, email) == "1"
    while not wiki.receiver.arrivals.empty():
        wiki.receiver.arrival()


def sessions_of(house, email):
    return house.sql(f"SELECT count(*) FROM sessions s JOIN accounts a ON a.id = s.subject WHERE a.canonical_email = '{email}'")


def test_a_dead_link_leads_to_a_new_mail_for_the_same_app(here, wiki, screen):
    email, link, _ = here.link(wiki)
    here.house.sql("UPDATE mail_proofs SET expires_at = created_at - 1")
    here.house.sql("DELETE FROM throttle_counters")
    screen.open(link)
    screen.wait_for_heading("This link is no longer good")
    screen.press("Ask for a new mail")
    screen.wait_for_heading("Sign in by mail to continue to Wiki")
    screen.type("email", email)
    screen.press(SEND)
    screen.open(newer_link(here, email, link))
    screen.press("Sign in", within="main")
    assert back_at(wiki, screen)["id_token"]


def test_going_back_after_it_is_done_traps_nobody(here, wiki, screen):
    _, _, mail = here.link(wiki)
    type_code(here, mail.code)
    assert back_at(wiki, screen)["id_token"]
    screen.driver.back()
    screen.until(lambda: screen.all("h1"))
    assert screen.heading in ("Check your mail", "Your account", "This page has expired", "Back at the client")
    screen.open(here.house.issuer + "/magic-link")
    screen.wait_for_heading("Your account")
    while not wiki.receiver.arrivals.empty():
        wiki.receiver.arrival()


def test_a_link_of_staff_works_in_a_browser_that_never_asked(here, there, house, screen, other):
    email = newcomer(house, opted_in=False)
    link = staff_link(here, email)
    for one in (screen, other):
        one.look(360, "light")
        one.open(link)
        one.wait_for_heading("Sign in with this link?")
        assert email not in one.text and "p…@example.org" in one.text
    other.scripts(False)
    other.press("Sign in", within="main")
    other.wait_for_heading("Your account")
    screen.press("Sign in", within="main")
    screen.wait_for_heading("This link is no longer good")
    assert here.is_signed_in_as(None) and there.is_signed_in_as(email)


def test_the_mails_fit_wherever_they_are_read(house, here, screen):
    people = {"magic_link": begin(here)}
    screen.reset()
    people["magic_link_not_for_you"] = begin(here, newcomer(house, opted_in=False))
    people["staff_link_made"] = newcomer(house)
    staff_link(here, people["staff_link_made"])
    for name, email in people.items():
        [mail] = house.mails(email)
        page = house.folder / f"{name}.html"
        page.write_text(mail.html)
        for width in (360, 700):
            for scheme in ("light", "dark"):
                screen.look(width, scheme)
                screen.open(page.as_uri())
                assert screen.heading
                screen.shot(f"sent-{name}-{width}-{scheme}")
                assert not screen.driver.execute_script(TOO_WIDE), f"{name} at {width}"
        assert ("/magic-link/" in mail.text) == (name == "magic_link") and "/staff-link/" not in mail.text
