"""Five hundred sign-ins with a password every second, of people who exist and people who do not.

Apps refresh and introspect beside it. The flood comes from thousands of networks, so that nothing but the bound on
hashing holds it up; it runs in a process of its own, so that it does not hold up the clock. The short form has 60 a
second, and a hashing queue of four."""
import multiprocessing
import random
import time
from collections import Counter

from apps import EMAIL
from guests import Introspecting, Refreshing, add_people, families, mixed
from pace import Pace, settled
from person import Person
from trial import Vitals, percentile
from wire import cookies_of, message

PATIENCE = 30


def sign_in_forms(house, count):
    """Browsers with the form before them."""
    found = []
    for _ in range(count):
        person = Person()
        fields = person.go(house.issuer + "/sign-in").form("/sign-in").fields
        found.append((fields, cookies_of(person)))
    return found


def flood(port, forms, people, rate, seconds, seed, sender):
    chance = random.Random(seed)

    def make():
        fields, cookies = chance.choice(forms)
        email = chance.choice(people) if chance.random() < 0.5 else f"nobody{chance.randrange(10 ** 9)}@example.org"
        network = ".".join(str(chance.randrange(1, 250)) for _ in range(3))
        form = fields | {"email": email, "password": f"wrong {chance.randrange(10 ** 9)} all the way"}
        return message("POST", "/sign-in", form, close=False, Cookie=cookies, X_Forwarded_For=f"10.{network}"), None

    with Pace([port], make, rate, min(1_500, 4 * rate), seconds, PATIENCE) as pace:
        pass
    early = [taken for _, taken, status in pace.answers if status in (429, 503)]
    sender.send((pace.statuses(), percentile(early, 0.99) if early else 0.0))


def run(trial):
    rate, seconds = trial.pick((60, 4), (500, 30))
    settings = {"MARTLET_TRUSTED_PROXIES": "127.0.0.1/32"}
    if trial.short:
        settings |= {"MARTLET_PASSWORDS_HASH_THREADS": "1", "MARTLET_PASSWORDS_HASH_QUEUE": "4"}
    with trial.house(settings) as house:
        house.add_person(EMAIL)
        people = add_people(house, 20)
        found = families(house, trial.pick(10, 60))
        refreshing, introspecting = Refreshing(found), Introspecting([one["access_token"] for one in found])
        make = mixed(refreshing.make, introspecting.make)
        alone = settled([house.port], make, trial.pick(10, 40), trial.pick(4, 16), trial.pick(1, 10))
        with Vitals(house) as vitals:
            receiver, sender = multiprocessing.Pipe(duplex=False)
            child = multiprocessing.get_context("fork").Process(target=flood, args=(
                house.port, sign_in_forms(house, 5), people, rate, seconds, trial.seed, sender), daemon=True)
            child.start()
            time.sleep(0.5)
            with Pace([house.port], make, trial.pick(10, 40), trial.pick(4, 16), seconds - 1) as beside:
                pass
            assert receiver.poll(seconds + 2 * PATIENCE), "the flood does not end"
            statuses, early = receiver.recv()
            child.join()
        trial.say(f"the flood: {dict(sorted(statuses.items()))}; beside it: {dict(beside.statuses())}")
        trial.say(f"p99 of apps alone {alone.p99():.1f} ms, beside the flood {beside.p99():.1f} ms")
        trial.none("answers to the flood other than 422, 429, 503",
                   [(status, count) for status, count in statuses.items() if status not in (422, 429, 503)])
        trial.least("of the flood refused before hashing", statuses[503] + statuses[429], 1)
        trial.most("p99 until it is refused", 1000 * early, 1000, " ms", timed=True)
        trial.none("wrong answers to apps", refreshing.faults + introspecting.wrong
                   + [one for one in Counter(beside.statuses()) if one != 200])
        trial.most("p99 of refresh and introspection", beside.p99(), 250, " ms", timed=True)
        trial.most("growth of resident memory", vitals.growth, 128, " MiB")
        trial.most("crashes", not vitals.is_alive, 0)
        trial.sound(house)
