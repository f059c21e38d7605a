"""People and roles from the command line, and what an app that demands a role makes of them."""
import pytest
import requests

from martlet import PASSWORD, Martlet
from person import Person

CALLBACK = "http://127.0.0.1:9903/callback"


@pytest.fixture(scope="module")
def house():
    server = Martlet()
    server.add_client("office", redirect_uris=[CALLBACK], token_endpoint_auth_method="none", scope="openid roles",
                      martlet_required_roles=["staff"])
    server.command("user", "add", "--email", "bob@example.org", "--name", "Bob", stdin=PASSWORD + "\n")
    with server:
        yield server


def authorize(house):
    return requests.Request("GET", house.issuer + "/authorize", params={
        "client_id": "office", "response_type": "code", "scope": "openid roles", "redirect_uri": CALLBACK,
        "code_challenge": "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM", "code_challenge_method": "S256"}).prepare().url


def test_a_role_opens_an_app_and_losing_it_closes_the_app_again(house):
    bob = Person("bob@example.org", clients=(CALLBACK,))
    page = bob.sign_in_on(bob.go(house.issuer + "/sign-in"))
    assert page.path == "/account"
    assert "Only people with the role staff may sign in to Office" in bob.go(authorize(house)).text
    house.command("user", "role", "bob@example.org", "--add", "staff")
    assert "Allow Office to use your account?" in bob.go(authorize(house)).text
    house.command("user", "role", "bob@example.org", "--remove", "staff")
    assert "Only people with the role staff" in bob.go(authorize(house)).text


@pytest.mark.parametrize("arguments,code", [
    (["role", "nobody@example.org", "--add", "staff"], 1), (["role", "bob@example.org", "--add", "two words"], 2),
    (["role", "bob@example.org", "--add", ""], 2), (["add", "--email", "nonsense"], 2),
    (["add", "--email", "bob@example.org"], 1), (["add", "--email", "eve@example.org", "--role", "a,b"], 2)])
def test_what_cannot_be_done_is_refused_and_changes_nothing(house, arguments, code):
    before = house.command("user", "list").stdout
    refused = house.command("user", *arguments, stdin=PASSWORD + "\n", check=False)
    assert refused.returncode == code and refused.stderr
    assert house.command("user", "list").stdout == before


def test_a_password_that_is_too_short_is_refused(house):
    refused = house.command("user", "add", "--email", "eve@example.org", stdin="short\n", check=False)
    assert refused.returncode == 1 and "15 characters" in refused.stderr
    assert "eve@" not in house.command("user", "list").stdout


def test_a_taken_port_is_named(house):
    second = Martlet()
    second.environment |= {"MARTLET_ISSUER": house.issuer}
    refused = second.command("serve", check=False)
    assert refused.returncode == 1
    assert f":{house.port} cannot be listened at: another program listens there" in refused.stderr


def test_in_the_wrong_folder_nothing_is_made(house):
    lost = Martlet()
    for name in ("Clients", "Keys", "data"):
        (lost.folder / name).rmdir()
    refused = lost.command("serve", check=False)
    assert refused.returncode == 1 and "Clients" in refused.stderr
    assert list(lost.folder.iterdir()) == []
