"""Mail to a server that nobody here wrote: encrypted or not at all, refused, slow, and dying at the worst moment (B036, B037,
B129)."""
import re
import time

import pytest
from certificates import Authority
from martlet import Martlet
from person import Person
from post_office import SECRET, USER, PostOffice, for_ever

YOU = "you@example.com"


@pytest.fixture(scope="module")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture
def house():
    house = Martlet()
    yield house
    house.__exit__(None, None, None)


def test_mail(house, office, to=YOU, **more):
    """`martlet mail test`: exit code and all it says."""
    settings = {f"MARTLET_MAIL_{name.upper()}": str(value) for name, value in more.items()}
    result = house.command("mail", "test", "--to", to, check=False, environment=house.environment | office.settings | settings)
    assert SECRET not in result.stdout + result.stderr
    return result


test_mail.__test__ = False


def said(result):
    return result.stdout + result.stderr


def test_a_mail_is_encrypted_signed_in_for_and_right_in_every_part(house, authority):
    """B003, B036, B037, ML5"""
    with PostOffice(authority.pair("good"), demands_sign_in=True) as office:
        house.environment["MARTLET_PAGE_NAME"] = "Zoë & Söhne"
        result = test_mail(house, office, smtp_ca=authority.root, smtp_user=USER, smtp_password=SECRET)
    assert result.returncode == 0, said(result)
    for step in ("encrypt (STARTTLS)", f"sign in as {USER}", "name the recipient", "have it accepted"):
        assert re.search(rf"^ok +{re.escape(step)}$", result.stdout, re.MULTILINE), result.stdout
    [mail] = office.handed_over
    assert mail.encrypted and mail.signed_in and mail.acknowledged and mail.to == YOU
    assert office.passwords == [(USER.encode(), SECRET.encode())]
    assert office.heard[:2] == ["EHLO localhost", "EHLO localhost"], "nothing is said before STARTTLS but a greeting"
    message = mail.message
    assert not message.defects and not [part.defects for part in message.walk() if part.defects]
    [sender] = message["From"].addresses
    assert (sender.display_name, sender.addr_spec) == ("Example, Inc.", "noreply@example.org")
    assert message["Subject"] == "Test mail from Zoë & Söhne" and message["To"] == YOU
    assert message["Auto-Submitted"] == "auto-generated" and message["Message-ID"].endswith("@example.org>")
    assert message["Date"].datetime.timestamp() == pytest.approx(time.time(), abs=60)
    assert message.get_content_type() == "multipart/alternative"
    assert [part.get_content_type() for part in message.iter_parts()] == ["text/plain", "text/html"]
    assert message.get_body(("plain",)).get_content().startswith("Test mail from Zoë & Söhne\r\n")
    assert "Zoë &amp; Söhne" in message.get_body(("html",)).get_content()
    lines = mail.raw.split(b"\r\n")
    assert all(len(line) <= 78 and b"\n" not in line and b"\r" not in line for line in lines)


def test_tls_from_the_first_byte(house, authority):
    with PostOffice(authority.pair("implicit"), implicit=True) as office:
        result = test_mail(house, office, smtp_ca=authority.root, smtp_tls="implicit")
    assert result.returncode == 0, said(result)
    assert [mail.encrypted for mail in office.handed_over] == [True]


def test_no_encryption_on_this_machine(house):
    with PostOffice() as office:
        result = test_mail(house, office, smtp_tls="none")
    assert result.returncode == 0, said(result)
    assert [mail.encrypted for mail in office.handed_over] == [False]


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_certificate_nobody_vouches_for_is_refused(house, authority, tls):
    with PostOffice(authority.pair("unknown"), implicit=tls == "implicit", demands_sign_in=True) as office:
        result = test_mail(house, office, smtp_tls=tls, smtp_user=USER, smtp_password=SECRET)
    assert result.returncode == 1 and "not_secure" in result.stderr and "mail.smtp.ca" in result.stderr
    assert not office.handed_over and not office.passwords


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
@pytest.mark.parametrize("names, is_right", [
    ("DNS:localhost", True), ("DNS:mail.example.net", False), ("DNS:localhost.example.net,DNS:*", False), ("IP:127.0.0.1", False),
])
def test_a_certificate_of_another_name_is_refused(house, authority, tls, names, is_right):
    """B036: all is the same but the names it is for; its common name is localhost each time, and helps nobody"""
    with PostOffice(authority.pair("localhost", names=names), implicit=tls == "implicit", demands_sign_in=True) as office:
        result = test_mail(
            house, office, smtp_ca=authority.root, smtp_tls=tls, smtp_user=USER, smtp_password=SECRET)
    if is_right:
        assert result.returncode == 0 and len(office.handed_over) == 1, said(result)
        return
    assert result.returncode == 1 and "not_secure" in result.stderr and "mail.smtp.host" in result.stderr, said(result)
    assert not office.handed_over and not office.passwords
    assert not [line for line in office.heard if YOU in line], "nothing is said to whoever it is"


def test_without_starttls_nothing_is_sent(house):
    """B036: required, and not offered"""
    with PostOffice() as office:
        result = test_mail(house, office, smtp_user=USER, smtp_password=SECRET)
    assert result.returncode == 1, said(result)
    assert "not_secure" in result.stderr and "mail.smtp.tls" in result.stderr
    assert not office.handed_over and all(line.startswith("EHLO") for line in office.heard), office.heard


def test_a_wrong_password_is_told_as_one(house, authority):
    with PostOffice(authority.pair("login"), demands_sign_in=True) as office:
        result = test_mail(house, office, smtp_ca=authority.root, smtp_user=USER, smtp_password="not the password")
    assert result.returncode == 1 and "not_admitted" in result.stderr and "mail.smtp.password" in result.stderr
    assert "not the password" not in said(result) and not office.handed_over


@pytest.mark.parametrize("step, line, cause", [
    ("sender", "550 5.7.1 not from here", "not_admitted"), ("sender", "451 4.3.0 later", "deferred"),
    ("recipient", "450 4.2.1 later", "deferred"), ("recipient", "550 5.1.1 nobody of that name", "refused"),
    ("message", "452 4.3.1 full", "deferred"), ("message", "554 5.6.0 not wanted", "refused"),
    ("recipient", "554 5.7.1 <you@example.com>: Relay access denied", "not_admitted"),
    ("recipient", "550 relay not permitted", "not_admitted"), ("recipient", "530 Authentication required", "not_admitted"),
    ("recipient", "550 5.1.8 <noreply@example.org>: Sender address rejected", "not_admitted"),
    ("message", "550 5.7.1 not authorized", "not_admitted"), ("message", "554 Transaction failed", "not_admitted"),
    ("recipient", "550 nobody of that name", "refused"), ("recipient", "554 5.2.1 mailbox disabled", "refused"),
])
def test_each_refusal_is_told_with_what_the_server_said(house, step, line, cause):
    with PostOffice(answers={step: line}) as office:
        result = test_mail(house, office, smtp_tls="none")
    assert result.returncode == 1
    assert f"not sent: {cause}, {line[:3]}" in result.stderr and line in result.stderr, result.stderr


@pytest.mark.parametrize("step, cause", [("recipient", "timed_out"), ("message", "unanswered")])
def test_a_server_that_never_answers_is_given_up(house, step, cause):
    with PostOffice(answers={step: lambda _: for_ever()}) as office:
        begun = time.monotonic()
        result = test_mail(house, office, smtp_tls="none", timeout="5s")
        taken = time.monotonic() - begun
    assert result.returncode == 1 and cause in result.stderr, said(result)
    assert 4 < taken < 30


def test_a_server_that_never_says_goodbye_has_taken_the_mail(house):
    with PostOffice(answers={"farewell": lambda _: for_ever()}) as office:
        result = test_mail(house, office, smtp_tls="none", timeout="5s")
    assert result.returncode == 0, said(result)
    assert len(office.handed_over) == 1


def test_a_server_that_dies_before_its_answer_has_not_taken_it(house):
    with PostOffice(end="dies before its answer") as office:
        result = test_mail(house, office, smtp_tls="none")
    assert result.returncode == 1 and "deferred" in result.stderr, said(result)


def test_a_server_that_dies_after_its_answer_has_taken_it(house):
    with PostOffice(end="dies after its answer") as office:
        result = test_mail(house, office, smtp_tls="none")
    assert result.returncode == 0, said(result)
    assert [mail.acknowledged for mail in office.handed_over] == [True]


def test_nobody_there(house):
    """B129"""
    office = PostOffice()
    result = test_mail(house, office)
    assert result.returncode == 1 and "unreachable" in result.stderr and "firewall" in result.stderr


def test_files_and_the_console_take_mail_too(house):
    """B038"""
    result = house.command("mail", "test", "--to", YOU)
    [mail] = house.mails(YOU, count=1)
    assert mail.path.name in result.stdout and mail.path.stat().st_mode & 0o777 == 0o600
    assert mail.path.parent.stat().st_mode & 0o777 == 0o700
    result = house.command("mail", "test", "--to", YOU, environment=house.environment | {"MARTLET_MAIL_DRIVER": "console"})
    assert f"To: {YOU}\r\n" in result.stdout or f"To: {YOU}\n" in result.stdout


@pytest.mark.parametrize("to", ["", "you", "you@example.com, me@example.com", "you@example.com\nBcc: me@example.com", "<you@example.com>"])
def test_an_address_that_is_none(house, to):
    """ML6"""
    result = house.command("mail", "test", "--to", to, check=False)
    assert result.returncode == 2 and not list(house.folder.glob("mail/*"))


@pytest.mark.parametrize("settings, sentence", [
    ({"SMTP_HOST": "smtp.example.com", "SMTP_TLS": "none"}, "mail.smtp.tls is none, which is for this machine only"),
    ({"DRIVER": "smtp"}, "mail.driver is smtp without mail.smtp.host"),
    ({"SMTP_HOST": "localhost", "SMTP_USER": "a"}, "mail.smtp.user and mail.smtp.password belong together"),
    ({"SMTP_HOST": "localhost", "SMTP_PASSWORD": "a"}, "mail.smtp.user and mail.smtp.password belong together"),
    ({"SMTP_HOST": "smtp.example.com/x"}, "mail.smtp.host"), ({"SMTP_HOST": "a@smtp.example.com"}, "mail.smtp.host"),
    ({"FROM": "a@b.c, d@e.f"}, "mail.from"), ({"FROM": "A\r\nBcc: x@y.z <a@b.c>"}, "mail.from"),
    ({"TIMEOUT": "0"}, "mail.timeout"), ({"SMTP_TLS": "maybe"}, "mail.smtp.tls"),
])
def test_settings_that_cannot_be_right_are_refused(house, settings, sentence):
    """CF7"""
    environment = house.environment | {f"MARTLET_MAIL_{name}": value for name, value in settings.items()}
    result = house.command("check", check=False, environment=environment)
    assert result.returncode == 1 and sentence in result.stderr, said(result)


def test_a_server_for_others_without_mail_says_so(house):
    environment = {name: value for name, value in house.environment.items() if "MAIL" not in name}
    result = house.command("check", environment=environment | {"MARTLET_ISSUER": "https://id.example.com"})
    assert "no mail is sent: mail.smtp.host is not set" in result.stdout
    result = house.command(
        "mail", "test", "--to", YOU, check=False, environment=environment | {"MARTLET_ISSUER": "https://id.example.com"})
    assert result.returncode == 1 and "mail.smtp.host" in result.stderr
