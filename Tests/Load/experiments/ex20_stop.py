"""SIGTERM in the middle of two hundred requests a second, twenty times.

Whoever has a connection and has asked is answered; the server ends within 30 seconds; and what it said is so after
the next start, for every family of tokens goes on through all of the stops. Connections stay open between requests,
as those of apps and proxies do. Nobody who finds no door open has failed. The short form stops it twice, under 40
requests a second."""
import signal
import time

from apps import EMAIL
from guests import Introspecting, Refreshing, families, machine, mixed
from pace import Pace


def run(trial):
    rate, stops = trial.pick((40, 2), (200, 20))
    with trial.house() as house:
        house.add_person(EMAIL)
        found = families(house, trial.pick(20, 80))
        longest, failed, shut, done = 0.0, [], 0, 0
        for _ in range(stops):
            refreshing, introspecting = Refreshing(found), Introspecting([one["access_token"] for one in found])
            with Pace([house.port], mixed(refreshing.make, introspecting.make, lambda: machine()), rate,
                      trial.pick(8, 32)) as pace:
                time.sleep(1 + trial.random.random())
                begun = time.monotonic()
                house.process.send_signal(signal.SIGTERM)
                code = house.process.wait(timeout=60)
                longest = max(longest, time.monotonic() - begun)
                house.start()
                time.sleep(0.3)
            statuses = pace.statuses()
            shut, done = shut + statuses.pop(-1, 0), done + statuses[200]
            failed += [(status, count) for status, count in statuses.items() if status != 200]
            failed += refreshing.faults + introspecting.wrong + ([("exit", code)] if code else [])
            found = [*refreshing.ready, *refreshing.lost]
        trial.say(f"{done} answered, {shut} found the door shut while nobody served")
        trial.none("requests that were asked and failed", failed)
        trial.most("until it has ended", longest, 30, " s")
        trial.least("answered", done, rate)
        trial.sound(house)
