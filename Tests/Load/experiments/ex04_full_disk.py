"""The disk is full: first that of the database, then that of the log.

Again and again, under load, and at no moment in particular. Until there is room requests are told 503 or 500, and
nothing is done by halves; ten seconds after there is room it all works, without a restart, and the database is whole.
Not shown: PostgreSQL's disk, which is another server's, and whose refusals EX28 gives one by one (53100). The short
form fills SQLite's disk twice, and the log's once."""
import json
import os
import time

import requests
from apps import EMAIL
from invariants import broken_promises, taken_twice
from martlet import Martlet
from siege import Siege
from small_disk import SmallDisk
from trial import until


ENGINES = ("sqlite",)
KINDS = ("client_authentication_refused", "token_issued")
# Of refusals of one kind so many a minute have a row of their own.
BUDGET = 1_000


class SmallLog(Martlet):
    """Its standard error goes to a file system of its own, of 64 KiB."""

    def __init__(self, **more):
        super().__init__(**more)
        (self.folder / "log").mkdir()
        owner = [] if os.geteuid() == 0 else ["-r"]
        self.starter = ["unshare", "-m", *owner, "sh", "-c",
                        'mount -t tmpfs -o size=64k none log && exec "$@" 2>>log/log.txt', "sh"]


def run(trial):
    database(trial)
    log(trial)


def database(trial):
    house = trial.house(kind=SmallDisk, size="24m")
    with house:
        house.add_person(EMAIL)
        siege = Siege(house, "database", seed=trial.seed, processes=1)
        with siege.crowd():
            siege.grow(50)
            slowest = 0.0
            for _ in range(trial.pick(2, 20)):
                house.fill()
                missed = siege.ledger.lost.total()
                until(lambda: siege.ledger.lost.total() > missed + 5, 60, "the disk is full")  # noqa: B023
                time.sleep(siege.random.random())
                house.make_room()
                slowest = max(slowest, siege.settle())
                siege.grow(20)
        trial.say(str(siege.ledger))
        trial.most("until it works again", slowest, 10, " s", timed=True)
        trial.least("refused while it was full", siege.ledger.lost.total(), 10)
        trial.sound(house)
        trial.none("promises broken (I1, I4), answers other than 503", broken_promises(siege))
        trial.none("taken twice (I2)", taken_twice(siege))
        trial.most("exit of martlet check", house.command("check").returncode, 0)
        trial.most("crashes under the full disk of the database", house.process.poll() is not None, 0)


def written_of(house, kind):
    return int(house.sql(f"SELECT count(*) FROM audit_events WHERE kind = '{kind}'"))


def log(trial):
    """Every refusal is a line; 64 KiB are soon full of them. In the database each has a row, or beyond a thousand of one
    kind in a minute is counted in one."""
    count, wrong = trial.pick(200, 2_000), []
    with trial.house(kind=SmallLog) as house:
        for _ in range(count):
            for secret, status in (("wrong", 401), ("watch's secret", 200)):
                answer = requests.post(house.issuer + "/token", auth=("watch", secret), timeout=30,
                                       data={"grant_type": "client_credentials"})
                wrong += [answer.status_code] if answer.status_code != status else []
        written = os.path.getsize(f"/proc/{house.process.pid}/root{house.folder}/log/log.txt")
        trial.least("bytes in the full log", written, 60_000)
        trial.none("with the log's disk full: answers that are not as ever", wrong)
        trial.most("crashes under the full disk of the log", house.process.poll() is not None, 0)
        # While it serves, and not only by its stop.
        until(lambda: written_of(house, KINDS[0]) >= min(count, BUDGET) and written_of(house, KINDS[1]) >= count, 20,
              "every event is kept")
        house.stop()
        rows = [written_of(house, kind) for kind in KINDS]
        counted = [json.loads(details)["client_authentication_refused"] for details in
                   house.sql("SELECT details FROM audit_events WHERE kind = 'events_omitted'").splitlines()]
        trial.say(f"rows: {dict(zip(KINDS, rows, strict=True))}; refusals counted and not written: {counted}")
        trial.least("refusals kept in the database, or counted there", rows[0] + sum(map(int, counted)), count)
        trial.most("refusals kept or counted too often", rows[0] + sum(map(int, counted)), count)
        trial.least("tokens that were given, kept in the database", rows[1], count)
