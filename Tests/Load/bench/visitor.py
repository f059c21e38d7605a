"""Somebody at a browser who signs in where a form asks for a password, and agrees to whatever is asked otherwise."""
import re
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests

from person import FormReader

REFUSING = re.compile(r"deny|cancel|reject|refuse|decline|back|switch", re.I)
NAMING = re.compile(r"user|login|mail|name|identifier", re.I)


class PasswordForms(FormReader):
    """Forms, of which is known where passwords go."""

    def __init__(self, text):
        self.secrets = {}
        super().__init__(text)

    def handle_starttag(self, tag, attributes):
        super().handle_starttag(tag, attributes)
        kind = dict(attributes).get("type")
        if self.open and tag == "input" and kind == "password" and "name" in dict(attributes):
            self.secrets[id(self.open)] = dict(attributes)["name"]


def new_session():
    session = requests.Session()
    session.trust_env = False
    return session


class Visitor:
    def __init__(self, username, password):
        self.username, self.password = username, password
        self.session = new_session()

    def cookies(self):
        return "; ".join(f"{cookie.name}={cookie.value}" for cookie in self.session.cookies)

    def walk(self, url, callback):
        """From the authorization endpoint to the client's address; what the query there holds."""
        method, data, has_signed_in = "GET", None, False
        for _ in range(20):
            answer = self.session.request(method, url, data=data, allow_redirects=False, timeout=30)
            if answer.is_redirect:
                url, method, data = urljoin(url, answer.headers["Location"]), "GET", None
                if url.startswith(callback):
                    return dict(parse_qsl(urlsplit(url).query))
                continue
            assert answer.status_code == 200, f"{answer.status_code} at {url}: {answer.text[:300]}"
            read = PasswordForms(answer.text)
            asking = [form for form in read.forms if id(form) in read.secrets]
            form = (asking or [form for form in read.forms if form.method == "post"] or [None])[0]
            assert form, f"nothing to fill in at {url}: {answer.text[:300]}"
            if asking:
                assert not has_signed_in, f"the sign-in was refused at {url}"
                has_signed_in, fields = True, self._signed(form, read.secrets[id(form)])
            else:
                fields = form.fields | self._agreeing(form)
            url, method, data = urljoin(url, form.action), form.method.upper(), fields
        raise AssertionError(f"no way to {callback}, at last at {url}")

    def _signed(self, form, secret):
        empty = [name for name, value in form.fields.items() if name != secret and not value]
        name = next(filter(NAMING.search, empty), None)
        assert name, f"no place for a name in {form}"
        return form.fields | {name: self.username, secret: self.password}

    @staticmethod
    def _agreeing(form):
        buttons = [(name, value) for name, value in form.buttons if name and not REFUSING.search(f"{name} {value}")]
        return dict(buttons[:1])
