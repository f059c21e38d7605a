"""Mail that waits, seen from outside: a stop while some is on its way (OP4), and the figures that tell how it went (CF1)."""
import asyncio
import collections
import signal
import time

import pytest
import requests
from martlet import Martlet
from person import Person
from post_office import PostOffice, for_ever
from test_operations import figure, wait_for

COUNT = 12
# How many mails a process has on its way at a time.
LANES = 8


def people(house, count=COUNT):
    """Beside an administrator, who must stay."""
    house.add_person("office@example.org")
    return [house.add_person(f"person{number}@example.org")[0] for number in range(count)]


def tell_all(house, addresses):
    """One letter to each, in the outbox before anybody sends."""
    for address in addresses:
        house.command("user", "disable", address, "--yes", "--reason", "to be told")
    assert waiting(house) == len(addresses)


def waiting(house):
    return int(house.sql("SELECT count(*) FROM outbox"))


def stop(house):
    begun = time.monotonic()
    house.process.send_signal(signal.SIGTERM)
    assert house.process.wait(timeout=60) == 0, house.read_log()[-2000:]
    return time.monotonic() - begun


def without_tls(office, **more):
    return office.settings | {"MARTLET_MAIL_SMTP_TLS": "none"} | {f"MARTLET_MAIL_{key}": value for key, value in more.items()}


def recipients(office):
    return collections.Counter(mail.to for mail in office.handed_over)


def test_a_stop_while_mail_is_on_its_way_sends_what_can_be_sent_OP4():
    async def slow(to):
        await asyncio.sleep(0.5)

    with PostOffice(answers={"message": slow}) as office:
        house = Martlet(settings=without_tls(office))
        try:
            addresses = people(house)
            tell_all(house, addresses)
            house.start()
            wait_for(lambda: office.handed_over)
            assert len(office.handed_over) <= LANES, "some is on its way, some has not begun"
            assert stop(house) < 30
            assert waiting(house) == 0
            assert recipients(office) == collections.Counter(addresses)
            assert all(mail.acknowledged for mail in office.handed_over)
        finally:
            house.__exit__(None, None, None)


def test_a_letter_that_was_just_written_still_goes_out_at_a_stop():
    with PostOffice() as office:
        house = Martlet(settings=without_tls(office))
        try:
            [email] = people(house, 1)
            with house:
                person = Person()
                form = person.go(f"{house.issuer}/recovery").form("/recovery")
                person.session.post(f"{house.issuer}/recovery", data=form.fields | {"email": email}, timeout=10)
                assert stop(house) < 10
            assert recipients(office) == {email: 1}
        finally:
            house.__exit__(None, None, None)


def test_what_a_mail_server_does_not_take_in_the_time_of_a_stop_goes_at_the_next_start_OP4():
    """The mail server stands still for longer than a stop may last: nothing was acknowledged, nothing is lost, and whoever
    starts next need not wait for leases to run out."""
    stuck = {"message": lambda _: for_ever()}
    with PostOffice(answers=stuck) as office:
        house = Martlet(settings=without_tls(office, TIMEOUT="120s"))
        try:
            addresses = people(house)
            tell_all(house, addresses)
            house.start()
            wait_for(lambda: len(office.handed_over) == LANES)
            assert stop(house) < 30
            assert waiting(house) == COUNT, "no mail was acknowledged"
            del office.answers["message"]
            office.handed_over.clear()
            house.start()
            wait_for(lambda: waiting(house) == 0, seconds=20)
            assert stop(house) < 30
            assert recipients(office) == collections.Counter(addresses), "each once"
        finally:
            house.__exit__(None, None, None)


def test_figures_tell_how_mail_went_by_outcome_and_say_nothing_of_people():
    def moody(to):
        return {"later@example.org": "451 4.3.0 later", "never@example.org": "550 5.1.1 nobody of that name"}.get(to)

    with PostOffice(answers={"recipient": moody}) as office:
        house = Martlet(settings=without_tls(office))
        try:
            addresses = [house.add_person(f"{name}@example.org")[0] for name in ("office", "good", "later", "never")]
            tell_all(house, addresses[1:])
            house.start()
            sent = lambda: figure(house, "martlet_mail_sent_total")  # noqa: E731
            deferred = lambda: figure(house, "martlet_mail_failures_total", **{"class": "deferred"})  # noqa: E731
            # What waits may not have been tried yet.
            wait_for(lambda: sent() == 1 and waiting(house) == 1 and deferred() >= 1)
            assert figure(house, "martlet_mail_failures_total", **{"class": "refused"}) == 1
            assert figure(house, "martlet_mail_dropped_total", reason="refused") == 1
            wait_for(lambda: figure(house, "martlet_mail_waiting") == 1)
            assert 0 <= figure(house, "martlet_mail_oldest_seconds") < 120
            # The one that is put off runs out.
            house.sql("UPDATE outbox SET expires_at = 1, due_at = 1")
            wait_for(lambda: figure(house, "martlet_mail_dropped_total", reason="expired") == 1)
            wait_for(lambda: figure(house, "martlet_mail_waiting") == 0)
            assert sent() == 1
            text = requests.get(f"http://127.0.0.1:{house.management}/metrics", timeout=5).text
            told = [line for line in text.splitlines() if line.startswith("martlet_mail_")]
            assert len(told) >= 5 and "example.org" not in text
            assert not [line for line in told if "account_disabled" in line or "person" in line]
        finally:
            house.__exit__(None, None, None)


def test_a_server_that_is_slow_to_say_250_gets_each_mail_once():
    """RFC 5321 §4.5.3.2.6: it answers after the timeout, and after the lease as it was taken, with a second process looking on"""
    async def slow(to):
        await asyncio.sleep(45)

    with PostOffice(answers={"message": slow}) as office:
        house = Martlet(settings=without_tls(office, TIMEOUT="5s"))
        sibling = house.sibling()
        try:
            addresses = people(house, 3)
            tell_all(house, addresses)
            house.start()
            sibling.start()
            wait_for(lambda: len(office.handed_over) == 3)
            wait_for(lambda: waiting(house) == 0, seconds=90)
            assert recipients(office) == collections.Counter(addresses), "each once"
            assert all(mail.acknowledged for mail in office.handed_over)
            sibling.stop()
            house.stop()
        finally:
            for one in (sibling, house):
                if one.process and one.process.poll() is None:
                    one.process.kill()
            house.__exit__(None, None, None)


def test_a_server_that_does_not_relay_for_us_ends_no_mail_and_one_without_the_mailbox_ends_that():
    """B036: both say no at the recipient; the one is about every mail there is, the other about this one alone"""
    refusals = {"never@example.org": "550 5.1.1 nobody of that name"}
    relay = "554 5.7.1 Relay access denied"
    with PostOffice(answers={"recipient": lambda to: refusals.get(to, relay)}) as office:
        house = Martlet(settings=without_tls(office))
        try:
            addresses = [house.add_person(f"{name}@example.org")[0] for name in ("office", "one", "two", "never")]
            tell_all(house, addresses[1:])
            house.start()
            wait_for(lambda: figure(house, "martlet_mail_failures_total", **{"class": "not_admitted"}) >= 2)
            wait_for(lambda: waiting(house) == 2)
            assert figure(house, "martlet_mail_dropped_total", reason="refused") == 1
            log = house.read_log()
            assert log.count("no mail is sent") >= 1 and "mail is sent again" not in log
            del office.answers["recipient"]
            house.sql("UPDATE outbox SET due_at = 1")
            wait_for(lambda: waiting(house) == 0)
            assert recipients(office) == {"one@example.org": 1, "two@example.org": 1}
            assert "mail is sent again" in house.read_log()
        finally:
            house.__exit__(None, None, None)


def test_a_request_for_nobody_is_no_mail_in_the_figures_PW10():
    with PostOffice() as office:
        house = Martlet(settings=without_tls(office))
        try:
            [email] = people(house, 1)
            with house:
                for address in ("nobody@example.org", email):
                    person = Person()
                    form = person.go(f"{house.issuer}/recovery").form("/recovery")
                    person.session.post(f"{house.issuer}/recovery", data=form.fields | {"email": address}, timeout=10)
                assert waiting(house) == 2
                wait_for(lambda: waiting(house) == 0)
                assert figure(house, "martlet_mail_sent_total") == 1
            assert recipients(office) == {email: 1}
        finally:
            house.__exit__(None, None, None)
