"""Half an hour of everything at once.

Mixed load as of a day, 120 requests a second; memory does not grow, files do not either, and answers are as fast as is
promised (OP8): 99.9 % of all that is not the asker's own fault, tokens within 250 ms at the 99th percentile, and in the
end a minute of 15 sign-ins with a password a second. Memory and files are looked at from a third of the time on, when
caches are full. Eight hours, as one would before a release, by SOAK_MINUTES=480. The short form takes eight seconds at
15 operations a second, which tells nothing about slopes."""
import os
import statistics
import time

from mix import Mix
from pace import Pace
from post_office import PostOffice
from trial import Vitals, until
from wire import message

RUNS = 1
MINUTES = int(os.environ.get("SOAK_MINUTES", "30"))
LIMIT = 60 * MINUTES + 600


def run(trial):
    seconds, rate = trial.pick((8, 15), (60 * MINUTES, 100))
    with PostOffice() as office:
        house = trial.house(office.settings | {
            "MARTLET_MAIL_SMTP_TLS": "none", "MARTLET_LIMITS_MAILS_PER_NETWORK": "1000"})
        with house:
            mix = Mix(trial, house, office, rate, trial.pick(6, 24))
            with Vitals(house, every=trial.pick(0.2, 5), closely=True) as vitals, mix:
                time.sleep(seconds)
            report(trial, mix, vitals, seconds)
            passwords(trial, mix, house)
            until(lambda: house.sql("SELECT count(*) FROM outbox") == "0", 60, "mail goes out")
            trial.sound(house)


def report(trial, mix, vitals, seconds):
    trial.say(f"{mix.requests} requests, {mix.requests / seconds:.0f} a second: {dict(mix.done)}, "
              f"by class {dict(mix.answers)}")
    for name, times in sorted(mix.times.items()):
        trial.say(f"{name}: {len(times)}, p50 {1000 * statistics.median(times):.1f} ms, p99 {mix.p99(name):.1f} ms")
    trial.none("what was not as it must be (I1, I4, I5)", mix.faults)
    trial.most("share of requests that failed", mix.failed_share, 0.001)
    trial.least("requests a second", mix.requests / seconds, 120, timed=True)
    trial.least("of each operation", min(mix.done[name] for name in ("refresh", "introspect", "code", "password")), 1)
    trial.most("p99 of token requests", mix.p99("refresh", "code"), 250, " ms", timed=True)
    samples = vitals.samples[len(vitals.samples) // 3:]
    slope = statistics.linear_regression([at / 3600 for at, _, _ in samples], [size for _, size, _ in samples]).slope
    half = len(samples) // 2
    files = max(one[2] for one in samples[half:]) - max(one[2] for one in samples[:half])
    trial.say(f"resident {vitals.first:.1f} MiB in the beginning, {samples[-1][1]:.1f} in the end, "
              f"{vitals.peak:.1f} at most")
    details = vitals.details[len(vitals.details) // 3:]
    most = [max((files for _, files in part), key=lambda files: files.total())
            for part in (details[:half], details[half:])]
    trial.say(f"of it its own {statistics.mean(own for own, _ in details[:half]):.1f} MiB in the first half, "
              f"{statistics.mean(own for own, _ in details[half:]):.1f} in the second, "
              f"at least {min(own for own, _ in details[:half]):.1f} and {min(own for own, _ in details[half:]):.1f} "
              "(without passwords that are being hashed); "
              f"files at most {dict(most[0])} and {dict(most[1])}")
    trial.most("growth of resident memory", slope, 1, " MiB an hour", timed=True)
    trial.most("growth of open files, second half against first", files, 4, timed=True)
    trial.most("crashes", not vitals.is_alive, 0)


def passwords(trial, mix, house):
    """15 a second for each core that the server has, which is one."""
    requests = [message("POST", "/sign-in", fields | {"email": email, "password": "kettle orbit lantern mosaic"},
                        close=False, Cookie=cookies) for email, fields, cookies, _ in mix.browsers]
    turn = iter(range(10 ** 9))
    rate, seconds = trial.pick((2, 2), (15, 60))
    with Pace([house.port], lambda: (requests[next(turn) % len(requests)], None), rate, 30, seconds) as pace:
        pass
    trial.say(f"passwords: {dict(pace.statuses())}, p99 {pace.p99():.1f} ms")
    trial.least("share of sign-ins let in", pace.statuses()[303] / len(pace.answers), 0.999)
    trial.most("p99 of sign-ins", pace.p99(), 1_000, " ms", timed=True)
