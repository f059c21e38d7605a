"""How long /magic-link and its code page take for an address that links are for, one that they are not for, one that is
disabled and one that nobody has (PW10): medians of requests in turn at a server of this script's own, each from a network
of its own, so that no limit is met.

    .build/venv/bin/python Tests/Load/magic_link_times.py [REQUESTS]"""
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Clients"))

from mailed_links import opt_in, post  # noqa: E402
from martlet import Martlet, ROOT  # noqa: E402
from person import Person  # noqa: E402

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 150
# An address may be mailed to a few times an hour.
PEOPLE = COUNT // 3 + 1
KINDS = ("known", "not-permitted", "disabled", "unknown")


def measure(house, number, email):
    person = Person()
    person.session.headers["X-Forwarded-For"] = f"10.{number // 250}.{number % 250}.1"
    fields = person.go(f"{house.issuer}/magic-link").form("/magic-link").fields
    times = []
    for path, more, status in (("/magic-link", {"email": email}, 303), ("/magic-link/code", {"code": "AAAA-AAAA"}, 422)):
        begun = time.perf_counter()
        answer = post(person, house.issuer + path, fields | more)
        times.append(time.perf_counter() - begun)
        assert answer.status_code == status, (answer.status_code, answer.text)
    return times


def furnish(house):
    for number in range(PEOPLE):
        for kind in KINDS[:3]:
            house.add_person(f"{kind}{number}@example.org")
        opt_in(house, f"known{number}@example.org")
        house.command("user", "disable", f"disabled{number}@example.org", "--yes", "--reason", "for the clock")


def main():
    release = ROOT / ".build/release/martlet"
    times = {kind: [] for kind in KINDS}
    with Martlet(binary=release if release.exists() else None,
                 settings={"MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"}) as house:
        furnish(house)
        for number in range(COUNT):
            # Which comes first must not matter.
            for place in range(len(KINDS)):
                kind = KINDS[(number + place) % len(KINDS)]
                address = f"{kind}{number % PEOPLE}@example.org"
                times[kind].append(measure(house, len(KINDS) * number + place, address))
    for place, name in enumerate(("request", "wrong code")):
        for kind in KINDS:
            found = [pair[place] * 1000 for pair in times[kind]]
            low, median, high = statistics.quantiles(found, n=4)
            print(f"{name}, {kind}: {median:.2f} ms (quartiles {low:.2f} and {high:.2f}; {len(found)})")


if __name__ == "__main__":
    main()
