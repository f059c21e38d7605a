"""The pages of signing in by providers, and of the accounts there that people have connected."""
import contextlib
import http.server
import threading

from by_provider import Providers, account, make, settings_of, somebody
from client import SECRET, Client
from martlet import PASSWORD
from states import state

FOUR = ("github", "google", "discord", "facebook")
LONG_NAME = "Rechtsschutzversicherungsverwaltung"


class Nowhere(http.server.BaseHTTPRequestHandler):
    """A provider that shows nothing: the browser stays on the page that leads to it."""

    def do_GET(self):
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


@contextlib.contextmanager
def providing(receiver):
    """A server with four providers and one that leads nowhere; and one that shows its providers first."""
    nowhere = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Nowhere)
    nowhere.daemon_threads = True
    threading.Thread(target=nowhere.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    with Providers() as upstream:
        long = settings_of("discord", upstream, None) | {
            "base_url": f"http://127.0.0.1:{nowhere.server_port}", "name": LONG_NAME}
        pairs = [(kind, kind) for kind in FOUR] + [("nowhere", long)]
        leading = make(upstream, pairs, {"MARTLET_SIGN_IN_METHODS": ",".join([*FOUR, "password", "magic_link"]),
                                         "MARTLET_SIGN_UP_MODE": "off"})
        with make(upstream, pairs) as house, leading:
            house.engineers = Client(house, receiver, "engineers", SECRET, martlet_sign_in_methods=["github", "google"])
            house.leading = leading
            yield house
    nowhere.shutdown()
    nowhere.server_close()


def go_by(scene, name, path="/sign-in", house=None):
    scene.screen.open((house or scene.providing).issuer + path)
    scene.screen.press(f"Continue with {name}")


def come_in(scene, kind="github", name="GitHub"):
    """Somebody new, signed in by it; their address."""
    id, email = somebody(scene.providing.upstream, kind)
    go_by(scene, name)
    scene.screen.wait_for_heading("Your account")
    return id, email


def own_account(scene, email):
    """With a password, for an address that a provider will prove."""
    scene.providing.command("user", "add", "--email", email, "--name", "Grace Hopper", stdin=PASSWORD + "\n")


def ask_for_address(scene):
    """As far as the page where the code is typed; the mail."""
    _, email = somebody(scene.providing.upstream, "facebook")
    go_by(scene, "Facebook")
    scene.screen.wait_for_heading("Your email address")
    scene.screen.press("Send the mail")
    scene.screen.wait_for_heading("Check your mail")
    return scene.providing.mails(email)[-1]


def to_connect(scene):
    """As far as the page that says that there is an account; its address."""
    _, email = somebody(scene.providing.upstream, "google")
    own_account(scene, email)
    go_by(scene, "Google")
    scene.screen.wait_for_heading("You already have an account")
    return email


@state("Sign in")
def sign_in_with_providers(scene):
    scene.screen.open(scene.providing.issuer + "/sign-in")
    assert [button.text for button in scene.screen.all("button.provider")] == [
        f"Continue with {name}" for name in ("GitHub", "Google", "Discord", "Facebook", LONG_NAME)]


@state("Sign in")
def sign_in_with_providers_first(scene):
    scene.screen.open(scene.providing.leading.issuer + "/sign-in")
    assert scene.screen.all("main form button")[0].text == "Continue with GitHub"


@state("Sign in to continue to Engineers")
def sign_in_for_a_client_of_providers_alone(scene):
    scene.screen.open(scene.providing.engineers.authorize())
    assert [button.text for button in scene.screen.all("main button")] == ["Continue with GitHub", "Continue with Google"]


@state("Sign in to continue to Engineers")
def sign_in_after_a_provider_failed(scene):
    scene.providing.upstream.fault("github", "500", "token")
    scene.screen.open(scene.providing.engineers.authorize())
    scene.screen.press("Continue with GitHub")
    scene.screen.until(lambda: "GitHub does not answer." in scene.screen.text)


@state("Sign in")
def sign_in_where_no_account_is_connected(scene):
    somebody(scene.providing.upstream, "github")
    go_by(scene, "GitHub", house=scene.providing.leading)
    scene.screen.until(lambda: "No account here is connected" in scene.screen.text)


@state(f"On to {LONG_NAME}")
def on_to_a_provider(scene):
    go_by(scene, LONG_NAME)


@state("Create an account at localhost")
def sign_up_with_providers(scene):
    scene.screen.open(scene.providing.issuer + "/sign-up")
    assert len(scene.screen.all("button.provider")) == 5


@state("Your email address")
def upstream_address(scene):
    _, email = somebody(scene.providing.upstream, "facebook")
    go_by(scene, "Facebook")
    scene.screen.wait_for_heading("Your email address")
    assert scene.screen.find("#email").get_attribute("value") == email


@state("Your email address")
def upstream_address_that_is_none(scene):
    somebody(scene.providing.upstream, "discord", email=None)
    go_by(scene, "Discord")
    scene.screen.wait_for_heading("Your email address")
    scene.screen.type("email", "grace@")
    scene.screen.press("Send the mail")
    scene.screen.until(lambda: scene.screen.all("#email-error"))


@state("Check your mail")
def upstream_proof_code(scene):
    ask_for_address(scene)


@state("Check your mail")
def upstream_proof_code_wrong(scene):
    ask_for_address(scene)
    scene.screen.type("code", "AAAA-AAAA")
    scene.screen.press("Confirm address", within="main")


@state("Confirm your address")
def upstream_proof_here(scene):
    scene.screen.open(ask_for_address(scene).links[0])
    assert [button.text for button in scene.screen.all("main button[type=submit]")] == ["Confirm address"]


@state("Confirm your address")
def upstream_proof_elsewhere(scene):
    link = ask_for_address(scene).links[0]
    scene.screen.reset()
    scene.screen.open(link)
    assert not scene.screen.all("main button[type=submit]")


@state("You already have an account")
def upstream_connect_for_nobody(scene):
    email = to_connect(scene)
    assert email not in scene.screen.text and "p…@example.org" in scene.screen.text


@state("Connect Google with your account?")
def upstream_connect(scene):
    email = to_connect(scene)
    scene.screen.press("Sign in", within="main")
    scene.screen.wait_for_heading("Sign in")
    scene.screen.sign_in(email, PASSWORD)


@state("You are signed in with another address")
def upstream_connect_for_another(scene):
    come_in(scene)
    to_connect_page = scene.providing.issuer + "/upstream/connect"
    _, email = somebody(scene.providing.upstream, "google")
    own_account(scene, email)
    # Somebody who is signed in is shown no sign-in page but by an app that wants it anew.
    scene.screen.open(scene.providing.engineers.authorize(prompt="login"))
    scene.screen.press("Continue with Google")
    scene.screen.until(lambda: scene.screen.url == to_connect_page)


@state("Security")
def account_security_with_connected_accounts(scene):
    come_in(scene)
    somebody(scene.providing.upstream, "discord")
    scene.screen.open(scene.providing.issuer + "/account/security")
    scene.screen.press("Connect Discord")
    scene.screen.until(lambda: "The account is connected." in scene.screen.text)
    assert [row.text for row in scene.screen.all("#identities h3")] == ["GitHub", "Discord"]


@state("Security")
def account_security_when_it_is_in_use_elsewhere(scene):
    come_in(scene, "discord", "Discord")
    scene.screen.reset()
    come_in(scene)
    # Whoever came by Discord before comes back.
    scene.screen.open(scene.providing.issuer + "/account/security")
    scene.screen.press("Connect Discord")
    scene.screen.until(lambda: "in use elsewhere" in scene.screen.text)
    assert [row.text for row in scene.screen.all("#identities h3")] == ["GitHub"]


@state("Security")
def account_security_without_the_last_way(scene):
    _, email = come_in(scene)
    scene.screen.open(scene.providing.issuer + "/account/security")
    scene.screen.leave_by(scene.screen.find("#identities li button").click)
    scene.screen.until(lambda: "This is the only way you can sign in." in scene.screen.text)
    kept = scene.providing.sql(f"SELECT count(*) FROM upstream_identities WHERE account_id = {account(email)}")
    assert kept == "1"
