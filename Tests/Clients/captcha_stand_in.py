"""Stands in for the companies behind captchas: shows a widget that answers by itself, and judges answers by the way
they begin. Says what it was asked."""
import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

FIELDS = {"recaptcha": "g-recaptcha-response", "hcaptcha": "h-captcha-response", "turnstile": "cf-turnstile-response"}
CLASSES = {"recaptcha": "g-recaptcha", "hcaptcha": "h-captcha", "turnstile": "cf-turnstile"}
SECRET, SITE_KEY = "secret-key-of-the-tests", "site-key-of-the-tests"
WIDGET = """
const place = document.querySelector(".%s");
const field = document.createElement("input");
field.type = "hidden"; field.name = "%s"; field.value = "good-" + Date.now();
place.textContent = "Widget for " + place.dataset.sitekey + ", " + place.dataset.action;
place.append(field);
"""


class StandIn:
    def __init__(self):
        self.asked, self.seen, self.closing = [], set(), threading.Event()
        outer = self

        class Desk(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *_):
                pass

            def do_GET(self):
                provider = self.path.split("/")[1]
                self.say(200, (WIDGET % (CLASSES[provider], FIELDS[provider])).encode(), "text/javascript")

            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"])).decode()
                form = {name: values[0] for name, values in parse_qs(body, strict_parsing=True).items()}
                outer.asked.append((self.path, dict(self.headers), form))
                outer.judge(self, form)

            def say(self, status, body, kind="application/json"):
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                with contextlib.suppress(OSError):
                    self.wfile.write(body)

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Desk)
        self.server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def judge(self, desk, form):
        answer = form["response"]
        good = {"success": True, "hostname": "localhost", "action": "sign_in", "challenge_ts": "2026-11-21T00:00:00Z"}
        replies = {
            "good": good,
            "bad": {"success": False, "error-codes": ["invalid-input-response"]},
            "host": good | {"hostname": "evil.example"},
            "nohost": {name: value for name, value in good.items() if name != "hostname"},
            "action": good | {"action": "sign_up"},
            "key": {"success": False, "error-codes": ["invalid-input-secret"]},
        }
        kind = answer.split("-")[0]
        if form["secret"] != SECRET:
            kind = "key"
        if kind == "hang":
            self.closing.wait(30)
        elif kind == "broken":
            desk.say(500, json.dumps(good).encode())
        elif kind == "html":
            desk.say(200, b"<!DOCTYPE html><title>Busy</title>", "text/html")
        elif kind == "large":
            desk.say(200, json.dumps(good | {"padding": "x" * 200_000}).encode())
        elif kind == "gone":
            desk.close_connection = True
        elif kind == "good" and answer in self.seen:
            desk.say(200, b'{"success": false, "error-codes": ["timeout-or-duplicate"]}')
        else:
            self.seen.add(answer)
            desk.say(200, json.dumps(replies[kind]).encode())

    def settings(self, provider, **more):
        return {"MARTLET_CAPTCHA_PROVIDER": provider, "MARTLET_CAPTCHA_SITE_KEY": SITE_KEY,
                "MARTLET_CAPTCHA_SECRET_KEY": SECRET, "MARTLET_CAPTCHA_STAND_IN": self.origin,
                "MARTLET_CAPTCHA_SIGN_IN_AFTER": "0", **more}

    def close(self):
        self.closing.set()
        self.server.shutdown()
        self.server.server_close()
