"""A person at a browser without script: keeps cookies, follows redirects, fills in the forms that are there."""
import time
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import parse_qsl, urljoin, urlsplit

import requests
import urllib3

from martlet import PASSWORD


@dataclass
class Form:
    action: str
    method: str
    fields: dict = field(default_factory=dict)
    buttons: list = field(default_factory=list)


class FormReader(HTMLParser):
    def __init__(self, text):
        super().__init__()
        self.forms, self.open = [], None
        self.title, self.heading, self.reading = "", "", None
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.open = Form(attributes.get("action") or "", (attributes.get("method") or "get").lower())
            self.forms.append(self.open)
        elif tag in ("title", "h1"):
            self.reading = tag
        elif self.open and tag == "input" and attributes.get("type") == "checkbox":
            if "checked" in attributes:
                self.open.fields[attributes["name"]] = attributes.get("value") or "on"
        elif self.open and tag == "input" and "name" in attributes:
            self.open.fields[attributes["name"]] = attributes.get("value") or ""
        elif self.open and tag == "button" and attributes.get("type", "submit") == "submit":
            self.open.buttons.append((attributes.get("name"), attributes.get("value") or ""))

    def handle_endtag(self, tag):
        if tag == "form":
            self.open = None
        elif tag == self.reading:
            self.reading = None

    def handle_data(self, data):
        if self.reading == "title":
            self.title += data
        elif self.reading == "h1":
            self.heading += data


class Page:
    def __init__(self, response):
        self.response, self.url, self.status, self.text = response, response.url, response.status_code, response.text
        read = FormReader(self.text)
        self.forms, self.title, self.heading = read.forms, read.title, " ".join(read.heading.split())

    @property
    def path(self):
        return urlsplit(self.url).path

    def form(self, action):
        found = [form for form in self.forms if urlsplit(form.action).path == action] or [
            form for form in self.forms if urlsplit(form.action).path.startswith(action)]
        assert len(found) == 1, f"{len(found)} forms for {action} on {self.url}: {self.heading!r}"
        return found[0]

    def __repr__(self):
        return f"<{self.status} {self.url}: {self.heading}>"


class Arrival:
    """The browser was sent to an address that belongs to a client."""

    def __init__(self, url):
        self.url = url
        pairs = parse_qsl(urlsplit(url).query, keep_blank_values=True)
        self.parameters = dict(pairs)
        assert len(pairs) == len(self.parameters), f"a parameter is repeated: {url}"

    def __repr__(self):
        return f"<arrived at {self.url}>"


class Person:
    """`clients` are addresses of clients; a redirect there ends the walk, for nobody listens behind them. `patience`:
    seconds for which a redirect is followed again while no door opens behind it."""

    def __init__(self, email=None, password=PASSWORD, clients=(), patience=0):
        self.email, self.password, self.clients, self.patience = email, password, tuple(clients), patience
        self.session = requests.Session()
        self.session.trust_env = False
        self.session.headers["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"

    def go(self, url, method="get", data=None):
        for hop in range(15):
            response = self.ask(method, url, data, self.patience if hop else 0)
            if not response.is_redirect:
                return Page(response)
            if method == "post":
                assert response.status_code in (302, 303), "a credential must not be sent again (AZ13)"
            url, method, data = urljoin(url, response.headers["Location"]), "get", None
            if url.startswith(self.clients):
                return Arrival(url)
        raise AssertionError(f"redirected in a circle, at {url}")

    def ask(self, method, url, data, patience):
        """`patience`: for how many seconds it is asked again where nobody listens: a process that is started anew is
        away for a moment, and says to nobody when it is back."""
        deadline = time.monotonic() + patience
        while True:
            try:
                return self.session.request(method, url, data=data, allow_redirects=False, timeout=30)
            except requests.ConnectionError as error:
                if not was_never_sent(error) or time.monotonic() >= deadline:
                    raise
                time.sleep(0.005)

    def submit(self, page, form, button=None, **fields):
        data = form.fields | fields
        if button is not None:
            data |= dict([next(b for b in form.buttons if b[1] == button)])
        return self.go(urljoin(page.url, form.action), form.method, data)

    def sign_in_on(self, page, email=None, password=None):
        fields = {"email": email or self.email, "password": password or self.password}
        return self.submit(page, page.form("/sign-in"), **fields)

    def walk(self, url, consent="allow"):
        """Through sign-in and consent, as far as they are asked, to the client."""
        place = self.go(url)
        for _ in range(4):
            if isinstance(place, Arrival):
                return place
            if place.path == "/sign-in":
                assert place.status == 200 and "switch" not in place.url, f"signing in did not work: {place}"
                place = self.sign_in_on(place)
                assert isinstance(place, Arrival) or place.path != "/sign-in", f"signing in did not work: {place.text}"
            elif place.path == "/consent":
                place = self.submit(place, place.form("/consent"), button=consent)
            else:
                break
        assert isinstance(place, Arrival), f"not back at the client but at {place}: {place.text}"
        return place


def was_never_sent(error):
    reason = getattr(error.args[0] if error.args else None, "reason", None)
    return isinstance(reason, urllib3.exceptions.NewConnectionError)
