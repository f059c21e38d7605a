"""Second factors as people use them: an authenticator app that nobody here wrote (pyotp), a mailbox, codes on paper."""
import re
import secrets
import time
from urllib.parse import parse_qsl, urljoin, urlsplit

import pyotp
from factor_house import calm, later, visitor
from factor_pages import (
    ADD_APP, ADD_KEY, ADD_MAIL, ANSWERS, APP, CODE, DRAFT, KEY, MAIL, NAME, REMEMBER, SECURITY, SEND, answered,
    at_factor, codes_of, form_at, forms_at, key_of, links_to, options_of, tick)
from mailed_links import newcomer
from martlet import PASSWORD
from person import Arrival, Form
from waiting import eventually

SESSION_COOKIE = "martlet-session"


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
    [mail, *_] = eventually(lambda: list(filter(condition, house.mails(email, count=0)[before:])))
    return mail


def send_code(house, person, page, email):
    """Asks for a code by mail; the page where it is typed, and the mail."""
    before = len(house.mails(email, count=0))
    page = way(person, page, MAIL)
    waiting = person.submit(page, form_at(page, SEND))
    return waiting, mail_with_code(house, email, before)
