"""The pages where a second factor is asked for, and where somebody gets back in without any."""
from factor_house import account, age, calm
from factor_pages import ADD_APP, BACKUP, KEY, LOST, PROVE, STOP, UNDO
from factor_visitor import add_mail, enrol, enrol_key, enrol_mail
from martlet import PASSWORD
from software_key import SoftwareKey
from states import state

APP_HEADING = "Enter the code from your app"
DAY = 86_400


def door(scene, held, client=None, **request):
    """After the password."""
    if client:
        scene.screen.open(scene.clients[client].authorize(**request))
    else:
        scene.open("/sign-in")
    scene.screen.sign_in(held.email, PASSWORD)
    return held


def type_code(scene, code, words="Confirm"):
    scene.screen.type("code", code)
    scene.screen.press(words, within="main")


def come_in(scene, held):
    """All the way, through the authenticator app."""
    door(scene, held)
    scene.screen.wait_for_heading(APP_HEADING)
    type_code(scene, held.fresh())
    scene.screen.wait_for_heading("Your account")
    return held


def with_key(scene):
    return enrol_key(scene.house, SoftwareKey(scene.house.issuer))


@state(APP_HEADING)
def second_factor_app(scene):
    door(scene, enrol(scene.house))


@state(APP_HEADING)
def second_factor_app_for_a_client(scene):
    door(scene, enrol(scene.house), "wiki")


@state(APP_HEADING)
def second_factor_app_for_a_client_with_a_long_name(scene):
    door(scene, enrol(scene.house), "long")


@state(APP_HEADING)
def second_factor_app_wrong(scene):
    held = door(scene, enrol(scene.house), "wiki")
    type_code(scene, held.wrong())
    assert scene.screen.find("#code").get_attribute("aria-invalid") == "true"


@state(APP_HEADING)
def second_factor_app_with_nothing_entered(scene):
    door(scene, enrol(scene.house))
    scene.screen.press("Confirm", within="main")


@state(APP_HEADING)
def second_factor_locked(scene):
    held = door(scene, enrol(scene.house))
    for _ in range(5):
        type_code(scene, held.wrong())
    assert "There were too many wrong codes." in scene.screen.text


@state(APP_HEADING)
def second_factor_to_step_up(scene):
    held = come_in(scene, enrol(scene.house))
    scene.house.sql("UPDATE sessions SET proofs = '[[\"pwd\",1],[\"totp\",1]]', factor_at = 1 "
                    f"WHERE subject = {account(held.email)}")
    scene.open(ADD_APP)


@state("Enter a code from a mail")
def second_factor_mail(scene):
    door(scene, enrol_mail(scene.house))


@state("Enter a code from a mail")
def second_factor_mail_sent(scene):
    door(scene, enrol_mail(scene.house), "long")
    scene.screen.press("Send code", within="main")


@state("Enter a code from a mail")
def second_factor_mail_wrong(scene):
    second_factor_mail_sent(scene)
    type_code(scene, "000000")


@state("Enter a backup code")
def second_factor_backup_code(scene):
    door(scene, enrol(scene.house))
    scene.open(BACKUP)


@state("Enter a backup code")
def second_factor_backup_code_wrong(scene):
    second_factor_backup_code(scene)
    type_code(scene, "AAAA-AAAA-AAAA-AAAA")


@state("Use your passkey")
def second_factor_passkey(scene):
    door(scene, with_key(scene), "wiki")


@state("Use your passkey")
def second_factor_passkey_without_scripts(scene):
    scene.screen.scripts(False)
    door(scene, with_key(scene))
    scene.open(KEY)


def answer_nonsense(scene):
    """What a browser would send whose passkey is none."""
    scene.screen.leave_by(lambda: scene.screen.driver.execute_script(
        "const form = document.querySelector('form[data-passkey]'); form.elements.answer.value = '{}';"
        "HTMLFormElement.prototype.submit.call(form);"))


@state("Use your passkey")
def second_factor_passkey_wrong(scene):
    door(scene, with_key(scene))
    scene.screen.wait_for_heading("Use your passkey")
    answer_nonsense(scene)


@state("Sign in")
def sign_in_with_a_passkey_that_is_none(scene):
    scene.open("/sign-in")
    answer_nonsense(scene)


@state("How do you want to confirm it is you?")
def second_factor_choose(scene):
    held = enrol(scene.house)
    add_mail(scene.house, held.person, held.email)
    enrol_key(scene.house, SoftwareKey(scene.house.issuer), held.email, held.person)
    door(scene, held)
    scene.open(PROVE + "/choose")


# Without any factor


@state("Get in without your second step")
def second_factor_lost(scene):
    door(scene, enrol(scene.house))
    scene.open(LOST)


def lost_code(scene):
    """Up to the page where the code is typed; the mail."""
    held = door(scene, enrol(scene.house))
    before = len(scene.house.mails(held.email, count=0))
    scene.open(LOST)
    scene.screen.press("Send code", within="main")
    scene.screen.wait_for_heading("Check your mail")
    scene.screen.until(lambda: [mail for mail in scene.house.mails(held.email, count=0)[before:] if mail.code])
    return held, [mail for mail in scene.house.mails(held.email, count=0)[before:] if mail.code][-1]


@state("Check your mail")
def second_factor_lost_code(scene):
    lost_code(scene)


@state("Check your mail")
def second_factor_lost_code_wrong(scene):
    lost_code(scene)
    type_code(scene, "AAAA-AAAA", "Begin to wait")


def wait_begun(scene):
    held, mail = lost_code(scene)
    type_code(scene, mail.code, "Begin to wait")
    scene.screen.wait_for_heading("You have to wait")
    return held


@state("You have to wait")
def second_factor_lost_waiting(scene):
    wait_begun(scene)


@state("You can get back in now")
def second_factor_lost_ready(scene):
    held = wait_begun(scene)
    age(scene.house, "factor_recoveries", held.email, DAY + 1, "asked_at", "ready_at")
    scene.open(LOST)


def last_code(scene):
    """Up to the page where the code is typed that ends the wait; that code."""
    held = wait_begun(scene)
    age(scene.house, "factor_recoveries", held.email, DAY + 1, "asked_at", "ready_at")
    calm(scene.house)
    before = len(scene.house.mails(held.email, count=0))
    scene.open(LOST)
    scene.screen.press("Send code", within="main")
    scene.screen.wait_for_heading("Check your mail")
    scene.screen.until(lambda: [mail for mail in scene.house.mails(held.email, count=0)[before:] if mail.code])
    return [mail for mail in scene.house.mails(held.email, count=0)[before:] if mail.code][-1].code


@state("Check your mail")
def second_factor_lost_last_code(scene):
    last_code(scene)


@state("Set up a second step")
def second_factor_lost_and_in_again(scene):
    type_code(scene, last_code(scene), "Remove it and go on")


def stop_link(scene, held):
    def found():
        return [link for mail in scene.house.mails(held.email, count=0) for link in mail.links if STOP in link]
    scene.screen.until(found, "no notice came")
    return found()[-1]


@state("Stop it?")
def second_factor_lost_stop(scene):
    scene.screen.open(stop_link(scene, wait_begun(scene)))


@state("It is stopped")
def second_factor_lost_stopped(scene):
    second_factor_lost_stop(scene)
    scene.screen.press("Stop it", within="main")


def undo_link(scene, held):
    def found():
        return [link for mail in scene.house.mails(held.email, count=0) for link in mail.links if UNDO in link]
    scene.screen.until(found, "no letter about the first factor came")
    return found()[-1]


@state("Remove the second step?")
def second_factor_undo(scene):
    scene.screen.open(undo_link(scene, enrol(scene.house)))


@state("The second step is removed")
def second_factor_undone(scene):
    second_factor_undo(scene)
    scene.screen.press("Remove the second step", within="main")


@state("There is nothing to undo")
def second_factor_nothing_to_undo(scene):
    scene.open(UNDO + "A" * 43)


@state("There is nothing to stop")
def second_factor_lost_nothing_to_stop(scene):
    scene.open(STOP + "A" * 43)
