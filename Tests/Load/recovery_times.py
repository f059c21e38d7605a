"""How long /recovery and its code page take for an address that has an account, one that is disabled and one that nobody
has (PW10): medians of requests in turn at a server of this script's own, each from a network of its own, so that no limit
is met.

    .build/venv/bin/python Tests/Load/recovery_times.py [REQUESTS]"""
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Clients"))

from martlet import Martlet, ROOT  # noqa: E402
from person import Person  # noqa: E402

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 150
# An address may be mailed to five times an hour.
PEOPLE = COUNT // 4 + 1
KINDS = ("known", "disabled", "unknown")


def measure(house, number, email):
    person = Person()
    person.session.headers["X-Forwarded-For"] = f"10.{number // 250}.{number % 250}.1"
    form = person.go(f"{house.issuer}/recovery").form("/recovery")
    begun = time.perf_counter()
    answer = person.session.post(
        f"{house.issuer}/recovery", data=form.fields | {"email": email}, allow_redirects=False, timeout=10)
    asked = time.perf_counter() - begun
    assert answer.status_code == 303, answer.text
    waiting = person.go(f"{house.issuer}/recovery/sent").form("/recovery/sent")
    begun = time.perf_counter()
    answer = person.session.post(
        f"{house.issuer}/recovery/sent", data=waiting.fields | {"code": "AAAA-AAAA"}, timeout=10)
    assert answer.status_code == 422, answer.status_code
    return asked, time.perf_counter() - begun


def main():
    release = ROOT / ".build/release/martlet"
    times = {kind: [] for kind in KINDS}
    with Martlet(binary=release if release.exists() else None,
                 settings={"MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"}) as house:
        for number in range(PEOPLE):
            house.add_person(f"known{number}@example.org")
            house.add_person(f"disabled{number}@example.org")
            house.command("user", "disable", f"disabled{number}@example.org", "--yes", "--reason", "for the clock")
        for number in range(COUNT):
            # Which comes first must not matter.
            for place in range(3):
                kind = KINDS[(number + place) % 3]
                times[kind].append(measure(house, 3 * number + place, f"{kind}{number % PEOPLE}@example.org"))
    for place, name in enumerate(("request", "wrong code")):
        for kind in KINDS:
            found = [pair[place] * 1000 for pair in times[kind]]
            low, median, high = statistics.quantiles(found, n=4)
            print(f"{name}, {kind}: {median:.2f} ms (quartiles {low:.2f} and {high:.2f}; {len(found)})")


if __name__ == "__main__":
    main()
