"""What a provider says of a person that is less, or other, than it was: nobody is taken for somebody else by it, and nothing
is proven that was not (SO1, SO2, SO3)."""
import pytest
from by_provider import (
    Providers, account, come_by, enter, identities, kept, prove, serving, settings_of, sign_in_page, somebody, visitor,
    wiki_app)
from martlet import PASSWORD
from person import Arrival

FOUR = ("github", "google", "discord", "facebook")
# Those that can prove an address.
PROVING = FOUR[:3]


@pytest.fixture(scope="module")
def upstream():
    with Providers(signing=("google",)) as upstream:
        yield upstream


@pytest.fixture(scope="module")
def house(upstream):
    """With a provider beside, which connects by itself where both sides have proven an address."""
    linking = settings_of("github", upstream, None) | {"link_by_address": True, "name": "Linking"}
    with serving(upstream, [(kind, kind) for kind in FOUR] + [("linking", linking)]) as house:
        yield house


def sessions(house, email):
    return int(house.sql(f"SELECT count(*) FROM sessions WHERE subject = {account(email)}"))


def verified(house, email):
    return house.sql(f"SELECT email_verified FROM accounts WHERE canonical_email = '{email}'")


def unverified_account(house, email):
    house.command("user", "add", "--email", email, "--name", "Not Grace", stdin=PASSWORD + "\n")
    house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{email}'")


@pytest.mark.parametrize("mode", ["empty_email", "unverified", "scope_reduced"])
@pytest.mark.parametrize("kind", FOUR)
def test_without_a_proven_address_there_is_no_account_until_a_mail_proves_one_SO3(house, upstream, kind, mode):
    _, email = somebody(upstream, kind)
    upstream.fault(kind, mode, "token" if mode == "scope_reduced" and kind != "google" else "authorize")
    app, person, before = wiki_app(house), visitor(), kept(house)
    place = come_by(house, person, kind, app)
    assert place.path == "/upstream/address" and place.status == 200, place
    assert kept(house) | {"pending_identities": 0} == before | {"pending_identities": 0}
    arrival = prove(house, person, place, email)
    assert isinstance(arrival, Arrival), arrival
    assert app.come_back(arrival)["userinfo"]["amr"] == [kind] and verified(house, email) == "1"
    # From then on it is known by its subject, whatever is said of addresses.
    assert come_by(house, visitor(), kind).path == "/account"


@pytest.mark.parametrize("kind", FOUR)
def test_another_subject_with_the_same_address_is_somebody_else_SO1(house, upstream, kind):
    id, email = somebody(upstream, kind)
    enter(house, visitor(), kind, email)
    known = identities(house, email)
    upstream.fault(kind, "id_changed")
    before, person = kept(house), visitor()
    place = come_by(house, person, kind)
    assert place.path == ("/upstream/address" if kind == "facebook" else "/upstream/connect"), place
    assert kept(house) | {"pending_identities": 0} == before | {"pending_identities": 0}
    assert identities(house, email) == known == [f"{kind}|{id}"]
    assert person.go(house.issuer + "/account").path == "/sign-in"


@pytest.mark.parametrize("kind", FOUR)
def test_another_address_of_a_known_subject_changes_nothing_here_SO1_B044(house, upstream, kind):
    _, email = somebody(upstream, kind)
    enter(house, visitor(), kind, email)
    upstream.fault(kind, "email_changed")
    app = wiki_app(house)
    app.come_back(come_by(house, visitor(), kind, app))
    assert app.userinfo()["email"] == email and verified(house, f"changed-{email}") == ""


def test_an_address_that_is_asked_for_and_has_an_account_is_told_to_its_mailbox_alone_PW10(house, upstream):
    """Whoever claims a stranger's address at a provider that proves none sees what everybody sees."""
    email = "owner@example.org"
    house.command("user", "add", "--email", email, "--name", "Ada", stdin=PASSWORD + "\n")
    somebody(upstream, "facebook", email=email)
    person, before = visitor(), kept(house)
    place = come_by(house, person, "facebook")
    waiting = person.submit(place, place.form("/upstream/address"), email=email)
    assert waiting.path == "/upstream/code" and waiting.heading == "Check your mail"
    mail = house.mails(email)[-1]
    assert mail.code is None and not [link for link in mail.links if "/upstream-proof/" in link]
    assert person.submit(waiting, waiting.form("/upstream/code"), code="AAAA-AAAA").status in (404, 422)
    assert identities(house, email) == [] and sessions(house, email) == 0
    assert kept(house) | {"pending_identities": 0} == before | {"pending_identities": 0}


@pytest.mark.parametrize("kind", FOUR)
def test_an_account_that_nobody_has_proven_falls_to_whoever_proves_its_address_ML9(house, upstream, kind):
    id, email = somebody(upstream, kind)
    unverified_account(house, email)
    assert enter(house, visitor(), kind, email).path == "/account"
    assert verified(house, email) == "1" and identities(house, email) == [f"{kind}|{id}"]
    squatter = visitor(email)
    assert squatter.sign_in_on(sign_in_page(house, squatter)).status == 422


@pytest.mark.parametrize("proven", [True, False], ids=["proven there", "not proven there"])
@pytest.mark.parametrize("known", [True, False], ids=["proven here", "not proven here"])
def test_connecting_by_address_needs_both_sides_SO2(house, upstream, proven, known):
    id, email = somebody(upstream, "github", verified=proven)
    unverified_account(house, email)
    if known:
        house.sql(f"UPDATE accounts SET email_verified = 1 WHERE canonical_email = '{email}'")
    place = come_by(house, visitor(), "linking")
    if not proven:
        assert place.path == "/upstream/address" and identities(house, email) == []
        return
    assert place.path == "/account" and identities(house, email) == [f"linking|{id}"]
    # Its owner keeps the password; somebody who had never proven it, does not.
    person = visitor(email)
    assert person.sign_in_on(sign_in_page(house, person)).status == (200 if known else 422)
    if known:
        assert house.mails(email, about="new way to sign in")


@pytest.mark.parametrize("kind", PROVING)
def test_what_is_on_by_itself_nowhere_is_asked_for_SO2(house, upstream, kind):
    """Without being switched on, an account that is there is connected by its own person alone."""
    _, email = somebody(upstream, kind)
    house.command("user", "add", "--email", email, "--name", "Grace Hopper", stdin=PASSWORD + "\n")
    place = come_by(house, visitor(), kind)
    assert place.path == "/upstream/connect" and identities(house, email) == [] and sessions(house, email) == 0
