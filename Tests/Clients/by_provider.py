"""Signing in by providers as people do it: a house that knows providers of the stand-in, and browsers that go there and
come back."""
import contextlib
import html
import itertools
import json
import re
from urllib.parse import parse_qs, parse_qsl, urljoin, urlsplit

import requests
from jwcrypto import jwk
from martlet import Martlet
from person import Arrival, Person
from relying_party import RelyingParty
from upstream import CLIENT_ID, CLIENT_SECRET, Upstream
from waiting import eventually

CALLBACK = "http://127.0.0.1:9911/callback"
SECRET = "wiki's secret"
KINDS = ("github", "google", "discord", "facebook", "microsoft", "apple", "gitlab", "openid")
OPENID = ("google", "microsoft", "apple", "gitlab", "openid")
NAMES = {"github": "GitHub", "google": "Google", "discord": "Discord", "facebook": "Facebook", "microsoft": "Microsoft",
         "apple": "Apple", "gitlab": "GitLab", "openid": "Any OpenID"}
TENANT = "6f1b7c52-9d0e-4b7a-8c41-0d5a3f2e9b17"
TEAM, KEY_ID = "TEAM123456", "KEY1234567"
APPLE = jwk.JWK.generate(kty="EC", crv="P-256", kid=KEY_ID)
# What is asked of whom, beside the browser's way.
CALLS = {
    "github": ("token", "userinfo", "emails"), "discord": ("token", "userinfo"),
    "facebook": ("token", "debug_token", "userinfo"), "google": ("discovery", "token", "jwks"),
    "microsoft": ("discovery", "token", "jwks"), "apple": ("discovery", "token", "jwks"),
    "gitlab": ("discovery", "token", "jwks", "userinfo"), "openid": ("discovery", "token", "jwks", "userinfo")}
# What tells of somebody that something was made, by what they are kept in.
KEPT = ("accounts", "sessions", "upstream_identities", "pending_identities")
# Where those that sign publish their keys, below their prefixes.
KEYS = {"google": "oauth2/v3/certs", "microsoft": f"{TENANT}/discovery/v2.0/keys", "apple": "auth/keys",
        "gitlab": "oauth/discovery/keys", "openid": "jwks"}
numbers = itertools.count(1)


def prefix(kind):
    """Where the stand-in has it."""
    return "oidc" if kind == "openid" else kind


class Providers(Upstream):
    """The stand-in, as one that has been there for long: it has made its keys, and Apple knows ours. Its log begins
    where it was last forgotten."""

    def __init__(self, *options, signing=OPENID, **more):
        super().__init__(*options, **more)
        self.signing, self.forgotten = signing, 0

    def start(self):
        super().start()
        self.renew()
        return self

    def renew(self):
        """All is as it was at the start; the keys are others."""
        self.reset()
        self.apple_key(json.loads(APPLE.export_public()), team=TEAM)
        for kind in self.signing:
            # To make one takes seconds on a busy machine; nobody should wait for it who is being watched.
            requests.get(f"{self.base(prefix(kind))}/{KEYS[kind]}", timeout=60)
        self.forget()

    def forget(self):
        """What was asked so far."""
        self.forgotten = len(super().log())

    def log(self, provider=None, endpoint=None):
        return [call for call in super().log()[self.forgotten:]
                if provider in (None, call["provider"]) and endpoint in (None, call["endpoint"])]


# The house


def settings_of(kind, upstream, folder, **more):
    """Of one provider, as an operator would write them who points it at the stand-in."""
    own = {"type": kind, "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET}
    if kind == "openid":
        own |= {"issuer": upstream.base("oidc"), "name": NAMES[kind]}
    else:
        own["base_url"] = upstream.base(kind)
    if kind == "microsoft":
        own["organisation"] = TENANT
    if kind == "apple":
        path = folder / "apple.p8"
        path.write_bytes(APPLE.export_to_pem(private_key=True, password=None))
        path.chmod(0o600)
        own |= {"client_secret_file": str(path), "team": TEAM, "key_id": KEY_ID}
        del own["client_secret"]
    return own | more


def write(house, providers, **top):
    """martlet.yaml: `providers` are pairs of an id and its settings, in their order."""
    lines = [f"{name}: {json.dumps(value)}" for name, value in top.items()]
    lines += ["providers:"]
    for id, settings in providers:
        lines.append(f"  {id}:")
        lines += [f"    {name}: {json.dumps(value)}" for name, value in settings.items() if value is not None]
    (house.folder / "martlet.yaml").write_text("\n".join(lines) + "\n")


def make(upstream, providers=None, environment=None, **more):
    """A house that is not running yet. `providers`: ids and kinds, or ids and settings; all kinds by their names if
    it is not given."""
    house = Martlet(settings={
        "MARTLET_SIGN_UP_MODE": "open", "MARTLET_LIMITS_MAILS_PER_NETWORK": "1000", **(environment or {})})
    pairs = providers if providers is not None else [(kind, kind) for kind in KINDS]
    write(house, [(id, what if isinstance(what, dict) else settings_of(what, upstream, house.folder, **more))
                  for id, what in pairs])
    house.add_client("wiki", SECRET, redirect_uris=[CALLBACK], scope="openid profile email", martlet_skips_consent=True)
    house.upstream = upstream
    return house


@contextlib.contextmanager
def serving(upstream, providers=None, environment=None, **more):
    with make(upstream, providers, environment, **more) as house:
        yield house


def wiki_app(house):
    return RelyingParty(house.issuer, "wiki", SECRET, CALLBACK)


def visitor(email=None):
    return Person(email, clients=[CALLBACK])


# Beside a verified address, what else a provider must say for it to be a proof.
PROOFS = {"google": {"hd": "example.org"}, "microsoft": {"xms_edov": True}}


def somebody(upstream, kind, verified=True, **more):
    """From now on they sign in at the provider; id and address."""
    number = next(numbers)
    email = f"person-{number}@example.org"
    id = f"00000000-0000-4000-8000-{number:012d}" if kind == "microsoft" else f"90071992547409{number:04d}"
    fields = {"name": "Grace Hopper", "login": f"grace{number}", "email": email, "verified": verified,
              **(PROOFS.get(kind, {}) if verified else {}), **more}
    upstream.persona(prefix(kind), id, **fields)
    return id, fields["email"]


# What a browser does


def ways(page):
    """The providers that a page offers, in its order."""
    paths = [urlsplit(form.action).path.split("/") for form in page.forms]
    return [path[2] for path in paths if len(path) == 3 and path[1] == "upstream" and path[2] not in ("address", "connect")]


def form_of(page, id):
    [form] = [form for form in page.forms if urlsplit(form.action).path == f"/upstream/{id}"]
    assert form.method == "post"
    return form


def led_away(page):
    """A page that leads on by itself, and by a link: where to. No other page has one."""
    found = re.search(r'<meta http-equiv="refresh" content="0; url=([^"]+)">', page.text)
    if not found:
        return None
    assert page.status == 200 and page.heading.startswith("On to ") and f'href="{found[1]}"' in page.text, page
    assert "no-store" in page.response.headers["Cache-Control"]
    assert page.response.headers["Referrer-Policy"] in ("no-referrer", "same-origin")
    return html.unescape(found[1])


def leave(person, page, id):
    """As far as the address at the provider that the button leads to."""
    away = led_away(person.submit(page, form_of(page, id)))
    assert away, "the button led nowhere"
    return away


def answer_of(address):
    """What the provider would have the browser bring back: the whole address (never a form)."""
    answer = requests.get(address, allow_redirects=False, timeout=30)
    assert answer.status_code == 302, answer.text
    return answer.headers["Location"]


def press(person, page, id):
    """The button of a provider, there and back: the place where the browser ends."""
    return onward(person, person.submit(page, form_of(page, id)))


def onward(person, place):
    """From the page that leads away; and back by a form that comes from another site, without cookies."""
    if isinstance(place, Arrival):
        return place
    if away := led_away(place):
        return onward(person, person.go(away))
    if place.heading != "Back to the app":
        return place
    [form] = place.forms
    answer = requests.post(form.action, data=form.fields, allow_redirects=False, timeout=30, headers={
        "User-Agent": person.session.headers["User-Agent"], "Origin": "null", "Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 303, answer.text
    return person.go(urljoin(form.action, answer.headers["Location"]))


def sign_in_page(house, person, app=None):
    page = person.go(app.authorization_url() if app else house.issuer + "/sign-in")
    assert page.path == "/sign-in" and page.status == 200, page
    return page


def come_by(house, person, id, app=None):
    return press(person, sign_in_page(house, person, app), id)


def prove(house, person, place, email):
    """Where the provider has not proven an address: by a code of our own mail."""
    assert place.path == "/upstream/address" and place.status == 200, place
    before = len(house.mails(email, count=0))
    waiting = person.submit(place, place.form("/upstream/address"), email=email)
    assert waiting.path == "/upstream/code" and waiting.status == 200, waiting
    mail = house.mails(email, count=before + 1)[-1]
    return person.submit(waiting, waiting.form("/upstream/code"), code=mail.code)


def enter(house, person, id, email, app=None):
    """All the way in, whether the provider proves addresses or not."""
    place = come_by(house, person, id, app)
    if not isinstance(place, Arrival) and place.path == "/upstream/address":
        place = prove(house, person, place, email)
    assert isinstance(place, Arrival) or place.path == "/account", place
    return place


# What is kept and recorded


def kept(house):
    return {table: int(house.sql(f"SELECT count(*) FROM {table}")) for table in KEPT}


def account(email):
    return f"(SELECT id FROM accounts WHERE canonical_email = '{email}')"


def identities(house, email):
    return house.sql(f"SELECT provider, subject FROM upstream_identities WHERE account_id = {account(email)}").splitlines()


def query_of(address):
    pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True)
    assert len(pairs) == len(dict(pairs)), f"a parameter is repeated: {address}"
    return dict(pairs)


def form_sent(call):
    return {name: values[0] for name, values in parse_qs(call["body"], keep_blank_values=True).items()}


def events(house, kind, *arguments):
    text = house.command("audit", "--json", "--kind", kind, "--limit", "1000", *arguments).stdout
    return [json.loads(line) for line in text.splitlines()]


def explanation(house, reference):
    def read():
        found = house.command("explain", "--json", reference, check=False)
        return json.loads(found.stdout) if found.returncode == 0 else None
    return eventually(read)


def failed_check(house, reference):
    [failed] = [check for check in explanation(house, reference)["checks"] if check["outcome"] == "failed"]
    return failed
