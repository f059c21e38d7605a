"""Each call to the database fails, one at a time, in each request that matters.

A request is made again and again: the first time its first call to the database is spoilt, then the second, until one
was made in which nothing was left to spoil. On SQLite statements fail and, below them, syncs and writes; on PostgreSQL
connections go before a statement or before its answer, or the server refuses. Whatever is answered, a success has its
whole effect, what may not succeed never does, nothing of the cause is told (CF5), and afterwards it works. Calls of the
housekeeping may be hit in place of the request's. The short form takes fewer requests and the first mode alone."""
import time

import requests
from apps import EMAIL
from guests import calm
from requests_that_matter import all_of_them
from saboteur import MODES, Saboteur
from trial import Vitals

LIMIT = 1800
MOST_CALLS = 120
SECRETIVE = ("sqlite", "SQL", "database", "disk", "martlet.db", "libpq", "spoilt", "Swift")


def run(trial):
    house = trial.house({"MARTLET_LIMITS_MAILS_PER_NETWORK": "1000", "MARTLET_SECOND_FACTOR_ATTEMPTS": "10"})
    saboteur = Saboteur(house)
    house.add_person(EMAIL)
    house.add_person("office@example.org")
    with house, Vitals(house, every=1) as vitals:
        makers = all_of_them(house)
        modes = dict(list(MODES[trial.engine].items())[:trial.pick(1, 4)])
        wanted = [maker for maker in makers if not trial.short or maker.is_short]
        spoilt, statements, found = 0, set(), []
        for mode, (kind, how) in modes.items():
            for maker in wanted:
                count, said, wrong = spoil_each(trial, house, saboteur, maker, kind, how)
                spoilt, statements = spoilt + count, statements | said
                found += [(mode, maker.name, *one) for one in wrong]
                trial.say(f"{mode}: {maker.name}: {count} calls spoilt, {len(wrong)} findings")
        trial.say(f"{len(statements)} statements were hit")
        trial.least("calls spoilt", spoilt, trial.pick(20, 200))
        trial.none("success without effect, success unearned, words too many, or no way on (I6, CF5)", found)
        trial.most("crashes", not vitals.is_alive, 0)
        trial.sound(house)


def spoil_each(trial, house, saboteur, maker, kind, how):
    """How many were spoilt, which statements, and what was wrong."""
    statements, found, count = set(), [], 0
    for number in range(1, MOST_CALLS):
        ready(house)
        calm(house)
        request = maker(house)
        saboteur.arm(kind, how, number)
        try:
            answer = request.send()
        except requests.RequestException as error:
            answer = None
            found.append((number, "no answer", repr(error)))
        _, statement = saboteur.disarm()
        if statement is None:
            if answer is not None and not request.is_right(answer):
                found.append((number, "refused without a fault", answer.status_code, answer.text[:200]))
            elif answer is not None and request.may_succeed and not request.has_effect(answer):
                found.append((number, "without effect, and without a fault", answer.status_code))
            break
        count += 1
        statements.add(statement)
        if answer is not None:
            found += [(number, statement, *wrong) for wrong in judge(house, request, answer)]
    return count, statements, found


def judge(house, request, answer):
    said, succeeded = answer.text, request.succeeded(answer)
    if answer.status_code >= 500:
        if answer.status_code not in (500, 503):
            yield ("status", answer.status_code)
        if any(word in said for word in SECRETIVE):
            yield ("tells too much", said[:300])
    ready(house)
    if succeeded and not request.may_succeed:
        yield ("unearned success", answer.status_code, said[:300])
    if succeeded and request.may_succeed and not request.has_effect(answer):
        yield ("success without effect", answer.status_code)
    # Not a success: it may be tried again, unless it had its effect after all.
    if not succeeded and request.may_succeed and request.can_be_repeated:
        calm(house)
        again = request.send()
        if not request.succeeded(again) and not request.has_effect(again):
            yield ("neither done nor to be done again", answer.status_code, again.status_code, again.text[:300])


def ready(house, seconds=20):
    """Until it writes and reads again."""
    deadline = time.monotonic() + seconds
    while requests.get(f"http://127.0.0.1:{house.management}/health/ready", timeout=10).status_code != 200 or (
            requests.post(house.issuer + "/token", auth=("watch", "watch's secret"), timeout=30,
                          data={"grant_type": "client_credentials"}).status_code != 200):
        assert time.monotonic() < deadline, "it does not get over it"
        time.sleep(0.02)
