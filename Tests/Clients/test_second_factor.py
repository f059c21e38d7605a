"""A second factor from setting it up to signing in with it, with codes that pyotp and oathtool make: what is asked when,
what is refused and how that is told (B098-B115, MF1-MF8)."""
import base64
import re
import subprocess
import time
from urllib.parse import urlsplit

import pyotp
import pytest
import requests
from factor_house import (
    account, age, age_sessions, app_of, calm, later, number, restart, serving, subject_of, told_of, visitor)
from factor_pages import (
    ADD_APP, APP, BACKUP, CODE, CODES, DRAFT, FORGET, MAIL, ONE, PROVE, REMOVE, SECURITY, SEND, SET_UP, TWO, at_factor,
    codes_of, fault, form_at, forms_at, key_of, links_to)
from factor_visitor import (
    Held, add_mail, come, csrf_of, digits, enrol, enrol_mail, forget_session, half, is_signed_in, mail_where, offers,
    prove, send_code, signed_in, stroll, try_code, way, whole)
from mailed_links import newcomer
from martlet import PASSWORD
from person import Arrival, Person
from waiting import eventually

DAY = 86_400


@pytest.fixture(scope="module")
def house():
    with serving(MARTLET_SECOND_FACTOR_EXEMPT_ROLES="guest,administrator",
                 MARTLET_SECOND_FACTOR_REQUIRED_ROLES="strict") as house:
        yield house


@pytest.fixture
def wiki(house):
    return app_of(house)


def give_role(house, email, role):
    house.command("user", "roles", email, "--add", role, "--reason", "for this test")


# Setting it up


def test_an_authenticator_app_counts_once_its_first_code_is_right_B108_B114_MF1(house):
    email = newcomer(house)
    person = signed_in(house, email)
    page = person.go(house.issuer + ADD_APP)
    key = key_of(page)
    assert len(base64.b32decode(key)) >= 20, "a seed of 160 bits"
    assert "<svg" in page.text and "<img" not in page.text.split("<svg")[0].split("<main")[-1]
    assert "no-store" in page.response.headers["Cache-Control"]
    held = Held(house, email, person)
    held.totp = pyotp.TOTP(key)
    for code in (held.wrong(), "", "abcdef", "12345", "1234567"):
        page = person.submit(page, form_at(page, ADD_APP, DRAFT), **{CODE: code})
        assert page.status == 422 and key_of(page) == key, page
        assert number(house, f"factors WHERE account_id = {account(email)}") == 0
    done = person.submit(page, form_at(page, ADD_APP, DRAFT), **{CODE: held.code()})
    codes = codes_of(done)
    assert len(set(codes)) == 10 and "no-store" in done.response.headers["Cache-Control"]
    # Shown once: neither the section on security nor the way back shows them again.
    for path in (SECURITY, ADD_APP):
        again = person.go(house.issuer + path).text
        assert not any(code in again for code in codes) and key not in again
    assert mail_where(house, email, 0, lambda mail: mail.code is None and key not in mail.text)
    assert told_of(house, "factor_added", email)
    # Neither the seed nor a code is kept as it is.
    kept = house.database_bytes() + (house.folder / "log.txt").read_bytes()
    for secret in [key, *codes]:
        plain = secret.encode()
        assert plain not in kept and plain.hex().encode() not in kept
    seed = base64.b32decode(key)
    assert seed not in kept and seed.hex().encode() not in kept


def test_the_app_of_debian_agrees_MF2(house, wiki):
    held = enrol(house)
    told = subprocess.run(["oathtool", "--totp", "--base32", held.totp.secret], capture_output=True, text=True, check=True)
    later(house, held.email)
    person, page = half(house, held.email, wiki)
    place = try_code(person, page, told.stdout.strip())
    assert isinstance(place, Arrival) and wiki.come_back(place)


def test_a_draft_is_of_its_own_session_MF1(house):
    first, second = (signed_in(house, newcomer(house)) for _ in range(2))
    page, other = first.go(house.issuer + ADD_APP), second.go(house.issuer + ADD_APP)
    totp = pyotp.TOTP(key_of(page))
    fields = form_at(other, ADD_APP, DRAFT).fields | {DRAFT: form_at(page, ADD_APP, DRAFT).fields[DRAFT], CODE: totp.now()}
    answer = second.go(house.issuer + ADD_APP, "post", fields)
    assert not codes_of(answer) and (answer.status >= 400 or answer.path == ADD_APP)
    assert number(house, f"factors WHERE account_id = {account(second.email)}") == 0


def test_whose_address_was_never_proven_sets_up_nothing_B114(house):
    email = newcomer(house)
    person = signed_in(house, email)
    page = person.go(house.issuer + ADD_APP)
    form, totp = form_at(page, ADD_APP, DRAFT), pyotp.TOTP(key_of(page))
    house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{email}'")
    for place in (person.go(house.issuer + ADD_APP), person.submit(page, form, **{CODE: totp.now()})):
        assert not codes_of(place), place
    assert number(house, f"factors WHERE account_id = {account(email)}") == 0


def test_setting_up_takes_a_fresh_sign_in_B114_MF8(house):
    email = newcomer(house)
    person = signed_in(house, email)
    age_sessions(house, email, 600)
    assert person.go(house.issuer + ADD_APP).path == "/account/confirm"


# Signing in with it


def test_from_an_app_through_the_code_and_back_B107_B108(house, wiki):
    held = enrol(house)
    person, page = half(house, held.email, wiki)
    assert way(person, page, APP).response.headers["Cache-Control"].count("no-store") == 1
    claims = wiki.come_back(prove(held, person, page))["userinfo"]
    assert claims["acr"] == TWO and set(claims["amr"]) == {"pwd", "otp", "mfa"}
    assert claims["auth_time"] >= time.time() - 60
    assert told_of(house, "factor_proven", held.email)


def test_without_an_app_the_way_leads_to_the_page_that_was_wanted(house):
    held = enrol(house)
    calm(house)
    person = visitor(held.email)
    page = person.sign_in_on(person.go(house.issuer + "/sign-in?next=/account/sessions"))
    assert at_factor(page), page
    assert prove(held, person, page).path == "/account/sessions"


CLOSED = ("/account", "/account/profile", SECURITY, "/account/sessions", "/account/applications", "/account/data",
          "/account/preferences", ADD_APP, SET_UP, CODES, "/account/delete", "/account/address", "/account/confirm",
          "/admin", "/consent")


def test_half_a_sign_in_reaches_the_second_factor_and_nothing_else_MF5_B113(house, wiki):
    held = enrol(house)
    person, page = half(house, held.email, wiki)
    csrf = csrf_of(page)
    for path in CLOSED:
        place = person.go(house.issuer + path)
        assert held.email not in place.text or at_factor(place), (path, place)
        assert at_factor(place) or place.status >= 400 or place.path == "/sign-in", (path, place)
        answer = person.session.post(
            house.issuer + path, data={"csrf": csrf, "sure": "yes", CODE: held.codes[0]}, allow_redirects=False, timeout=10)
        assert answer.status_code in (303, 400, 401, 403, 404, 405, 422), (path, answer.status_code)
        # What leads on leads to the second factor or to the door.
        target = answer.headers.get("Location", PROVE)
        assert target.split("?")[0] in ("/sign-in", PROVE), (path, target)
    person, page = half(house, held.email, wiki)
    # An empty form passes nothing (CVE-2026-49443), and nothing of an app either.
    assert person.submit(way(person, page, APP), form_at(way(person, page, APP), APP)).status == 422
    assert at_factor(person.go(wiki.authorization_url()))
    silent = person.go(app_of(house, "shop").authorization_url(prompt="none"))
    assert isinstance(silent, Arrival) and silent.parameters["error"] in ("login_required", "interaction_required")
    assert isinstance(person.go(app_of(house, "free").authorization_url()), Arrival), "an exempt app is served without"


def test_who_is_half_in_is_not_on_the_list_of_sign_ins_and_ends_after_a_quarter_of_an_hour_MF5(house):
    held = enrol(house)
    half(house, held.email)
    kept = f"sessions WHERE is_half = 1 AND subject = {account(held.email)}"
    assert number(house, kept + " AND expires_at <= created_at + 900") == number(house, kept) == 1
    page = held.person.go(house.issuer + "/account/sessions")
    assert page.status == 200 and not at_factor(page)


# What bad input gets


def expired(held, person, page):
    return try_code(person, page, held.code(-3))


def too_early(held, person, page):
    return try_code(person, page, held.code(3))


def wrong(held, person, page):
    return try_code(person, page, held.wrong())


def reused(held, person, page):
    code = held.fresh()
    second, other = half(held.house, held.email)
    assert not at_factor(try_code(second, other, code))
    return try_code(person, page, code)


def somebody_elses(held, person, page):
    return try_code(person, page, enrol(held.house).fresh())


def spent_backup_code(held, person, page):
    second, other = half(held.house, held.email)
    assert not at_factor(try_code(second, other, held.codes[0], BACKUP))
    return try_code(person, page, held.codes[0], BACKUP)


def somebody_elses_backup_code(held, person, page):
    return try_code(person, page, enrol(held.house).codes[0], BACKUP)


def no_backup_code(held, person, page):
    return try_code(person, page, "AAAA-AAAA-AAAA-AAAA", BACKUP)


def no_code_at_all(held, person, page):
    return try_code(person, page, "lantern", APP)


BAD = (expired, too_early, reused, somebody_elses, spent_backup_code, somebody_elses_backup_code, no_backup_code,
       no_code_at_all)


def test_whatever_is_wrong_with_a_code_is_told_alike_and_counted_MF2_MF3_MF4(house):
    told, spent = {}, {}
    for bad in (wrong, *BAD):
        held = enrol(house)
        person, page = half(house, held.email)
        before = tries(house, held.email)
        answer = bad(held, person, page)
        told[bad.__name__] = (answer.status, fault(answer))
        spent[bad.__name__] = tries(house, held.email) >= 1 and before == 0
        assert not is_signed_in(house, person), bad.__name__
    assert set(told.values()) == {told["wrong"]} and told["wrong"][0] == 422, told
    assert all(spent.values()), spent


def tries(house, email):
    return int(house.sql(f"SELECT coalesce(max(tries), 0) FROM factor_standings WHERE account_id = {account(email)}"))


def test_codes_by_mail_that_are_wrong_are_told_alike_too_B101(house, wiki):
    told = {}
    held = enrol_mail(house)
    person, page = half(house, held.email, wiki)
    waiting, mail = send_code(house, person, page, held.email)
    code = digits(mail)
    told["wrong"] = try_code(person, waiting, f"{(int(code) + 1) % 10 ** 6:06}", MAIL)
    # Another transaction's: the right code, in another browser that has asked for one, too.
    calm(house)
    second, other = half(house, held.email, wiki)
    calm(house)
    elsewhere, newer = send_code(house, second, other, held.email)
    if digits(newer) != code:
        told["of another transaction"] = try_code(second, elsewhere, code, MAIL)
    house.sql(f"UPDATE mail_proofs SET expires_at = created_at - 1 WHERE account_id = {account(held.email)}")
    told["expired"] = try_code(second, elsewhere, digits(newer), MAIL)
    held = enrol_mail(house)
    person, page = half(house, held.email, wiki)
    waiting, mail = send_code(house, person, page, held.email)
    assert isinstance(try_code(person, waiting, digits(mail), MAIL), Arrival)
    third, page = half(house, held.email, wiki)
    calm(house)
    waiting, _ = send_code(house, third, page, held.email)
    told["used"] = try_code(third, waiting, digits(mail), MAIL)
    app = enrol(house)
    person, page = half(house, app.email)
    plain = try_code(person, page, app.wrong())
    assert {(place.status, fault(place)) for place in told.values()} == {(plain.status, fault(plain))}, told


# Too many tries


def lock(held, app=None):
    """Five wrong codes in two browsers: the browsers and their pages."""
    doors = [half(held.house, held.email, app) for _ in range(2)]
    for turn in range(5):
        person, page = doors[turn % 2]
        code, path = ("AAAA-AAAA-AAAA-AAAA", BACKUP) if turn == 2 else (held.wrong(), APP)
        assert try_code(person, page, code, path).status in (422, 429), turn
    return doors


def refused_for_now(answer):
    assert answer.status == 429, (answer, answer.text)
    assert 0 < int(answer.response.headers["Retry-After"]) <= 900, answer.response.headers
    return True


def test_after_five_wrong_codes_the_sixth_is_refused_though_right_B102_B103_MF4(house, wiki):
    held = enrol(house)
    live = held.person
    [(person, page), _] = lock(held, wiki)
    assert refused_for_now(try_code(person, page, held.fresh()))
    # Whichever factor, whichever browser; and it is said when to come back.
    stranger, other = half(house, held.email, wiki)
    assert refused_for_now(try_code(stranger, other, held.codes[0], BACKUP))
    assert number(house, f"backup_codes WHERE spent_at IS NOT NULL AND account_id = {account(held.email)}") == 0
    # Who is in stays in, and passwords are counted apart.
    assert is_signed_in(house, live)
    calm(house)
    guess = visitor(held.email)
    assert guess.sign_in_on(guess.go(house.issuer + "/sign-in"), password="not it at all").status == 422
    assert told_of(house, "factor_locked", held.email)
    assert mail_where(house, held.email, 0, lambda mail: mail.code is None and "wrong codes" in mail.subject)
    # A restart keeps the lock; its end lets the right code in.
    house.process.kill()
    assert house.process.wait(timeout=10) == -9
    house.start()
    stranger, other = half(house, held.email, wiki)
    assert refused_for_now(try_code(stranger, other, held.fresh()))
    age(house, "factor_standings", held.email, 901, "locked_until")
    stranger, other = half(house, held.email, wiki)
    assert isinstance(prove(held, stranger, other), Arrival)
    assert tries(house, held.email) == 0


def test_wrong_passwords_lock_no_second_factor_MF4(house):
    held = enrol(house)
    calm(house)
    guess = visitor(held.email)
    for _ in range(8):
        guess.sign_in_on(guess.go(house.issuer + "/sign-in"), password="not it at all")
    person, page = half(house, held.email)
    assert prove(held, person, page).path == "/account"


def test_a_right_code_forgets_the_wrong_ones_before_it_B102(house):
    held = enrol(house)
    for _ in range(2):
        person, page = half(house, held.email)
        for _ in range(4):
            page = try_code(person, page, held.wrong())
            assert page.status == 422, page
        assert prove(held, person, page).path == "/account"


# A browser that is remembered


def test_a_remembered_browser_is_asked_for_no_second_factor_for_a_fortnight_B100_B111(house, wiki):
    held = enrol(house)
    person, place = whole(held, wiki, remember=True)
    assert wiki.come_back(place)["userinfo"]["acr"] == TWO
    forget_session(person)
    _, place = come(house, held.email, wiki, person)
    assert isinstance(place, Arrival), place
    claims = wiki.come_back(place)["userinfo"]
    # It is no proof of anything.
    assert claims["acr"] == ONE and claims["amr"] == ["pwd"]
    assert told_of(house, "factor_waived", held.email) and told_of(house, "browser_remembered", held.email)
    for days, is_in in ((13, True), (2, False)):
        age(house, "remembered_browsers", held.email, days * DAY, "created_at", "last_used_at", "expires_at")
        forget_session(person)
        _, place = come(house, held.email, app_of(house), person)
        assert isinstance(place, Arrival) is is_in and at_factor(place) is not is_in, (days, place)


def test_who_does_not_ask_for_it_is_not_remembered_and_no_other_browser_is_B100_B111(house, wiki):
    held = enrol(house)
    person, _ = whole(held, wiki)
    forget_session(person)
    half(house, held.email, app_of(house), person)
    person, _ = whole(held, wiki, remember=True)
    half(house, held.email, app_of(house))
    # Nor is anybody else in that browser.
    other = enrol(house)
    forget_session(person)
    half(house, other.email, app_of(house), person)


def test_a_remembered_browser_satisfies_no_demand_B100_MF7(house):
    held = enrol(house)
    person, _ = whole(held, remember=True)
    for demand in ({"acr_values": TWO}, {"max_age": "0"}):
        forget_session(person)
        app = app_of(house)
        _, page = half(house, held.email, app, person, **demand)
        claims = app.come_back(prove(held, person, page))["userinfo"]
        assert claims["acr"] == TWO and "mfa" in claims["amr"], (demand, claims)


def test_remembered_browsers_are_listed_and_forgotten_B100(house):
    held = enrol(house)
    person, _ = whole(held, remember=True)
    page = person.go(house.issuer + SECURITY)
    assert forms_at(page, FORGET), page.text
    stroll(house, person, FORGET)
    assert number(house, f"remembered_browsers WHERE account_id = {account(held.email)}") == 0
    forget_session(person)
    half(house, held.email, None, person)


# Codes on paper


def test_a_backup_code_is_good_once_and_its_person_hears_of_it_B110_MF3(house, wiki):
    held = enrol(house)
    before = len(house.mails(held.email, count=0))
    person, page = half(house, held.email, wiki)
    typed = held.codes[3].lower().replace("-", " ")
    place = try_code(person, page, typed, BACKUP)
    claims = wiki.come_back(place)["userinfo"]
    assert claims["acr"] == TWO and set(claims["amr"]) == {"pwd", "otp", "mfa"}
    mail = mail_where(house, held.email, before, lambda mail: "backup code" in mail.subject)
    assert re.search(r"left\W+9\b", mail.text), mail.text
    assert not any(code in mail.text + mail.html + mail.subject for code in held.codes)
    person, page = half(house, held.email, wiki)
    assert try_code(person, page, held.codes[3], BACKUP).status == 422
    assert isinstance(try_code(person, page, held.codes[4], BACKUP), Arrival)


def test_a_new_set_ends_the_old_one_B110_B115_MF3(house):
    held = enrol(house)
    person, _ = whole(held)
    new = codes_of(stroll(house, person, CODES))
    assert len(set(new)) == 10 and not set(new) & set(held.codes)
    assert told_of(house, "backup_codes_renewed", held.email)
    person, page = half(house, held.email)
    assert try_code(person, page, held.codes[0], BACKUP).status == 422
    assert try_code(person, page, new[0], BACKUP).path == "/account"


def test_who_has_few_codes_left_is_told_B110(house):
    held = enrol(house)
    house.sql(f"UPDATE backup_codes SET spent_at = created_at WHERE account_id = {account(held.email)} AND digest NOT IN "
              f"(SELECT digest FROM backup_codes WHERE account_id = {account(held.email)} ORDER BY digest LIMIT 2)")
    person, _ = whole(held)
    assert "2 backup codes left" in person.go(house.issuer + SECURITY).text


# Codes by mail


def test_a_code_by_mail_is_six_figures_asked_for_by_a_button_B101_B109(house, wiki):
    held = enrol_mail(house)
    person, page = half(house, held.email, wiki)
    eventually(lambda: number(house, f"outbox WHERE account_id = {account(held.email)}") == 0)
    before = len(house.mails(held.email, count=0))
    for _ in range(3):
        page = way(person, page, MAIL)
    assert len(house.mails(held.email, count=0)) == before, "looking at the page sends nothing"
    waiting, mail = send_code(house, person, page, held.email)
    code = digits(mail)
    assert code not in mail.subject and mail.code not in mail.subject
    headers = " ".join(f"{name}: {value}" for name, value in mail.message.items())
    assert code not in headers and not any("/magic-link/" in link for link in mail.links)
    assert house.sql("SELECT max(expires_at - created_at) FROM mail_proofs "
                     f"WHERE account_id = {account(held.email)} AND spent_at IS NULL") == "600"
    claims = wiki.come_back(try_code(person, waiting, code, MAIL))["userinfo"]
    assert claims["acr"] == TWO and set(claims["amr"]) == {"pwd", "mca", "mfa"}


def test_more_codes_by_mail_than_the_limits_allow_are_not_sent_and_the_page_is_the_same_B112(house):
    held = enrol_mail(house)
    person, page = half(house, held.email)
    waiting, _ = send_code(house, person, page, held.email)
    # Mail is written down before the page answers, and struck out once it is sent.
    to_be_sent = f"outbox WHERE account_id = {account(held.email)}"
    eventually(lambda: number(house, to_be_sent) == 0)
    before = len(house.mails(held.email, count=0))
    again = person.submit(waiting, form_at(waiting, SEND))
    assert (again.status, again.path) == (waiting.status, waiting.path)
    assert number(house, to_be_sent) == 0
    assert len(house.mails(held.email, count=0)) == before


def link_of(house, email, person, before):
    """Asks for a link to sign in with, and presses it."""
    page = person.go(house.issuer + "/magic-link")
    person.submit(page, page.form("/magic-link"), email=email)
    mail = mail_where(house, email, before, lambda mail: any("/magic-link/" in link for link in mail.links))
    page = person.go(next(link for link in mail.links if "/magic-link/" in link))
    return person.submit(page, page.form("/magic-link/mml_"))


def test_after_a_magic_link_no_code_by_mail_is_offered_B109(house, wiki):
    held = enrol(house)
    add_mail(house, held.person, held.email)
    calm(house)
    person = visitor(held.email)
    page = link_of(house, held.email, person, len(house.mails(held.email, count=0)))
    assert at_factor(page) and page.status == 200, page
    assert not offers(person, page, MAIL)
    # What is not offered is not sent by force either.
    before = len(house.mails(held.email, count=0))
    csrf = csrf_of(page)
    person.session.post(house.issuer + SEND, data={"csrf": csrf}, allow_redirects=False, timeout=10)
    assert prove(held, person, page).path == "/account"
    assert not any(mail.code for mail in house.mails(held.email, count=0)[before:])
    claims = wiki.come_back(person.go(wiki.authorization_url()))["userinfo"]
    assert claims["acr"] == TWO and set(claims["amr"]) == {"email", "otp", "mfa"}
    by_password, page = half(house, held.email)
    assert offers(by_password, page, MAIL)


# Changes


def remembered_only(held):
    """Somebody who is in by the password alone, as whoever found the browser open would be."""
    person, _ = whole(held, remember=True)
    forget_session(person)
    _, page = come(held.house, held.email, None, person)
    assert page.path == "/account", page
    return person


def kept(house, email):
    return (house.sql(f"SELECT id, kind, name FROM factors WHERE account_id = {account(email)} ORDER BY id"),
            house.sql(f"SELECT count(*) FROM backup_codes WHERE spent_at IS NULL AND account_id = {account(email)}"))


@pytest.mark.parametrize("path", [REMOVE, CODES, ADD_APP])
def test_a_session_that_was_taken_over_changes_nothing_B115_MF8(house, path):
    held = enrol(house)
    before = kept(house, held.email)
    factor = before[0].split("|")[0]
    for person in (remembered_only(held), stale(held)):
        page = person.go(house.issuer + path + f"?factor={factor}")
        assert at_factor(page) or page.status in (404, 405), page
        csrf = csrf_of(person.go(house.issuer + SECURITY))
        answer = person.session.post(
            house.issuer + path, data={"csrf": csrf, "factor": factor, "id": factor, CODE: held.fresh(), "sure": "yes"},
            allow_redirects=False, timeout=10)
        assert answer.status_code in (303, 400, 401, 403, 404, 422), answer.status_code
        assert kept(house, held.email) == before and not codes_of(person.go(house.issuer + SECURITY))


def stale(held):
    """Somebody who proved everything, but ten minutes ago."""
    person, _ = whole(held)
    age_sessions(held.house, held.email, 600)
    return person


def test_removing_takes_the_factor_and_is_told_B115_MF8(house):
    held = enrol(house)
    person = stale(held)
    before = len(house.mails(held.email, count=0))
    page = stroll(house, person, REMOVE)
    assert at_factor(page), page
    prove(held, person, page)
    stroll(house, person, REMOVE)
    assert kept(house, held.email) == ("", "0")
    assert mail_where(house, held.email, before, lambda mail: mail.code is None)
    assert told_of(house, "factor_removed", held.email)
    _, place = come(house, held.email)
    assert place.path == "/account"


def test_a_second_app_takes_the_place_of_the_first_B115_MF2(house):
    held = enrol(house)
    old, person = held.totp, whole(held)[0]
    page = person.go(house.issuer + ADD_APP)
    held.totp = pyotp.TOTP(key_of(page))
    person.submit(page, form_at(page, ADD_APP, DRAFT), **{CODE: held.code()})
    assert number(house, f"factors WHERE kind = 'totp' AND account_id = {account(held.email)}") == 1
    later(house, held.email)
    person, page = half(house, held.email)
    assert try_code(person, page, old.now()).status == 422
    assert prove(held, person, page).path == "/account"


# Who need not, and who must


def test_an_exempt_role_is_not_asked_and_that_is_on_record_B104(house, wiki):
    held = enrol(house)
    give_role(house, held.email, "guest")
    person, place = come(house, held.email, wiki)
    claims = wiki.come_back(place)["userinfo"]
    assert claims["acr"] == ONE and "mfa" not in claims["amr"]
    assert told_of(house, "factor_waived", held.email)
    app = app_of(house)
    page = person.go(app.authorization_url(acr_values=TWO))
    assert at_factor(page), page
    assert app.come_back(prove(held, person, page))["userinfo"]["acr"] == TWO


def test_administration_is_never_exempt_B105(house):
    held = enrol(house)
    give_role(house, held.email, "administrator")
    person, page = come(house, held.email)
    assert page.path == "/account", page
    page = person.go(house.issuer + "/admin")
    assert at_factor(page), page
    assert prove(held, person, page).path == "/admin"


@pytest.mark.parametrize("path", ["/admin", "/admin/people", "/"])
def test_no_setting_makes_administration_exempt_B105_B106(house, path):
    answer = house.command(
        "serve", check=False, environment=house.environment | {"MARTLET_SECOND_FACTOR_EXEMPT_PATHS": path})
    assert answer.returncode == 1 and "exempt_paths" in answer.stderr, answer


def test_an_exempt_path_is_shown_without_and_what_begins_like_it_is_not_B106():
    with serving(MARTLET_SECOND_FACTOR_EXEMPT_PATHS="/account/profile") as house:
        held = enrol(house)
        person, _ = half(house, held.email)
        page = person.go(house.issuer + "/account/profile")
        assert page.path == "/account/profile" and page.status == 200
        for path in ("/account", "/account/data", SECURITY, "/account/profilex", "/account/profile-x"):
            place = person.go(house.issuer + path)
            assert at_factor(place) or place.status == 404, (path, place)


def test_a_role_that_must_has_a_grace_period_and_then_no_way_around_B114(house, wiki):
    email = newcomer(house)
    give_role(house, email, "strict")
    person, place = come(house, email, wiki)
    if not isinstance(place, Arrival):
        # It may say so on the way; whoever has time may go on.
        assert place.path == SET_UP, place
        place = person.go(wiki.authorization_url())
    assert isinstance(place, Arrival), place
    age(house, "factor_standings", email, 7 * DAY + 1, "demanded_at")
    app = app_of(house)
    person, place = come(house, email, app)
    assert place.path == SET_UP and place.status == 200, place
    assert person.go(wiki.authorization_url()).path == SET_UP
    [link, *_] = links_to(place, ADD_APP)
    page = person.go(link)
    totp = pyotp.TOTP(key_of(page))
    done = person.submit(page, form_at(page, ADD_APP, DRAFT), **{CODE: totp.now()})
    assert len(codes_of(done)) == 10
    # The way goes on to the app, with what was set up as a proof.
    place = person.go(app.authorization_url())
    assert isinstance(place, Arrival), place
    assert app.come_back(place)["userinfo"]["acr"] == TWO


def test_a_level_that_takes_a_factor_leads_to_setting_one_up_AZ20(house):
    app = app_of(house)
    person, place = come(house, newcomer(house), app, acr_values=TWO)
    assert place.path == SET_UP, place


# Off and on


def test_switched_off_nobody_is_asked_and_switched_on_everything_is_as_it_was_B098_B099():
    with serving() as house:
        held = enrol(house)
        person, page = half(house, held.email)
        restart(house, MARTLET_SECOND_FACTOR_ENABLED="false")
        other, place = come(house, held.email)
        assert place.path == "/account"
        assert other.go(house.issuer + ADD_APP).status == 404 and not forms_at(other.go(house.issuer + PROVE), APP)
        assert not forms_at(other.go(house.issuer + SECURITY), REMOVE)
        # Who has a second factor now comes in without: whoever operates it is told at the start.
        assert "second_factor.enabled" in house.read_log()
        app = app_of(house)
        demanded = other.go(app.authorization_url(acr_values=TWO))
        assert isinstance(demanded, Arrival) and demanded.parameters["error"] == "unmet_authentication_requirements", demanded
        restart(house, MARTLET_SECOND_FACTOR_ENABLED="true")
        person, page = half(house, held.email)
        assert prove(held, person, page).path == "/account"
        person, page = half(house, held.email)
        assert try_code(person, page, held.codes[0], BACKUP).path == "/account"


@pytest.mark.parametrize("name,value", [
    ("ATTEMPTS", "2"), ("ATTEMPTS", "11"), ("LOCKOUT", "5m"), ("LOCKOUT", "2h"), ("MAIL_CODE_LIFETIME", "1m"),
    ("MAIL_CODE_LIFETIME", "1h"), ("RECOVERY_WAIT", "1h"), ("RECOVERY_WAIT", "60d"), ("REMEMBER", "-1d"),
    ("METHODS", "sms"), ("ENABLED", "perhaps")])
def test_what_a_setting_must_not_be_is_refused_at_the_start_B100_B101_B102_B103(house, name, value):
    answer = house.command(
        "serve", check=False, environment=house.environment | {f"MARTLET_SECOND_FACTOR_{name}": value})
    told = answer.stderr.lower().replace("second_factor_", "second_factor.")
    assert answer.returncode == 1 and f"second_factor.{name.lower()}" in told, answer


# Forms from elsewhere


def test_a_form_from_elsewhere_proves_and_changes_nothing_WB6(house):
    held = enrol(house)
    person, page = half(house, held.email)
    stranger, strange = half(house, enrol(house).email)
    token = csrf_of(strange)
    for path, code in ((APP, held.fresh()), (BACKUP, held.codes[0])):
        for csrf in ({}, {"csrf": token}, {"csrf": "x"}):
            answer = requests.post(
                house.issuer + path, data={CODE: code, **csrf}, allow_redirects=False, timeout=10,
                cookies={cookie.name: cookie.value for cookie in person.session.cookies})
            assert answer.status_code == 403, (path, csrf, answer.status_code)
    assert prove(held, person, page).path == "/account"


def test_an_address_to_go_on_to_is_one_of_ours_B052(house):
    held = enrol(house)
    for target in ("https://evil.example/", "//evil.example", "/\\evil.example", "javascript:alert(1)"):
        calm(house)
        person = visitor(held.email)
        assert at_factor(person.sign_in_on(person.go(house.issuer + "/sign-in")))
        page = person.go(requests.Request("GET", house.issuer + PROVE, params={"next": target}).prepare().url)
        place = prove(held, person, page)
        assert urlsplit(place.url).netloc == urlsplit(house.issuer).netloc and place.path == "/account", place


def test_who_signs_out_half_way_is_out(house):
    held = enrol(house)
    person, _ = half(house, held.email)
    forget_session(person)
    assert person.go(house.issuer + PROVE).path == "/sign-in"
    assert Person().go(house.issuer + PROVE).path == "/sign-in"


def test_the_password_still_is_asked_for_first_MF6(house):
    held = enrol(house)
    calm(house)
    person = visitor(held.email)
    answer = person.sign_in_on(person.go(house.issuer + "/sign-in"), password="not it at all")
    assert answer.status == 422 and "factor" not in answer.url
    assert PASSWORD not in answer.text and subject_of(house, held.email) not in answer.text
