"""The pages where second factors are set up, listed and removed."""
import pyotp
from factor_states import come_in, type_code
from factor_house import account, later
from factor_pages import ADD_APP, ADD_KEY, ADD_MAIL, CODES, REMOVE, SECURITY, SET_UP, TWO
from factor_visitor import add_mail, digits, enrol, enrol_key
from mailed_links import newcomer
from martlet import PASSWORD
from software_key import SoftwareKey
from states import NAME, state


def in_account(scene, email=None):
    """Signed in, without any factor."""
    email = email or newcomer(scene.house)
    scene.open("/sign-in")
    scene.screen.sign_in(email, PASSWORD)
    scene.screen.wait_for_heading("Your account")
    return email


@state("Set up a second step")
def set_up(scene):
    in_account(scene)
    scene.open(SET_UP)


@state("Set up a second step")
def set_up_for_a_client_that_demands_it(scene):
    scene.screen.open(scene.clients["long"].authorize(acr_values=TWO))
    scene.screen.sign_in(newcomer(scene.house), PASSWORD)


@state("Set up a second step")
def set_up_another(scene):
    come_in(scene, enrol(scene.house))
    scene.open(SET_UP)


@state("Set up an authenticator app")
def set_up_app(scene):
    in_account(scene)
    scene.open(ADD_APP)
    assert scene.screen.all("main svg") and scene.screen.find("#key").text


@state("Set up an authenticator app")
def set_up_app_wrong(scene):
    set_up_app(scene)
    type_code(scene, "abcdef", "Check code")
    assert scene.screen.find("#code").get_attribute("aria-invalid") == "true"


def set_up_by_hand(scene):
    """As far as the backup codes."""
    set_up_app(scene)
    type_code(scene, pyotp.TOTP(scene.screen.find("#key").text.replace(" ", "")).now(), "Check code")
    scene.screen.wait_for_heading("Keep these backup codes")


@state("Keep these backup codes")
def set_up_backup_codes(scene):
    set_up_by_hand(scene)


@state("Keep these backup codes")
def set_up_backup_codes_without_scripts(scene):
    scene.screen.scripts(False)
    set_up_by_hand(scene)


@state("Set up codes by mail")
def set_up_mail(scene):
    in_account(scene)
    scene.open(ADD_MAIL)


@state("Check your mail")
def set_up_mail_code(scene):
    set_up_mail(scene)
    scene.screen.press("Send code", within="main")


@state("Check your mail")
def set_up_mail_code_wrong(scene):
    set_up_mail_code(scene)
    type_code(scene, "000000", "Check code")


@state("Keep these backup codes")
def set_up_mail_done(scene):
    email = in_account(scene)
    scene.open(ADD_MAIL)
    scene.screen.press("Send code", within="main")
    scene.screen.until(lambda: [mail for mail in scene.house.mails(email, count=0) if mail.code])
    [mail] = [mail for mail in scene.house.mails(email, count=0) if mail.code]
    type_code(scene, digits(mail), "Check code")


@state("Set up a passkey")
def set_up_passkey(scene):
    in_account(scene)
    scene.open(ADD_KEY)


@state("Set up a passkey")
def set_up_passkey_without_scripts(scene):
    scene.screen.scripts(False)
    in_account(scene)
    scene.open(ADD_KEY)
    assert not scene.screen.find("form[data-passkey]").is_displayed()


@state("Prove your email address first")
def set_up_without_a_proven_address(scene):
    email = in_account(scene)
    scene.house.sql(f"UPDATE accounts SET email_verified = 0 WHERE canonical_email = '{email}'")
    scene.open(ADD_APP)


@state("Security")
def security_without_a_second_factor(scene):
    in_account(scene)
    scene.open(SECURITY)


def several(scene):
    """An app, codes by mail, and passkeys, one of them with a long name."""
    held = enrol(scene.house)
    add_mail(scene.house, held.person, held.email)
    for name in ("My telephone", NAME[:60]):
        later(scene.house, held.email)
        enrol_key(scene.house, SoftwareKey(scene.house.issuer), held.email, held.person, name=name)
    return held


def come_in_by_code(scene, held):
    scene.open("/sign-in")
    scene.screen.sign_in(held.email, PASSWORD)
    scene.open("/second-factor/app")
    type_code(scene, held.fresh())
    scene.screen.wait_for_heading("Your account")


@state("Security")
def security_with_several_factors(scene):
    come_in_by_code(scene, several(scene))
    scene.open(SECURITY)
    for summary in scene.screen.all("main section summary"):
        summary.click()


@state("Security")
def security_with_a_remembered_browser_and_few_codes(scene):
    held = enrol(scene.house)
    own = f"account_id = {account(held.email)}"
    scene.house.sql(f"UPDATE backup_codes SET spent_at = created_at WHERE {own} AND digest NOT IN "
                    f"(SELECT digest FROM backup_codes WHERE {own} ORDER BY digest LIMIT 2)")
    scene.open("/sign-in")
    scene.screen.sign_in(held.email, PASSWORD)
    scene.screen.wait_for_heading("Enter the code from your app")
    scene.screen.find("#remember").click()
    type_code(scene, held.fresh())
    scene.open(SECURITY)


@state("Security")
def security_with_a_name_that_is_none(scene):
    come_in(scene, enrol(scene.house))
    scene.open(SECURITY)
    scene.screen.find("main section summary").click()
    field = scene.screen.find("form[action='/account/factors/rename'] [name=name]")
    field.clear()
    scene.screen.press("Save name", within="main")


@state("Security")
def remove_the_last_factor(scene):
    come_in(scene, enrol(scene.house))
    scene.open(SECURITY)
    scene.screen.leave_by(scene.screen.find(f"form[action='{REMOVE}'] button").click)


@state("Security")
def removed_the_last_factor(scene):
    remove_the_last_factor(scene)
    scene.screen.press("Remove it", within="main")


@state("Backup codes")
def backup_codes(scene):
    come_in(scene, enrol(scene.house))
    scene.open(CODES)


@state("Keep these backup codes")
def backup_codes_made_anew(scene):
    backup_codes(scene)
    scene.screen.press("Make new codes", within="main")


@state("Sign-ins and browsers")
def account_sessions_with_a_second_step(scene):
    come_in(scene, enrol(scene.house))
    scene.open("/account/sessions")
