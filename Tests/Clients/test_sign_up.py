"""People make accounts for themselves, on their way to an app: what an app written with Authlib, a browser and a
mailbox see."""
from urllib.parse import urlsplit

import pytest
import requests

from conftest import CONFIDENTIAL
from martlet import Martlet
from person import Arrival, Person
from relying_party import RelyingParty

PASSWORD = "four lamps over harbour"


@pytest.fixture(scope="module")
def house():
    with Martlet(settings={"MARTLET_SIGN_UP_MODE": "domains", "MARTLET_SIGN_UP_DOMAINS": "example.org"}) as house:
        house.add_client("wiki", "wiki's secret", redirect_uris=[CONFIDENTIAL], scope="openid profile email")
        yield house


@pytest.fixture
def wiki(house):
    return RelyingParty(house.issuer, "wiki", "wiki's secret", CONFIDENTIAL)


def visitor():
    return Person(clients=[CONFIDENTIAL])


def sign_up(person, page, email, **fields):
    """From the form to the page where the code is typed."""
    assert page.path == "/sign-up" and page.status == 200, page
    waiting = person.submit(page, page.form("/sign-up"), name="Grace Hopper", email=email, password=PASSWORD, **fields)
    assert waiting.path == "/sign-up/code" and waiting.status == 200, waiting
    return waiting


def on_to_the_app(person, place):
    if not isinstance(place, Arrival):
        assert place.path == "/consent", place
        place = person.submit(place, place.form("/consent"), button="allow")
    assert isinstance(place, Arrival), place
    return place


@pytest.mark.parametrize("way", ["code", "link"])
def test_an_app_brings_somebody_who_has_no_account_yet(house, wiki, way):
    assert "create" in wiki.metadata["prompt_values_supported"]
    person, email = visitor(), f"grace-{way}@example.org"
    waiting = sign_up(person, person.go(wiki.authorization_url(prompt="create", login_hint=email)), email)
    mail = house.mails(email, 1)[0]
    assert "Confirm your address" in mail.subject and mail.code not in mail.subject
    if way == "code":
        place = person.submit(waiting, waiting.form("/sign-up/code"), code=mail.code.lower().replace("-", " "))
    else:
        page = person.go(mail.links[0])
        assert page.path.startswith("/sign-up/mml_") and page.heading == "Create your account", page
        place = person.submit(page, page.form("/sign-up/"))
    token = wiki.come_back(on_to_the_app(person, place))
    told = wiki.userinfo()
    assert told["sub"] == token["userinfo"]["sub"]
    assert told["email"] == email and told["email_verified"] is True and told["name"] == "Grace Hopper"
    subjects = {mail.subject for mail in house.mails(email, 2)}
    assert subjects == {"Confirm your address for localhost", "Welcome to localhost"}


def test_the_link_on_another_browser_needs_a_password_of_its_own_and_leaves_the_first_alone(house, wiki):
    asker, phone, email = visitor(), visitor(), "elsewhere@example.org"
    waiting = sign_up(asker, asker.go(wiki.authorization_url(prompt="create")), email)
    mail = house.mails(email, 1)[0]
    page = phone.go(mail.links[0])
    assert "another browser" in page.text
    done = phone.submit(page, page.form("/sign-up/"), password="quiet rivers at midnight")
    assert done.path == "/account", done
    late = asker.submit(waiting, waiting.form("/sign-up/code"), code=mail.code)
    assert late.status == 404 and late.heading == "This link is no longer good"
    page = asker.go(f"{house.issuer}/account")
    assert page.path == "/sign-in"
    assert asker.sign_in_on(page, email, PASSWORD).status == 422
    assert asker.sign_in_on(page, email, "quiet rivers at midnight").path == "/account"


def test_an_address_with_an_account_gets_the_same_page_and_another_mail(house):
    house.add_person("ada@example.org")
    answers = []
    for email in ("ada@example.org", "nobody-yet@example.org"):
        person = visitor()
        page = person.go(f"{house.issuer}/sign-up")
        data = page.form("/sign-up").fields | {"name": "A", "email": email, "password": PASSWORD}
        answer = person.session.post(f"{house.issuer}/sign-up", data=data, allow_redirects=False, timeout=10)
        kept = {name: value for name, value in answer.headers.items() if name not in ("Date", "X-Request-Id")}
        answers.append((answer.status_code, answer.text, kept))
    assert answers[0] == answers[1] and answers[0][0] == 303
    assert house.mails("ada@example.org", 1)[0].subject == "You already have an account at localhost"
    assert house.mails("ada@example.org", 1)[0].code is None


def test_a_code_is_worth_nothing_on_another_browser_and_a_scanner_spends_no_link(house):
    person, thief, email = visitor(), visitor(), "scanned@example.org"
    waiting = sign_up(person, person.go(f"{house.issuer}/sign-up?next=/account/password"), email)
    mail = house.mails(email, 1)[0]
    for method in ("get", "head", "options", "get", "head"):
        requests.request(method, mail.links[0], timeout=10)
    page = thief.go(f"{house.issuer}/sign-up/code")
    assert thief.submit(page, page.form("/sign-up/code"), code=mail.code).status == 404
    assert thief.go(f"{house.issuer}/account").path == "/sign-in"
    done = person.submit(waiting, waiting.form("/sign-up/code"), code=mail.code)
    assert done.path == "/account/password", done


def test_only_the_domains_that_were_named_may_sign_up(house):
    person = visitor()
    page = person.go(f"{house.issuer}/sign-up")
    fields = {"name": "Eve", "email": "eve@evil.example", "password": PASSWORD}
    refused = person.submit(page, page.form("/sign-up"), **fields)
    assert refused.status == 422 and "Accounts are only for addresses" in refused.text
    assert refused.form("/sign-up").fields["email"] == "eve@evil.example" and PASSWORD not in refused.text


def test_an_address_that_was_never_proven_is_proven_before_anybody_is_signed_in(house, wiki):
    email, password = house.add_person("imported@example.org")
    house.sql("UPDATE accounts SET email_verified = 0 WHERE canonical_email = 'imported@example.org'")
    person = Person(email, password, clients=[CONFIDENTIAL])
    waiting = person.sign_in_on(person.go(wiki.authorization_url()))
    assert waiting.path == "/verification/code", waiting
    assert person.go(f"{house.issuer}/account").path == "/sign-in"
    mail = house.mails(email, 1)[0]
    assert urlsplit(mail.links[0]).path.startswith("/verification/mml_")
    place = person.submit(waiting, waiting.form("/verification/code"), code=mail.code)
    wiki.come_back(on_to_the_app(person, place))
    assert wiki.userinfo()["email_verified"] is True


def test_where_sign_up_is_off_nobody_makes_an_account():
    with Martlet() as house:
        person = Person()
        assert person.go(f"{house.issuer}/sign-up").status == 403
        metadata = requests.get(f"{house.issuer}/.well-known/openid-configuration", timeout=10).json()
        assert "create" not in metadata["prompt_values_supported"]
