"""Ten thousand connections that say nothing, beside two hundred that do.

Each of the idle ones has been served once, so that it may stay for a minute. The active ones ask for tokens at a steady
rate, first alone and then beside the crowd. The short form has 1,500 idle ones and 40 active ones."""
import contextlib
import resource
import socket
import time

from pace import many, settled
from trial import Vitals
from wire import basic, message

ENGINES = ("sqlite",)
HELLO = message("GET", "/jwks.json", close=False)


def token_requests():
    request = message("POST", "/token", {"grant_type": "client_credentials"}, close=False,
                      Authorization=basic("watch", "watch's secret"))
    return lambda: (request, None)


def guest(port):
    line = socket.create_connection(("127.0.0.1", port), timeout=30)
    line.sendall(HELLO)
    assert line.recv(16).startswith(b"HTTP/1.1 200"), "an idle connection was not served"
    return line


def run(trial):
    idle, active, rate, seconds = trial.pick((1_500, 40, 40, 3), (10_000, 200, 100, 20))
    files = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (files, files))
    idle = min(idle, files - active - 500)
    with trial.house() as house:
        settled([house.port], token_requests(), rate, active, 2)
        with Vitals(house) as vitals:
            alone = settled([house.port], token_requests(), rate, active, seconds)
            with contextlib.ExitStack() as stack:
                begun = time.monotonic()
                lines = stack.enter_context(many([guest(house.port) for _ in range(idle)]))
                trial.say(f"{idle} idle connections in {time.monotonic() - begun:.1f} s")
                beside = settled([house.port], token_requests(), rate, active, seconds)
                kept = sum(is_open(line) for line in lines)
        trial.say(f"p99 of a token alone {alone.p99():.1f} ms, beside them {beside.p99():.1f} ms")
        trial.least("idle connections", idle, trial.pick(1_000, 10_000))
        trial.least("of them still open", kept / idle, 0.999)
        trial.most("answers other than 200", len(beside.answers) - beside.statuses()[200], 0)
        trial.most("p99 of a token, times that of before", beside.p99() / alone.p99(), 2, timed=True)
        trial.most("resident memory", vitals.peak, 512, " MiB")
        trial.most("crashes", not vitals.is_alive, 0)


def is_open(line):
    """Whether there is nothing but the rest of its one answer to be read."""
    line.setblocking(False)
    try:
        while chunk := line.recv(65536):
            pass
        return bool(chunk)
    except BlockingIOError:
        return True
    except OSError:
        return False
