"""How long sign-up and the code page take for an address that has an account and for one that nobody has (PW10): medians
of alternating requests at a server of this script's own, each from a network of its own, so that no limit is met.

    .build/venv/bin/python Tests/Load/sign_up_times.py [REQUESTS]"""
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Clients"))

from martlet import Martlet, ROOT  # noqa: E402
from person import Person  # noqa: E402

COUNT = int(sys.argv[1]) if len(sys.argv) > 1 else 150
KNOWN = COUNT // 4 + 1


def network(number):
    return {"X-Forwarded-For": f"10.{number // 250}.{number % 250}.1"}


def measure(house, number, email):
    person = Person()
    person.session.headers.update(network(number))
    form = person.go(f"{house.issuer}/sign-up").form("/sign-up")
    data = form.fields | {"name": "A B", "email": email, "password": "four lamps over harbour"}
    begun = time.perf_counter()
    answer = person.session.post(f"{house.issuer}/sign-up", data=data, allow_redirects=False, timeout=10)
    sign_up = time.perf_counter() - begun
    assert answer.status_code == 303, answer.text
    waiting = person.go(f"{house.issuer}/sign-up/code").form("/sign-up/code")
    begun = time.perf_counter()
    answer = person.session.post(f"{house.issuer}/sign-up/code", data=waiting.fields | {"code": "AAAAAAAA"}, timeout=10)
    assert answer.status_code == 422, answer.status_code
    return sign_up, time.perf_counter() - begun


def main():
    release = ROOT / ".build/release/martlet"
    settings = {"MARTLET_SIGN_UP_MODE": "open", "MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"}
    times = {"known": [], "unknown": []}
    with Martlet(binary=release if release.exists() else None, settings=settings) as house:
        for number in range(KNOWN):
            house.add_person(f"known{number}@example.org")
        for number in range(COUNT):
            # Which of the two comes first must not matter.
            pair = [("known", f"known{number % KNOWN}@example.org"), ("unknown", f"nobody{number}@example.org")]
            for place, (kind, email) in enumerate(pair if number % 2 else reversed(pair)):
                times[kind].append(measure(house, 2 * number + place, email))
    for place, name in enumerate(("sign-up", "wrong code")):
        known, unknown = ([pair[place] * 1000 for pair in times[kind]] for kind in ("known", "unknown"))
        spread = statistics.quantiles(unknown, n=4)
        print(f"{name}: known {statistics.median(known):.2f} ms, unknown {statistics.median(unknown):.2f} ms "
              f"(quartiles of unknown {spread[0]:.2f} and {spread[2]:.2f}; {len(known)} each)")


if __name__ == "__main__":
    main()
