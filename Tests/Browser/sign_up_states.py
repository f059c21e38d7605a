"""The pages of making an account, and of proving an address."""
import itertools

from states import LONG, LONG_EMAIL, NAME, state

PASSWORD = "four lamps over harbour"
numbers = itertools.count()


def fresh_address():
    return f"new-person-{next(numbers)}@example.org"


def fill_in(scene, email, name="Grace Hopper"):
    scene.screen.type("name", name)
    scene.screen.type("email", email)
    scene.screen.type("password", PASSWORD)
    scene.screen.press("Create account")


def begin(scene, email=None, **request):
    """As far as the page where the code is typed; the mail."""
    email = email or fresh_address()
    if request:
        scene.screen.open(request.pop("client").authorize(prompt="create", **request))
    else:
        scene.open("/sign-up")
    fill_in(scene, email)
    scene.screen.wait_for_heading("Check your mail")
    return scene.house.mails(email, 1)[-1]


def elsewhere(scene, link):
    """In a browser that has not asked for it."""
    scene.screen.reset()
    scene.screen.open(link)


@state("Create an account at localhost")
def sign_up(scene):
    scene.open("/sign-up")


@state("Create an account to continue to Wiki")
def sign_up_for_a_client(scene):
    scene.screen.open(scene.clients["wiki"].authorize(prompt="create", login_hint="grace@example.org"))


@state(f"Create an account to continue to {LONG}")
def sign_up_for_a_client_with_a_long_name(scene):
    scene.screen.open(scene.clients["long"].authorize(prompt="create", login_hint=LONG_EMAIL))


@state("Create an account at localhost")
def sign_up_with_nothing_entered(scene):
    scene.open("/sign-up")
    scene.screen.press("Create account")


@state("Create an account at localhost")
def sign_up_with_much_to_put_right(scene):
    scene.open("/sign-up")
    scene.screen.type("name", NAME)
    scene.screen.type("username", "prinzessin max")
    scene.screen.type("email", LONG_EMAIL + "@")
    scene.screen.type("password", "short")
    scene.screen.press("Create account")


@state("Create an account at localhost")
def sign_up_with_a_puzzle(scene):
    scene.screen.open(scene.asking.issuer + "/sign-up")
    scene.screen.until(lambda: "Checked: you are not a robot." in scene.screen.text)


@state("New accounts cannot be created here")
def sign_up_where_nobody_may(scene):
    scene.screen.open(scene.fresh.issuer + "/sign-up")


@state("Check your mail")
def check_your_mail(scene):
    begin(scene)


@state("Check your mail")
def check_your_mail_for_a_client(scene):
    begin(scene, client=scene.clients["wiki"])


@state("Check your mail")
def a_wrong_code(scene):
    begin(scene)
    scene.screen.type("code", "ABCD-EFGH")
    scene.screen.press("Create account")


@state("Check your mail")
def the_mail_again(scene):
    begin(scene)
    scene.screen.press("Send the mail again")


@state("Create your account")
def a_link_in_the_same_browser(scene):
    scene.screen.open(begin(scene).links[0])


@state("Create your account")
def a_link_in_another_browser(scene):
    elsewhere(scene, begin(scene).links[0])


@state("Create your account")
def a_link_in_another_browser_with_nothing_entered(scene):
    elsewhere(scene, begin(scene).links[0])
    scene.screen.type("name", "")
    scene.screen.press("Create account here")


@state("This link is no longer good")
def a_dead_link(scene):
    scene.open("/sign-up/mml_unknown")


def unproven(scene):
    """Ada's twin, whose address was never proven."""
    email, password = scene.house.add_person(fresh_address(), "Ada's Twin")
    scene.house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{email}'")
    scene.screen.open(scene.clients["wiki"].authorize())
    scene.screen.sign_in(email, password)
    return scene.house.mails(email, 1)[-1]


@state("Confirm your address")
def an_address_to_confirm(scene):
    unproven(scene)


@state("Confirm your address")
def an_address_to_confirm_in_another_browser(scene):
    elsewhere(scene, unproven(scene).links[0])
