"""A careful client of the stand-in's providers, by plain requests; each step can be spoilt by its keywords."""
import base64
import hashlib
import hmac
import re
import secrets
from urllib.parse import parse_qs, parse_qsl, urlsplit

import requests

from upstream import CLIENT_ID, CLIENT_SECRET

REDIRECT = "http://localhost:8080/upstream/{}/callback"
TENANT = "6f1b7c52-9d0e-4b7a-8c41-0d5a3f2e9b17"
# Below the base: authorize, token, userinfo; and the scopes to ask.
WAYS = {
    "github": ("login/oauth/authorize", "login/oauth/access_token", "user", "read:user user:email"),
    "google": ("o/oauth2/v2/auth", "token", "v1/userinfo", "openid email profile"),
    "discord": ("oauth2/authorize", "api/oauth2/token", "api/v10/users/@me", "identify email"),
    "facebook": ("v24.0/dialog/oauth", "v24.0/oauth/access_token", "v24.0/me", "email,public_profile"),
    "oidc": ("authorize", "token", "userinfo", "openid email profile"),
    "microsoft": (f"{TENANT}/oauth2/v2.0/authorize", f"{TENANT}/oauth2/v2.0/token", "oidc/userinfo", "openid email profile"),
    "apple": ("auth/authorize", "auth/token", None, "openid"),
    "gitlab": ("oauth/authorize", "oauth/token", "oauth/userinfo", "openid email profile"),
}
OPENID = ("google", "oidc", "microsoft", "apple", "gitlab")


def s256(verifier):
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def proof(token, secret=CLIENT_SECRET):
    return hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()


def without_none(pairs):
    return {name: value for name, value in pairs.items() if value is not None}


class Visitor:
    def __init__(self, upstream, provider):
        self.upstream, self.provider, self.base = upstream, provider, upstream.base(provider)
        self.authorize_path, self.token_path, self.userinfo_path, self.scope = WAYS[provider]
        self.redirect = REDIRECT.format(provider)
        self.verifier, self.state, self.nonce = (secrets.token_urlsafe(32) for _ in range(3))

    def question(self, **spoilt):
        return without_none({
            "client_id": CLIENT_ID, "redirect_uri": self.redirect, "response_type": "code", "scope": self.scope,
            "state": self.state, "nonce": self.nonce, "code_challenge": s256(self.verifier),
            "code_challenge_method": "S256", **spoilt})

    def authorize(self, **spoilt):
        return requests.get(
            f"{self.base}/{self.authorize_path}", params=self.question(**spoilt), allow_redirects=False, timeout=10)

    def answer(self, **spoilt):
        """What came back by the browser, each value once."""
        reply = self.authorize(**spoilt)
        assert reply.status_code == 302, reply.text
        address = reply.headers["Location"]
        assert address.startswith(self.redirect + "?"), address
        pairs = parse_qsl(urlsplit(address).query, keep_blank_values=True, strict_parsing=True)
        assert len(dict(pairs)) == len(pairs), pairs
        return dict(pairs)

    def code(self, **spoilt):
        return self.answer(**spoilt)["code"]

    def token(self, code, headers=None, auth=None, method="POST", **spoilt):
        form = without_none({
            "grant_type": "authorization_code", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET, "code": code,
            "redirect_uri": self.redirect, "code_verifier": self.verifier, **spoilt})
        return requests.request(
            method, f"{self.base}/{self.token_path}", data=form, auth=auth, timeout=10,
            headers={"Accept": "application/json"} | (headers or {}))

    def tokens(self, **spoilt):
        reply = self.token(self.code(**spoilt))
        assert reply.status_code == 200, reply.text
        tokens = reply.json()
        assert tokens["access_token"], tokens
        return tokens

    def api(self, token, path=None, headers=None, **query):
        headers = {"Authorization": f"Bearer {token}"} | (headers or {})
        if self.provider == "facebook":
            query = {"fields": "id,name,email", "appsecret_proof": proof(token)} | query
        return requests.get(
            f"{self.base}/{path or self.userinfo_path}", headers=without_none(headers), params=without_none(query),
            timeout=10)

    def profile(self, **spoilt):
        reply = self.api(self.tokens(**spoilt)["access_token"])
        assert reply.status_code == 200, reply.text
        return reply.json()


def error_of(reply):
    """The error of a token reply, in whatever shape its provider has."""
    error = reply.json()["error"]
    return error if isinstance(error, str) else (error["type"], error["code"])


def fields_of(page):
    """The hidden fields of a form that waits for its button."""
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', page)
    return {name: value.replace("&quot;", '"').replace("&amp;", "&") for name, value in found}


def query_of(address):
    return parse_qs(urlsplit(address).query, keep_blank_values=True)
