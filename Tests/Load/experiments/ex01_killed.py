"""kill -9 of the server at a hundred random moments, under load.

One process, and two of which one is killed at a time; on PostgreSQL also the database itself. A crowd of apps and
people writes down all that it is told; afterwards every promise is looked after, and everything that was spent is
presented once more. The short form of `make test` is `test_killed.py`, which has the same crowd and fewer kills; here
it is a single one. What a power cut would take from a disk that lies about fsync is not shown, nor that PostgreSQL
syncs: that of the tests does not."""
from apps import EMAIL
from invariants import broken_promises, taken_twice
from siege import Siege

LIMIT = 1800


def run(trial):
    victims = trial.pick(["one"], ["one", "two"] + ["database"] * (trial.engine == "postgresql"))
    for victim in victims:
        with trial.house() as house:
            house.add_person(EMAIL)
            siege = Siege(house, victim, seed=trial.seed)
            try:
                siege.go(trial.pick(1, 100))
                trial.say(f"{victim}, {siege.kills} kills: {siege.ledger}")
                trial.least(f"{victim}: acknowledged", siege.ledger.size, trial.pick(50, 5_000))
                trial.least(f"{victim}: of every kind", min(siege.ledger.acknowledged.values()), 2)
                if siege.starts:
                    trial.most(f"{victim}: until a killed one is ready again", max(siege.starts), 5, " s", timed=True)
                # First what must stand, for presenting what was spent ends families.
                trial.sound(house)
                trial.none(f"{victim}: promises broken (I1, I4)", broken_promises(siege))
                trial.none(f"{victim}: taken twice (I2)", taken_twice(siege))
            finally:
                siege.end()
