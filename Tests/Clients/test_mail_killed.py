"""kill -9 of the server while it sends mail, with accounting: each change of a password that happened is told in one mail,
and a second copy of one exists only where policy allows it (see `MailRoom`): for what was on its way when the server was
killed, or when the mail server's answer was lost."""
import asyncio
import collections
import os
import random
import secrets
import threading
import time

import pytest
import requests
from martlet import PASSWORD, Martlet
from person import Person
from post_office import PostOffice

KILLS = int(os.environ.get("MARTLET_TEST_KILLS", "4"))
# How many mails a process has on its way at a time.
LANES = 8


class Changer:
    """Somebody who sets one new password after the other, and knows in the end how many took effect."""

    def __init__(self, house, number, stop):
        self.house, self.stop = house, stop
        self.email = f"person{number}@example.org"
        self.password, self.number, self.changes = PASSWORD, 0, 0
        house.add_person(self.email)
        self.person = Person(self.email)
        self.session = self.person.session

    def sign_in(self):
        page = self.person.sign_in_on(self.person.go(f"{self.house.issuer}/sign-in"))
        assert page.path == "/account", page

    def work(self):
        while not self.stop.is_set():
            self.number += 1
            self.change(f"{PASSWORD} number {self.number}")

    def change(self, new):
        """Tried until it is known whether it took effect."""
        while True:
            try:
                page = self.person.go(f"{self.house.issuer}/account/password")
                if page.path == "/sign-in":
                    # The answer was lost, and the session's new cookie with it: so it did take effect.
                    page = self.person.sign_in_on(page, password=new)
                    assert page.path == "/account/password", page.text
                    self.password, self.changes = new, self.changes + 1
                    return
                form = page.form("/account/password").fields
                done = self.session.post(
                    f"{self.house.issuer}/account/password", data=form | {"current": self.password, "password": new},
                    allow_redirects=False, timeout=30)
            except (requests.ConnectionError, requests.Timeout):
                time.sleep(0.05)
                continue
            if done.status_code == 200 or "This is not your current password" in done.text:
                self.password, self.changes = new, self.changes + 1
                return
            assert done.status_code == 503, done.text
            time.sleep(0.05)


@pytest.mark.parametrize("processes", [1, 2], ids=["one share-1", "two share-2"])
def test_no_mail_is_lost_and_none_is_sent_twice_beyond_policy(processes):
    seed = secrets.token_hex(4)
    chance, lost_answers, stop = random.Random(seed), [], threading.Event()

    def end(mail):
        # Once for each mail, and none at the end: after its third attempt a mail waits for five minutes.
        if chance.random() < 0.03 and mail.message_id not in lost_answers and not stop.is_set():
            lost_answers.append(mail.message_id)
            return "dies before its answer"

    async def slow(to):
        await asyncio.sleep(chance.random() / 5)

    with PostOffice(answers={"message": slow}, end=end) as office:
        house = Martlet(settings=office.settings | {"MARTLET_MAIL_SMTP_TLS": "none", "MARTLET_MAIL_TIMEOUT": "5s"})
        try:
            houses = [house] + [house.sibling() for _ in range(processes - 1)]
            for one in houses:
                one.start()
            people = [Changer(house, number, stop) for number in range(6)]
            for person in people:
                person.sign_in()
            threads = [threading.Thread(target=person.work) for person in people]
            for thread in threads:
                thread.start()
            for _ in range(KILLS):
                aim = len(office.handed_over) + 15
                deadline = time.monotonic() + 120
                while len(office.handed_over) < aim:
                    assert time.monotonic() < deadline, f"no mail goes out, seed {seed}"
                    time.sleep(0.01)
                for one in houses:
                    one.process.kill()
                    one.process.wait()
                for one in houses:
                    one.start()
            stop.set()
            for thread in threads:
                thread.join()
            # Leases of the last process that died run out; what the mail server did not answer is tried again.
            deadline = time.monotonic() + 180
            while house.sql("SELECT count(*) FROM outbox") != "0":
                assert time.monotonic() < deadline, f"mail is left, seed {seed}"
                time.sleep(0.2)
            for one in reversed(houses):
                one.stop()
        finally:
            for one in houses:
                if one.process and one.process.poll() is None:
                    one.process.kill()
            house.__exit__(None, None, None)

    mails = [mail for mail in office.handed_over if mail.message["Subject"].startswith("Your password for")]
    copies = collections.Counter(mail.message_id for mail in mails)
    for person in people:
        told = {mail.message_id for mail in mails if mail.to == person.email}
        assert len(told) == person.changes, f"{person.email}: {len(told)} mails of {person.changes} changes, seed {seed}"
    for message_id in copies:
        assert len({mail.raw for mail in mails if mail.message_id == message_id}) == 1, "a second copy is the same mail"
    doubles = sum(copies.values()) - len(copies)
    allowed = len(lost_answers) + KILLS * LANES * processes
    print(f"{len(copies)} changes told in {len(mails)} mails: {doubles} copies; {len(lost_answers)} answers lost, {KILLS} kills")
    assert doubles <= allowed, f"{doubles} copies, seed {seed}"
    assert max(copies.values()) <= 1 + KILLS + len(lost_answers)
