"""Every page in every state it has, and how a browser comes to see it.

Each function leads the browser to one page; the name of the function is the name of the page. They know where they
begin: in a browser that nobody has used."""
import json
from urllib.parse import quote

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

    def open(self, path):
        self.screen.open(self.house.issuer + path)

    def sign_in(self, who="ada"):
        self.open("/sign-in")
        self.screen.sign_in(*self.people[who])
        self.screen.wait_for_heading("Your account")

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
        scene.screen.sign_in("grace@example.org", "not the password at all")
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


@state("Your account")
def account_with_browsers_and_apps(scene):
    scene.sign_in("max")
    scene.allow(scene.clients["long"], scope=scene.clients["long"].scope)
    scene.allow(scene.clients["wiki"])
    scene.screen.reset()
    scene.sign_in("max")


@state("Your account")
def account_with_a_notice(scene):
    scene.sign_in("max")
    scene.screen.reset()
    scene.sign_in("max")
    scene.screen.press("Sign out all others")


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
    for words in ("Give or take roles", "Sign out everywhere", "Disable the account", "Delete the account"):
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
