"""Getting back in without any factor: by mailbox, a wait that every notice can end, and mailbox again; or by an operator's
reset; and what is left of the level afterwards (MF9)."""
import pytest
import requests
from factor_house import account, age, app_of, calm, number, serving, told_of, visitor
from factor_pages import (
    APP, BACKUP, CODE, LOST, LOST_CODE, ONE, SECURITY, SET_UP, STOP, STOP_HERE, TWO, UNDO, at_factor, fault, form_at,
    forms_at, links_to)
from factor_visitor import (
    add_app, come, csrf_of, digits, enrol, enrol_mail, forget_session, half, is_signed_in, mail_where, prove, try_code,
    way, whole)
from mailed_links import newcomer

DAY = 86_400


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


def ask(held, app=None, person=None):
    """As far as the page where a code is typed: the browser, that page, and the mail."""
    person, page = half(held.house, held.email, app, person)
    return (person, *send(held, person, page))


def send(held, person, page):
    before = len(held.house.mails(held.email, count=0))
    page = way(person, page, LOST)
    waiting = person.submit(page, form_at(page, LOST))
    mail = mail_where(held.house, held.email, before, lambda mail: mail.code)
    return waiting, mail


def begin(held, app=None):
    """Up to the wait: the browser, the page that says so, and the notice with the way to stop it."""
    person, waiting, mail = ask(held, app)
    before = len(held.house.mails(held.email, count=0))
    page = person.submit(waiting, form_at(waiting, LOST_CODE, CODE), **{CODE: mail.code})
    assert page.status == 200 and at_factor(page), (page, page.text)
    notice = mail_where(held.house, held.email, before, lambda mail: any(STOP in link for link in mail.links))
    return person, page, notice


def stop_link(notice):
    [link] = [link for link in notice.links if STOP in link]
    return link


def under_way(house, email):
    return number(house, f"factor_recoveries WHERE account_id = {account(email)}")


def factors(house, email):
    return number(house, f"factors WHERE account_id = {account(email)}")


def finish(held, person, page):
    """Where the wait is over: through the mailbox, which is asked once more."""
    waiting, mail = send(held, person, page)
    return person.submit(waiting, form_at(waiting, LOST_CODE, CODE), **{CODE: mail.code})


def test_nobody_gets_in_faster_than_the_wait_MF9(house):
    held = enrol(house)
    person, page, notice = begin(held)
    assert factors(house, held.email) == 1 and not is_signed_in(house, person)
    wait = house.sql(f"SELECT ready_at - asked_at FROM factor_recoveries WHERE account_id = {account(held.email)}")
    assert wait == str(DAY)
    assert not forms_at(page, LOST), "there is nothing to prove yet"
    # By force neither, nor an hour before its time.
    csrf = csrf_of(way(person, page, APP))
    for moved in (0, DAY - 3600):
        age(house, "factor_recoveries", held.email, moved, "asked_at", "ready_at")
        for path in (LOST, LOST_CODE, LOST + "/finish"):
            person.session.post(
                house.issuer + path, data={"csrf": csrf, CODE: "AAAA-AAAA"}, allow_redirects=False, timeout=10)
        assert factors(house, held.email) == 1 and not is_signed_in(house, person)
    # Asked again it begins no second wait, and does not begin anew.
    ready = house.sql(f"SELECT ready_at FROM factor_recoveries WHERE account_id = {account(held.email)}")
    again, other = half(house, held.email)
    assert not is_signed_in(house, again) and way(again, other, LOST).status == 200
    assert house.sql(f"SELECT ready_at FROM factor_recoveries WHERE account_id = {account(held.email)}") == ready
    assert told_of(house, "factor_recovery_asked", held.email)
    assert notice.code is None


def test_the_first_factor_alone_makes_no_use_of_a_wait_that_is_over_MF9(house):
    held = enrol(house)
    begin(held)
    age(house, "factor_recoveries", held.email, DAY + 1, "asked_at", "ready_at")
    person, waiting, mail = ask(held)
    csrf = csrf_of(waiting)
    for code in ("", "AAAA-AAAA", "x"):
        page = person.submit(waiting, form_at(waiting, LOST_CODE, CODE), **{CODE: code})
        assert page.status == 422 and fault(page)
    person.session.post(house.issuer + LOST + "/finish", data={"csrf": csrf}, allow_redirects=False, timeout=10)
    other, page = half(house, held.email)
    other.session.post(
        house.issuer + LOST_CODE, data={"csrf": csrf_of(page), CODE: mail.code}, allow_redirects=False, timeout=10)
    assert factors(house, held.email) == 1 and under_way(house, held.email) == 1
    assert not is_signed_in(house, person) and not is_signed_in(house, other)
    person.submit(waiting, form_at(waiting, LOST_CODE, CODE), **{CODE: mail.code})
    assert factors(house, held.email) == 0 and is_signed_in(house, person)


def test_after_the_wait_the_factors_are_gone_and_the_level_is_low_till_one_is_set_up_MF9(house):
    held = enrol(house)
    live, _ = whole(held)
    begin(held)
    age(house, "factor_recoveries", held.email, DAY + 1, "asked_at", "ready_at")
    app = app_of(house)
    person, page = half(house, held.email, app)
    page = way(person, page, LOST)
    before = len(house.mails(held.email, count=0))
    place = finish(held, person, page)
    if not hasattr(place, "parameters"):
        assert not at_factor(place), (place, place.text)
        place = person.go(app.authorization_url())
    claims = app.come_back(place)["userinfo"]
    assert claims["acr"] == ONE and "mfa" not in claims["amr"]
    assert factors(house, held.email) == 0 and number(house, f"backup_codes WHERE account_id = {account(held.email)}") == 0
    assert not is_signed_in(house, live), "all other sessions are ended"
    assert mail_where(house, held.email, before, lambda mail: mail.code is None)
    assert told_of(house, "factor_recovery_finished", held.email)
    # What takes a factor leads to setting one up; then the level is as before.
    demanding = app_of(house)
    assert person.go(demanding.authorization_url(acr_values=TWO)).path == SET_UP
    held.person = person
    assert add_app(held).status == 200
    place = person.go(demanding.authorization_url(acr_values=TWO))
    assert demanding.come_back(place)["userinfo"]["acr"] == TWO


def test_a_notice_stops_it_once_its_button_is_pressed_MF9_ML3(house):
    held = enrol(house)
    person, _, notice = begin(held)
    link = stop_link(notice)
    assert link.startswith(house.issuer + STOP)
    for method in ("HEAD", "GET", "GET"):
        assert requests.request(method, link, timeout=10).status_code == 200
    assert under_way(house, held.email) == 1, "looking stops nothing"
    # Whoever has the mail, in any browser, signed in or not.
    reader = visitor()
    page = reader.go(link)
    assert page.response.headers["Referrer-Policy"] == "no-referrer"
    done = reader.submit(page, form_at(page, page.path))
    assert done.status == 200 and under_way(house, held.email) == 0
    assert told_of(house, "factor_recovery_cancelled", held.email)
    age(house, "factor_recoveries", held.email, DAY + 1, "ready_at")
    again, other = half(house, held.email)
    assert "You can get back in now" not in way(again, other, LOST).text and factors(house, held.email) == 1
    assert visitor().go(link).status == 404


def test_a_link_that_was_never_made_stops_nothing(house):
    held = enrol(house)
    begin(held)
    for token in ("mfc_" + "A" * 43, "mml_" + "A" * 43, "x", "%00", "a" * 3000):
        assert visitor().go(house.issuer + STOP + token).status in (400, 404, 414, 431)
    assert under_way(house, held.email) == 1


def test_whoever_is_signed_in_sees_it_and_stops_it_MF9(house):
    held = enrol(house)
    begin(held)
    page = held.person.go(house.issuer + SECURITY)
    assert "they can get in without it" in page.text
    assert SECURITY + "#second-step" in held.person.go(house.issuer + "/account").text
    stopped = held.person.submit(page, form_at(page, STOP_HERE))
    assert stopped.status == 200 and under_way(house, held.email) == 0 and not forms_at(stopped, STOP_HERE)
    [event] = told_of(house, "factor_recovery_cancelled", held.email)
    assert event["how"] == "account"


def test_a_first_factor_is_taken_back_by_its_mail_ML3(house):
    held = enrol(house)
    mail = mail_where(house, held.email, 0, lambda mail: any(UNDO in link for link in mail.links))
    [link] = [link for link in mail.links if UNDO in link]
    for method in ("HEAD", "GET", "GET"):
        assert requests.request(method, link, timeout=10).status_code == 200
    assert factors(house, held.email) == 1, "looking removes nothing"
    reader = visitor()
    page = reader.go(link)
    done = reader.submit(page, form_at(page, page.path))
    assert done.status == 200 and links_to(done, "/recovery")
    assert factors(house, held.email) == 0 and not is_signed_in(house, held.person)
    [event] = told_of(house, "factors_reset", held.email)
    assert event["why"] == "undone_by_mail"
    assert visitor().go(link).status == 404
    assert come(house, held.email)[1].path == "/account"


def test_a_factor_that_turns_up_again_stops_it_MF9(house):
    held = enrol(house)
    person, _, _ = begin(held)
    forget_session(person)
    whole(held, person=person)
    assert under_way(house, held.email) == 0


def test_the_mailbox_is_asked_and_a_wrong_code_begins_nothing_MF9_MF4(house):
    held = enrol(house)
    person, waiting, mail = ask(held)
    wrong = "AAAA-AAAA" if not mail.code.replace(" ", "").isdigit() else f"{(int(digits(mail)) + 1) % 10 ** 6:06}"
    page = person.submit(waiting, form_at(waiting, LOST_CODE, CODE), **{CODE: wrong})
    assert page.status == 422 and fault(page) and under_way(house, held.email) == 0
    assert mail.code not in mail.subject and not any("/magic-link/" in link for link in mail.links)
    # The code for getting back in proves no second factor.
    assert try_code(person, page, mail.code).status == 422 and not is_signed_in(house, person)
    # In another browser it is good for nothing.
    other, page = half(house, held.email)
    other.session.post(house.issuer + LOST_CODE, data={"csrf": csrf_of(page), CODE: mail.code}, allow_redirects=False, timeout=10)
    assert under_way(house, held.email) == 0


def test_who_has_not_come_through_the_first_factor_asks_for_nothing_MF9(house):
    held = enrol(house)
    stranger = visitor(held.email)
    for path in (LOST, LOST_CODE):
        assert stranger.go(house.issuer + path).path == "/sign-in" or path != LOST
        answer = stranger.session.post(house.issuer + path, data={CODE: "x"}, allow_redirects=False, timeout=10)
        assert answer.status_code in (303, 401, 403), (path, answer.status_code)
    assert under_way(house, held.email) == 0


def test_a_recovery_that_nobody_finished_is_over_a_week_later_MF9(house):
    held = enrol(house)
    begin(held)
    age(house, "factor_recoveries", held.email, 9 * DAY, "asked_at", "ready_at", "expires_at")
    person, page = half(house, held.email)
    assert "You can get back in now" not in way(person, page, LOST).text


def test_a_new_password_by_mail_is_no_way_around_and_a_mailbox_counts_once_MF6_PW12(house):
    held = enrol_mail(house)
    calm(house)
    person = visitor(held.email, "five green harbour lamps")
    page = person.go(house.issuer + "/recovery")
    before = len(house.mails(held.email, count=0))
    sent = person.submit(page, page.form("/recovery"), email=held.email)
    mail = mail_where(house, held.email, before, lambda mail: any("/recovery/mml_" in link for link in mail.links))
    page = person.submit(sent, sent.form("/recovery"), **{CODE: mail.code})
    place = person.sign_in_on(person.submit(page, page.form("/recovery"), password=person.password))
    assert at_factor(place), place
    # A password that came by mail and a code that comes by mail are one factor: the codes on paper are left.
    app = app_of(house)
    place = try_code(person, place, held.codes[0], BACKUP)
    assert place.path == "/account", place
    claims = app.come_back(person.go(app.authorization_url()))["userinfo"]
    assert set(claims["amr"]) == {"pwd", "otp", "mfa"} and claims["acr"] == TWO


# By an operator


def test_an_operator_resets_on_record_and_the_level_stays_low_MF9(house):
    held = enrol(house)
    live, _ = whole(held, remember=True)
    offline = app_of(house, scope="openid offline_access")
    offline.come_back(live.go(offline.authorization_url()))
    before = len(house.mails(held.email, count=0))
    house.command("user", "reset-factors", held.email, "--reason", "lost the phone in the lake", "--yes")
    assert factors(house, held.email) == 0 and not is_signed_in(house, live)
    for table in ("backup_codes", "remembered_browsers"):
        assert number(house, f"{table} WHERE account_id = {account(held.email)}") == 0
    with pytest.raises(Exception, match="invalid_grant"):
        offline.refresh()
    [event] = told_of(house, "factors_reset", held.email)
    assert event["why"] == "lost the phone in the lake" and event["actor"].startswith("operator:")
    assert mail_where(house, held.email, before, lambda mail: mail.code is None)
    person, place = come(house, held.email)
    assert place.path == "/account"
    app = app_of(house)
    assert app.come_back(person.go(app.authorization_url()))["userinfo"]["acr"] == ONE
    place = person.go(app.authorization_url(acr_values=TWO))
    assert place.path == SET_UP and links_to(place, "/account/factors/app")
    silent = person.go(app_of(house, "shop").authorization_url(acr_values=TWO, prompt="none"))
    assert silent.parameters["error"] in ("unmet_authentication_requirements", "login_required", "interaction_required")


def test_a_reset_needs_a_person_and_a_reason(house):
    held = enrol(house)
    for words, code in (([held.email], 2), ([held.email, "--reason", ""], 2), (["--reason", "x"], 2),
                        (["nobody@example.org", "--reason", "x", "--yes"], 1)):
        assert house.command("user", "reset-factors", *words, check=False).returncode == code, words
    assert factors(house, held.email) == 1
    person, page = half(house, held.email)
    assert prove(held, person, page).path == "/account"


def test_a_reset_of_somebody_without_any_is_harmless(house):
    email = newcomer(house)
    house.command("user", "reset-factors", email, "--reason", "to be sure", "--yes", check=False)
    assert come(house, email)[1].path == "/account"
