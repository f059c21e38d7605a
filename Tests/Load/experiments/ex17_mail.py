"""The mail server is down, says nothing, or refuses, while people go on asking for mail.

They ask for links and for another password, for addresses that are known and that nobody has. The answers are those
of a day when mail goes out, and as fast. What is to be sent is kept, also across kill -9, until it is too old: then
it is thrown away, and not sent late. An hour is not waited for: a minute of each, and then time is turned in the
queue itself. The short form asks for three seconds each."""
import contextlib
import socket
import threading

from guests import add_people, calm
from martlet import free_port
from pace import Pace
from person import Person
from post_office import PostOffice
from trial import until
from wire import cookies_of, message

PATHS = ("/magic-link", "/recovery")
WAYS = ("well", "down", "tarpit", "refusing")


@contextlib.contextmanager
def tarpit(port):
    """Takes every connection, and says nothing."""
    held, door = [], socket.create_server(("127.0.0.1", port), backlog=200)
    door.settimeout(0.2)
    over = threading.Event()

    def take():
        while not over.is_set():
            with contextlib.suppress(TimeoutError):
                held.append(door.accept()[0])

    thread = threading.Thread(target=take, daemon=True)
    thread.start()
    try:
        yield
    finally:
        over.set()
        thread.join()
        for line in [*held, door]:
            line.close()


@contextlib.contextmanager
def mail_server(way, port):
    if way == "tarpit":
        with tarpit(port):
            yield None
    elif way == "down":
        yield None
    else:
        answers = {"recipient": "451 4.3.0 not now"} if way == "refusing" else None
        with PostOffice(port=port, answers=answers) as office:
            yield office


class Asking:
    """Requests for mail, in turn by both ways, and to both kinds of address."""

    def __init__(self, trial, house, people):
        self.random, self.people, self.told, self.number = trial.random, people, {}, 0
        self.forms = []
        for _ in range(4):
            person = Person()
            for path in PATHS:
                fields = person.go(house.issuer + path).form(path).fields
                self.forms.append((path, fields, person))

    def make(self):
        self.number += 1
        path, fields, person = self.forms[self.number % len(self.forms)]
        is_known = self.number // len(PATHS) % 2
        email = self.random.choice(self.people) if is_known else f"nobody{self.random.randrange(10 ** 9)}@example.org"
        network = ".".join(str(self.random.randrange(1, 250)) for _ in range(3))

        def told(status, seen):
            head = seen.partition(b"\r\n\r\n")[0].decode("latin-1").lower()
            where = [line[10:].split("?")[0] for line in head.split("\r\n") if line.startswith("location: ")]
            self.told.setdefault(path, set()).add((status, *where))

        return message("POST", path, fields | {"email": email}, close=False, Cookie=cookies_of(person),
                       X_Forwarded_For=f"10.{network}"), told


def rows(house, condition="is_blank IN (0, 1)"):
    return int(house.sql(f"SELECT count(*) FROM outbox WHERE {condition}"))


# Blank ones, for addresses that nobody has, take the same way and end before the last step.
REAL = "is_blank = 0"


def run(trial):
    port, seconds, rate = free_port(), trial.pick(3, 60), trial.pick(5, 10)
    house = trial.house({
        "MARTLET_MAIL_DRIVER": "smtp", "MARTLET_MAIL_SMTP_HOST": "localhost", "MARTLET_MAIL_SMTP_PORT": str(port),
        "MARTLET_MAIL_SMTP_TLS": "none", "MARTLET_MAIL_FROM": "noreply@example.org", "MARTLET_MAIL_TIMEOUT": "5s",
        "MARTLET_TRUSTED_PROXIES": "127.0.0.1/32", "MARTLET_LIMITS_MAILS_PER_NETWORK": "1000"})
    with house:
        people = add_people(house, 40, magic_links=True)
        usual = None
        for way in WAYS:
            calm(house)
            asking = Asking(trial, house, people)
            with mail_server(way, port) as office:
                with Pace([house.port], asking.make, rate, 16, seconds) as pace:
                    pass
                trial.most(f"{way}: p99 of asking", pace.p99(), 300, " ms", timed=True)
                usual = usual or asking.told
                if way == "well":
                    until(lambda: rows(house) == 0, 60, "mail goes out")
                    trial.least("well: mails sent", len(office.handed_over), 1)
                    continue
                trial.none(f"{way}: answers that are not the usual ones", [
                    (path, told) for path, told in asking.told.items() if told != usual[path]])
                waiting = rows(house, REAL)
                trial.least(f"{way}: mails that wait", waiting, 1)
                trial.most(f"{way}: mails that wait, of requests", rows(house) / len(pace.answers), 1)
                if way == "down":
                    house.process.kill()
                    house.process.wait()
                    house.start()
                    trial.most("down: mails lost by kill -9", waiting - rows(house, REAL), 0)
            turned(trial, house, way, port)


def turned(trial, house, way, port):
    """Half of what waits is too old by now; then the mail server is back. What is left goes out, what is old does
    not. Nothing is on its way while time is turned."""
    house.process.kill()
    house.process.wait()
    ids = house.sql(f"SELECT id FROM outbox WHERE {REAL} ORDER BY id").splitlines()
    old = ids[:len(ids) // 2]
    if old:
        listed = ", ".join(f"'{one}'" for one in old)
        house.sql(f"UPDATE outbox SET expires_at = 1 WHERE id IN ({listed})")
    house.sql("UPDATE outbox SET due_at = 1")
    with PostOffice(port=port) as office:
        house.start()
        until(lambda: rows(house) == 0, 90, f"{way}: mail is left")
        copies = [mail.message_id for mail in office.handed_over]
    trial.least(f"{way}: mails sent afterwards", len(copies), 1)
    trial.most(f"{way}: more of them than were young enough", len(set(copies)) - (len(ids) - len(old)), 0)
    trial.most(f"{way}: second copies", len(copies) - len(set(copies)), 0)
