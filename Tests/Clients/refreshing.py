"""An app with one family of tokens and a person at a browser: enough to see whether a house works, and what it says
when it does not."""
import requests
from apps import CALLBACK, EMAIL, VERIFIER, furnish, request
from martlet import Martlet
from person import Person


# Nobody is kept waiting longer, whatever is away; in seconds.
PATIENCE = 20


class Customer:
    """An app and its person, at one house; `furnished` has made both known there."""

    def __init__(self, house, client="app"):
        self.house, self.client, self.token = house, client, None
        self.person = Person(EMAIL, clients=(CALLBACK,))

    def begin(self):
        page = self.person.sign_in_on(self.person.go(self.house.issuer + "/sign-in"))
        assert page.path == "/account", page
        answer = self.exchange(self.code())
        assert answer.status_code == 200, answer.text
        self.tokens = answer.json()
        return self

    def code(self):
        arrival = self.person.go(self.house.issuer + request(self.client, "openid email offline_access"))
        return arrival.parameters["code"]

    def post(self, path, **form):
        return requests.post(self.house.issuer + path, data=form | {"client_id": self.client}, timeout=PATIENCE)

    def exchange(self, code):
        return self.post(
            "/token", grant_type="authorization_code", code=code, redirect_uri=CALLBACK, code_verifier=VERIFIER)

    def refresh(self):
        answer = self.post("/token", grant_type="refresh_token", refresh_token=self.tokens["refresh_token"])
        if answer.status_code == 200:
            self.tokens = answer.json()
        return answer

    def revoke(self):
        return self.post("/revoke", token=self.tokens["refresh_token"])

    def userinfo(self):
        return requests.get(
            self.house.issuer + "/userinfo", timeout=PATIENCE,
            headers={"Authorization": f"Bearer {self.tokens['access_token']}"})

    def get(self, path):
        return requests.get(self.house.issuer + path, timeout=PATIENCE)

    def health(self, name):
        return requests.get(f"http://127.0.0.1:{self.house.management}/health/{name}", timeout=10).status_code


def furnished():
    house = Martlet()
    furnish(house)
    return house
