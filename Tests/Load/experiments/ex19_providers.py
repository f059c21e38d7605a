"""Providers that hang, drip, send a gibibyte, redirect inwards, or show a wrong certificate, while people sign in.

Whoever comes back from such a provider is told so within five seconds; passwords are as fast as ever; nothing of the
gibibyte is kept; and no redirect is followed, to the address of clouds (169.254.169.254) or to a port of this machine.
The kernel's table of connections is watched for the first, a listener waits for the second. Four people a second go to
them: what their own pages cost the server is not what a provider does to others. The short form brings 3 people to
each instead of 20."""
import contextlib
import http.server
import pathlib
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

from apps import EMAIL
from by_provider import leave, sign_in_page, visitor, write
from certificates import Authority
from guests import calm
from martlet import PASSWORD, free_port
from pace import PaceApart, settled
from person import Person
from trial import Vitals
from upstream import CLIENT_ID, CLIENT_SECRET
from wire import cookies_of, message

ENGINES = ("sqlite",)
METADATA = "http://169.254.169.254/latest/meta-data/"
# As the kernel writes it in /proc/net/tcp.
METADATA_THERE = "FEA9FEA9:0050"
WAYS = ("hang", "drip", "gibibyte", "inwards", "here", "certificate")


class Rogue(http.server.BaseHTTPRequestHandler):
    """Behaves as the first part of the path says."""
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.asked.append(self.path)
        with contextlib.suppress(OSError):
            getattr(self, self.path.split("/")[1])()
        self.close_connection = True

    do_POST = do_GET

    def hang(self):
        self.server.over.wait(40)

    def drip(self):
        self.connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n")
        while not self.server.over.wait(1):
            self.connection.sendall(b" ")

    def gibibyte(self):
        self.connection.sendall(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1073741824\r\n\r\n{\"")
        block = b"a" * 65_536
        for _ in range(16_384):
            self.connection.sendall(block)

    def inwards(self):
        self.redirect(METADATA)

    def here(self):
        self.redirect(f"http://127.0.0.1:{self.server.canary.server_port}/")

    def redirect(self, address):
        self.connection.sendall(
            f"HTTP/1.1 302 Found\r\nLocation: {address}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())

    def certificate(self):
        self.redirect("/")

    def log_message(self, *words):
        pass


class Canary(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.server.asked.append(self.path)
        self.send_error(404)

    do_POST = do_GET

    def log_message(self, *words):
        pass


@contextlib.contextmanager
def server(handler, pair=None):
    found = http.server.ThreadingHTTPServer(("127.0.0.1", free_port()), handler)
    found.daemon_threads, found.asked, found.over = True, [], threading.Event()
    if pair:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(*map(str, pair))
        found.socket = context.wrap_socket(found.socket, server_side=True)
    thread = threading.Thread(target=found.serve_forever, daemon=True)
    thread.start()
    try:
        yield found
    finally:
        found.over.set()
        found.shutdown()
        found.server_close()


class Inward:
    """Looks whether anything goes to the address of clouds."""

    def __init__(self, pid):
        self.table, self.seen, self.over = pathlib.Path(f"/proc/{pid}/net/tcp"), [], threading.Event()
        self.thread = threading.Thread(target=self.watch, daemon=True)

    def watch(self):
        while not self.over.wait(0.02):
            self.seen += [line for line in self.table.read_text().splitlines() if METADATA_THERE in line]

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        self.over.set()
        self.thread.join()


def passwords(house, count):
    """Sign-ins of browsers that the person has used before."""
    forms = []
    for _ in range(count):
        person = Person(EMAIL)
        page = person.go(house.issuer + "/sign-in")
        fields = page.form("/sign-in").fields
        assert person.sign_in_on(page).path == "/account"
        kept = "; ".join(f"{one.name}={one.value}" for one in person.session.cookies if "session" not in one.name)
        form = fields | {"email": EMAIL, "password": PASSWORD}
        forms.append(message("POST", "/sign-in", form, close=False, Cookie=kept))
    turn = iter(range(10 ** 9))
    return lambda: (forms[next(turn) % len(forms)], None)


def come_back(house, id):
    """As if the provider had sent the browser back with a code; how long it took, and the status."""
    person = visitor()
    away = leave(person, sign_in_page(house, person), id)
    state = parse_qs(urlsplit(away).query)["state"][0]
    begun = time.monotonic()
    place = person.go(f"{house.issuer}/upstream/{id}/callback?code=abc&state={state}")
    return time.monotonic() - begun, place.status, cookies_of(person)


def run(trial):
    each, rate = trial.pick(3, 20), trial.pick(2, 5)
    house = trial.house({"MARTLET_SIGN_UP_MODE": "open"})
    pair = Authority(house.folder).pair("localhost")
    with server(Canary) as canary, server(Rogue) as rogue, server(Rogue, pair) as liar:
        rogue.canary = liar.canary = canary
        providers = []
        # Each is left alone after five failures, so there is one for every four people.
        for way in WAYS:
            origin = f"http://127.0.0.1:{rogue.server_port}"
            if way == "certificate":
                origin = f"https://localhost:{liar.server_port}"
            settings = {"type": "github", "client_id": CLIENT_ID, "client_secret": CLIENT_SECRET,
                        "base_url": f"{origin}/{way}"}
            providers += [(f"{way}-{number}", settings) for number in range((each + 3) // 4)]
        write(house, providers)
        house.add_person(EMAIL)
        with house:
            ask = passwords(house, 6)
            alone = settled([house.port], ask, rate, 8, trial.pick(2, 15))
            calm(house)
            with Vitals(house, every=0.05) as vitals, Inward(house.process.pid) as inward:
                orders = [f"{way}-{number // 4}" for way in WAYS for number in range(each)]
                with PaceApart([house.port], ask, rate, 8) as beside, ThreadPoolExecutor(32) as pool:
                    coming = []
                    for id in orders:
                        coming.append(pool.submit(come_back, house, id))
                        # The rate at which people come; who hangs is waited for by nobody but themselves.
                        time.sleep(trial.pick(0, 0.25))
                    answers = [one.result() for one in coming]
                trial.say(f"beside them: {dict(beside.statuses())}")
                trial.say(f"p99 of passwords alone {alone.p99():.1f} ms, beside them {beside.p99():.1f} ms")
            for way in WAYS:
                times = [taken for id, (taken, _, _) in zip(orders, answers, strict=True) if id.startswith(way)]
                trial.say(f"{way}: {len(times)} people, the longest waited {max(times):.1f} s")
            alive = vitals.is_alive
        trial.most("until somebody is told", max(taken for taken, _, _ in answers), 5.5, " s", timed=True)
        trial.none("answers other than 502 and 503", [
            (id, status) for id, (_, status, _) in zip(orders, answers, strict=True) if status not in (502, 503)])
        trial.none("people let in", [id for id, (_, _, cookies) in zip(orders, answers, strict=True)
                                     if "martlet-session=" in cookies])
        trial.most("p99 of passwords, times that of before", beside.p99() / alone.p99(), 2, timed=True)
        trial.none("passwords refused", [status for status in beside.statuses() if status != 303])
        trial.none("requests that went inwards", canary.asked + inward.seen)
        trial.none("requests past a wrong certificate", liar.asked)
        trial.least("ways that were really asked", len({path.split("/")[1] for path in rogue.asked}), 5)
        trial.most("growth of resident memory", vitals.growth, 64, " MiB")
        trial.most("crashes", not alive, 0)
