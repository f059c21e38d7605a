"""Apache httpd with Debian's mod_auth_openidc, configured with what `martlet client add --for apache` prints."""
import os
import pwd
import re
import subprocess
import time
from pathlib import Path

import pytest
import requests
from conftest import EMAIL
from martlet import free_port
from person import Person

MODULES = Path("/usr/lib/apache2/modules")

CONFIGURATION = """
ServerRoot "{folder}"
ServerName localhost
Listen 127.0.0.1:{port}
PidFile "{folder}/httpd.pid"
DefaultRuntimeDir "{folder}"
Mutex file:{folder} default
ErrorLog "{folder}/error.log"
{user}
{modules}
StartServers 1
ServerLimit 1
ThreadsPerChild 25
MaxRequestWorkers 25
MinSpareThreads 1
# A worker short of idle threads closes kept connections, and a request that is just on its way there is lost.
KeepAlive Off
DocumentRoot "{folder}/pages"
TypesConfig /dev/null
AddType text/html .html
AddOutputFilter INCLUDES .html
<Directory "{folder}/pages">
  Options +Includes
</Directory>

{printed}

OIDCPassClaimsAs environment
OIDCInfoHook iat access_token access_token_expires id_token userinfo
<Location "/staff.html">
  AuthType openid-connect
  Require claim roles:{role}
</Location>
<Location "/elsewhere.html">
  AuthType openid-connect
  Require claim roles:nobody-has-this
</Location>
"""

PAGE = """<!DOCTYPE html><title>Intranet</title>
<p id="user"><!--#echo var="REMOTE_USER" --></p><p id="sub"><!--#echo var="OIDC_CLAIM_sub" --></p>
<p id="email"><!--#echo var="OIDC_CLAIM_email" --></p><p id="name"><!--#echo var="OIDC_CLAIM_name" --></p>
"""


class Apache:
    def __init__(self, martlet, folder):
        self.folder, self.port = folder, free_port()
        self.url = f"http://localhost:{self.port}"
        printed = martlet.command(
            "client", "add", "Intranet", "--in", "folder", "--for", "apache", "--url", self.url).stdout
        martlet.reload()
        assert 'OIDCCryptoPassphrase ""' in printed
        self.printed = printed.replace('OIDCCryptoPassphrase ""', f'OIDCCryptoPassphrase "{os.urandom(16).hex()}"')
        self.process = None

    def start(self):
        (self.folder / "pages").mkdir()
        for name in ("index", "staff", "elsewhere"):
            (self.folder / "pages" / f"{name}.html").write_text(PAGE)
        names = ["mpm_event", "authn_core", "authz_core", "authz_user", "alias", "dir", "env", "include", "mime",
                 "filter", "auth_openidc"]
        modules = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in names)
        user = ""
        if os.geteuid() == 0:  # httpd does not serve as root.
            user, owner = "User www-data\nGroup www-data", pwd.getpwnam("www-data")
            for path in [self.folder, *self.folder.rglob("*")]:
                os.chown(path, owner.pw_uid, owner.pw_gid)
        (self.folder / "httpd.conf").write_text(CONFIGURATION.format(
            folder=self.folder, port=self.port, user=user, modules=modules, printed=self.printed,
            role="administrator"))
        self.process = subprocess.Popen(
            ["/usr/sbin/apache2", "-f", self.folder / "httpd.conf", "-D", "FOREGROUND"], stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        end = time.monotonic() + 30
        while time.monotonic() < end:
            assert self.process.poll() is None, self.process.stdout.read() + self.log()
            try:
                return requests.get(f"http://127.0.0.1:{self.port}/none", timeout=2, allow_redirects=False)
            except requests.ConnectionError:
                time.sleep(0.05)
        raise AssertionError("httpd does not answer: " + self.log())

    def stop(self):
        if self.process and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def log(self):
        path = self.folder / "error.log"
        return path.read_text() if path.exists() else ""


@pytest.fixture(scope="module")
def apache(martlet, tmp_path_factory):
    folder = tmp_path_factory.mktemp("httpd")
    # pytest's folders are for their owner alone; httpd's workers are somebody else.
    for parent in [folder, *folder.parents]:
        if "pytest-of-" in str(parent):
            parent.chmod(0o755)
    apache = Apache(martlet, folder)
    try:
        apache.start()
        yield apache
    finally:
        apache.stop()


@pytest.fixture(scope="module")
def visitor(apache):
    """Somebody who has come in through the front door of Martlet."""
    person = Person(EMAIL)
    page = person.go(apache.url + "/")
    assert page.path == "/sign-in" and page.heading == "Sign in to continue to Intranet"
    page = person.sign_in_on(page)
    assert page.path == "/consent" and "Intranet" in page.heading
    person.arrived = person.submit(page, page.form("/consent"), button="allow")
    return person


def shown(page):
    return dict(re.findall(r'<p id="(\w+)">([^<]*)</p>', page.text))


def is_stranger(page):
    return page.path == "/sign-in"


def test_the_pages_are_closed_to_strangers(apache):
    for path in ("/", "/index.html", "/staff.html", "/nowhere"):
        assert is_stranger(Person().go(apache.url + path)), path


def test_claims_in_a_request_are_nobodys_claims(apache):
    """What a visitor sends as a header or a cookie is no identity."""
    person = Person()
    person.session.headers["OIDC_CLAIM_email"] = EMAIL
    person.session.cookies.set("mod_auth_openidc_session", "11111111-1111-1111-1111-111111111111")
    assert is_stranger(person.go(apache.url + "/"))


def test_somebody_who_signed_in_is_let_in_and_known(apache, visitor):
    facts = shown(visitor.arrived)
    assert visitor.arrived.status == 200 and visitor.arrived.url == apache.url + "/", apache.log()
    assert facts["email"] == EMAIL and facts["name"] == "Ada Lovelace"
    assert facts["sub"] == facts["user"].split("@")[0]
    assert shown(visitor.go(apache.url + "/"))["sub"] == facts["sub"], "and stays signed in"


def test_the_app_holds_tokens_of_this_server(apache, visitor, martlet):
    told = visitor.session.get(f"{apache.url}/redirect_uri?info=json", timeout=10).json()
    assert told["id_token"]["iss"] == martlet.issuer and told["userinfo"]["email"] == EMAIL
    bearer = {"Authorization": "Bearer " + told["access_token"]}
    assert requests.get(f"{martlet.issuer}/userinfo", headers=bearer, timeout=10).json()["email"] == EMAIL


def test_a_role_opens_a_page_and_its_absence_does_not(apache, visitor):
    assert shown(visitor.go(apache.url + "/staff.html"))["email"] == EMAIL
    assert visitor.go(apache.url + "/elsewhere.html").status in (401, 403)


@pytest.mark.parametrize("query", [
    "code=mac_" + "a" * 43 + "&state=unknown", "state=unknown", "error=access_denied&state=unknown", "code=x"])
def test_an_answer_nobody_asked_for_signs_nobody_in(apache, query):
    person = Person()
    answer = person.session.get(f"{apache.url}/redirect_uri?{query}", allow_redirects=False, timeout=10)
    assert answer.status_code >= 400 or "mod_auth_openidc_session" not in answer.cookies
    assert is_stranger(person.go(apache.url + "/"))


def test_cancelling_lets_nobody_in(apache, martlet):
    martlet.add_person("grace@example.org", "Grace Hopper")
    person = Person("grace@example.org")
    page = person.sign_in_on(person.go(apache.url + "/staff.html"))
    assert page.path == "/consent", "what Ada has allowed is allowed for Ada"
    refused = person.submit(page, page.form("/consent"), button="deny")
    # Which error it shows is its own affair: it takes `iss` beside `error` (RFC 9207) for something else.
    assert refused.url.startswith(apache.url) and "error=access_denied" in refused.url
    assert "Grace" not in refused.text and not shown(refused)
    assert person.go(apache.url + "/staff.html").path == "/consent"


def test_signing_out_ends_both_sessions(apache, visitor, martlet):
    person = Person(EMAIL)
    page = person.sign_in_on(person.go(apache.url + "/"))
    assert shown(page)["email"] == EMAIL, "what Ada has allowed once is not asked again"
    held = dict(person.session.cookies)
    page = person.go(f"{apache.url}/redirect_uri?logout={requests.utils.quote(apache.url + '/', '')}")
    # Martlet sends people back to the app's front page, which is closed to strangers again.
    assert is_stranger(page), page
    assert person.go(f"{martlet.issuer}/account").path == "/sign-in"
    replayed = Person()
    replayed.session.cookies.update(held)
    assert is_stranger(replayed.go(apache.url + "/")), "old cookies open nothing"
    assert is_stranger(replayed.go(f"{martlet.issuer}/account"))


def test_what_was_printed_names_the_secret_and_the_file_does_not(apache, martlet):
    secret = re.search(r"OIDCClientSecret (\S+)", apache.printed).group(1)
    assert secret.startswith("mcs_")
    assert secret not in (martlet.folder / "Clients/intranet.json").read_text()
    assert secret not in martlet.read_log() and secret not in martlet.read_output()
