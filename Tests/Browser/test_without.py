"""Without scripts, and without a mouse."""
import pytest
from client import SECRET, Client
from martlet import PASSWORD
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.keys import Keys


@pytest.fixture(scope="module")
def wiki(house, ada, receiver):
    return Client(house, receiver, "wiki", SECRET)


@pytest.fixture(scope="module")
def poster(house, ada, receiver):
    return Client(house, receiver, "poster")


@pytest.fixture
def scriptless(screen):
    screen.scripts(False)
    return screen


def test_the_browser_runs_no_scripts(scriptless, wiki):
    """That the others prove something."""
    scriptless.open(wiki.authorize())
    assert not scriptless.find("[data-reveal]").is_displayed()
    scriptless.scripts(True)
    scriptless.open(wiki.authorize())
    assert scriptless.find("[data-reveal]").is_displayed()


def test_signing_in_without_scripts(scriptless, wiki, ada):
    scriptless.open(wiki.authorize(prompt="consent"))
    scriptless.sign_in(ada[0], "not the password at all")
    assert scriptless.focused.get_attribute("id") == "error-summary"
    scriptless.sign_in(*ada)
    scriptless.wait_for_heading("Allow Wiki to use your account?")
    scriptless.press("Allow")
    scriptless.wait_for_heading("Back at the client")
    assert wiki.redeem(wiki.returned().parameters["code"])["id_token"]


def test_the_form_goes_on_by_its_button_without_scripts(scriptless, poster, ada):
    scriptless.open(poster.authorize(response_mode="form_post"))
    scriptless.sign_in(*ada)
    scriptless.press("Allow")
    scriptless.wait_for_heading("You are on your way")
    assert "One more step: press the button to go on." in scriptless.text
    assert poster.receiver.arrivals.empty()
    scriptless.press("Continue")
    scriptless.wait_for_heading("Back at the client")
    answer = poster.returned()
    assert answer.method == "POST" and poster.redeem(answer.parameters["code"])["id_token"]


def test_the_form_sends_itself(screen, poster, ada):
    screen.open(poster.authorize(response_mode="form_post"))
    screen.sign_in(*ada)
    screen.press("Allow")
    screen.wait_for_heading("Back at the client")
    answer = poster.returned()
    assert answer.method == "POST"
    assert sorted(name for name, _ in answer.pairs) == ["code", "iss", "state"]
    assert "code" not in screen.url, "by form means: not in the address"
    assert poster.redeem(answer.parameters["code"])["id_token"]


def test_a_no_is_sent_by_form_too(screen, poster, ada):
    screen.open(poster.authorize(response_mode="form_post"))
    screen.sign_in(*ada)
    screen.press("Cancel")
    screen.wait_for_heading("Back at the client")
    answer = poster.returned()
    assert answer.method == "POST" and answer.parameters["error"] == "access_denied"


OUTLINE = """const style = getComputedStyle(arguments[0]);
return [style.outlineStyle, style.outlineWidth, style.outlineColor, style.borderTopColor].join(" ");"""


def keys(screen, *pressed):
    ActionChains(screen.driver).send_keys(*pressed).perform()


def tab_to(screen, name):
    """Presses Tab until something with these words or this id has the focus, and sees that each stop shows."""
    for _ in range(15):
        keys(screen, Keys.TAB)
        stop = screen.focused
        assert stop.tag_name != "body", f"Tab never reaches {name}"
        style = screen.driver.execute_script(OUTLINE, stop).split()
        assert style[0] == "solid" and float(style[1].removesuffix("px")) >= 2, f"{stop.text!r} does not show focus"
        if name in (stop.text, stop.get_attribute("id")):
            return stop
    raise AssertionError(f"Tab does not reach {name}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_signing_in_by_keyboard_alone(screen, wiki, ada, scheme):
    screen.look(1280, scheme)
    screen.open(wiki.authorize(prompt="consent"))
    assert screen.focused.get_attribute("id") == "email"
    keys(screen, ada[0])
    tab_to(screen, "password")
    keys(screen, "not the password at all")
    screen.leave_by(lambda: keys(screen, Keys.ENTER))
    assert screen.focused.get_attribute("id") == "error-summary"

    tab_to(screen, "password")
    keys(screen, PASSWORD)
    button = tab_to(screen, "Sign in")
    assert button.tag_name == "button"
    screen.leave_by(lambda: keys(screen, Keys.ENTER))
    screen.wait_for_heading("Allow Wiki to use your account?")

    tab_to(screen, "Cancel")
    ActionChains(screen.driver).key_down(Keys.SHIFT).send_keys(Keys.TAB).key_up(Keys.SHIFT).perform()
    assert screen.focused.text == "Allow"
    screen.leave_by(lambda: keys(screen, Keys.SPACE))
    screen.wait_for_heading("Back at the client")
    assert "code" in wiki.returned().parameters
