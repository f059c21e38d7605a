"""Signing in by mail, from an app's redirect back to the app, through a real mail server: by link and by code, whatever
scanners, other browsers and second thoughts do in between."""
import html
import re
from urllib.parse import urlsplit

import pytest
import requests
from mailed_links import (
    DEAD, ask, ask_at, ask_sooner, asked, button, force, is_signed_in, letters, link_of, newcomer, post, press,
    serving, sessions, settle, token_of_forms, type_code, visitor, wiki_app)
from person import Arrival, Person


@pytest.fixture(scope="module")
def house():
    with serving() as house:
        yield house


@pytest.fixture
def wiki(house):
    return wiki_app(house)


@pytest.mark.parametrize("way", ["link", "code"])
def test_from_an_app_by_mail_and_back_B001_B008_B082_B090(house, wiki, way):
    email, person, waiting, mail = asked(house, wiki)
    assert email in waiting.text
    if way == "code":
        place = type_code(person, waiting, mail.code.lower().replace("-", " "))
    else:
        page, form = button(person, link_of(mail))
        # What the address says, the page does not say again (ML12), and nobody else learns it from here (B021).
        assert email not in page.text and "p…@example.org" in page.text and "Wiki" in page.heading
        assert page.response.headers["Referrer-Policy"] == "no-referrer"
        assert "no-store" in page.response.headers["Cache-Control"]
        assert "noindex" in page.response.headers["X-Robots-Tag"]
        place = person.submit(page, form)
    assert isinstance(place, Arrival) and set(place.parameters) == {"code", "state", "iss"}
    claims = wiki.come_back(place)["userinfo"]
    # A mailbox and no more (D1, ML11).
    assert claims["amr"] == ["email"] and claims["acr"] == "urn:martlet:acr:1"
    told = wiki.userinfo()
    assert told["sub"] == claims["sub"] and told["email"] == email and told["email_verified"] is True
    assert sessions(house, email) == 1


def test_without_an_app_the_way_leads_to_the_page_that_was_wanted_B052(house):
    email = newcomer(house)
    wanted = [("/account/sessions", "/account/sessions"), ("//evil.example", "/account")]
    for number, (target, landed) in enumerate(wanted):
        person = visitor()
        ask(person, person.go(f"{house.issuer}/sign-in?next={target}"), email)
        assert press(person, link_of(letters(house, email, number + 1)[-1])).path == landed


def test_the_mail_has_two_parts_one_link_and_who_asked_B003_B087(house):
    email, person, _, mail = asked(house)
    link = link_of(mail)
    token = urlsplit(link).path.rsplit("/", 1)[1]
    assert mail.message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in mail.message.iter_parts()] == ["text/plain", "text/html"]
    assert mail.message["Auto-Submitted"] == "auto-generated" and mail.to == email
    hrefs = {html.unescape(found) for found in re.findall(r'href="([^"]*)"', mail.html)}
    assert {found for found in hrefs if "/magic-link/" in found} == {link}
    assert re.fullmatch("[A-Z2-9]{4}-[A-Z2-9]{4}", mail.code) and mail.code in mail.html
    for part in (mail.text, mail.html):
        assert "Firefox on Linux" in part and "127.0.0.1" in part
    assert mail.code not in mail.subject and token not in mail.subject
    headers = " ".join(f"{name}: {value}" for name, value in mail.message.items())
    assert token not in headers and mail.code not in headers


def test_the_link_leads_to_the_issuer_whatever_host_was_asked_B002_ML5(house):
    email, person = newcomer(house), visitor()
    form = person.go(house.issuer + "/magic-link").form("/magic-link")
    cookies = "; ".join(f"{cookie.name}={cookie.value}" for cookie in person.session.cookies)
    answer = requests.post(
        house.issuer + "/magic-link", data=form.fields | {"email": email}, allow_redirects=False, timeout=10,
        headers={"Host": "evil.test", "X-Forwarded-Host": "evil.test", "Forwarded": "host=evil.test", "Cookie": cookies})
    assert answer.status_code == 303 and answer.headers["Location"].startswith("/magic-link/code")
    [mail] = letters(house, email)
    assert link_of(mail).startswith(house.issuer + "/magic-link/mml_")
    assert "evil" not in mail.text + mail.html + str(mail.message)


def test_scanners_open_it_ten_times_and_the_person_comes_in_B084_B144_ML3(house, wiki):
    email, person, _, mail = asked(house, wiki)
    link, scanner = link_of(mail), Person()
    for browser in (scanner, person):
        for method in ("HEAD", "GET", "GET", "HEAD", "GET"):
            answer = browser.session.request(method, link, allow_redirects=False, timeout=10)
            assert answer.status_code == 200 and "martlet-session" not in answer.headers.get("Set-Cookie", "")
    # One that fills in forms, without cookies and with its own.
    assert requests.post(link, data={"here": "1"}, timeout=10).status_code == 403
    assert force(house, scanner, link).status_code == 403
    assert sessions(house, email) == 0
    place = press(person, link)
    assert isinstance(place, Arrival) and wiki.come_back(place)
    assert sessions(house, email) == 1


def test_another_browser_is_refused_and_the_code_still_works_in_the_first_B139_B142_ML2(house, wiki):
    email, person, waiting, mail = asked(house, wiki)
    link, other = link_of(mail), visitor()
    page = other.go(link)
    assert page.status == 200 and page.heading == "Go back to where you started"
    assert "type the code" in page.text and 'href="/magic-link"' in page.text
    assert not [form for form in page.forms if "mml_" in form.action]
    assert email not in page.text and "Wiki" not in page.text
    refused = force(house, other, link)
    assert refused.status_code == 403 and "Go back to where you started" in refused.text
    elsewhere = other.go(house.issuer + "/magic-link/code")
    assert type_code(other, elsewhere, mail.code).status in (404, 422)
    assert not is_signed_in(house, other) and sessions(house, email) == 0
    place = type_code(person, waiting, mail.code)
    assert isinstance(place, Arrival) and wiki.come_back(place)["userinfo"]["amr"] == ["email"]
    assert not is_signed_in(house, other)


def test_the_newest_link_alone_is_good_B149_ML4(house, wiki):
    email, person, waiting, first = asked(house, wiki)
    ask_sooner(house)
    again = person.submit(waiting, waiting.form("/magic-link/again"))
    assert again.path == "/magic-link/code" and again.status == 200
    second = letters(house, email, 2)[-1]
    dead = person.go(link_of(first))
    assert dead.status == 404 and dead.heading == DEAD
    assert type_code(person, again, first.code).status == 422
    place = press(person, link_of(second))
    assert isinstance(place, Arrival) and wiki.come_back(place)


def test_a_mail_asked_for_twice_at_once_is_sent_once_ML7(house):
    email, person, waiting, mail = asked(house)
    again = person.submit(waiting, waiting.form("/magic-link/again"))
    assert again.path == "/magic-link/code" and again.status == 200
    # What a limit held back ends nothing: the mail that went is the one that counts.
    assert press(person, link_of(mail)).path == "/account"
    assert len(letters(house, email)) == 1


def by_password(house, email):
    person = Person(email)
    assert person.sign_in_on(person.go(house.issuer + "/sign-in")).path == "/account"


OVERTAKEN = {
    "a sign-in": by_password,
    "the end of all sessions": lambda house, email: house.command(
        "user", "end-sessions", email, "--yes", "--reason", "lost a phone"),
    "disabling": lambda house, email: house.command("user", "disable", email, "--yes", "--reason", "left"),
    "another address": lambda house, email: house.sql(
        f"UPDATE accounts SET email = 'new-{email}', canonical_email = 'new-{email}' WHERE canonical_email = '{email}'"),
}


@pytest.mark.parametrize("what", OVERTAKEN)
def test_what_ends_a_link_before_its_time_B141_ML4(house, what):
    email, person, waiting, mail = asked(house)
    page, form = button(person, link_of(mail))
    OVERTAKEN[what](house, email)
    dead = person.submit(page, form)
    assert dead.status == 404 and dead.heading == DEAD
    assert type_code(person, waiting, mail.code).status in (404, 422)
    assert not is_signed_in(house, person)


def test_pressing_twice_is_harmless_for_a_minute_and_no_longer_B009_B085(house, wiki):
    email, person, _, mail = asked(house, wiki)
    page, form = button(person, link_of(mail))
    address = link_of(mail).split("?")[0]
    first, second = (post(person, address, form.fields) for _ in range(2))
    assert first.status_code == second.status_code == 303
    assert first.headers["Location"] == second.headers["Location"]
    assert "Set-Cookie" in first.headers and "martlet-session" not in second.headers.get("Set-Cookie", "")
    assert sessions(house, email) == 1
    house.sql("UPDATE mail_proofs SET spent_at = spent_at - 61 WHERE spent_at IS NOT NULL")
    house.sql("UPDATE sessions SET authenticated_at = authenticated_at - 61")
    third = post(person, address, form.fields)
    assert third.status_code == 404 and DEAD in third.text and sessions(house, email) == 1


def test_a_link_that_ran_out_leads_to_a_new_one_for_the_same_app_B004_B010_B047(house, wiki):
    email, person, _, mail = asked(house, wiki)
    kept = house.sql("SELECT max(expires_at - created_at) FROM mail_proofs WHERE purpose = 'magic_link'")
    assert kept == "600"
    house.sql("UPDATE mail_proofs SET expires_at = created_at - 1")
    dead = person.go(link_of(mail))
    assert dead.status == 404 and dead.heading == DEAD
    again = re.search(r'href="(/magic-link\?request=[^"]+)"', dead.text)
    assert again, dead.text
    ask_sooner(house)
    ask(person, person.go(house.issuer + html.unescape(again[1])), email)
    place = press(person, link_of(letters(house, email, 2)[-1]))
    assert isinstance(place, Arrival) and wiki.come_back(place)


@pytest.mark.parametrize("typed", [
    "", "grace", "grace@", "@example.org", "grace@example.org,eve@example.org", '"grace"@example.org',
    "grace@example.org\r\nBcc: x@y.z", "a" * 300 + "@example.org"])
def test_what_is_no_address_is_said_at_the_field_B012_ML6(house, typed):
    settle(house)
    person, before = visitor(), len(house.office.handed_over)
    page = person.go(house.issuer + "/magic-link")
    refused = person.submit(page, page.form("/magic-link"), email=typed)
    assert refused.status == 422 and 'id="email-error"' in refused.text
    if typed.isprintable():
        assert refused.form("/magic-link").fields["email"] == html.unescape(typed)
    settle(house)
    assert len(house.office.handed_over) == before


def test_it_is_off_until_its_person_switches_it_on_B086_B093(house, wiki):
    email = newcomer(house, opted_in=False)
    person = visitor(email)
    ask_at(house, person, email)
    [hint] = letters(house, email)
    assert "/magic-link" not in hint.text + hint.html and hint.code is None and hint.links[0] == house.issuer + "/sign-in"
    home = visitor(email)
    assert home.sign_in_on(home.go(house.issuer + "/sign-in")).path == "/account"
    page = home.go(house.issuer + "/account/preferences/switch-on-magic-links")
    home.submit(page, page.form("/account/preferences"), button="on")
    assert house.sql("SELECT magic_links FROM account_preferences WHERE account_id = "
                     f"(SELECT id FROM accounts WHERE canonical_email = '{email}')") == "1"
    stranger = visitor(email)
    ask(stranger, stranger.go(wiki.authorization_url()), email)
    mail = mail_with_link(house, email)
    assert isinstance(press(stranger, link_of(mail)), Arrival)


def mail_with_link(house, email):
    """Others tell of the sign-in and of the switch."""
    for count in range(2, 9):
        found = [mail for mail in letters(house, email, count) if any("/magic-link/" in link for link in mail.links)]
        if found:
            return found[-1]
    raise AssertionError("no link came")


def test_proving_it_again_by_mail_opens_another_session_B006(house, wiki):
    email, person, _, mail = asked(house, wiki)
    wiki.come_back(press(person, link_of(mail)))
    old = {cookie.name: cookie.value for cookie in person.session.cookies}
    ask_sooner(house)
    ask(person, person.go(wiki.authorization_url(prompt="login")), email)
    assert isinstance(press(person, link_of(letters(house, email, 2)[-1])), Arrival)
    new = {cookie.name: cookie.value for cookie in person.session.cookies}
    assert new["martlet-session"] != old["martlet-session"]
    ghost = Person()
    ghost.session.cookies.update(old)
    assert not is_signed_in(house, ghost) and is_signed_in(house, person)


def test_the_first_proof_of_a_mailbox_drops_what_was_set_up_before_it_ML9(house):
    email = newcomer(house)
    house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{email}'")
    _, person, _, mail = asked(house, email=email)
    assert press(person, link_of(mail)).path == "/account"
    assert house.sql(f"SELECT email_verified FROM accounts WHERE canonical_email = '{email}'") == "1"
    squatter = Person(email)
    assert squatter.sign_in_on(squatter.go(house.issuer + "/sign-in")).status == 422


def test_whoever_left_is_asked_whether_to_come_back_and_looking_brings_nobody_B088(house):
    email = newcomer(house)
    house.sql("UPDATE accounts SET status = 'disabled', deleted_by = 'person', deleted_at = updated_at "
              f"WHERE canonical_email = '{email}'")
    _, person, _, mail = asked(house, email=email)
    page, form = button(person, link_of(mail))
    assert not is_signed_in(house, person)
    question = person.submit(page, form)
    assert question.heading == "Come back?" and not is_signed_in(house, person)
    assert house.sql(f"SELECT status FROM accounts WHERE canonical_email = '{email}'") == "disabled"
    assert person.submit(question, question.form("/come-back")).path == "/account"
    assert house.sql(f"SELECT status FROM accounts WHERE canonical_email = '{email}'") == "active"


def test_a_form_from_elsewhere_asks_for_nothing_and_signs_in_nobody_WB6(house):
    email, person, waiting, mail = asked(house)
    # What people before this one are told may still be on its way.
    settle(house)
    victim, before = visitor(), len(house.office.handed_over)
    strange = token_of_forms(house, person)
    for path, fields in (("/magic-link", {"email": email}), ("/magic-link/again", {"next": "/account"}), ("/magic-link/code", {"code": mail.code}),
                         (urlsplit(link_of(mail)).path, {"here": "1"})):
        assert post(victim, house.issuer + path, fields).status_code == 403
        assert post(victim, house.issuer + path, fields | {"csrf": strange}).status_code == 403
        assert post(person, house.issuer + path, fields | {"csrf": "x"}).status_code == 403
    settle(house)
    assert sessions(house, email) == 0 and len(house.office.handed_over) == before
