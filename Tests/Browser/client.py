"""A client app as a browser sees it: an address that people come back to, and what they bring."""
import base64
import hashlib
import http.server
import queue
import secrets
import threading
import urllib.parse

import requests


SECRET = "mcs_" + secrets.token_urlsafe(32)


class Arrival:
    """One request at the client: by which method, at which path, with which parameters."""

    def __init__(self, method, path, query):
        self.method, self.path = method, path
        self.pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
        self.parameters = dict(self.pairs)


class Receiver(http.server.ThreadingHTTPServer):
    """Listens at a free port of 127.0.0.1, another site than the server's localhost."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), _Handler)
        self.arrivals = queue.Queue()
        self.origin = f"http://127.0.0.1:{self.server_port}"
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()

    def arrival(self):
        return self.arrivals.get(timeout=15)

    def close(self):
        self.shutdown()
        self.server_close()


class _Handler(http.server.BaseHTTPRequestHandler):
    def answer(self, query):
        address = urllib.parse.urlsplit(self.path)
        if address.path != "/favicon.ico":
            self.server.arrivals.put(Arrival(self.command, address.path, query or address.query))
        page = b"<!DOCTYPE html><html lang='en'><title>Client</title><h1>Back at the client</h1>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.end_headers()
        self.wfile.write(page)

    def do_GET(self):
        self.answer("")

    def do_POST(self):
        self.answer(self.rfile.read(int(self.headers["Content-Length"])).decode())

    def log_message(self, *_):
        pass


class Client:
    """A client and its sign-ins: public, or with a secret. A public one at a loopback address could be any program of
    this machine, so people are asked each time."""

    def __init__(self, martlet, receiver, client_id="wiki", secret=None, **metadata):
        self.martlet, self.receiver, self.id, self.secret = martlet, receiver, client_id, secret
        self.callback = f"{receiver.origin}/{client_id}/callback"
        martlet.add_client(client_id, secret, **{
            "client_name": client_id.title(),
            "token_endpoint_auth_method": "client_secret_basic" if secret else "none",
            "redirect_uris": [self.callback], "post_logout_redirect_uris": [f"{receiver.origin}/{client_id}/bye"],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access", **metadata})

    def authorize(self, scope="openid profile email", **more):
        """The address that begins a sign-in; each has its own state and verifier."""
        self.state, self.verifier = secrets.token_urlsafe(12), secrets.token_urlsafe(48)
        digest = hashlib.sha256(self.verifier.encode()).digest()
        query = {"client_id": self.id, "response_type": "code", "redirect_uri": self.callback, "scope": scope,
                 "state": self.state, "nonce": secrets.token_urlsafe(12), "code_challenge_method": "S256",
                 "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(), **more}
        return f"{self.martlet.issuer}/authorize?{urllib.parse.urlencode(query)}"

    def returned(self):
        """What came back to the callback, and that it answers this request and names the issuer."""
        arrival = self.receiver.arrival()
        assert arrival.path == urllib.parse.urlsplit(self.callback).path, arrival.path
        assert arrival.parameters["state"] == self.state
        assert arrival.parameters["iss"] == self.martlet.issuer
        return arrival

    def redeem(self, code):
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": self.callback,
                "code_verifier": self.verifier}
        answer = self.token(form)
        assert answer.ok, answer.text
        return answer.json()

    def refresh(self, token):
        return self.token({"grant_type": "refresh_token", "refresh_token": token})

    def token(self, form):
        basic = (self.id, self.secret) if self.secret else None
        return requests.post(
            f"{self.martlet.issuer}/token", form if basic else {**form, "client_id": self.id}, auth=basic, timeout=10)
