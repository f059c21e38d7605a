"""What a stranger learns from the time of the requests *after* one about an address (PW10): after a request about an address
that has an account and after one that nobody has, the very next request is timed, and then one after the other for as long
as the mail can take to go out. Medians, and the chance that a time after "known" is the longer one (Mann-Whitney; 0.50 is no
difference, z beyond 2 would be one).

    .build/venv/bin/python Tests/Load/aftermath_times.py recovery|sign-up [PAIRS [PAIRS_WATCHED]]"""
import math
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[1] / "Clients"))

from martlet import Martlet, ROOT  # noqa: E402
from person import Person  # noqa: E402

PAGE = "/" + sys.argv[1]
PAIRS = int(sys.argv[2]) if len(sys.argv) > 2 else 150
WATCHED = int(sys.argv[3]) if len(sys.argv) > 3 else 0
# An address may be mailed to five times an hour.
PEOPLE = (PAIRS + WATCHED) // 4 + 1
# Seconds: the longest pause of a letter, the second its clock cuts off, and the time to send it.
WATCH = 3.5


class Stranger:
    """One browser in a network of its own, with the form before it."""

    def __init__(self, house, number):
        self.house, self.person = house, Person()
        self.person.session.headers["X-Forwarded-For"] = f"10.{number // 250}.{number % 250}.1"
        self.form = self.person.go(f"{house.issuer}{PAGE}").form(PAGE).fields

    def ask(self, email):
        data = self.form | {"email": email}
        if PAGE == "/sign-up":
            data |= {"name": "A B", "password": "four lamps over harbour"}
        begun = time.perf_counter()
        answer = self.person.session.post(f"{self.house.issuer}{PAGE}", data=data, allow_redirects=False, timeout=10)
        assert answer.status_code == 303, answer.text
        return time.perf_counter() - begun

    def watch(self):
        """The mean of many small requests, and how many of them took more than twice the usual."""
        end, times = time.perf_counter() + WATCH, []
        while (begun := time.perf_counter()) < end:
            assert self.person.session.get(f"{self.house.issuer}{PAGE}", timeout=10).ok
            times.append(time.perf_counter() - begun)
        usual = statistics.median(times)
        return statistics.mean(times), sum(taken > 2 * usual for taken in times) / 1000


def compare(name, known, unknown):
    """Times in seconds; ties are rare enough to be left out of the variance."""
    wins = sum((a > b) + (a == b) / 2 for a in known for b in unknown)
    count = len(known) * len(unknown)
    z = (wins - count / 2) / math.sqrt(count * (len(known) + len(unknown) + 1) / 12)
    for kind, times in (("known", known), ("unknown", unknown)):
        low, median, high = (1000 * value for value in statistics.quantiles(times, n=4))
        print(f"{name}, after {kind}: {median:.2f} (quartiles {low:.2f} and {high:.2f}; {len(times)})")
    print(f"{name}: longer after known with chance {wins / count:.3f}, z = {z:+.2f}", flush=True)


def pairs(house, first, count, look):
    found = {"known": [], "unknown": []}
    for number in range(first, first + count):
        kinds = [("known", f"known{number % PEOPLE}@example.org"), ("unknown", f"nobody{number}@example.org")]
        # Which of the two comes first must not matter.
        for place, (kind, email) in enumerate(kinds if number % 2 else reversed(kinds)):
            asker, prober = (Stranger(house, 4 * number + 2 * place + each) for each in range(2))
            asker.ask(email)
            found[kind].append(look(prober, number, place))
    return found["known"], found["unknown"]


def main():
    release = ROOT / ".build/release/martlet"
    settings = {"MARTLET_SIGN_UP_MODE": "open", "MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"}
    with Martlet(binary=release if release.exists() else None, settings=settings) as house:
        for number in range(PEOPLE):
            house.add_person(f"known{number}@example.org")
        known, unknown = pairs(
            house, 0, PAIRS, lambda prober, number, place: prober.ask(f"probe{number}-{place}@example.org"))
        compare(f"{PAGE}, next request, ms", known, unknown)
        if WATCHED:
            known, unknown = pairs(house, PAIRS, WATCHED, lambda prober, *_: prober.watch())
            for place, name in enumerate((f"mean over {WATCH} s, ms", f"slow ones in {WATCH} s")):
                compare(f"{PAGE}, {name}", [pair[place] for pair in known], [pair[place] for pair in unknown])


if __name__ == "__main__":
    main()
