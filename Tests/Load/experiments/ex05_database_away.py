"""PostgreSQL restarts, freezes, and stays away for a minute.

Two processes and a crowd; beside it apps ask for tokens at a steady rate. While the database is away readiness says so
within five seconds, requests are told 503, and ten seconds after it is back everything is as fast as before, with
nothing lost that was acknowledged. The short form is away for three seconds, and freezes once. A network that swallows
packets is shown by the freeze alone: PostgreSQL's processes stand still and its socket stays open."""
import time

import postgresql
import requests
from apps import EMAIL
from guests import machine
from invariants import broken_promises, taken_twice
from pace import Pace
from siege import Siege
from trial import until

ENGINES = ("postgresql",)
# What goes, what brings it back, and how long it is away, in seconds.
OUTAGES = [("stop", "start", 0), ("freeze", "thaw", 20), ("stop", "start", 60)]
SHORT = [("stop", "start", 0), ("freeze", "thaw", 3)]


def is_ready(house):
    return requests.get(f"http://127.0.0.1:{house.management}/health/ready", timeout=20).status_code == 200


def run(trial):
    with trial.house() as house:
        house.add_person(EMAIL)
        siege = Siege(house, "database", seed=trial.seed)
        try:
            with siege.crowd():
                siege.grow(50)
                for gone, back, seconds in trial.pick(SHORT, OUTAGES):
                    outage(trial, siege, gone, back, seconds)
                siege.grow(50, every=1)
            trial.say(str(siege.ledger))
            siege.settle()
            trial.least("acknowledged", siege.ledger.size, 100)
            trial.sound(house)
            trial.none("promises broken (I1, I4)", broken_promises(siege))
            trial.none("taken twice (I2)", taken_twice(siege))
        finally:
            siege.end()


def outage(trial, siege, gone, back, seconds):
    name = f"{gone} for {seconds} s"
    usual = trial.pick(2, 10)
    with Pace([process.port for process in siege.processes], lambda: machine(), trial.pick(10, 50), 200) as pace:
        time.sleep(usual)
        before = pace.p99(pace.between(0, time.monotonic()))
        begun = time.monotonic()
        postgresql.order(gone)
        try:
            if seconds:
                for process in siege.processes:
                    until(lambda: not is_ready(process), 30, "it is not ready")  # noqa: B023
                trial.most(f"{name}: until readiness says so", time.monotonic() - begun, 5, " s", timed=True)
            time.sleep(max(0, begun + seconds - time.monotonic()))
        finally:
            postgresql.order(back)
        returned = time.monotonic()
        trial.most(f"{name}: until it serves again", siege.settle(), 10, " s", timed=True)
        time.sleep(max(0, returned + 10 - time.monotonic()) if not trial.short else 1)
        calm = time.monotonic()
        time.sleep(usual)
        end = time.monotonic()
    siege.look()
    statuses = pace.statuses()
    after = pace.p99(pace.between(calm, end - 0.1))
    trial.say(f"{name}: {dict(statuses)}; p99 {before:.1f} ms before, {after:.1f} ms ten seconds after")
    trial.none(f"{name}: statuses other than 200 and 503", [status for status in statuses if status not in (200, 503)])
    trial.none(f"{name}: failures ten seconds after", [
        one for one in pace.between(calm, end - 0.1) if one[2] != 200])
    trial.most(f"{name}: p99 ten seconds after, times that of before", after / before, 2, timed=True)
