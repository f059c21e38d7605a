"""Signing in by mail as people do it: they ask for a link, read it out of their mailbox, and use it. The mail goes to a
server that nobody here wrote."""
import contextlib
import itertools
import re
import time
from urllib.parse import urljoin, urlsplit

from martlet import PASSWORD, Mail, Martlet
from person import Person
from post_office import PostOffice
from relying_party import RelyingParty

CALLBACK = "http://127.0.0.1:9907/callback"
SECRET = "wiki's secret"
DEAD = "This link is no longer good"
numbers = itertools.count(1)


def wiki_of(house):
    house.add_client("wiki", SECRET, redirect_uris=[CALLBACK], scope="openid profile email", martlet_skips_consent=True)


@contextlib.contextmanager
def serving(**settings):
    """A house with an app, whose mail goes to `house.office`."""
    with PostOffice() as office:
        house = Martlet(settings=office.settings | {
            "MARTLET_MAIL_SMTP_TLS": "none", "MARTLET_LIMITS_MAILS_PER_NETWORK": "1000", **settings})
        house.office = office
        wiki_of(house)
        with house:
            yield house


def wiki_app(house):
    return RelyingParty(house.issuer, "wiki", SECRET, CALLBACK)


def visitor(email=None):
    return Person(email, clients=[CALLBACK])


# People


def newcomer(house, opted_in=True):
    """Somebody with a password who administers nothing; their address. An address may be mailed to three times an hour,
    so there is a new one for each test."""
    email = f"person-{next(numbers)}@example.org"
    house.command("user", "add", "--email", email, "--name", "Grace Hopper", stdin=PASSWORD + "\n")
    if opted_in:
        opt_in(house, email)
    return email


def account(email):
    return f"(SELECT id FROM accounts WHERE canonical_email = '{email}')"


def opt_in(house, email):
    """Wants links, and to hear of no sign-in, so that no other mail comes in between."""
    house.sql("INSERT INTO account_preferences (account_id, magic_links, sign_in_notices) "
              f"VALUES ({account(email)}, 1, 'none')")


def sessions(house, email):
    return int(house.sql(f"SELECT count(*) FROM sessions WHERE subject = {account(email)}"))


# What a browser does


def ask(person, page, email):
    """By the second button of a sign-in page, or on the page that is for links alone; to where the code is typed."""
    if any(urlsplit(form.action).path == "/sign-in" for form in page.forms):
        form = page.form("/sign-in")
        assert ("from", "sign-in") in form.buttons and 'formaction="/magic-link"' in page.text, page.text
        fields = form.fields | {"email": email, "password": "", "from": "sign-in"}
        waiting = person.go(urljoin(page.url, "/magic-link"), "post", fields)
    else:
        waiting = person.submit(page, page.form("/magic-link"), email=email)
    assert waiting.path == "/magic-link/code" and waiting.status == 200, waiting
    return waiting


def ask_at(house, person, email):
    return ask(person, person.go(house.issuer + "/magic-link"), email)


def type_code(person, waiting, code):
    return person.submit(waiting, waiting.form("/magic-link/code"), code=code)


def button(person, link):
    """The page of a link, as this browser sees it, and its one form."""
    page = person.go(link)
    assert page.status == 200, page
    return page, page.form("/magic-link/mml_")


def press(person, link):
    return person.submit(*button(person, link))


def token_of_forms(house, person):
    """What makes a form of this browser genuine; each of its forms has it."""
    return re.search(r'name="csrf" value="([^"]+)"', person.go(house.issuer + "/account").text)[1]


def post(person, address, fields):
    """The answer itself, wherever it leads."""
    return person.session.post(address, data=fields, allow_redirects=False, timeout=30)


def force(house, person, link, **fields):
    """What the button of a link would send, from a browser that is shown none."""
    return post(person, link.split("?")[0], {"csrf": token_of_forms(house, person), "here": "1", **fields})


def is_signed_in(house, person):
    return person.go(house.issuer + "/account").path == "/account"


# The mailbox


def letters(house, email, count=1):
    return [Mail(taken.raw) for taken in house.office.mails(count, to=email)]


def settle(house):
    """Until all mail that is to go has gone."""
    deadline = time.monotonic() + 30
    while house.sql("SELECT count(*) FROM outbox") != "0":
        assert time.monotonic() < deadline, "mail is left"
        time.sleep(0.02)


def link_of(mail):
    """Its one link to sign in with."""
    [link] = [link for link in mail.links if "/magic-link/" in link]
    return link


def asked(house, app=None, email=None):
    """Somebody who has asked, for an app or for themselves: address, browser, the page that waits, and the mail."""
    email = email or newcomer(house)
    person = visitor(email)
    waiting = ask(person, person.go(app.authorization_url()), email) if app else ask_at(house, person, email)
    return email, person, waiting, letters(house, email)[-1]


def ask_sooner(house):
    """As if half a minute had passed since the last mail was asked for."""
    house.sql("DELETE FROM throttle_counters")
