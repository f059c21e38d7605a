"""The pages about second factors: where they are, what their fields are called, and how they are read. That stands here,
and nowhere else in the tests."""
import html
import json
import re
from urllib.parse import urljoin, urlsplit

from person import Arrival

# The pages
PROVE = "/second-factor"
APP, MAIL, BACKUP, KEY = (f"{PROVE}/{name}" for name in ("app", "mail", "backup-code", "passkey"))
SEND = MAIL + "/send"
LOST = PROVE + "/lost"
LOST_CODE = LOST + "/code"
STOP, UNDO = "/factor-recovery/stop/", "/factor-recovery/undo/"
STOP_HERE = "/account/factors/recovery/stop"
SECURITY = "/account/security"
SET_UP, ADD_APP, ADD_MAIL, ADD_KEY, RENAME, REMOVE, CODES, FORGET = (
    f"/account/factors/{name}"
    for name in ("set-up", "app", "mail", "passkeys", "rename", "remove", "codes", "remembered/forget"))
KEY_SIGN_IN = "/sign-in/passkey"
# Their fields. What a passkey answers goes into the first of these that a form has.
CODE, DRAFT, REMEMBER, NAME = "code", "draft", "remember", "name"
ANSWERS = ("answer", "credential", "passkey", "response", "assertion")
ONE, TWO, THREE = (f"urn:martlet:acr:{level}" for level in (1, 2, 3))


def at_factor(place):
    return not isinstance(place, Arrival) and place.path.split("/")[1] == PROVE[1:]


def forms_at(page, path):
    return [form for form in page.forms if urlsplit(form.action).path == path]


def form_at(page, path, field=None):
    found = [form for form in forms_at(page, path) if field is None or field in form.fields]
    assert found, f"no form for {path} with {field} on {page.url}: {page.heading!r} {page.text}"
    return found[0]


def tick(page, name):
    """What a tick of this box sends."""
    box = re.search(rf'<input[^>]*\bname="{name}"[^>]*>', page.text)
    assert box, f"no box {name} on {page.url}"
    value = re.search(r'value="([^"]*)"', box[0])
    return {name: value[1] if value else "on"}


def links_to(page, path):
    found = [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page.text)]
    return [urljoin(page.url, link) for link in found if urlsplit(link).path == path]


def text_of(markup):
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def fault(page):
    """What the page says went wrong, without the reference, which is another each time."""
    summary = re.search(r'<div class="summary"[^>]*>(.*?)</div>', page.text, re.S)
    assert summary, f"{page} names no fault: {page.text}"
    assert 'id="reference"' in summary[1], "there is no reference"
    return text_of(re.sub(r'<p class="reference">.*?</p>', "", summary[1], flags=re.S))


def key_of(page):
    """The key of an authenticator app, as it is shown for typing."""
    found = re.search(r'id="key"[^>]*>(.*?)</', page.text, re.S)
    assert found, f"no key on {page}: {page.text}"
    key = re.sub(r"[\s-]", "", text_of(found[1])).upper()
    assert re.fullmatch("[A-Z2-7]{32,}", key), key
    return key


def codes_of(page):
    """Backup codes, as they are shown once: an element for each."""
    return [text_of(found) for found in re.findall(
        r'<[^>]*class="[^"]*\bbackup-code\b[^"]*"[^>]*>(.*?)</', page.text, re.S)]


def options_of(page):
    """What the page would have the browser's `navigator.credentials` asked."""
    for value in re.findall(r'\bdata-[a-z-]+="([^"]*)"', page.text):
        if "challenge" in value:
            options = json.loads(html.unescape(value))
            return options.get("publicKey", options)
    raise AssertionError(f"{page} asks for no passkey: {page.text}")


def answered(form, answer):
    """The field for what a passkey answers, filled."""
    for name in ANSWERS:
        if name in form.fields:
            return {name: json.dumps(answer)}
    raise AssertionError(f"no field for an answer among {form.fields}")
