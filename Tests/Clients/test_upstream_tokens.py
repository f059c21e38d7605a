"""ID tokens that must not be believed, from providers that would sign them: none lets anybody in, makes anything, or is
told about in its own words (SO4). Keys that change are found, and cannot be made to be asked for often (SO13)."""
from urllib.parse import urlencode

import pytest
import requests
from by_provider import (
    OPENID, Providers, come_by, failed_check, kept, leave, prefix, press, query_of, serving, sign_in_page, somebody,
    visitor, wiki_app)
from person import Arrival, Page
from provider_refusals import is_back
from upstream import CLIENT_ID, bad_tokens

pytestmark = pytest.mark.once

# Those that are not asked for more than their ID token.
WITHOUT_USERINFO = ("google", "microsoft", "apple")
FOREIGN = {
    # Another tenant's number in the issuer, and in the claim that goes with it.
    "microsoft": {
        "the template itself for an issuer": {"set": {"iss": "{base}/{tenantid}/v2.0"}},
        "another tenant in iss": {"set": {"iss": "{base}/00000000-0000-4000-8000-00000000dead/v2.0"}},
        "no tenant": {"remove": ["tid"]}, "no person": {"remove": ["oid"]}},
    "google": {"another workspace": {"set": {"hd": "evil.example"}}, "no workspace": {"remove": ["hd"]}},
}


def corpus(kind):
    found = {name: order for name, order in bad_tokens().items()
             if "userinfo" not in order or kind not in WITHOUT_USERINFO}
    return found | FOREIGN.get(kind, {})


@pytest.fixture(scope="module")
def upstream():
    with Providers() as upstream:
        yield upstream


@pytest.fixture(scope="module", params=OPENID)
def house(request, upstream):
    """With a provider for each of the two ways to be: somebody new, and somebody known."""
    kind = request.param
    more = {"organisation": "example.org"} if kind == "google" else {}
    with serving(upstream, [(kind, kind)], **more) as house:
        house.add_person("ada@example.org")
        house.kind = kind
        yield house


def bent(order, base):
    text = {name: value.replace("{base}", base) if isinstance(value, str) else value
            for name, value in order.get("set", {}).items()}
    return order | ({"set": text} if text else {})


def test_the_corpus_lets_nobody_in_SO4(house, upstream):
    """All of it, against somebody who is known here and somebody who is not; the same request of an app waits on."""
    kind = house.kind
    id, email = somebody(upstream, kind)
    wiki = wiki_app(house)
    assert isinstance(come_by(house, visitor(), kind, wiki), Arrival)
    app, person, found = wiki_app(house), visitor(), {}
    place, before = sign_in_page(house, person, app), kept(house)
    for known in (True, False):
        if not known:
            somebody(upstream, kind)
        for name, order in corpus(kind).items():
            upstream.claims(prefix(kind), **bent(order, upstream.base(prefix(kind))))
            place = press(person, place, kind)
            found[name, known] = is_back(place, (502,))
            assert "another-client" not in place.text and "accounts.example" not in place.text, name
    assert kept(house) == before, "somebody came in"
    upstream.claims(prefix(kind))
    # What was seen is told to whoever has the reference, never with a secret.
    for name in ("alg none", "another audience", "another nonce", "expired"):
        failed = failed_check(house, found[name, True])
        assert failed["check"] == "upstream" and failed["seen"], failed
    wanted = failed_check(house, found["another audience", True])
    assert "another-client" in wanted["seen"] and CLIENT_ID in wanted["seen"] + wanted["expected"]
    # And with a token as it should be the same browser comes in.
    assert isinstance(press(person, place, kind), Arrival)


def test_a_token_of_another_algorithm_that_is_published_is_believed(house, upstream):
    """That the corpus proves something: it is the bent that is refused, not the unusual."""
    somebody(upstream, house.kind)
    upstream.claims(prefix(house.kind), alg="ES256")
    with serving(upstream, [(house.kind, house.kind)]) as other:
        wiki = wiki_app(other)
        assert isinstance(come_by(other, visitor(), house.kind, wiki), Arrival)
    upstream.claims(prefix(house.kind))


def test_a_nonce_of_another_beginning_is_refused_SO4(house, upstream):
    """The code of one beginning with the state of another, in one browser: the ID token's nonce tells."""
    kind, person, before = house.kind, visitor(), kept(house)
    somebody(upstream, kind)
    first, second = (brought(person, leave(person, sign_in_page(house, person), kind)) for _ in range(2))
    mixed = urlencode(second | {"code": first["code"]})
    # The verifier is another too, so the provider itself may be the first to say no.
    is_back(person.go(f"{house.issuer}/upstream/{kind}/callback?{mixed}"), (502,))
    assert kept(house) == before


def brought(person, away):
    """What the provider would have the browser bring, by an address or by a form."""
    place = requests.get(away, allow_redirects=False, timeout=30)
    return query_of(place.headers["Location"]) if place.is_redirect else Page(place).forms[0].fields


def test_keys_are_asked_for_once_a_minute_whatever_comes_SO13(house, upstream):
    kind = house.kind
    somebody(upstream, kind)
    # A server of its own, whose minute begins here.
    with serving(upstream, [(kind, kind)]) as other:
        assert come_by(other, visitor(), kind).path in ("/account", "/upstream/connect")
        before = len(upstream.log(prefix(kind), "jwks"))
        person = visitor()
        place = sign_in_page(other, person)
        for number in range(12):
            upstream.claims(prefix(kind), kid=f"made-up-{number}")
            place = press(person, place, kind)
            is_back(place, (502,))
        assert len(upstream.log(prefix(kind), "jwks")) <= before + 1
        upstream.claims(prefix(kind))
        assert press(person, place, kind).path in ("/account", "/upstream/connect")


def test_a_key_that_was_announced_is_known_when_it_signs(house, upstream):
    """The usual way of rotating: nothing needs to be asked for anew."""
    kind = house.kind
    somebody(upstream, kind)
    with serving(upstream, [(kind, kind)]) as other:
        come_by(other, visitor(), kind)
        asked = len(upstream.log(prefix(kind), "jwks"))
        upstream.rotate_keys(prefix(kind), keep_next=True)
        assert come_by(other, visitor(), kind).path in ("/account", "/upstream/connect")
        assert len(upstream.log(prefix(kind), "jwks")) == asked
