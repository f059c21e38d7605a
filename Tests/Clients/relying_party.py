"""A web app that signs people in with Authlib's Flask client. It keeps to what Authlib's documentation says:
discovery, state, nonce, PKCE and the checks of the ID token are all Authlib's."""
from urllib.parse import urlsplit

from authlib.integrations.flask_client import OAuth
from authlib.integrations.requests_client import OAuth2Session
from flask import Flask, redirect, request


class RelyingParty:
    def __init__(self, issuer, client_id, secret, redirect_uri, scope="openid profile email", gone=None):
        self.issuer, self.client_id, self.secret = issuer, client_id, secret
        self.redirect_uri, self.gone, self.token = redirect_uri, gone, None
        app = Flask(__name__)
        app.secret_key, app.testing = "only this process knows", True
        self.client = OAuth(app).register(
            "martlet", client_id=client_id, client_secret=secret,
            server_metadata_url=f"{issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": scope, "code_challenge_method": "S256",
                "token_endpoint_auth_method": "client_secret_basic" if secret else "none"})
        app.add_url_rule("/sign-in", "begin", self.begin)
        app.add_url_rule("/callback", "finish", self.finish)
        app.add_url_rule("/sign-out", "leave", self.leave)
        app.add_url_rule("/gone", "left", self.left)
        self.app, self.browser = app, app.test_client()

    # The app's pages

    def begin(self):
        return self.client.authorize_redirect(self.redirect_uri, **request.args)

    def finish(self):
        self.token = self.client.authorize_access_token()
        return "welcome"

    def leave(self):
        return self.client.logout_redirect(
            post_logout_redirect_uri=self.gone, id_token_hint=self.token["id_token"], client_id=self.client_id)

    def left(self):
        self.client.validate_logout_response()
        self.token = None
        return "bye"

    # What a browser does at the app

    def authorization_url(self, **parameters):
        return self.browser.get("/sign-in", query_string=parameters).headers["Location"]

    def come_back(self, arrival):
        """With the query the provider sent; `OAuthError` of Authlib when the app does not believe it."""
        assert arrival.url.startswith(self.redirect_uri), arrival
        assert self.browser.get("/callback?" + urlsplit(arrival.url).query).text == "welcome"
        return self.token

    def sign_in(self, person, **parameters):
        return self.come_back(person.walk(self.authorization_url(**parameters)))

    # What the app does by itself

    @property
    def metadata(self):
        with self.app.app_context():
            return self.client.load_server_metadata()

    def userinfo(self):
        with self.app.app_context():
            return self.client.userinfo(token=self.token)

    def session(self):
        """Authlib without a web framework, holding the tokens."""
        session = OAuth2Session(
            self.client_id, self.secret, token=self.token,
            token_endpoint_auth_method="client_secret_basic" if self.secret else "none",
            revocation_endpoint_auth_method="client_secret_basic" if self.secret else "none")
        session.trust_env = False
        return session

    def refresh(self, **parameters):
        refreshed = self.session().refresh_token(
            self.metadata["token_endpoint"], refresh_token=self.token["refresh_token"], **parameters)
        self.token = {**self.token, **refreshed}
        return refreshed

    def revoke(self, kind):
        return self.session().revoke_token(
            self.metadata["revocation_endpoint"], token=self.token[kind], token_type_hint=kind)

    def introspect(self, token):
        answer = self.session().introspect_token(self.metadata["introspection_endpoint"], token=token)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def userinfo_status(self):
        answer = self.session().get(self.metadata["userinfo_endpoint"])
        return answer.status_code
