"""Every page in every state it has, and how a browser comes to see it.

Each function leads the browser to one page; the name of the function is the name of the page. They know where they
begin: in a browser that nobody has used."""
import json
import time
from urllib.parse import quote

from pictures import picture

STATES = []
LONG = "Rechtsschutzversicherungsgesellschaftsverwaltungsportal der Donaudampfschifffahrtsgesellschaft"
NAME = "Maximiliane Friederike Prinzessin von und zu Hohenlohe-Waldenburg-Schillingsfürst"
LONG_EMAIL = "maximiliane-friederike.hohenlohe-waldenburg-schillingsfuerst@verwaltung.example.org"


def state(heading):
    """Marks a state, and what the page is called."""
    def add(function):
        function.heading = heading
        STATES.append(function)
        return function
    return add


class Scene:
    """What the pages are about: the server, one without any person, one that always asks whether somebody is a
    robot, and one that lets another company ask; people, clients, the demo, and the browser in front of them."""

    def __init__(self, screen, house, fresh, asking, hosting, people, clients, demo):
        self.screen, self.house, self.people, self.clients, self.demo = screen, house, people, clients, demo
        self.fresh, self.asking, self.hosting = fresh, asking, hosting
        self.mails_before = {}

    def open(self, path):
        self.screen.open(self.house.issuer + path)

    def sign_in(self, who="ada"):
        self.open("/sign-in")
        self.screen.sign_in(*self.people[who])
        self.screen.wait_for_heading("Your account")

    def leave(self, who):
        """Deletes the account, unless it is deleted, and signs in to it again."""
        self.open("/sign-in")
        self.screen.sign_in(*self.people[who])
        if self.screen.heading == "Your account":
            self.open("/account/delete")
            self.screen.find("#sure").click()
            self.screen.press("Delete my account")
            self.open("/sign-in")
            self.screen.sign_in(*self.people[who])

    def mailed(self, address, part):
        """The latest mail to an address since `ask_for_recovery` that has such a link, once it has come."""
        before, deadline = self.mails_before.get(address, 0), time.monotonic() + 10
        while time.monotonic() < deadline:
            found = [mail for mail in self.house.mails(address, count=0)[before:] if any(part in link for link in mail.links)]
            if found:
                return found[-1]
            time.sleep(0.05)
        raise AssertionError(f"no mail to {address} with {part}")

    def ask_for_recovery(self, address):
        """Up to the page where the code is typed."""
        self.mails_before[address] = len(self.house.mails(address, count=0))
        self.open("/recovery")
        self.screen.type("email", address)
        self.screen.press("Send mail")
        self.screen.wait_for_heading("Check your mail")

    def ask_for_address(self, who, address):
        """Up to the page where the code is typed, and the mail that came of it."""
        self.sign_in(who)
        self.open("/account/address")
        self.screen.type("email", address)
        self.screen.press("Send mail")
        self.screen.wait_for_heading("Check your mail")
        return self.mailed(address, "/address-change/")

    def allow(self, client, **request):
        """Allows the client and answers what it redeems the code for."""
        self.screen.open(client.authorize(**request))
        self.screen.press_if("Allow")
        self.screen.wait_for_heading("Back at the client")
        return client.redeem(client.returned().parameters["code"])


@state("Your account at localhost")
def home(scene):
    scene.open("/")


@state("Sign in")
def sign_in(scene):
    scene.open("/sign-in")


@state("Sign in to continue to Wiki")
def sign_in_for_a_client(scene):
    scene.screen.open(scene.clients["wiki"].authorize())


@state(f"Sign in to continue to {LONG}")
def sign_in_for_a_client_with_a_long_name(scene):
    scene.screen.open(scene.clients["long"].authorize(login_hint=LONG_EMAIL))


@state("Sign in to continue to Wiki")
def sign_in_with_nothing_entered(scene):
    scene.screen.open(scene.clients["wiki"].authorize())
    scene.screen.press("Sign in")


@state("Sign in to continue to Wiki")
def sign_in_with_a_wrong_password(scene):
    scene.screen.open(scene.clients["wiki"].authorize())
    scene.screen.sign_in("ada@example.org", "not the password at all")


@state("Sign in to continue to Wiki")
def sign_in_after_too_many_tries(scene):
    scene.screen.open(scene.clients["wiki"].authorize())
    for _ in range(11):
        scene.screen.sign_in("somebody@example.org", "not the password at all")
        if "There were too many tries." in scene.screen.text:
            return
    raise AssertionError("eleven wrong passwords were tried")


@state("Sign in")
def sign_in_with_a_puzzle(scene):
    scene.screen.open(scene.asking.issuer + "/sign-in")
    scene.screen.until(lambda: "Checked: you are not a robot." in scene.screen.text)


@state("Sign in")
def sign_in_with_a_puzzle_and_without_scripts(scene):
    scene.screen.scripts(False)
    scene.screen.open(scene.asking.issuer + "/sign-in")
    assert "JavaScript is off in this browser." in scene.screen.text


@state("Sign in")
def sign_in_without_scripts_once_too_often(scene):
    scene.screen.scripts(False)
    scene.screen.open(scene.asking.issuer + "/sign-in")
    for _ in range(6):
        scene.screen.sign_in("ada@example.org", "not the password at all")
    assert "or wait 15 minutes, then try again." in scene.screen.text


@state("Sign in")
def sign_in_with_another_companys_check(scene):
    scene.screen.open(scene.hosting.issuer + "/sign-in")
    scene.screen.until(lambda: "Widget for" in scene.screen.text)


@state("Sign in")
def sign_in_when_the_check_is_out_of_order(scene):
    scene.screen.open(scene.hosting.issuer + "/sign-in")
    scene.screen.until(lambda: "Widget for" in scene.screen.text)
    scene.screen.driver.execute_script("document.querySelector('[name=cf-turnstile-response]').value = 'broken-1'")
    scene.screen.sign_in("ada@example.org", "not the password at all")
    assert "It could not be checked that you are not a robot." in scene.screen.text


@state("Sign in to continue to Wiki")
def sign_in_again(scene):
    scene.sign_in()
    scene.screen.open(scene.clients["wiki"].authorize(prompt="login"))


@state("Sign in to continue to Wiki")
def sign_in_instead_of_signing_up(scene):
    scene.screen.open(scene.clients["wiki"].authorize(prompt="create"))
    scene.screen.press("I have an account: sign in")


@state("Choose an account for Wiki")
def select_account(scene):
    scene.sign_in()
    scene.screen.open(scene.clients["wiki"].authorize(prompt="select_account"))


@state(f"Choose an account for {LONG}")
def select_a_long_account(scene):
    scene.sign_in("max")
    scene.screen.open(scene.clients["long"].authorize(prompt="select_account"))


@state("Allow Wiki to use your account?")
def consent(scene):
    scene.sign_in()
    scene.screen.open(scene.clients["wiki"].authorize(prompt="consent"))


@state(f"Allow {LONG} to use your account?")
def consent_to_everything(scene):
    scene.sign_in("max")
    scene.screen.open(scene.clients["long"].authorize(
        scope=scene.clients["long"].scope, prompt="consent",
        resource=scene.clients["long"].resource))


@state("You are on your way")
def form_post_without_scripts(scene):
    scene.sign_in()
    scene.screen.scripts(False)
    scene.screen.open(scene.clients["wiki"].authorize(prompt="consent", response_mode="form_post"))
    scene.screen.press("Allow")


@state("This account cannot be used for Vault")
def not_allowed(scene):
    scene.sign_in()
    scene.screen.open(scene.clients["vault"].authorize())


@state(f"This account cannot be used for {LONG}")
def not_allowed_by_roles_with_long_names(scene):
    scene.sign_in("max")
    scene.screen.open(scene.clients["fort"].authorize())


@state("We do not know this app")
def error_unknown_client(scene):
    scene.screen.open(scene.clients["wiki"].authorize().replace("client_id=wiki", "client_id=nobody"))


@state("We cannot send you back to this app")
def error_redirect_mismatch(scene):
    scene.screen.open(scene.clients["wiki"].authorize(redirect_uri="https://elsewhere.example.org/" + "x" * 120))
    scene.screen.find("summary").click()


@state("There is no page here")
def error_not_found(scene):
    scene.open("/nowhere")


@state("This page has expired")
def error_request_expired(scene):
    scene.open("/consent?request=mpa_" + "a" * 43)


@state("Please try that again")
def error_form_not_genuine(scene):
    scene.open("/sign-in")
    scene.screen.driver.execute_script("document.querySelector('[name=csrf]').value = 'x'")
    scene.screen.sign_in(*scene.people["ada"])


@state("Create the first administrator")
def first_administrator(scene):
    scene.screen.open(scene.fresh.setup_link())


@state("Create the first administrator")
def first_administrator_with_nothing_entered(scene):
    scene.screen.open(scene.fresh.setup_link())
    scene.screen.press("Create administrator")


@state("This setup link does not work")
def first_administrator_when_the_link_is_dead(scene):
    scene.open("/setup/mst_" + "a" * 43)


@state("Your account")
def account_for_the_first_time(scene):
    scene.sign_in("new")


@state("Sign-ins and browsers")
def account_sessions_and_browsers(scene):
    scene.sign_in("max")
    scene.screen.reset()
    scene.sign_in("max")
    scene.open("/account/sessions")


@state("Sign-ins and browsers")
def account_sessions_after_signing_out_others(scene):
    scene.sign_in("max")
    scene.screen.reset()
    scene.sign_in("max")
    scene.open("/account/sessions")
    scene.screen.press("Sign out all others")


@state("Sign-ins and browsers")
def account_session_that_was_gone(scene):
    scene.sign_in()
    scene.open("/account/sessions")
    scene.screen.driver.execute_script("document.querySelector('[name=session]').value = 'x'")
    scene.screen.press("Sign out", within="#sessions")


@state("Connected apps")
def account_applications(scene):
    scene.sign_in("max")
    scene.allow(scene.clients["long"], scope=scene.clients["long"].scope)
    scene.allow(scene.clients["wiki"])
    scene.open("/account/applications")


@state("Connected apps")
def account_applications_without_any(scene):
    scene.sign_in("new")
    scene.open("/account/applications")


@state("Profile")
def account_profile(scene):
    scene.sign_in("new")
    scene.open("/account/profile")


@state("Profile")
def account_profile_saved_and_long(scene):
    scene.sign_in("max")
    scene.open("/account/profile")
    for field, text in (("name", NAME), ("given_name", "Maximiliane Friederike"), ("username", "m" * 150),
                        ("biography", LONG + "\n" + "x" * 300), ("birthdate", "1990-04-23")):
        scene.screen.type(field, text)
    scene.screen.choose("picture", picture(640, 480))
    scene.screen.press("Save picture")
    for field, text in (("username", "m" * 150), ("biography", LONG + "\n" + "x" * 300)):
        scene.screen.type(field, text)
    scene.screen.press("Save")
    assert "Your profile is saved." in scene.screen.text


@state("Profile")
def account_profile_with_faults(scene):
    scene.sign_in()
    scene.open("/account/profile")
    for field, text in (("username", "two words"), ("birthdate", "yesterday"), ("locale", "english")):
        scene.screen.type(field, text)
    scene.screen.press("Save")


@state("Profile")
def account_profile_with_a_file_that_is_no_picture(scene):
    scene.sign_in()
    scene.open("/account/profile")
    scene.screen.choose("picture", b"<svg xmlns='http://www.w3.org/2000/svg'/>")
    scene.screen.press("Save picture")


@state("Security")
def account_security(scene):
    scene.sign_in("max")
    scene.open("/account/security")


@state("Preferences")
def account_preferences(scene):
    scene.sign_in()
    scene.open("/account/preferences")


@state("Preferences")
def account_switching_on_magic_links(scene):
    scene.sign_in()
    scene.open("/account/preferences/switch-on-magic-links")


@state("Preferences")
def account_switching_off_notices(scene):
    scene.sign_in()
    scene.open("/account/preferences/switch-off-notices")


@state("Preferences")
def account_preferences_without_notices_and_with_links(scene):
    scene.sign_in("quiet")
    scene.open("/account/preferences/switch-off-notices")
    scene.screen.press("Switch it off")
    scene.open("/account/preferences")
    scene.screen.press_if("Switch links off")
    scene.open("/account/preferences/switch-on-magic-links")
    scene.screen.press("Switch links on")
    assert "You hear of no sign-in at all." in scene.screen.text


@state("Your data")
def account_data(scene):
    scene.sign_in()
    scene.open("/account/data")


@state("Your data")
def account_delete(scene):
    scene.sign_in("max")
    scene.open("/account/delete")


@state("Your data")
def account_delete_without_the_tick(scene):
    scene.sign_in()
    scene.open("/account/delete")
    scene.screen.press("Delete my account")


@state("Your account is deleted")
def account_deleted(scene):
    scene.leave("leaving")
    scene.screen.press("Come back and sign in")
    scene.screen.wait_for_heading("Your account")
    scene.open("/account/delete")
    scene.screen.find("#sure").click()
    scene.screen.press("Delete my account")


@state("Come back?")
def come_back(scene):
    scene.leave("leaving")


@state("This page is too old")
def come_back_too_late(scene):
    scene.leave("leaving")
    scene.screen.driver.execute_script("document.querySelector('[name=offer]').value = 'x'")
    scene.screen.press("Come back and sign in")


@state("Confirm it is you")
def confirm(scene):
    scene.sign_in("max")
    scene.house.sql("UPDATE sessions SET authenticated_at = authenticated_at - 400")
    scene.open("/account/confirm?next=/account/data")


@state("Confirm it is you")
def confirm_with_a_wrong_password(scene):
    scene.sign_in("max")
    scene.house.sql("UPDATE sessions SET authenticated_at = authenticated_at - 400")
    scene.open("/account/confirm?next=/account/data")
    scene.screen.type("password", "not the password at all")
    scene.screen.press("Confirm")


@state("Confirm it is you")
def confirm_without_a_password(scene):
    scene.sign_in("bare")
    scene.house.sql("UPDATE accounts SET password_hash = NULL WHERE canonical_email = 'bare@example.org'")
    scene.house.sql("UPDATE sessions SET authenticated_at = authenticated_at - 400")
    scene.open("/account/confirm?next=/account/data")


@state("Your account")
def account_with_a_warning(scene):
    scene.sign_in("max")
    token = scene.allow(scene.clients["phone"], scope="openid offline_access", prompt="consent")["refresh_token"]
    assert [scene.clients["phone"].refresh(token).status_code for _ in range(2)] == [200, 400]
    scene.open("/account")
    assert "was signed out of your account" in scene.screen.text


@state("Change your password")
def password(scene):
    scene.sign_in()
    scene.open("/account/password")


@state("Change your password")
def password_refused(scene):
    scene.sign_in()
    scene.open("/account/password")
    scene.screen.type("current", scene.people["ada"][1])
    scene.screen.type("password", "short")
    scene.screen.press("Change password")


@state("Change your password")
def password_changed(scene):
    scene.sign_in("new")
    scene.open("/account/password")
    scene.screen.type("current", scene.people["new"][1])
    scene.screen.type("password", scene.people["new"][1] + " again")
    scene.screen.press("Change password")
    scene.people["new"] = (scene.people["new"][0], scene.people["new"][1] + " again")


@state("Change your password")
def password_changed_here_alone(scene):
    scene.sign_in("new")
    scene.open("/account/password")
    scene.screen.type("current", scene.people["new"][1])
    scene.screen.type("password", "passwordpassword")
    scene.screen.find("#end-others").click()
    scene.screen.press("Change password")


@state("Forgot your password?")
def recovery(scene):
    scene.open("/recovery")


@state("Forgot your password?")
def recovery_with_nothing_entered(scene):
    scene.open("/recovery")
    scene.screen.press("Send mail")


@state("Check your mail")
def recovery_sent(scene):
    scene.ask_for_recovery("nobody@example.org")


@state("Check your mail")
def recovery_with_a_wrong_code(scene):
    scene.ask_for_recovery("nobody@example.org")
    scene.screen.type("code", "AAAA-AAAA")
    scene.screen.press("Go on")


def recovery_page(scene):
    scene.ask_for_recovery(scene.people["max"][0])
    scene.screen.open(scene.mailed(scene.people["max"][0], "/recovery/").links[0])


@state("Choose a new password")
def recovery_password(scene):
    recovery_page(scene)


@state("Choose a new password")
def recovery_password_refused(scene):
    recovery_page(scene)
    scene.screen.type("password", "passwordpassword")
    scene.screen.press("Set password")


@state("Sign in")
def sign_in_after_recovery(scene):
    scene.ask_for_recovery(scene.people["max"][0])
    scene.screen.type("code", scene.mailed(scene.people["max"][0], "/recovery/").code)
    scene.screen.press("Go on")
    scene.screen.wait_for_heading("Choose a new password")
    scene.screen.type("password", scene.people["max"][1] + " again")
    scene.screen.press("Set password")
    scene.screen.wait_for_heading("Sign in")
    scene.people["max"] = (scene.people["max"][0], scene.people["max"][1] + " again")


@state("This link is no longer good")
def recovery_link_used(scene):
    scene.open("/recovery/mml_" + "A" * 43)


@state("Change your email address")
def address(scene):
    scene.sign_in("max")
    scene.open("/account/address")


@state("Change your email address")
def address_refused(scene):
    scene.sign_in("max")
    scene.open("/account/address")
    scene.screen.type("email", "maximiliane at example.org")
    scene.screen.press("Send mail")


@state("Check your mail")
def address_sent(scene):
    scene.ask_for_address("max", "a-" + LONG_EMAIL[2:])


@state("Check your mail")
def address_with_a_wrong_code(scene):
    scene.ask_for_address("max", "b-" + LONG_EMAIL[2:])
    scene.screen.type("code", "AAAA-AAAA")
    scene.screen.press("Use this address")


@state("Use this address from now on?")
def address_change(scene):
    scene.screen.open(scene.ask_for_address("max", "c-" + LONG_EMAIL[2:]).links[0])


@state("Sign in first")
def address_change_signed_out(scene):
    scene.open("/address-change/mml_" + "A" * 43)


@state("Your address is changed")
def address_changed(scene):
    scene.screen.open(scene.ask_for_address("moving", "moving@new.example.org").links[0])
    scene.screen.press("Use this address")


def address_way_back(scene):
    scene.screen.open(scene.mailed("moving@example.org", "/address-undo/").links[-1])


@state("Keep your old address?")
def address_undo(scene):
    address_way_back(scene)


@state("Your old address is back")
def address_undone(scene):
    address_way_back(scene)
    scene.screen.press("Keep the old address")


@state("This link does not work any more")
def address_undo_used(scene):
    scene.open("/address-undo/mau_" + "A" * 43)


@state("Sign out of localhost?")
def sign_out_confirm(scene):
    scene.sign_in()
    scene.open("/logout")


@state("Sign out of localhost?")
def sign_out_confirm_for_a_client(scene):
    scene.sign_in("max")
    scene.open("/logout?client_id=long")


@state("You are signed out")
def signed_out(scene):
    scene.open("/signed-out")


@state("You are signed out")
def signed_out_of_a_client(scene):
    scene.sign_in()
    token = scene.allow(scene.clients["wiki"])["id_token"]
    scene.open("/logout?id_token_hint=" + quote(token))


def administer(scene, path):
    """Ada is an administrator, and has just signed in."""
    scene.sign_in()
    scene.open("/admin" + path)


def person_path(scene, who):
    shown = scene.house.command("user", "show", scene.people[who][0], "--json").stdout
    return "/people/" + json.loads(shown)["id"]


def unfold(scene, words):
    next(one for one in scene.screen.all("summary") if one.text == words).click()


@state("People")
def admin_people(scene):
    administer(scene, "")


@state("People")
def admin_people_nobody(scene):
    administer(scene, "?query=nobody&state=disabled&role=" + "x" * 64)


@state("grace@example.org")
def admin_person(scene):
    scene.sign_in("grace")
    scene.allow(scene.clients["wiki"])
    scene.open("/logout")
    scene.screen.press("Sign out")
    administer(scene, person_path(scene, "grace"))


@state(LONG_EMAIL)
def admin_person_with_long_names(scene):
    scene.house.command(
        "user", "roles", LONG_EMAIL, "--add", "representative-of-the-board-and-of-everybody-else-in-the-house",
        "--reason", "is one of them")
    administer(scene, person_path(scene, "max"))
    for words in (
            "Help with a forgotten password", "Give or take roles", "Sign out everywhere", "Disable the account", "Delete the account"):
        unfold(scene, words)


@state("grace@example.org")
def admin_person_without_a_reason(scene):
    administer(scene, person_path(scene, "grace"))
    unfold(scene, "Disable the account")
    scene.screen.press("Disable")


@state("eve@example.org")
def admin_person_deleted(scene):
    if "eve" not in scene.people:
        scene.people["eve"] = scene.house.add_person("eve@example.org", "Eve")
        scene.house.command("user", "delete", "eve@example.org", "--yes", "--reason", "asked for it")
    administer(scene, person_path(scene, "eve"))


@state("grace@example.org")
def admin_person_long_after_signing_in(scene):
    path = person_path(scene, "grace")
    scene.sign_in()
    scene.house.sql("UPDATE sessions SET authenticated_at = authenticated_at - 600")
    scene.open("/admin" + path)


@state("Invite somebody")
def admin_invite(scene):
    administer(scene, "/invite")


@state("Invite somebody")
def admin_invite_refused(scene):
    administer(scene, "/invite")
    scene.screen.type("email", "nonsense")
    scene.screen.press("Send the invitation")


@state("Invite somebody")
def admin_invited(scene):
    administer(scene, "/invite")
    scene.screen.type("email", LONG_EMAIL.replace("@", "-2@"))
    scene.screen.type("reason", "joins on Monday")
    scene.screen.press("Send the invitation")


@state("Invite somebody")
def admin_invitations_waiting(scene):
    invited(scene, LONG_EMAIL.replace("@", "-4@"))
    administer(scene, "/invite")
    scene.screen.type("invited", "nobody@example.org")
    scene.screen.press("Take it back")


def invited(scene, email):
    scene.house.command("user", "invite", email, "--name", NAME, "--reason", "joins on Monday")
    return next(link for link in scene.house.mails(to=email)[-1].links if "/invitation/" in link)


@state("Welcome to localhost")
def invitation(scene):
    scene.screen.open(invited(scene, "invited@example.org"))


@state("Welcome to localhost")
def invitation_refused(scene):
    scene.screen.open(invited(scene, LONG_EMAIL.replace("@", "-3@")))
    scene.screen.type("name", "")
    scene.screen.type("password", "short")
    scene.screen.press("Create your account")


@state("This invitation does not work any more")
def invitation_dead(scene):
    scene.open("/invitation/miv_" + "A" * 43)


@state("Try signing in")
def demo_home(scene):
    scene.screen.open(scene.demo)


@state(f"Hello, {NAME}")
def demo_person(scene):
    scene.screen.open(scene.demo)
    scene.screen.press("Sign in")
    scene.screen.sign_in(*scene.people["max"])
    scene.screen.press_if("Allow")
    scene.screen.until(lambda: scene.screen.all("#introspection-heading"))


@state("Hello")
def demo_person_after_refresh_and_revocation(scene):
    demo_person(scene)
    scene.screen.press("Refresh")
    scene.screen.press("Revoke")


@state("Signing in did not work")
def demo_error(scene):
    scene.screen.open(scene.demo + "callback?code=x&state=y")
