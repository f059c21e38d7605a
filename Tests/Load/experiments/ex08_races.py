"""Two hundred at once present what is good for one use: exactly one is let in.

Codes, refresh tokens, mailed links, codes of an authenticator app, backup codes, and answers of a provider (their
`state`), at two processes on one database. Two hundred arrive in the same instant: all but the last byte of each is
there already. A hundred rounds of each kind in a run, so five hundred in five runs; the short form has two rounds of
60. There is no `request_uri` here to be raced for: pushed requests (RFC 9126) are not offered."""
import contextlib
import itertools
from urllib.parse import urlsplit

from by_provider import Providers, answer_of, settings_of, sign_in_page, somebody, write
from by_provider import leave as leave_for
from factor_house import later
from factor_pages import APP, BACKUP, CODE
from factor_visitor import code_form, enrol, half
from guests import add_people, calm, code_for, exchange_form, families, signed_in
from mailed_links import ask_at, button, link_of
from martlet import Mail
from apps import CALLBACK, EMAIL
from person import Person
from post_office import PostOffice
from trial import until
from wire import cookies_of, message, volley

LIMIT = 3000


class Races:
    def __init__(self, trial, house, doors, at_once, rounds):
        self.trial, self.house, self.doors, self.at_once, self.rounds = trial, house, doors, at_once, rounds

    def post(self, path, form, cookies=None):
        return [message("POST", path, form, Cookie=cookies)] * self.at_once

    def judge(self, kind, number, answers, won, refused):
        """Exactly one has won; all others were refused by one of these statuses."""
        winners = [answer for answer in answers if won(answer)]
        others = {answer.status for answer in answers if not won(answer)}
        if len(winners) != 1 or not others <= refused:
            self.bad.append((kind, number, len(winners), sorted(others)))

    def run(self, kind, orders, won, refused):
        self.bad, number = [], 0
        for number, requests in enumerate(itertools.islice(orders, self.rounds)):
            self.judge(kind, number, volley(self.doors, requests), won, refused)
            if number % 20 == 0:
                calm(self.house)
        self.trial.least(f"{kind}: rounds of {self.at_once}", number + 1, self.rounds)
        self.trial.none(f"{kind}: rounds without exactly one success", self.bad)

    # What is raced for

    def codes(self):
        person = signed_in(self.house)
        while True:
            yield self.post("/token", exchange_form(code_for(self.house, person)))

    def refresh_tokens(self):
        """A new family each time: reuse ends the one that was raced for (TK7)."""
        for tokens in families(self.house, self.rounds):
            yield self.post("/token", {
                "grant_type": "refresh_token", "client_id": "app", "refresh_token": tokens["refresh_token"]})

    def links(self, office):
        """Asked for by ten at a time, for a mail takes a second or two."""
        people = iter(add_people(self.house, self.rounds + 1, "linked", magic_links=True))
        while some := [Person(email, clients=[CALLBACK]) for email in itertools.islice(people, 10)]:
            calm(self.house)
            for person in some:
                ask_at(self.house, person, person.email)
            for person in some:
                [taken] = office.mails(1, to=person.email)
                page, form = button(person, link_of(Mail(taken.raw)))
                yield self.post(urlsplit(page.url).path, form.fields, cookies_of(person))

    def factors(self, path):
        """By somebody who has passed the first factor in one browser."""
        held, codes = None, []
        while True:
            if not codes:
                held = enrol(self.house)
                codes = list(held.codes)
            self.house.sql("DELETE FROM factor_standings")
            person, page = half(self.house, held.email)
            if path == APP:
                later(self.house, held.email)
            code = held.code() if path == APP else codes.pop()
            _, form = code_form(person, page, path)
            yield self.post(path, form.fields | {CODE: code}, cookies_of(person))

    def states(self, providers):
        _, email = somebody(providers, "github", email="racer@example.org")
        while True:
            person = Person(email, clients=[CALLBACK])
            away = leave_for(person, sign_in_page(self.house, person), "github")
            place = urlsplit(answer_of(away))
            yield [message("GET", f"{place.path}?{place.query}", Cookie=cookies_of(person))] * self.at_once


def run(trial):
    at_once, rounds = trial.pick((60, 2), (200, 100))
    with contextlib.ExitStack() as stack:
        office, providers = stack.enter_context(PostOffice()), stack.enter_context(Providers(signing=()))
        # As many wrong codes as are sent, so that it is not the count of tries that keeps the others out.
        house = trial.house(office.settings | {
            "MARTLET_MAIL_SMTP_TLS": "none", "MARTLET_LIMITS_MAILS_PER_NETWORK": "1000", "MARTLET_SIGN_UP_MODE": "open",
            "MARTLET_SECOND_FACTOR_ATTEMPTS": "10"})
        write(house, [("github", settings_of("github", providers, house.folder))])
        house.add_person(EMAIL)
        stack.enter_context(house)
        second = house.sibling()
        stack.callback(second.stop)
        second.start()
        until(lambda: second.process.poll() is None, 1, "the second process runs")
        races = Races(trial, house, [house.port, second.port], at_once, rounds)
        races.run("code", races.codes(), lambda answer: answer.status == 200, {400})
        races.run("refresh token", races.refresh_tokens(), lambda answer: answer.status == 200, {400})
        races.run("link", races.links(office), lambda answer: answer.opens_session, {303, 404})
        for kind, path in (("code of an app", APP), ("backup code", BACKUP)):
            races.run(kind, races.factors(path), lambda answer: answer.opens_session, {303, 401, 403, 422, 429})
        races.run("state", races.states(providers), lambda answer: answer.opens_session, {400})
        trial.sound(house)
