"""An issuer under measure, known by its discovery document alone: requests to send, and tokens to send them with."""
import base64
import hashlib
import secrets
from dataclasses import asdict, dataclass
from functools import cached_property
from urllib.parse import quote_plus, urlencode, urlsplit

from load import Door, Request, Run
from visitor import new_session

VERIFIER = secrets.token_urlsafe(48)
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(VERIFIER.encode()).digest()).rstrip(b"=").decode()


@dataclass(frozen=True)
class Traits:
    """What must be known to compare two figures."""
    workers: str = "—"
    storage: str = "—"
    durability: str = "—"
    algorithm: str = "—"
    passwords: str = "—"


@dataclass(frozen=True)
class Application:
    """One client for everything: its own tokens, and those of people."""
    client_id: str
    secret: str
    redirect_uri: str = "http://127.0.0.1:9/callback"
    # For client_credentials; for people; to refresh. Empty: none is asked for.
    own_scope: str = ""
    scope: str = "openid profile email"
    offline_scope: str = "openid profile email offline_access"
    is_secret_in_body: bool = False


class Issuer:
    rows = ("discovery", "keys", "client_credentials", "introspection")
    rows_of_people = ("userinfo", "refresh", "flow")

    def __init__(self, name, address, application, traits=Traits(), visitor=None, extra=None, endpoints=None):
        self.name, self.address, self.application, self.traits = name, address.rstrip("/"), application, traits
        self.visitor, self.extra, self.given_endpoints = visitor, extra or {}, endpoints or {}
        self.session = new_session()
        # The processes whose time counts as the server's; of them the one whose memory is looked at.
        self.roots, self.process = [], None
        self.door = Door.of(self.address)

    def describe(self):
        return {"name": self.name, "address": self.address, **asdict(self.traits)}

    @cached_property
    def metadata(self):
        answer = self.session.get(self.discovery_address, timeout=20)
        assert answer.status_code == 200, f"no discovery document at {self.discovery_address}: {answer.status_code}"
        return answer.json() | self.given_endpoints

    @property
    def discovery_address(self):
        return self.address + "/.well-known/openid-configuration"

    # Requests

    def path(self, name):
        parts = urlsplit(self.metadata[name])
        assert Door.of(self.metadata[name]).host == self.door.host, f"{name} is on another host than the issuer"
        return parts.path + ("?" + parts.query if parts.query else "")

    def form(self, endpoint, **fields):
        """As the client, which proves itself."""
        one = self.application
        if one.is_secret_in_body:
            return Request.form(self.path(endpoint), fields | {"client_id": one.client_id, "client_secret": one.secret})
        pair = f"{quote_plus(one.client_id)}:{quote_plus(one.secret)}"
        return Request.form(
            self.path(endpoint), fields, Authorization="Basic " + base64.b64encode(pair.encode()).decode())

    def discovery(self):
        return Request("GET", urlsplit(self.discovery_address).path)

    def keys(self):
        return Request("GET", self.path("jwks_uri"))

    def client_credentials(self):
        scope = {"scope": self.application.own_scope} if self.application.own_scope else {}
        return self.form("token_endpoint", grant_type="client_credentials", **scope)

    def introspection(self, token):
        return self.form("introspection_endpoint", token=token)

    def userinfo(self, token):
        return Request("GET", self.path("userinfo_endpoint"), {"Authorization": f"Bearer {token}"})

    def refreshing(self, token="@TOKEN@"):
        return self.form("token_endpoint", grant_type="refresh_token", refresh_token=token)

    def redeeming(self, code="@CODE@"):
        return self.form("token_endpoint", grant_type="authorization_code", code=code, code_verifier=VERIFIER,
                         redirect_uri=self.application.redirect_uri)

    def authorization(self, scope):
        one = self.application
        return self.metadata["authorization_endpoint"] + "?" + urlencode({
            "client_id": one.client_id, "redirect_uri": one.redirect_uri, "response_type": "code", "scope": scope,
            "state": "af0ifjsldkj", "nonce": "n-0S6_WzA2Mj", "code_challenge": CHALLENGE,
            "code_challenge_method": "S256", **self.extra})

    def authorizing(self):
        """As the browser of somebody who is signed in."""
        self.code(self.application.scope)
        parts = urlsplit(self.authorization(self.application.scope))
        return Request("GET", f"{parts.path}?{parts.query}", {"Cookie": self.visitor.cookies()})

    # Single answers, each looked at

    def send(self, request):
        answer = self.session.request(
            request.method, self.door.address + request.path, data=request.body or None,
            headers=request.headers | {"Host": self.door.host}, timeout=30)
        assert answer.status_code == 200, f"{request.method} {request.path}: {answer.status_code} {answer.text[:300]}"
        return answer

    def code(self, scope):
        found = self.visitor.walk(self.authorization(scope), self.application.redirect_uri)
        assert "code" in found, f"no code but {found}"
        return found["code"]

    def tokens(self, scope):
        """Of somebody who is signed in, or signs in now."""
        return self.send(self.redeeming(self.code(scope))).json()

    def introspected_tokens(self):
        """Access tokens to ask about: of people where there are any, for that is what APIs ask about."""
        return self.access_tokens() if self.visitor else [self.send(self.client_credentials()).json()["access_token"]]

    def access_tokens(self):
        return [self.tokens(self.application.scope)["access_token"]]

    def refresh_tokens(self, count):
        return [self.tokens(self.application.offline_scope)["refresh_token"] for _ in range(count)]

    @cached_property
    def rotates(self):
        """Whether an answer brings another refresh token."""
        before = self.refresh_tokens(1)[0]
        return self.send(self.refreshing(before)).json().get("refresh_token", before) != before

    def run(self, requests, **options):
        return Run(self.door, requests, roots=self.roots, **options)
