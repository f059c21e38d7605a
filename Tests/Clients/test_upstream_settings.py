"""Providers in martlet.yaml and in the environment: what switches one on, in which order they are shown and to whom, what
`martlet check` finds, and that nobody is asked anything before somebody signs in (B011, B040, B133)."""
import pytest
from by_provider import (
    CALLBACK, KINDS, NAMES, SECRET, Providers, come_by, led_away, make, query_of, serving, settings_of, sign_in_page,
    somebody, visitor, ways, wiki_app, write)
from martlet import free_port
from person import Arrival
from relying_party import RelyingParty
from upstream import CLIENT_ID, CLIENT_SECRET

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def upstream():
    with Providers() as upstream:
        yield upstream


@pytest.fixture(autouse=True)
def nothing_asked_yet(upstream):
    upstream.forget()


@pytest.fixture
def house(upstream):
    """Not running."""
    house = make(upstream, [])
    yield house
    house.__exit__()


def check(house, **environment):
    result = house.command("check", check=False, environment=house.environment | environment)
    return result.returncode, result.stdout + result.stderr


def offered(house):
    return ways(sign_in_page(house, visitor()))


# What switches one on


@pytest.mark.parametrize("missing", ["client_secret", "client_id"])
def test_one_without_its_secret_is_off_and_said_so_B040(house, upstream, missing):
    providers = [(kind, settings_of(kind, upstream, house.folder)) for kind in ("github", "discord")]
    del providers[0][1][missing]
    write(house, providers)
    with house:
        said = house.read_log() + house.read_output()
        assert f"providers.github.{missing}" in said and f"MARTLET_PROVIDERS_GITHUB_{missing.upper()}" in said
        assert "warning" in said.lower()
        assert offered(house) == ["discord"]
        person = visitor()
        page = sign_in_page(house, person)
        fields = {"csrf": page.form("/sign-in").fields["csrf"]}
        assert person.go(house.issuer + "/upstream/github", "post", fields).status in (403, 404)
        assert person.go(house.issuer + "/upstream/github/callback?code=x&state=y").status in (400, 403, 404)
        code, text = check(house)
        assert f"providers.github.{missing}" in text and code == 0, text


def test_two_variables_alone_switch_one_on_B040(house, upstream):
    (house.folder / "martlet.yaml").unlink()
    house.environment |= {
        "MARTLET_PROVIDERS_GITHUB_CLIENT_ID": CLIENT_ID, "MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET": CLIENT_SECRET,
        "MARTLET_PROVIDERS_GITHUB_BASE_URL": upstream.base("github")}
    with house:
        assert offered(house) == ["github"]
        somebody(upstream, "github")
        assert come_by(house, visitor(), "github").path == "/account"


@pytest.mark.parametrize("where", ["file", "variable"])
def test_a_secret_from_a_file_of_its_own_is_read_B040(house, upstream, where):
    path = house.folder / "secret-of-github"
    path.write_text(CLIENT_SECRET + "\n")
    path.chmod(0o600)
    settings = settings_of("github", upstream, house.folder)
    del settings["client_secret"]
    if where == "file":
        settings["client_secret_file"] = str(path)
    else:
        house.environment["MARTLET_PROVIDERS_GITHUB_CLIENT_SECRET_FILE"] = str(path)
    write(house, [("github", settings)])
    with house:
        somebody(upstream, "github")
        assert come_by(house, visitor(), "github").path == "/account"


def test_nobody_is_asked_anything_before_somebody_signs_in(upstream):
    with serving(upstream) as house:
        sign_in_page(house, visitor(), wiki_app(house))
        assert upstream.log() == []
    # Nor does one that is away keep a server from starting.
    away = Providers(signing=()).start()
    try:
        house = make(away)
    finally:
        away.stop()
    with house:
        assert offered(house) == list(KINDS)


@pytest.mark.parametrize("settings,words", [
    ({"client_idd": "x"}, "did you mean providers.github.client_id?"), ({"base_url": "http://github.example"}, "http is for this machine"),
    ({"base_url": "https://github.example/"}, "slash"), ({"pkce": "perhaps"}, "providers.github.pkce"),
    ({"type": "githup"}, "providers.github.type"), ({"issuer": "https://github.com"}, "is for the type openid"),
    ({"organisation": "example.org"}, "google or microsoft"), ({"scopes": []}, "at least one")])
def test_what_cannot_be_right_is_refused_with_what_is(house, upstream, settings, words):
    write(house, [("github", settings_of("github", upstream, house.folder) | settings)])
    result = house.command("serve", check=False)
    assert result.returncode == 1 and words in result.stderr, result.stderr
    assert "martlet.yaml:" in result.stderr and CLIENT_SECRET not in result.stderr
    assert not (house.folder / "data/martlet.db").exists()


@pytest.mark.parametrize("id,words", [
    ("githup", "did you mean github?"), ("GitHub", "did you mean github?"), ("password", "means something else"), ("a", "2 to 32")])
def test_a_name_that_is_none_is_refused_with_the_likely_one(house, upstream, id, words):
    write(house, [(id, {"client_id": "x", "client_secret": "y"})])
    code, text = check(house)
    assert code == 1 and words in text, text


@pytest.mark.parametrize("methods,words", [
    (["password", "githubb"], "did you mean github?"), (["password", "google"], "providers.google"),
    (["github", "github"], "twice"), ([], "at least one")])
def test_ways_to_sign_in_that_are_none_are_refused_B011(house, upstream, methods, words):
    write(house, [("github", settings_of("github", upstream, house.folder))], sign_in={"methods": methods})
    code, text = check(house)
    assert code == 1 and words in text, text


def test_nobody_could_sign_in_by_one_that_is_off_B040(house):
    write(house, [("github", {"client_id": "x"})], sign_in={"methods": ["github"]})
    code, text = check(house)
    assert code == 1 and "nobody could sign in" in text and "client_secret" in text, text


# What check finds


def test_check_finds_nothing_where_all_is_well(house, upstream):
    write(house, [(kind, settings_of(kind, upstream, house.folder)) for kind in KINDS])
    code, text = check(house)
    assert code == 0, text
    for kind in KINDS:
        assert f"{house.issuer}/upstream/{kind}/callback" in text, f"the address to register at {kind}"
    assert CLIENT_SECRET not in text


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "apple"])
def test_check_says_which_secret_is_wrong(house, upstream, kind):
    write(house, [(kind, settings_of(kind, upstream, house.folder) | {"client_secret": "guessed"})])
    code, text = check(house)
    assert f"{NAMES[kind]} does not take the client id and secret" in text and "guessed" not in text, text
    assert code == 1


@pytest.mark.parametrize("kind", ["github", "google", "openid"])
def test_check_says_who_is_not_there(house, upstream, kind):
    settings = settings_of(kind, upstream, house.folder)
    settings["issuer" if kind == "openid" else "base_url"] = f"http://127.0.0.1:{free_port()}"
    write(house, [(kind, settings)])
    code, text = check(house)
    assert NAMES[kind] in text and code == 1, text


@pytest.mark.parametrize("order,words", [
    ({"discovery": {"issuer": "https://evil.example"}}, "https://evil.example"),
    ({"discovery": {"token_endpoint": "http://10.0.0.1/token"}}, "token_endpoint"),
    ({"discovery": {"jwks_uri": None}}, "jwks_uri"),
    ({"discovery": {"token_endpoint_auth_methods_supported": ["private_key_jwt"]}}, "takes no client secret")])
def test_check_says_what_is_wrong_with_a_discovery_document_SO4_IN11(house, upstream, order, words):
    write(house, [("openid", settings_of("openid", upstream, house.folder))])
    upstream.claims("oidc", **order)
    code, text = check(house)
    assert "Any OpenID" in text and words in text and code == 1, text


# In which order, and to whom


def test_the_order_of_the_settings_is_the_order_of_the_page_B011(house, upstream):
    write(house, [(kind, settings_of(kind, upstream, house.folder)) for kind in ("github", "discord", "google")],
          sign_in={"methods": ["google", "password", "github"]})
    with house:
        page = sign_in_page(house, visitor())
        places = [page.text.index(words) for words in ("Continue with Google", 'name="password"', "Continue with GitHub")]
        assert places == sorted(places) and ways(page) == ["google", "github"]
        assert "Discord" not in page.text
        person = visitor()
        fields = {"csrf": sign_in_page(house, person).form("/sign-in").fields["csrf"]}
        assert person.go(house.issuer + "/upstream/discord", "post", fields).status in (403, 404)


@pytest.fixture
def apps(house, upstream):
    write(house, [(kind, settings_of(kind, upstream, house.folder)) for kind in ("github", "discord")])
    for name, methods in (("engineers", ["github"]), ("others", ["password", "magic_link"])):
        house.add_client(name, SECRET, redirect_uris=[f"{CALLBACK}/{name}"], scope="openid profile email",
                         martlet_skips_consent=True, martlet_sign_in_methods=methods)
    with house:
        yield {name: RelyingParty(house.issuer, name, SECRET, f"{CALLBACK}/{name}") for name in ("engineers", "others")}


def test_an_app_says_which_ways_it_takes_B133(apps, house, upstream):
    person = visitor()
    page = sign_in_page(house, person, apps["engineers"])
    assert ways(page) == ["github"] and 'name="password"' not in page.text and "Email me" not in page.text
    request = dict(page.forms[0].fields)
    assert person.go(house.issuer + "/upstream/discord", "post", request).status == 403
    assert upstream.log() == []
    somebody(upstream, "github")
    assert isinstance(come_by(house, person, "github", apps["engineers"]), Arrival)
    other = visitor()
    page = sign_in_page(house, other, apps["others"])
    assert ways(page) == [] and 'name="password"' in page.text
    assert other.go(house.issuer + "/upstream/github", "post", page.form("/sign-in").fields).status == 403


def test_a_hint_leads_straight_there_once_B133(house, upstream):
    write(house, [("github", settings_of("github", upstream, house.folder)),
                  ("google", settings_of("google", upstream, house.folder))])
    with house:
        somebody(upstream, "github")
        wiki, person = wiki_app(house), visitor()
        place = person.go(wiki.authorization_url(idp_hint="github"))
        assert isinstance(place, Arrival) and wiki.come_back(place)["userinfo"]["amr"] == ["github"]
        assert query_hint(upstream, house) == "ann-hint@example.com"
        # After a fault the page is shown; nobody is sent round in a circle.
        upstream.fault("github", "deny")
        other = visitor()
        place = other.go(wiki_app(house).authorization_url(idp_hint="github"))
        assert place.heading.startswith("Sign in") and ways(place) == ["github", "google"]
        again = other.go(place.url if place.path == "/sign-in" else house.issuer + "/sign-in?request=" +
                         place.form("/sign-in").fields["request"])
        assert again.path == "/sign-in" and led_away(again) is None
        # One that nobody knows is no hint.
        for hint in ("nobody", "../evil", "password", ""):
            assert sign_in_page(house, visitor(), Hinted(wiki_app(house), hint))


class Hinted:
    def __init__(self, app, hint):
        self.app, self.hint = app, hint

    def authorization_url(self):
        return self.app.authorization_url(idp_hint=self.hint)


def query_hint(upstream, house):
    """What Google is told of whom an app expects."""
    visitor().go(wiki_app(house).authorization_url(idp_hint="google", login_hint="ann-hint@example.com"))
    return query_of("?" + upstream.log("google", "authorize")[-1]["query"])["login_hint"]
