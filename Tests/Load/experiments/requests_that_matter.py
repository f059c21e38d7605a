"""The requests that give, spend or take something away, each with what shows whether it had its effect. Made anew for
each time one is sent, for most of them are good for one use."""
import functools
from urllib.parse import urlsplit

import requests
from apps import EMAIL, request
from factor_house import later
from factor_pages import APP, BACKUP, CODE
from factor_visitor import SESSION_COOKIE, code_form, enrol, half
from guests import OFFLINE, calm, code_for, exchange_form, signed_in
from mailed_links import account
from martlet import PASSWORD
from person import Person
from wire import cookies_of

WATCH = ("watch", "watch's secret")
SHOP = "books"


class Request:
    """A POST or GET that is ready to be sent. What is wrong in it, if anything, is in its class."""
    name, is_short, may_succeed, can_be_repeated = "", False, True, True
    method, path, form, auth, cookies = "POST", "/token", None, None, None

    def __init__(self, house):
        self.house = house
        self.prepare()

    def prepare(self):
        pass

    def send(self):
        headers = {"Cookie": self.cookies} if self.cookies else {}
        return requests.request(
            self.method, self.house.issuer + self.path, data=self.form, auth=self.auth, headers=headers, timeout=60,
            allow_redirects=False)

    def succeeded(self, answer):
        return answer.status_code == 200

    def has_effect(self, answer):
        return True

    def is_right(self, answer):
        """Without any fault."""
        return self.succeeded(answer) == self.may_succeed

    def is_active(self, token):
        answer = requests.post(self.house.issuer + "/introspect", auth=WATCH, data={"token": token}, timeout=30)
        assert answer.status_code == 200, answer.text
        return answer.json()["active"]

    def tokens_work(self, answer):
        """The whole effect of a grant: its access token is known, and its refresh token is good."""
        tokens = answer.json()
        refreshed = requests.post(self.house.issuer + "/token", timeout=30, data={
            "grant_type": "refresh_token", "client_id": "app", "refresh_token": tokens["refresh_token"]})
        return self.is_active(refreshed.json().get("access_token", "")) if refreshed.status_code == 200 else False

    @property
    def browser(self):
        return browser_of(self.house)


@functools.lru_cache(maxsize=4)
def browser_of(house):
    """Somebody signed in, for whatever needs a session and does not end it."""
    return signed_in(house)


class CodeExchange(Request):
    name, is_short = "a code is exchanged", True

    def prepare(self):
        self.form = exchange_form(code_for(self.house, self.browser))

    def has_effect(self, answer):
        return answer.status_code == 200 and self.tokens_work(answer)

    # Spent and its answer lost is a retry at the person's, never a replay: no second try is owed.
    can_be_repeated = False


class WrongVerifier(CodeExchange):
    name, may_succeed = "a code comes with another verifier", False

    def prepare(self):
        super().prepare()
        self.form |= {"code_verifier": "w" * 50}


class SpentCode(CodeExchange):
    name, is_short, may_succeed = "a code comes again", False, False

    def prepare(self):
        super().prepare()
        assert self.send().status_code == 200


class Refresh(Request):
    name, is_short, can_be_repeated = "a token is refreshed", True, False

    def prepare(self):
        form = exchange_form(code_for(self.house, self.browser))
        self.tokens = requests.post(self.house.issuer + "/token", data=form, timeout=30).json()
        self.form = {"grant_type": "refresh_token", "client_id": "app", "refresh_token": self.tokens["refresh_token"]}

    def has_effect(self, answer):
        return answer.status_code == 200 and self.tokens_work(answer)


class SpentRefresh(Refresh):
    name, is_short, may_succeed = "a refresh token comes again", False, False

    def prepare(self):
        super().prepare()
        assert self.send().status_code == 200


class Machine(Request):
    name, auth, form = "a machine's opaque token", WATCH, {"grant_type": "client_credentials"}

    def has_effect(self, answer):
        return answer.status_code == 200 and self.is_active(answer.json()["access_token"])


class Revocation(Refresh):
    name, is_short, path, can_be_repeated = "a family is revoked", True, "/revoke", True

    def prepare(self):
        super().prepare()
        self.form = {"token": self.tokens["refresh_token"], "client_id": "app"}

    def has_effect(self, answer):
        return not self.is_active(self.tokens["access_token"]) and not self.is_active(self.tokens["refresh_token"])


class Introspection(Revocation):
    """Of what was revoked: whatever fails, it is not active."""
    name, path, may_succeed, is_short = "a revoked token is asked about", "/introspect", False, False

    def prepare(self):
        super().prepare()
        assert self.send_to("/revoke").status_code == 200
        self.auth, self.form = WATCH, {"token": self.tokens["access_token"]}

    def send_to(self, path):
        return requests.post(self.house.issuer + path, data=self.form, timeout=30)

    def succeeded(self, answer):
        return answer.status_code == 200 and answer.json()["active"]


class Authorization(Request):
    name, method = "a code is given", "GET"

    def prepare(self):
        self.path, self.cookies = request("app", OFFLINE), cookies_of(self.browser)

    def succeeded(self, answer):
        return answer.status_code == 303 and "code=" in answer.headers["Location"]

    def has_effect(self, answer):
        if not self.succeeded(answer):
            return False
        code = dict(pair.split("=") for pair in urlsplit(answer.headers["Location"]).query.split("&"))["code"]
        return requests.post(self.house.issuer + "/token", data=exchange_form(code), timeout=30).status_code == 200


class SignIn(Request):
    name, path, password = "a password", "/sign-in", PASSWORD

    def prepare(self):
        self.person = Person(EMAIL)
        fields = self.person.go(self.house.issuer + "/sign-in").form("/sign-in").fields
        self.form, self.cookies = fields | {"email": EMAIL, "password": self.password}, cookies_of(self.person)

    def succeeded(self, answer):
        return SESSION_COOKIE in answer.cookies

    def has_effect(self, answer):
        return SESSION_COOKIE in answer.cookies and self.is_in(answer.cookies[SESSION_COOKIE])

    def is_in(self, session):
        page = requests.get(self.house.issuer + "/account", timeout=30, allow_redirects=False, headers={
            "Cookie": f"{self.cookies}; {SESSION_COOKIE}={session}"})
        return page.status_code == 200


class WrongPassword(SignIn):
    name, is_short, may_succeed, password = "a wrong password", False, False, "not my password at all"


class SignOut(Request):
    name, path = "signing out", "/logout/confirm"

    def prepare(self):
        self.person = signed_in(self.house)
        page = self.person.go(self.house.issuer + "/account")
        form = page.form("/logout/confirm")
        self.path = urlsplit(form.action).path
        self.form = form.fields | dict(button for button in form.buttons if button[1] == "sign-out")
        self.cookies = cookies_of(self.person)

    def succeeded(self, answer):
        return answer.status_code in (200, 303)

    def has_effect(self, answer):
        page = requests.get(self.house.issuer + "/account", timeout=30, allow_redirects=False,
                            headers={"Cookie": self.cookies})
        return page.status_code == 303


class Consent(Request):
    name, path, is_short = "consent is given", "/consent", True

    def prepare(self):
        self.house.sql("DELETE FROM consents")
        self.person = signed_in(self.house)
        page = self.person.go(self.house.issuer + request(SHOP, "openid email"))
        form = page.form("/consent")
        self.form = form.fields | dict(button for button in form.buttons if button[1] == "allow")
        self.cookies, self.path = cookies_of(self.person), urlsplit(form.action).path

    def succeeded(self, answer):
        return answer.status_code == 303

    def has_effect(self, answer):
        return self.house.sql(f"SELECT count(*) FROM consents WHERE client_id = '{SHOP}'") == "1"


class FactorCode(Request):
    name, path, can_be_repeated = "a code of an app", APP, False

    def prepare(self):
        held = held_of(self.house)
        self.house.sql("DELETE FROM factor_standings")
        self.person, page = half(self.house, held.email)
        later(self.house, held.email)
        if self.path == BACKUP and not held.codes:
            held_of.cache_clear()
            held = held_of(self.house)
            self.person, page = half(self.house, held.email)
        code = self.code(held)
        _, form = code_form(self.person, page, self.path)
        self.form, self.cookies = form.fields | {CODE: code}, cookies_of(self.person)

    def code(self, held):
        return held.code() if self.path == APP else held.codes.pop()

    def succeeded(self, answer):
        return SESSION_COOKIE in answer.cookies

    has_effect = SignIn.has_effect

    def is_in(self, session):
        # In the place of the half session's: two cookies of one name count as none.
        self.person.session.cookies.pop(SESSION_COOKIE, None)
        self.cookies = cookies_of(self.person)
        return SignIn.is_in(self, session)


@functools.lru_cache(maxsize=1)
def held_of(house):
    return enrol(house)


class WrongFactorCode(FactorCode):
    name, may_succeed, is_short = "a wrong code of an app", False, False

    def code(self, held):
        return held.wrong()


class BackupCode(FactorCode):
    name, path, is_short = "a backup code", BACKUP, False


class PasswordChange(Request):
    name, path, number = "a password is changed", "/account/password", 0

    def prepare(self):
        calm(self.house)
        cls = type(self)
        cls.number += 1
        self.email, self.new = f"changer{cls.number}@example.org", f"{PASSWORD} number {cls.number}"
        self.house.command("user", "add", "--email", self.email, "--name", "Changer", stdin=PASSWORD + "\n")
        person = signed_in(self.house, self.email)
        form = person.go(self.house.issuer + self.path).form(self.path).fields
        self.form, self.cookies = form | {"current": PASSWORD, "password": self.new}, cookies_of(person)
        self.before = self.hash()

    def hash(self):
        return self.house.sql(f"SELECT password_hash FROM accounts WHERE id = {account(self.email)}")

    def has_effect(self, answer):
        return self.hash() != self.before


def all_of_them(house):
    return [CodeExchange, WrongVerifier, SpentCode, Refresh, SpentRefresh, Machine, Revocation, Introspection,
            Authorization, SignIn, WrongPassword, SignOut, Consent, FactorCode, WrongFactorCode, BackupCode,
            PasswordChange]
