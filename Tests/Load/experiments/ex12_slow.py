"""Five thousand who send their heads or bodies a byte at a time, and a hundred who do not read what they asked for.

Beside them good clients ask for tokens at a steady rate. A slow one is to be cut off within 20 seconds: of its
connection if it sends, of when nothing more goes out to it if it does not read. There are no more of these because the
kernel keeps up to 4 MiB for each, which no server can see. The slow are a process of their own, so that they do not hold
up the clock of the good. The short form has 300 and 4, and patience of 2 seconds."""
import contextlib
import multiprocessing
import os
import re
import selectors
import socket
import time

import requests
from ex11_idle import token_requests
from pace import Pace, settled
from trial import Vitals
from wire import message

ENGINES = ("sqlite",)
TURNS = 100
HEAD = b"GET /jwks.json HTTP/1.1\r\nHost: localhost\r\nX-Slow: "
BODY = (b"POST /token HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\n"
        b"Content-Length: 60000\r\n\r\n")


class Slow:
    """Says so much, and then a byte each time."""

    def __init__(self, port, kind):
        self.kind, self.begun, self.cut = kind, time.monotonic(), None
        self.line = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.line.setblocking(False)
        self.line.send({"head": HEAD, "body": BODY}[kind])

    def drip(self):
        try:
            self.line.send(b"a")
        except BlockingIOError:
            pass
        except OSError:
            self.end()

    def heard(self):
        """An answer that comes before the end of the request: it is refused, and the connection ends."""
        try:
            if not self.line.recv(65536):
                self.end()
        except BlockingIOError:
            pass
        except OSError:
            self.end()

    def end(self):
        if self.cut is None:
            self.cut = time.monotonic() - self.begun
            self.line.close()


class Deaf:
    """Many who ask for more than fits into any buffer, and read nothing of it."""

    def __init__(self, house, count):
        self.house, self.count, self.lines = house, count, []
        style = re.search(r'href="(/assets/[^"]+\.css)"', requests.get(house.issuer + "/sign-in", timeout=30).text)[1]
        self.before = self.cut_off()
        for _ in range(count):
            line = socket.socket()
            line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            line.connect(("127.0.0.1", house.port))
            # All of it, or as much as the server reads before its replies have no more room: of a part of it all the
            # replies could fit into the kernel's buffers.
            line.settimeout(5)
            with contextlib.suppress(TimeoutError):
                line.sendall(message("GET", style, close=False) * 600)
            self.lines.append(line)
        told = -1
        while told != (now := self.figure("martlet_http_requests_total{route=\"/assets/*\"")):
            told = now
            time.sleep(0.3)
        self.stalled, self.done = time.monotonic(), None

    def figure(self, name):
        text = requests.get(f"http://127.0.0.1:{self.house.management}/metrics", timeout=30).text
        return sum(float(line.split()[-1]) for line in text.splitlines() if line.startswith(name))

    def cut_off(self):
        return self.figure('martlet_connections_refused_total{reason="reply_time"}')

    def look(self):
        """Whether all are gone, and when."""
        if self.done is None and self.cut_off() - self.before >= self.count:
            self.done = time.monotonic() - self.stalled
        return self.done is not None

    def close(self):
        for line in self.lines:
            line.close()


def run(trial):
    count, seconds, patience = trial.pick((300, 60, 2), (5_000, 45, 20))
    settings = {f"MARTLET_LIMITS_{name}_TIME": f"{patience}s" for name in ("BODY", "REPLY")} if trial.short else None
    if settings:
        settings["MARTLET_LIMITS_HEADER_TIME"] = "1s"
    rate, active = trial.pick((40, 8), (100, 32))
    with trial.house(settings) as house:
        settled([house.port], token_requests(), rate, active, 2)
        with Vitals(house) as vitals:
            alone = settled([house.port], token_requests(), rate, active, trial.pick(2, 15))
            deaf = Deaf(house, trial.pick(4, 100))
            with Pace([house.port], token_requests(), rate, active) as pace:
                slow, deaf.done = apart(lambda: (
                    [(one.kind, one.cut) for one in crowd(house.port, count, seconds, deaf.look)], deaf.done))
        deaf.close()
        good = pace.statuses()[200] / len(pace.answers)
        cut = [after for _, after in slow if after is not None]
        for kind in ("head", "body"):
            some = [after for one, after in slow if one == kind and after is not None]
            trial.say(f"{kind}: {len(some)} cut off, the last after {max(some, default=0):.1f} s")
        trial.say(f"p99 of a good client alone {alone.p99():.1f} ms, beside them {pace.p99():.1f} ms")
        trial.say("of each five seconds: " + ", ".join(f"{one:.1f}" for one in by_window(pace)))
        trial.least("share of good requests answered", good, 0.999)
        trial.most("p99 of good ones, times that of before", pace.p99() / alone.p99(), 2, timed=True)
        trial.least("slow ones cut off", len(cut), count)
        trial.most("until the last of them was (a second for the clocks)", max(cut, default=0), patience + 1, " s",
                   timed=True)
        trial.least("cut off of those who do not read", deaf.cut_off() - deaf.before, deaf.count)
        trial.most("until the last of them was, too", deaf.done or float("inf"), patience + 1.5, " s", timed=True)
        trial.most("resident memory", vitals.peak, 512, " MiB")
        trial.most("crashes", not vitals.is_alive, 0)


def by_window(pace, seconds=5):
    """p99 of each few seconds: when they come, when they drip, when they are cut off."""
    begin, end = pace.answers[0][0], pace.answers[-1][0]
    windows = [pace.between(begin + at, begin + at + seconds) for at in range(0, int(end - begin) + 1, seconds)]
    return [pace.p99(answers) for answers in windows if answers]


def apart(work):
    """What it comes to, done by a process of its own, which lets the good ones go first: they would have machines of their
    own."""
    receiver, sender = multiprocessing.Pipe(duplex=False)

    def told():
        os.nice(19)
        sender.send(work())

    child = multiprocessing.get_context("fork").Process(target=told, daemon=True)
    child.start()
    sender.close()
    try:
        return receiver.recv()
    finally:
        child.join()


def crowd(port, count, seconds, others_are_gone):
    """They come within the first seconds, and drip twice a second, each at a time of its own, until they are all cut
    off."""
    selector, slow = selectors.DefaultSelector(), []
    begun, next_drip, are_gone, turn = time.monotonic(), 0.0, False, 0
    while time.monotonic() - begun < seconds and not (
            are_gone and len(slow) == count and all(one.cut is not None for one in slow)):
        while len(slow) < count and len(slow) < (time.monotonic() - begun) * count / 4:
            one = Slow(port, ("head", "body")[len(slow) % 2])
            slow.append(one)
            selector.register(one.line, selectors.EVENT_READ, one)
        for key, _ in selector.select(max(0.0, min(0.02, next_drip - time.monotonic()))):
            heard(key.data, Slow.heard, selector)
        if time.monotonic() > next_drip:
            for one in slow[turn::TURNS]:
                if one.cut is None:
                    heard(one, Slow.drip, selector)
            if turn == 0:
                are_gone = others_are_gone()
            turn, next_drip = (turn + 1) % TURNS, max(next_drip, time.monotonic() - 0.5) + 0.5 / TURNS
    for one in slow:
        if one.cut is None:
            one.line.close()
    return slow


def heard(one, act, selector):
    line = one.line
    act(one)
    if one.cut is not None:
        selector.unregister(line)
