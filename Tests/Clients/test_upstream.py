"""An app made with Authlib, people who come by GitHub, Google, Discord, Facebook and others, and a stand-in of all of them
that is strict about what it is asked."""
import base64
import re

import pytest
from by_provider import (
    KINDS, NAMES, OPENID, Providers, come_by, enter, eventually, form_sent, identities, kept, prefix, query_of, serving,
    sign_in_page, somebody, visitor, ways, wiki_app)
from martlet import PASSWORD
from person import Arrival
from upstream import CLIENT_ID, CLIENT_SECRET

SCOPES = {
    "github": {"read:user", "user:email"}, "discord": {"identify", "email"}, "facebook": {"email", "public_profile"},
    "google": {"openid", "email", "profile"}, "microsoft": {"openid", "email", "profile"},
    "gitlab": {"openid", "email", "profile"}, "openid": {"openid", "email", "profile"},
    "apple": {"openid", "email", "name"}}


@pytest.fixture(scope="module")
def upstream():
    with Providers() as upstream:
        yield upstream


@pytest.fixture(scope="module")
def house(upstream):
    with serving(upstream) as house:
        yield house


@pytest.fixture(autouse=True)
def nothing_asked_yet(upstream):
    upstream.forget()


def mails_since(house, email, before):
    return house.mails(email, count=before + 1)[before:]


@pytest.mark.parametrize("kind", KINDS)
def test_the_first_time_makes_an_account_and_the_next_signs_in_B027_B040_B041_B042_B043_SO12(house, upstream, kind):
    _, email = somebody(upstream, kind)
    before, wiki = kept(house), wiki_app(house)
    place = enter(house, visitor(), kind, email, wiki)
    assert isinstance(place, Arrival) and set(place.parameters) == {"code", "state", "iss"}
    claims = wiki.come_back(place)["userinfo"]
    # Whatever the provider asked of them, it is one proof.
    assert claims["amr"] == [kind] and claims["acr"] == "urn:martlet:acr:1"
    told = wiki.userinfo()
    assert told["email"] == email and told["email_verified"] is True
    assert told["name"] == "Grace Hopper"
    again = wiki_app(house)
    place = come_by(house, visitor(), kind, again)
    assert isinstance(place, Arrival), (place, place.text)
    assert again.come_back(place)["userinfo"]["sub"] == claims["sub"]
    made = {table: number - before[table] for table, number in kept(house).items()}
    assert made == {"accounts": 1, "sessions": 2, "upstream_identities": 1, "pending_identities": 0}
    assert [row.split("|")[0] for row in identities(house, email)] == [kind]
    # Nobody was asked for a password, and there is none.
    assert house.sql(f"SELECT count(*) FROM accounts WHERE canonical_email = '{email}' AND password_hash IS NULL") == "1"


@pytest.mark.parametrize("kind", KINDS)
def test_what_the_provider_is_sent_SO6_SO7_SO11(house, upstream, kind):
    _, email = somebody(upstream, kind)
    enter(house, visitor(), kind, email)
    [authorize] = upstream.log(prefix(kind), "authorize")
    asked = query_of("?" + authorize["query"])
    callback = f"{house.issuer}/upstream/{kind}/callback"
    assert asked["response_type"] == "code" and asked["client_id"] == CLIENT_ID and asked["redirect_uri"] == callback
    assert asked["code_challenge_method"] == "S256" and re.fullmatch("[A-Za-z0-9_-]{43}", asked["code_challenge"])
    assert re.fullmatch("mus_[A-Za-z0-9_-]{43}", asked["state"])
    assert set(re.split("[ ,]", asked["scope"])) == SCOPES[kind]
    assert ("nonce" in asked) == (kind in OPENID)
    [exchange] = upstream.log(prefix(kind), "token")
    sent = form_sent(exchange)
    assert exchange["method"] == "POST" and sent["redirect_uri"] == callback and not exchange["query"]
    assert re.fullmatch("[A-Za-z0-9._~-]{43,128}", sent["code_verifier"]) and sent["code_verifier"] != asked["state"]
    own = [call for call in upstream.log(prefix(kind)) if call["endpoint"] != "authorize"]
    for call in own:
        assert call["headers"]["user-agent"] and "json" in call["headers"]["accept"], call
        for secret in (CLIENT_SECRET, sent["code"], sent["code_verifier"]):
            assert secret not in call["path"] + call["query"], call
        assert "cookie" not in call["headers"] and "referer" not in call["headers"]
    for call in own:
        bearer = call["headers"].get("authorization", "").removeprefix("Bearer ")
        # Facebook's own question whose a token is has it in the address; there is no other.
        assert not bearer or bearer not in call["query"], call
    if kind == "github":
        agents = [call["headers"] for call in upstream.log("github") if call["endpoint"] in ("userinfo", "emails")]
        assert {agent["accept"] for agent in agents} == {"application/vnd.github+json"}
        assert all(agent["x-github-api-version"] for agent in agents)


def forms(secret):
    """As it might be kept: plain, in figures, and in base64 wherever it begins."""
    yield secret
    yield secret.hex().encode()
    for shift in range(3):
        padded = bytes(shift) + secret
        core = base64.b64encode(padded[:len(padded) // 3 * 3])[4 if shift else 0:]
        yield core
        yield core.replace(b"+", b"-").replace(b"/", b"_")


def secrets_of(upstream):
    """What went between the house and the providers, as far as the providers can tell."""
    for call in upstream.log():
        proof = call["headers"].get("authorization", "")
        if proof.startswith("Bearer "):
            yield proof.removeprefix("Bearer ")
        if call["endpoint"] == "token":
            yield from (form_sent(call)[name] for name in ("code", "code_verifier"))
        if call["endpoint"] == "authorize":
            asked = query_of("?" + call["query"])
            yield from (asked[name] for name in ("state", "nonce") if name in asked)


def assert_nowhere(house, secrets):
    places = {"the database": house.database_bytes(), "the log": (house.folder / "log.txt").read_bytes(),
              "the mails": b"".join(mail.path.read_bytes() for mail in house.mails(count=0))}
    for secret in secrets:
        for needle in forms(secret.encode()):
            for place, content in places.items():
                assert needle not in content, f"{secret[:8]}… is in {place}"


def test_nothing_of_what_was_exchanged_is_kept_or_logged_SO11_CF3(house, upstream):
    for kind in KINDS:
        _, email = somebody(upstream, kind)
        enter(house, visitor(), kind, email, wiki_app(house))
    secrets = set(secrets_of(upstream))
    assert len(secrets) >= 4 * len(KINDS)
    assert_nowhere(house, secrets | {CLIENT_SECRET})
    assert house.sql("SELECT count(*) FROM upstream_identities WHERE tokens IS NOT NULL") == "0"


def test_tokens_that_are_to_be_kept_are_sealed_SO11(upstream):
    with serving(upstream, [("github", "github"), ("discord", "discord")], keep_tokens=True) as house:
        for kind in ("github", "discord"):
            _, email = somebody(upstream, kind)
            enter(house, visitor(), kind, email)
        assert house.sql("SELECT count(*) FROM upstream_identities WHERE length(tokens) > 40") == "2"
        secrets = set(secrets_of(upstream))
        assert secrets
        assert_nowhere(house, secrets)


def test_a_name_that_was_changed_here_stays_whatever_the_provider_says_B044(house, upstream):
    id, email = somebody(upstream, "github")
    person = visitor()
    enter(house, person, "github", email)
    page = person.go(house.issuer + "/account/profile")
    [form] = [form for form in page.forms if "given_name" in form.fields]
    assert person.submit(page, form, name="Rear Admiral Hopper").status == 200
    upstream.persona("github", id, name="Somebody Else", login="other", email="other-" + email, verified=True)
    wiki = wiki_app(house)
    wiki.come_back(come_by(house, visitor(), "github", wiki))
    told = wiki.userinfo()
    assert told["name"] == "Rear Admiral Hopper" and told["email"] == email
    assert house.sql(f"SELECT count(*) FROM accounts WHERE canonical_email = 'other-{email}'") == "0"


@pytest.mark.parametrize("kind", ["github", "google", "discord", "facebook"])
def test_an_address_is_proven_by_the_providers_own_word_or_by_our_mail_alone_SO3_B045(house, upstream, kind):
    before = kept(house)
    for fields in ({"verified": False}, {"email": None}):
        _, email = somebody(upstream, kind, **fields)
        place = come_by(house, visitor(), kind)
        assert place.path == "/upstream/address" and place.status == 200, place
        assert place.form("/upstream/address").fields["email"] == (email or "")
    after = kept(house)
    assert after | {"pending_identities": 0} == before | {"pending_identities": 0}


def test_a_sign_in_from_another_browser_is_told_by_mail_B094(house, upstream):
    _, email = somebody(upstream, "discord")
    enter(house, visitor(), "discord", email)
    before = len(house.mails(email))
    other = visitor()
    other.session.headers["User-Agent"] = "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Version/17.0 Safari/605.1.15"
    assert come_by(house, other, "discord").path == "/account"
    mail = mails_since(house, email, before)[0]
    assert "Safari" in mail.text and any("/not-me/" in link for link in mail.links), mail.text


def test_whoever_comes_by_github_is_told_of_its_button_instead_of_a_link_B137(house, upstream):
    _, email = somebody(upstream, "github")
    enter(house, visitor(), "github", email)
    before = len(house.mails(email))
    person = visitor()
    page = person.go(house.issuer + "/magic-link")
    person.submit(page, page.form("/magic-link"), email=email)
    [mail] = mails_since(house, email, before)
    assert "GitHub" in mail.text and "/magic-link/" not in mail.text + mail.html and mail.code is None


def test_all_that_there_are_are_offered_wherever_somebody_comes_in_B034(house):
    person = visitor()
    page = sign_in_page(house, person, wiki_app(house))
    assert ways(page) == list(KINDS)
    for kind, name in NAMES.items():
        assert f"Continue with {name}" in page.text
    assert ways(person.go(house.issuer + "/sign-up")) == list(KINDS)
    # A browser that sends no form goes nowhere.
    assert person.go(house.issuer + "/upstream/github").status in (404, 405)
    answer = person.session.post(house.issuer + "/upstream/github", data={"next": "/"}, allow_redirects=False, timeout=10)
    assert answer.status_code == 403
    answer = person.session.post(house.issuer + "/upstream/nobody", data=page.form("/sign-in").fields,
                                 allow_redirects=False, timeout=10)
    assert answer.status_code in (403, 404)


def test_whoever_has_an_account_connects_it_after_proving_it_again_SO8_B019(house, upstream):
    id, email = somebody(upstream, "google")
    house.command("user", "add", "--email", email, "--name", "Grace Hopper", stdin=PASSWORD + "\n")
    before, person = kept(house), visitor(email)
    wiki = wiki_app(house)
    question = come_by(house, person, "google", wiki)
    assert question.path == "/upstream/connect" and question.heading == "You already have an account", question
    assert email not in question.text and "p…@example.org" in question.text
    assert kept(house) | {"pending_identities": 0} == before | {"pending_identities": 0}
    page = person.sign_in_on(person.go(house.issuer + "/sign-in?next=/upstream/connect"))
    assert page.path == "/upstream/connect" and "Google" in page.heading, page
    [form] = [form for form in page.forms if form.action.startswith("/upstream/connect")]
    place = person.submit(page, form)
    assert isinstance(place, Arrival) and wiki.come_back(place), place
    assert identities(house, email) == [f"google|{id}"]
    eventually(lambda: [mail for mail in house.mails(email) if "Google" in mail.text])
    assert come_by(house, visitor(), "google").path == "/account"
