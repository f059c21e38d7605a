"""Two processes are replaced one after the other under load, to the next version and back.

A crowd uses both doors, and each process is stopped (SIGTERM) and started again as the other version. Less than one
answer in a thousand is lost, nothing that was acknowledged is, and people stay signed in. The version before is the
program that MARTLET_PREVIOUS names; without it one and the same program is replaced by itself, which shows the rolling
and nothing of versions. Where the newer one has brought steps of the schema that do more than add, the older one refuses
to start, as README says: then there is no way back but a backup, and none is tried. The short form rolls once there and
not back."""
import os
import subprocess

from apps import EMAIL
from invariants import broken_promises, taken_twice
from siege import KINDS, Siege


def run(trial):
    previous = os.environ.get("MARTLET_PREVIOUS")
    with trial.house() as house:
        newer = house.binary
        house.add_person(EMAIL)
        if previous:
            house.stop()
            house.forget_database()
            house.binary = previous
            house.add_person(EMAIL)
            house.start()
        siege = Siege(house, "nobody", seed=trial.seed, processes=2)
        try:
            with siege.crowd():
                siege.grow(100)
                roll(siege, newer)
                for _ in range(trial.pick(0, 4)):
                    if previous and not starts_again(house, previous):
                        trial.say("the newer version has brought steps that do more than add: there is no way back to be shown")
                        break
                    roll(siege, previous or newer)
                    roll(siege, newer)
                siege.grow(100, every=1)
            ledger = siege.ledger
            trial.say(f"{'two versions' if previous else 'one version'}: {ledger}")
            trial.most("share of answers lost", ledger.lost.total() / (ledger.size + ledger.lost.total()), 0.001,
                       timed=True)
            trial.least("acknowledged", ledger.size, 200)
            trial.least("of every kind", min(ledger.acknowledged[kind] for kind in KINDS), 1)
            trial.sound(house)
            trial.none("promises broken, sessions ended (I1, I4)", broken_promises(siege))
            trial.none("taken twice (I2)", taken_twice(siege))
        finally:
            siege.end()


def roll(siege, binary):
    for process in siege.processes:
        siege.grow(50)
        process.stop()
        process.binary = binary
        process.start()
        siege.grow(50)


def starts_again(house, binary):
    status = subprocess.run(
        [binary, "migrate", "--status"], cwd=house.folder, env=house.environment, capture_output=True, timeout=60)
    return status.returncode == 0
