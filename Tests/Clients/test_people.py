"""People and roles from the command line, and what an app that demands a role makes of them."""
import json

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
    house.command("user", "role", "bob@example.org", "--add", "staff", "--reason", "new here")
    assert "Allow Office to use your account?" in bob.go(authorize(house)).text
    house.command("user", "role", "bob@example.org", "--remove", "staff", "--reason", "moved on")
    assert "Only people with the role staff" in bob.go(authorize(house)).text


@pytest.mark.parametrize("arguments,code", [
    (["roles", "nobody@example.org", "--add", "staff", "--reason", "x"], 1),
    (["role", "bob@example.org", "--add", "two words", "--reason", "x"], 2),
    (["role", "bob@example.org", "--add", "", "--reason", "x"], 2), (["add", "--email", "nonsense"], 2),
    (["roles", "bob@example.org", "--reason", "x"], 2), (["roles", "bob@example.org", "--add", "staff"], 2),
    (["disable", "bob@example.org", "--yes"], 2), (["disable", "bob@example.org", "--reason", "left"], 2),
    (["disable", "nobody@example.org", "--yes", "--reason", "left"], 1),
    (["disable", "bob@example.org", "--yes", "--reason", "two\nlines"], 2),
    (["disable", "bob@example.org", "--yes", "--reason", "x" * 201], 2), (["disable", "--yes", "--reason", "x"], 2),
    (["delete", "bob@example.org", "--reason", "left"], 2), (["delete", "bob@example.org", "--yes"], 2),
    (["recover", "nobody@example.org", "--reason", "x"], 1), (["recover", "bob@example.org"], 2),
    (["recover", "bob@example.org", "--reason", "x", "--password", "y"], 2),
    (["delete", "bob@example.org", "--now", "--reason", "left"], 2), (["delete", "bob@example.org", "--now", "--yes"], 2),
    (["delete", "nobody@example.org", "--now", "--yes", "--reason", "x"], 1),
    (["enable", "nobody@example.org", "--reason", "x"], 1), (["enable", "bob@example.org"], 2),
    (["end-sessions", "bob@example.org", "--yes"], 2), (["end-sessions", "nobody", "--yes", "--reason", "x"], 1),
    (["show", "nobody@example.org"], 1), (["show", "no-such-id"], 1), (["show"], 2), (["show", "bob@example.org", "--events", "-1"], 2),
    (["list", "--state", "asleep"], 2), (["list", "--limit", "0"], 2), (["list", "--after", "nonsense"], 2),
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
    lost = Martlet(make_keys=True)
    for name in ("Clients", "Keys", "data"):
        (lost.folder / name).rmdir()
    refused = lost.command("serve", check=False)
    assert refused.returncode == 1 and "Clients" in refused.stderr
    assert list(lost.folder.iterdir()) == []


@pytest.fixture
def office():
    """People of every state, on a server that is running."""
    server = Martlet()
    server.add_person("root@example.org", "Root")
    for email, name in (("ann@example.org", "Ännchen Groß"), ("bob@example.org", "Bob"), ("cem@example.org", "Cem")):
        server.command("user", "add", "--email", email, "--name", name, "--role", "staff", stdin=PASSWORD + "\n")
    with server:
        yield server


def people(house, *arguments):
    return [json.loads(line) for line in house.command("user", "list", "--json", *arguments).stdout.splitlines()]


def person(house, email):
    return json.loads(house.command("user", "show", email, "--json").stdout)


def test_people_are_found_by_address_name_role_and_state(office):
    office.command("user", "disable", "bob@example.org", "--yes", "--reason", "left")
    office.command("user", "delete", "cem@example.org", "--yes", "--reason", "left")
    found = lambda *arguments: [one["email"].split("@")[0] for one in people(office, *arguments)]
    assert found() == ["ann", "bob", "cem", "root"]
    assert found("--query", "ANNCHEN") == found("--query", "ännchen") == found("--query", "Ann@") == ["ann"]
    assert found("--role", "staff") == ["ann", "bob", "cem"] and found("--role", "administrator") == ["root"]
    assert found("--state", "active") == ["ann", "root"] and found("--state", "unverified") == []
    assert found("--state", "disabled") == ["bob"] and found("--state", "deleted") == ["cem"]
    assert found("--limit", "2") == ["ann", "bob"] and found("--after", "bob@example.org") == ["cem", "root"]
    assert "--after bob@example.org" in office.command("user", "list", "--limit", "2").stderr
    table = office.command("user", "list").stdout.splitlines()
    assert table[0].split() == ["address", "state", "roles", "name", "id"] and len(table) == 5
    assert office.command("user", "list", "--query", "nobody").stdout == ""


def test_a_person_is_shown_with_everything_around_them_and_no_secret(office):
    browser = Person("ann@example.org")
    assert browser.sign_in_on(browser.go(office.issuer + "/sign-in")).path == "/account"
    # What a server records is written a moment later.
    for _ in range(100):
        shown = person(office, "ann@example.org")
        if "sign_in" in {event["kind"] for event in shown["events"]}:
            break
    assert shown == person(office, shown["id"]) | {"events": shown["events"]}
    assert shown["state"] == "active" and shown["roles"] == [{"name": "staff"}] and shown["has_password"] is True
    assert [one["method"] for one in shown["methods"]] == ["pwd"] and len(shown["sessions"]) == 1
    assert shown["preferences"] == {"magic_links": False, "sign_in_notices": "new_browsers"}
    assert {"account_created", "sign_in"} <= {event["kind"] for event in shown["events"]}
    for text in (json.dumps(shown), office.command("user", "show", "ann@example.org").stdout):
        assert "argon2" not in text and "mse_" not in text and "Ann" in text.replace("\\u00c4nn", "Ann").replace("Änn", "Ann")


def test_a_slip_in_an_address_is_met_with_the_nearest_one(office):
    refused = office.command("user", "show", "anm@example.org", check=False)
    assert refused.returncode == 1 and "did you mean ann@example.org?" in refused.stderr


def test_who_is_disabled_is_out_at_once_and_stays_out_of_old_sessions(office):
    browser = Person("ann@example.org")
    browser.sign_in_on(browser.go(office.issuer + "/sign-in"))
    assert browser.go(office.issuer + "/account").path == "/account"
    done = json.loads(office.command(
        "user", "disable", "ann@example.org", "--yes", "--json", "--reason", "left the company").stdout)
    assert done["state"] == "disabled"
    assert browser.go(office.issuer + "/account").path == "/sign-in"
    assert person(office, "ann@example.org")["sessions"] == []
    assert "already" in office.command("user", "disable", "ann@example.org", "--yes", "--reason", "again").stdout
    office.command("user", "enable", "ann@example.org", "--reason", "came back")
    assert browser.go(office.issuer + "/account").path == "/sign-in"
    event = person(office, "ann@example.org")["events"][0]
    assert event["kind"] == "account_enabled" and event["actor"].startswith("operator:")
    assert event["details"] == {"method": "command", "why": "came back"}


def test_sessions_end_without_the_account_being_touched(office):
    browser = Person("ann@example.org")
    browser.sign_in_on(browser.go(office.issuer + "/sign-in"))
    ended = office.command("user", "end-sessions", "ann@example.org", "--yes", "--json", "--reason", "lost laptop")
    assert json.loads(ended.stdout) == {"sessions": 1, "applications": 0}
    assert browser.go(office.issuer + "/account").path == "/sign-in"
    assert person(office, "ann@example.org")["state"] == "active"


@pytest.mark.parametrize("words", [
    ["disable", "root@example.org", "--yes"], ["delete", "root@example.org", "--yes"],
    ["delete", "root@example.org", "--now", "--yes"],
    ["roles", "root@example.org", "--remove", "administrator"]])
def test_the_last_administrator_stays(office, words):
    refused = office.command("user", *words, "--reason", "a mistake", check=False)
    assert refused.returncode == 1 and "last administrator" in refused.stderr
    assert person(office, "root@example.org")["roles"] == [{"name": "administrator"}]
    office.command("user", "roles", "ann@example.org", "--add", "administrator", "--reason", "second")
    office.command("user", *words, "--reason", "now rightly")


def test_an_invitation_takes_the_place_of_an_earlier_one_and_is_for_nobody_with_an_account(office):
    told = json.loads(office.command(
        "user", "invite", "new@example.org", "--role", "staff", "--name", "New", "--json", "--reason", "joins").stdout)
    assert told["email"] == "new@example.org" and set(told) == {"email", "name", "roles", "created_at", "expires_at"}
    assert office.sql("SELECT email FROM invitations") == "new@example.org"
    again = office.command("user", "invite", "NEW@example.org", "--reason", "lost the mail")
    assert "is invited until" in again.stdout
    assert office.sql("SELECT count(*) FROM one_time_artefacts WHERE kind = 'invitation'") == "1"
    refused = office.command("user", "invite", "ann@example.org", "--reason", "again", check=False)
    assert refused.returncode == 1 and "has an account already" in refused.stderr
    forged = requests.get(office.issuer + "/invitation/miv_" + "A" * 43, timeout=10)
    assert forged.status_code == 404 and "does not work any more" in forged.text
    for words in (["nonsense"], ["x@example.org", "--role", "a b"], ["x@example.org", "--name", "a\nb"], ["x@example.org"]):
        assert office.command("user", "invite", *words, check=False).returncode == 2


def test_invitations_are_listed_and_taken_back_once(office):
    office.command("user", "invite", "eve@example.org", "--role", "staff", "--reason", "joins")
    link = next(one for one in office.mails(to="eve@example.org")[0].links if "/invitation/" in one)
    listed = [json.loads(line) for line in office.command("user", "invitations", "--json").stdout.splitlines()]
    eve = next(one for one in listed if one["email"] == "eve@example.org")
    assert eve["roles"] == [{"name": "staff"}] and "invited_by" not in eve
    assert "eve@example.org, until " in office.command("user", "invitations").stdout
    for words, code in ((["nobody@example.org"], 1), (["ann@example.org"], 1), (["nonsense"], 2), ([], 2)):
        refused = office.command("user", "invitations", "withdraw", *words, "--reason", "x", check=False)
        assert refused.returncode == code, words
    assert office.command("user", "invitations", "withdraw", "eve@example.org", check=False).returncode == 2, "no reason"
    assert requests.get(link, timeout=10).status_code == 200
    done = office.command("user", "invitations", "withdraw", "EVE@example.org", "--reason", "does not join")
    assert "is withdrawn" in done.stdout and requests.get(link, timeout=10).status_code == 404
    again = office.command("user", "invitations", "withdraw", "eve@example.org", "--reason", "again", check=False)
    assert again.returncode == 1 and "no invitation to eve@example.org waits" in again.stderr
    assert "eve@example.org" not in office.command("user", "invitations").stdout


def test_mail_about_it_waits_in_the_outbox_unless_it_is_to_be_quiet():
    # Nobody serves, so that nobody sends.
    house = Martlet()
    for email in ("ann@example.org", "bob@example.org"):
        house.command("user", "add", "--email", email, stdin=PASSWORD + "\n")
    count = lambda: house.sql("SELECT count(*) FROM outbox WHERE kind = 'account_disabled'")
    house.command("user", "disable", "ann@example.org", "--yes", "--quiet", "--reason", "left")
    assert count() == "0"
    house.command("user", "disable", "bob@example.org", "--yes", "--reason", "left")
    assert count() == "1"


def test_who_is_invited_comes_in_by_the_mail_with_the_roles_that_were_meant(office):
    office.command("user", "invite", "max@example.org", "--role", "staff", "--name", "Max", "--reason", "joins")
    link = next(one for one in office.mails(to="max@example.org")[0].links if "/invitation/" in one)
    browser = Person("max@example.org")
    page = browser.go(link)
    assert page.heading.startswith("Welcome") and browser.go(link).status == 200
    page = browser.submit(page, page.form("/invitation/"), name="Max", password="nine copper teapots sing")
    assert page.path == "/account" and browser.go(link).status == 404
    assert person(office, "max@example.org")["roles"] == [{"name": "staff"}]


def test_recovery_is_started_by_a_mail_to_the_person_and_for_nobody_who_is_shut_out(office):
    told = office.command("user", "recover", "ann@example.org", "--reason", "lost the note")
    assert "ann@example.org" in told.stdout and "/recovery/" not in told.stdout + told.stderr
    link = next(one for one in office.mails(to="ann@example.org")[-1].links if "/recovery/" in one)
    assert link not in office.command("user", "show", "ann@example.org", "--json").stdout
    browser = Person("ann@example.org")
    page = browser.go(link)
    page = browser.submit(page, page.form("/recovery/"), password="nine copper teapots sing")
    assert browser.go(link).status == 404
    event = person(office, "ann@example.org")["events"]
    assert [one["details"] for one in event if one["kind"] == "recovery_started"] == [
        {"method": "command", "why": "lost the note"}]
    office.command("user", "disable", "bob@example.org", "--yes", "--quiet", "--reason", "left")
    office.command("user", "delete", "cem@example.org", "--yes", "--quiet", "--reason", "left")
    for name in ("bob", "cem"):
        refused = office.command("user", "recover", f"{name}@example.org", "--reason", "x", check=False)
        assert refused.returncode == 1 and "martlet user enable comes first" in refused.stderr
    assert office.sql("SELECT count(*) FROM outbox WHERE kind = 'recovery_started'") == "0"


def test_an_id_that_begins_with_a_dash_is_found_behind_two_of_them(office):
    # Nothing here makes such an id; people brought along from elsewhere may have one.
    refused = office.command("user", "show", "-Hue17oIGSonEeTgKI2pGQ", "--json", check=False)
    assert refused.returncode == 2 and "after --." in " ".join(refused.stderr.split())
    missing = office.command("user", "show", "--json", "--", "-Hue17oIGSonEeTgKI2pGQ", check=False)
    assert missing.returncode == 1 and "nobody has the address or id" in missing.stderr
    assert office.command("audit", "--subject", "-Hue17oIGSonEeTgKI2pGQ").returncode == 0


def test_an_account_is_removed_at_once_and_its_person_hears_of_it(office):
    browser = Person("ann@example.org")
    browser.sign_in_on(browser.go(office.issuer + "/sign-in"))
    subject = person(office, "ann@example.org")["id"]
    told = office.command("user", "delete", "ann@example.org", "--now", "--yes", "--json", "--reason", "to be forgotten")
    assert json.loads(told.stdout) == {"id": subject, "purged": True}
    assert browser.go(office.issuer + "/account").path == "/sign-in"
    # Who signs in for the first time to an account just made is told of that by nobody.
    (mail,) = office.mails(to="ann@example.org", count=1)
    assert "was switched off" in mail.subject
    for words in (["show", subject], ["enable", subject, "--reason", "x"],
                  ["delete", subject, "--now", "--yes", "--reason", "x"], ["recover", subject, "--reason", "x"]):
        refused = office.command("user", *words, check=False)
        assert refused.returncode == 1 and "nobody has the address or id" in refused.stderr
    events = [json.loads(line) for line in office.command("audit", "--subject", subject, "--json").stdout.splitlines()]
    assert events[-1]["kind"] == "account_purged" and events[-1]["why"] == "to be forgotten"
    assert "ann@" not in json.dumps(events)
    # One who was deleted before is removed too, and hears nothing more.
    office.command("user", "delete", "bob@example.org", "--yes", "--quiet", "--reason", "left")
    office.command("user", "delete", "bob@example.org", "--now", "--yes", "--reason", "to be forgotten")
    assert office.sql("SELECT count(*) FROM accounts") == "2"


@pytest.mark.parametrize("words", [["disable"], ["delete"], ["delete", "--now"]])
def test_who_is_shut_out_gets_the_mail_that_says_so_and_none_that_waited(words):
    # Nobody serves while it is done: what waits, waits.
    house = Martlet()
    house.command("user", "add", "--email", "ann@example.org", stdin=PASSWORD + "\n")
    house.command("user", "recover", "ann@example.org", "--reason", "lost the note")
    assert house.sql("SELECT kind FROM outbox") == "recovery_started"
    house.command("user", words[0], "ann@example.org", *words[1:], "--yes", "--reason", "left")
    assert house.sql("SELECT kind FROM outbox") == "account_disabled"
    with house:
        (mail,) = house.mails(to="ann@example.org")
        assert "was switched off" in mail.subject


def without_mail(house):
    """The same server as one that has a name in the world, and no way to send mail."""
    environment = {name: value for name, value in house.environment.items() if not name.startswith("MARTLET_MAIL")}
    return environment | {"MARTLET_ISSUER": "https://id.example.org"}


def test_nobody_is_invited_and_no_recovery_begins_where_no_mail_is_sent(office):
    for words in (["new@example.org"], ["new@example.org", "--json"], ["ann@example.org"]):
        refused = office.command(
            "user", "invite", *words, "--reason", "joins", check=False, environment=without_mail(office))
        assert refused.returncode == 1 and "mail.smtp.host" in refused.stderr and refused.stdout == ""
    refused = office.command(
        "user", "recover", "ann@example.org", "--reason", "lost", check=False, environment=without_mail(office))
    assert refused.returncode == 1 and "mail.smtp.host" in refused.stderr and refused.stdout == ""
    assert office.sql("SELECT count(*) FROM invitations") == "0"
    assert office.sql("SELECT count(*) FROM outbox WHERE kind = 'recovery_started'") == "0"
    assert "is invited until" in office.command("user", "invite", "new@example.org", "--reason", "joins").stdout


@pytest.mark.parametrize("verb", ["disable", "delete"])
def test_who_changes_a_person_that_cannot_hear_of_it_is_told_so(office, verb):
    told = lambda *words, **more: office.command("user", *words, "--yes", "--reason", "left", **more).stderr
    assert "no mail is sent" in told(verb, "ann@example.org", environment=without_mail(office))
    # Nothing was changed the second time, or the person was not to hear of it, or can.
    assert "no mail is sent" not in told(verb, "ann@example.org", environment=without_mail(office))
    assert "no mail is sent" not in told(verb, "bob@example.org", "--quiet", environment=without_mail(office))
    assert "no mail is sent" not in told(verb, "cem@example.org")
