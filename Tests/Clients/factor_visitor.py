"""Second factors as people use them: an authenticator app that nobody here wrote (pyotp), a mailbox, codes on paper. Where
the pages are and what their fields are called stands here, and nowhere else in the tests."""
import contextlib
import html
import json
import re
import secrets
import time
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyotp
from mailed_links import newcomer
from martlet import PASSWORD, Martlet
from person import Arrival, Form, Person
from relying_party import RelyingParty

# The pages
PROVE = "/second-factor"
APP, MAIL, BACKUP, KEY = (f"{PROVE}/{name}" for name in ("app", "mail", "backup-code", "passkey"))
SEND = MAIL + "/send"
LOST = PROVE + "/lost"
LOST_CODE = LOST + "/code"
STOP, UNDO = "/factor-recovery/stop/", "/factor-recovery/undo/"
STOP_HERE = "/account/factors/recovery/stop"
SECURITY = "/account/security"
SET_UP, ADD_APP, ADD_MAIL, ADD_KEY, RENAME, REMOVE, CODES, FORGET = (
    f"/account/factors/{name}"
    for name in ("set-up", "app", "mail", "passkeys", "rename", "remove", "codes", "remembered/forget"))
KEY_SIGN_IN = "/sign-in/passkey"
# Their fields. What a passkey answers goes into the first of these that a form has.
CODE, DRAFT, REMEMBER, NAME = "code", "draft", "remember", "name"
ANSWERS = ("answer", "credential", "passkey", "response", "assertion")
ONE, TWO, THREE = (f"urn:martlet:acr:{level}" for level in (1, 2, 3))
# The apps
CALLBACK = "http://127.0.0.1:9913/callback"
SECRET = "the app's secret"
APPS = ("wiki", "shop", "free")
SESSION_COOKIE = "martlet-session"


# The house


def furnish(house):
    for name in APPS:
        house.add_client(
            name, SECRET, redirect_uris=[f"{CALLBACK}/{name}"], scope="openid profile email offline_access",
            grant_types=["authorization_code", "refresh_token"], martlet_skips_consent=True)


SETTINGS = {"MARTLET_LIMITS_MAILS_PER_NETWORK": "1000", "MARTLET_SECOND_FACTOR_EXEMPT_CLIENTS": "free"}


@contextlib.contextmanager
def serving(**settings):
    """A house with three apps, of which `free` is exempt."""
    house = Martlet(settings=SETTINGS | settings)
    furnish(house)
    with house:
        yield house


def app_of(house, name="wiki", scope="openid profile email"):
    return RelyingParty(house.issuer, name, SECRET, f"{CALLBACK}/{name}", scope)


def visitor(email=None, password=PASSWORD):
    return Person(email, password, clients=[CALLBACK])


def account(email):
    return f"(SELECT id FROM accounts WHERE canonical_email = '{email}')"


def number(house, statement):
    return int(house.sql("SELECT count(*) FROM " + statement))


def calm(house):
    """As if nobody had tried anything, nor asked for mail, for long. Locks of second factors are no such counts."""
    house.sql("DELETE FROM throttle_counters")


def restart(house, **settings):
    house.stop()
    house.environment |= settings
    house.start()


# Time is turned in what is kept, for nobody can wait for it


def later(house, email):
    """As if the last code of the authenticator app were from long ago."""
    house.sql(f"UPDATE factors SET last_step = 1 WHERE kind = 'totp' AND account_id = {account(email)}")


def age_sessions(house, email, seconds):
    """As if everything in the ledgers of a person had been proven so much earlier."""
    rows = house.sql(f"SELECT id, proofs FROM sessions WHERE subject = {account(email)}").splitlines()
    for row in rows:
        id, ledger = row.split("|", 1)
        ledger = json.dumps([[method, when - seconds] for method, when in json.loads(ledger)])
        house.sql(f"UPDATE sessions SET proofs = '{ledger}', authenticated_at = authenticated_at - {seconds}, "
                  f"factor_at = factor_at - {seconds} WHERE id = '{id}'")


def age(house, table, email, seconds, *columns):
    moved = ", ".join(f"{column} = {column} - {seconds}" for column in columns)
    house.sql(f"UPDATE {table} SET {moved} WHERE account_id = {account(email)}")


# Pages


def at_factor(place):
    return not isinstance(place, Arrival) and place.path.split("/")[1] == PROVE[1:]


def forms_at(page, path):
    return [form for form in page.forms if urlsplit(form.action).path == path]


def form_at(page, path, field=None):
    found = [form for form in forms_at(page, path) if field is None or field in form.fields]
    assert found, f"no form for {path} with {field} on {page.url}: {page.heading!r} {page.text}"
    return found[0]


def tick(page, name):
    """What a tick of this box sends."""
    box = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', page.text)
    assert box, f"no box {name} on {page.url}"
    value = re.search(r'value="([^"]*)"', box[0])
    return {name: value[1] if value else "on"}


def links_to(page, path):
    found = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]
    return [urljoin(page.url, link) for link in found if urlsplit(link).path == path]


def text_of(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def fault(page):
    """What the page says went wrong, without the reference, which is another each time."""
    summary = re.search(r'<div class="summary"[^>]*>(.*?)</div>', page.text, re.S)
    assert summary, f"{page} names no fault: {page.text}"
    assert 'id="reference"' in summary[1], "there is no reference"
    return text_of(re.sub(r'<p class="reference">.*?</p>', "", summary[1], flags=re.S))


def key_of(page):
    """The key of an authenticator app, as it is shown for typing."""
    found = re.search(r'id="key"[^>]*>(.*?)</', page.text, re.S)
    assert found, f"no key on {page}: {page.text}"
    key = re.sub(r"[\s-]", "", text_of(found[1])).upper()
    assert re.fullmatch("[A-Z2-7]{32,}", key), key
    return key


def codes_of(page):
    """Backup codes, as they are shown once: an element for each."""
    return [text_of(found) for found in re.findall(
        r'<[^>]*class="[^"]*\bbackup-code\b[^"]*"[^>]*>(.*?)</', page.text, re.S)]


def options_of(page):
    """What the page would have the browser's `navigator.credentials` asked."""
    for value in re.findall(r'\bdata-[a-z-]+="([^"]*)"', page.text):
        if "challenge" in value:
            options = json.loads(html.unescape(value))
            return options.get("publicKey", options)
    raise AssertionError(f"{page} asks for no passkey: {page.text}")


def answered(form, answer):
    """The field for what a passkey answers, filled."""
    for name in ANSWERS:
        if name in form.fields:
            return {name: json.dumps(answer)}
    raise AssertionError(f"no field for an answer among {form.fields}")


# People who have a second factor


class Held:
    """An address, the browser that set the factor up, the authenticator app and the codes on paper."""

    def __init__(self, house, email, person):
        self.house, self.email, self.person = house, email, person
        self.totp, self.codes = None, []

    def code(self, steps=0):
        """Of now, or of so many half minutes later."""
        return self.totp.at(int(time.time()), counter_offset=steps)

    def fresh(self):
        """A code that was not used yet."""
        later(self.house, self.email)
        return self.code()

    def wrong(self):
        near = {self.code(steps) for steps in range(-4, 5)}
        while (code := f"{secrets.randbelow(10 ** 6):06}") in near:
            pass
        return code


def signed_in(house, email, person=None):
    """By password, with nothing asked beside it."""
    person = person or visitor(email)
    page = person.sign_in_on(person.go(house.issuer + "/sign-in"))
    assert page.path == "/account" and page.status == 200, page
    return person


def enrol(house, email=None, person=None):
    """Sets up an authenticator app, as the first factor."""
    email = email or newcomer(house)
    held = Held(house, email, person or signed_in(house, email))
    done = add_app(held)
    assert done.status == 200, (done, done.text)
    held.codes = codes_of(done)
    assert len(held.codes) == len(set(held.codes)) == 10, done.text
    return held


def add_app(held):
    page = held.person.go(held.house.issuer + ADD_APP)
    assert page.path == ADD_APP and page.status == 200, page
    held.totp = pyotp.TOTP(key_of(page))
    return held.person.submit(page, form_at(page, ADD_APP, DRAFT), **{CODE: held.code()})


def add_mail(house, person, email):
    """Sets up codes by mail; gives the page it ends at, and the mail."""
    before = len(house.mails(email, count=0))
    page = person.go(house.issuer + ADD_MAIL)
    assert page.path == ADD_MAIL and page.status == 200, page
    [form, *_] = [form for form in page.forms if urlsplit(form.action).path.startswith(ADD_MAIL)]
    waiting = person.submit(page, form)
    mail = mail_with_code(house, email, before)
    form = next(form for form in waiting.forms if CODE in form.fields)
    return person.submit(waiting, form, **{CODE: digits(mail)}), mail


def enrol_mail(house, email=None):
    email = email or newcomer(house)
    held = Held(house, email, signed_in(house, email))
    done, _ = add_mail(house, held.person, email)
    assert done.status == 200, (done, done.text)
    held.codes = codes_of(done)
    assert len(held.codes) == 10, done.text
    return held


def enrol_key(house, key, email=None, person=None, name="My key"):
    """Sets up a passkey: `key` is a SoftwareKey."""
    email = email or newcomer(house)
    held = Held(house, email, person or signed_in(house, email))
    page = held.person.go(house.issuer + ADD_KEY)
    assert page.path == ADD_KEY and page.status == 200, page
    form = next(form for form in forms_at(page, ADD_KEY) if any(name in form.fields for name in ANSWERS))
    done = held.person.submit(page, form, **answered(form, key.create(options_of(page))), **{NAME: name})
    assert done.status == 200, (done, done.text)
    held.codes = codes_of(done)
    return held


# At the door


def come(house, email, app=None, person=None, password=PASSWORD, **parameters):
    """As far as the place after the password: the browser and where it is."""
    calm(house)
    person = person or visitor(email, password)
    page = person.go(app.authorization_url(**parameters) if app else house.issuer + "/sign-in")
    assert page.path == "/sign-in" and page.status == 200, page
    return person, person.sign_in_on(page, email=email, password=password)


def half(house, email, app=None, person=None, **parameters):
    person, place = come(house, email, app, person, **parameters)
    assert at_factor(place) and place.status == 200, (place, getattr(place, "text", ""))
    return person, place


def way(person, page, path):
    """From one page about second factors to that for one kind."""
    if page.path == path or forms_at(page, path):
        return page
    if found := links_to(page, path):
        return person.go(found[0])
    query = urlsplit(page.url).query
    return person.go(urljoin(page.url, path) + (f"?{query}" if query else ""))


def offers(person, page, path):
    """Whether this kind is among those that the person may choose from, and can be used."""
    found = way(person, page, path)
    return bool(forms_at(found, path) or (path == MAIL and forms_at(found, SEND)))


def code_form(person, page, path=APP):
    """Where a code of this kind is typed. A page that is locked has no such form: then what it would send."""
    page = way(person, page, path)
    for form in forms_at(page, path):
        if CODE in form.fields:
            return page, form
    return page, Form(path, "post", dict(parse_qsl(urlsplit(page.url).query)) | {CODE: "", "csrf": csrf_of(page)})


def csrf_of(page):
    """What makes a form of this browser genuine; each of its forms has it."""
    return next(form.fields["csrf"] for form in page.forms if "csrf" in form.fields)


def try_code(person, page, code, path=APP, remember=False):
    page, form = code_form(person, page, path)
    return person.submit(page, form, **{CODE: code}, **(tick(page, REMEMBER) if remember else {}))


def prove(held, person, page, remember=False):
    """By the authenticator app; where that leads."""
    place = try_code(person, page, held.fresh(), remember=remember)
    assert isinstance(place, Arrival) or not at_factor(place), (place, place.text)
    return place


def whole(held, app=None, person=None, remember=False, **parameters):
    """All the way in: the browser, and where it is."""
    person, page = half(held.house, held.email, app, person, **parameters)
    return person, prove(held, person, page, remember)


def forget_session(person):
    """As if the browser had been closed: all that it keeps but the session."""
    for cookie in list(person.session.cookies):
        if cookie.name.endswith(SESSION_COOKIE):
            person.session.cookies.clear(cookie.domain, cookie.path, cookie.name)


def is_signed_in(house, person):
    return person.go(house.issuer + "/account").path == "/account"


def answer_with_key(key, person, page, path=KEY, /, **spoilt):
    """Proves by a passkey; where that leads."""
    page = way(person, page, path)
    form = form_at(page, path)
    return person.submit(page, form, **answered(form, key.get(options_of(page), **spoilt)))


# The account


def stroll(house, person, path, **fields):
    """From the section on security to where its first button or link with this path leads, through what is asked there
    once more."""
    page = person.go(house.issuer + SECURITY)
    assert page.path == SECURITY and page.status == 200, page
    if forms_at(page, path):
        page = press_button(person, page, form_at(page, path), fields)
    else:
        [link, *_] = links_to(page, path) or [house.issuer + path]
        page = person.go(link)
    if page.path == path and page.status == 200 and forms_at(page, path):
        page = press_button(person, page, form_at(page, path), fields)
    return page


def press_button(person, page, form, fields):
    """The first button, with what it says itself."""
    own = dict(button for button in form.buttons[:1] if button[0])
    return person.submit(page, form, **own | fields)


# Mails


def digits(mail):
    found = re.sub(r"\s", "", mail.code)
    assert re.fullmatch(r"\d{6}", found), mail.code
    return found


def mail_with_code(house, email, before):
    """The first with a code among those after so many."""
    return mail_where(house, email, before, lambda mail: mail.code)


def mail_where(house, email, before, condition):
    deadline = time.monotonic() + 15
    while time.monotonic() < deadline:
        for mail in house.mails(email, count=0)[before:]:
            if condition(mail):
                return mail
        time.sleep(0.05)
    told = [mail.subject for mail in house.mails(email, count=0)]
    raise AssertionError(f"no such mail to {email} after the first {before}: {told}")


def send_code(house, person, page, email):
    """Asks for a code by mail; the page where it is typed, and the mail."""
    before = len(house.mails(email, count=0))
    page = way(person, page, MAIL)
    waiting = person.submit(page, form_at(page, SEND))
    return waiting, mail_with_code(house, email, before)


# Records


def events(house, kind):
    told = house.command("audit", "--json", "--kind", kind, "--limit", "1000").stdout
    return [json.loads(line) for line in told.splitlines()]


def subject_of(house, email):
    return house.sql("SELECT id FROM accounts WHERE canonical_email = " + f"'{email}'")


def told_of(house, kind, email, within=10):
    """Events of a kind about somebody; waits for the first."""
    subject, deadline = subject_of(house, email), time.monotonic() + within
    while not (found := [event for event in events(house, kind) if event.get("subject") == subject]):
        assert time.monotonic() < deadline, f"no {kind} of {email}"
        time.sleep(0.05)
    return found
