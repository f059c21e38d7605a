"""For whom links are: by policy, by role, by app, by where somebody comes from; and what those get whom they are not for."""
import contextlib
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
from mailed_links import (
    CALLBACK, DEAD, SECRET, account, ask, ask_at, asked, button, force, is_signed_in, letters, link_of, newcomer,
    post, press, serving, sessions, settle, token_of_forms, visitor, wiki_app)
from person import Arrival
from relying_party import RelyingParty

pytestmark = pytest.mark.once

ROLE = "InteractiveReporter"


@pytest.fixture(scope="module")
def house():
    """As it comes, with an app that takes links alone and one that takes none."""
    with serving() as house:
        for name, methods in (("links", ["magic_link"]), ("words", ["password"])):
            house.add_client(
                name, SECRET, redirect_uris=[f"{CALLBACK}/{name}"], scope="openid", martlet_skips_consent=True,
                martlet_sign_in_methods=methods)
        yield house


def app_of(house, name):
    return RelyingParty(house.issuer, name, SECRET, f"{CALLBACK}/{name}", "openid")


@pytest.fixture(scope="module")
def reporters():
    with serving(MARTLET_MAGIC_LINK_POLICY="roles", MARTLET_MAGIC_LINK_ROLES=f"{ROLE},auditor") as house:
        yield house


@pytest.fixture(scope="module")
def anybody():
    """Links for all, bound to the address they were asked for from; a proxy before it says which that is."""
    with serving(MARTLET_MAGIC_LINK_POLICY="any", MARTLET_MAGIC_LINK_VERIFY_IP="true",
                 MARTLET_TRUSTED_PROXIES="127.0.0.1/32") as house:
        yield house


def give(house, email, role, context=""):
    house.sql(f"INSERT INTO account_roles (account_id, role, context) VALUES ({account(email)}, '{role}', '{context}')")


def take(house, email):
    house.sql(f"DELETE FROM account_roles WHERE account_id = {account(email)}")


def hint_for(house, email):
    """The mail that has no link, to somebody who asked for one."""
    ask_at(house, visitor(email), email)
    [mail] = letters(house, email)
    assert mail.links[0].startswith(house.issuer + "/sign-in") and mail.code is None
    assert "mml_" not in mail.text + mail.html + mail.subject
    return mail


# By role


def test_a_role_held_in_any_context_is_enough_B138(reporters):
    email = newcomer(reporters, opted_in=False)
    give(reporters, email, ROLE, "project-7")
    wiki = wiki_app(reporters)
    _, person, _, mail = asked(reporters, wiki, email)
    assert wiki.come_back(press(person, link_of(mail)))["userinfo"]["amr"] == ["email"]


@pytest.mark.parametrize("role", [None, "Reporter", ROLE.lower()])
def test_without_the_role_there_is_no_link_whatever_the_person_wants_B138(reporters, role):
    email = newcomer(reporters)
    if role:
        give(reporters, email, role)
    hint_for(reporters, email)


@pytest.mark.parametrize("way", ["link", "code"])
def test_a_role_lost_before_the_click_is_told_to_the_proven_mailbox_alone_B147(reporters, way):
    email = newcomer(reporters, opted_in=False)
    give(reporters, email, ROLE)
    _, person, waiting, mail = asked(reporters, email=email)
    assert ROLE not in waiting.text
    page, form = button(person, link_of(mail))
    take(reporters, email)
    if way == "link":
        refused = person.submit(page, form)
    else:
        refused = person.submit(waiting, waiting.form("/magic-link/code"), code=mail.code)
    assert refused.status == 403 and ROLE in refused.text and refused.heading == "You cannot sign in by mail"
    assert sessions(reporters, email) == 0 and not is_signed_in(reporters, person)
    # What was refused was not spent (B142).
    give(reporters, email, "auditor")
    assert person.submit(page, form).path == "/account"


def test_links_switched_off_before_the_click_B086(house):
    email, person, _, mail = asked(house)
    page, form = button(person, link_of(mail))
    house.sql(f"UPDATE account_preferences SET magic_links = 0 WHERE account_id = {account(email)}")
    refused = person.submit(page, form)
    assert refused.status == 403 and refused.heading == "You cannot sign in by mail"
    assert sessions(house, email) == 0


# By provider


def came_by(house, email, method):
    house.sql("INSERT INTO sign_in_methods (account_id, method, first_used_at, last_used_at) "
              f"VALUES ({account(email)}, '{method}', 1, 1)")


def test_people_of_another_provider_are_told_which_button_is_theirs_B137(house):
    email = newcomer(house)
    came_by(house, email, "github")
    mail = hint_for(house, email)
    assert "github" in mail.text.lower() and "github" in mail.html.lower()
    assert house.issuer + "/recovery" in mail.text


def test_where_it_is_allowed_they_get_links_B137():
    with serving(MARTLET_MAGIC_LINK_UPSTREAM_PEOPLE="allow") as house:
        email = newcomer(house)
        came_by(house, email, "github")
        _, person, _, mail = asked(house, email=email)
        assert press(person, link_of(mail)).path == "/account"


# By app


def test_an_app_of_links_alone_asks_for_no_password_and_takes_none_B133(house):
    app, email = app_of(house, "links"), newcomer(house)
    person = visitor(email)
    page = person.go(app.authorization_url())
    assert page.path == "/sign-in" and 'type="password"' not in page.text
    handle = parse_qs(urlsplit(page.url).query)["request"][0]
    refused = post(person, house.issuer + "/sign-in", {
        "csrf": token_of_forms(house, person), "request": handle, "email": email, "password": person.password})
    assert refused.status_code == 403 and not is_signed_in(house, person)
    ask(person, page, email)
    place = press(person, link_of(letters(house, email)[-1]))
    assert isinstance(place, Arrival) and app.come_back(place)["userinfo"]["amr"] == ["email"]


def test_an_app_of_passwords_alone_offers_no_link_and_takes_none_B133(house):
    app = app_of(house, "words")
    email, person, _, mail = asked(house)
    page = person.go(app.authorization_url())
    assert 'type="password"' in page.text and "/magic-link" not in page.text
    handle = parse_qs(urlsplit(page.url).query)["request"][0]
    asked_for = post(person, house.issuer + "/magic-link", {
        "csrf": token_of_forms(house, person), "request": handle, "email": email})
    assert asked_for.status_code == 403
    assert person.go(f"{house.issuer}/magic-link?request={handle}").status == 403
    # Nor by a link that was asked for without it.
    refused = force(house, person, link_of(mail), request=handle)
    assert refused.status_code == 403 and sessions(house, email) == 0
    assert isinstance(person.walk(app.authorization_url()), Arrival)


@pytest.mark.parametrize("methods", ["password", "magic_link"])
def test_a_server_of_one_method_has_no_door_for_the_other_B134_B082(methods):
    with serving(MARTLET_SIGN_IN_METHODS=methods, MARTLET_MAGIC_LINK_POLICY="any") as house:
        email, person = newcomer(house), visitor()
        page = person.go(house.issuer + "/sign-in")
        fields = {"csrf": token_of_forms(house, person), "email": email, "password": person.password}
        if methods == "password":
            assert "/magic-link" not in page.text
            for path in ("/magic-link", "/magic-link/code", "/magic-link/mml_" + "A" * 43):
                assert person.go(house.issuer + path).status in (403, 404)
                assert post(person, house.issuer + path, fields).status_code in (403, 404)
        else:
            assert 'type="password"' not in page.text
            assert post(person, house.issuer + "/sign-in", fields).status_code in (403, 404)
            ask(person, page, email)
            assert press(person, link_of(letters(house, email)[0])).path == "/account"


# By address


@contextlib.contextmanager
def coming_from(person, address):
    person.session.headers["X-Forwarded-For"] = address
    yield person
    del person.session.headers["X-Forwarded-For"]


@pytest.mark.parametrize("asker,other,is_same", [
    ("203.0.113.7", "203.0.113.8", False), ("203.0.113.7", "::ffff:203.0.113.7", True),
    ("2001:db8:1:2::7", "2001:db8:1:3::7", False), ("2001:db8:1:2::7", "2001:db8:1:2:ffff:ffff::9", True),
    # What a browser says of itself is not what the proxy says of it.
    ("203.0.113.7", "203.0.113.7, 203.0.113.9", False)])
def test_a_link_of_one_address_at_another_B048(anybody, asker, other, is_same):
    email, person = newcomer(anybody, opted_in=False), visitor()
    with coming_from(person, asker):
        ask_at(anybody, person, email)
        [mail] = letters(anybody, email)
        assert asker in mail.text
        page, form = button(person, link_of(mail))
    with coming_from(person, other):
        answer = person.submit(page, form)
    assert (answer.path == "/account") == is_same
    if not is_same:
        assert answer.status == 404 and answer.heading == DEAD and sessions(anybody, email) == 0
        with coming_from(person, asker):
            assert person.submit(page, form).path == "/account", "it was not spent"


def test_without_it_addresses_may_change_B048(house):
    email, person, _, mail = asked(house)
    with coming_from(person, "198.51.100.4"):
        assert press(person, link_of(mail)).path == "/account"


# By browser


def test_where_it_is_allowed_another_browser_signs_in_itself_alone_ML2():
    with serving(MARTLET_MAGIC_LINK_CROSS_DEVICE="login_here") as house:
        wiki, email = wiki_app(house), newcomer(house)
        _, asker, waiting, mail = asked(house, wiki, email)
        phone = visitor(email)
        page = phone.go(link_of(mail))
        assert not is_signed_in(house, phone), "looking is not enough"
        assert phone.submit(page, page.form("/magic-link/mml_")).path == "/account"
        # What was begun at the other stays there, and is not finished.
        assert not is_signed_in(house, asker) and sessions(house, email) == 1
        assert not isinstance(asker.go(wiki.authorization_url()), Arrival)
        place = asker.submit(waiting, waiting.form("/magic-link/code"), code=mail.code)
        assert not isinstance(place, Arrival) and not is_signed_in(house, asker) and sessions(house, email) == 1


# Counting


def test_spellings_of_one_mailbox_are_counted_as_one_ML7(anybody):
    plain = newcomer(anybody, opted_in=False)
    local, domain = plain.split("@")
    for number in range(6):
        spelt = f"{local}+{number}@{domain}"
        anybody.command("user", "add", "--email", spelt, stdin="four lamps over harbour\n")
        person = visitor()
        ask_at(anybody, person, spelt)
    settle(anybody)
    went = [mail.to for mail in anybody.office.handed_over if mail.to.startswith(local + "+")]
    kept = int(anybody.sql(
        f"SELECT count(*) FROM mail_proofs WHERE purpose = 'magic_link' AND canonical_email LIKE '{local}+%'"))
    assert kept == len(went) == 4, "three for this network, and one for everybody"
    # Whatever the limits hold back, nobody is told.
    assert requests.get(anybody.issuer + "/magic-link", timeout=10).status_code == 200
