"""What is said when something cannot be: each refusal says what to do and can be found in the log."""
import json

import pytest
from client import SECRET, Client


@pytest.fixture(scope="module")
def vault(house, ada, receiver):
    return Client(house, receiver, "vault", SECRET, client_uri="https://vault.example.org/",
                  martlet_required_roles=["staff"])


def reference(house, screen):
    """The reference on the page, which must stand in the log too; returns the log's lines about it."""
    shown = screen.find("#reference").text
    assert len(shown) >= 8
    lines = [line for line in house.read_log().splitlines() if shown in line]
    assert lines, f"{shown} is not in the log"
    return "\n".join(lines)


def test_without_the_role(house, vault, ada, screen):
    screen.open(vault.authorize())
    screen.sign_in(*ada)
    screen.wait_for_heading("This account cannot be used for Vault")
    assert "Only people with the role staff may sign in to Vault." in screen.text
    assert "You are signed in as ada@example.org" in screen.text
    assert "staff" in reference(house, screen)
    back = [link for link in screen.all("a") if link.text == "Go back to Vault"]
    assert [link.get_attribute("href") for link in back] == ["https://vault.example.org/"]
    screen.press("Use another account")
    assert screen.heading == "Sign in to continue to Vault"
    assert screen.find("#email").get_attribute("value") == ""


def test_an_app_nobody_knows(house, vault, screen):
    screen.open(vault.authorize().replace("client_id=vault", "client_id=stranger"))
    assert screen.heading == "We do not know this app"
    assert "client_id is not registered" in reference(house, screen)


def test_an_address_that_is_not_registered(house, vault, receiver, screen):
    screen.open(vault.authorize(redirect_uri=f"{receiver.origin}/elsewhere"))
    assert screen.heading == "We cannot send you back to this app"
    reference(house, screen)
    assert receiver.arrivals.empty()


def test_the_reference_can_be_copied(house, vault, screen):
    screen.driver.execute_cdp_cmd("Browser.grantPermissions", {
        "origin": house.issuer, "permissions": ["clipboardReadWrite", "clipboardSanitizedWrite"]})
    screen.open(f"{house.issuer}/nowhere")
    assert screen.heading == "There is no page here"
    screen.find("[data-copy]").click()
    screen.until(lambda: screen.find("[data-copy]").text.startswith("Copied"))
    copied = screen.driver.execute_async_script("navigator.clipboard.readText().then(arguments[0])")
    assert copied == screen.find("#reference").text


def test_a_request_that_is_over(house, vault, screen):
    screen.open(f"{house.issuer}/sign-in?request=mpa_{'a' * 43}")
    assert screen.heading == "This page has expired"


def test_a_request_begun_in_another_browser(house, ada, vault, screen):
    screen.open(vault.authorize())
    address = screen.url
    screen.reset()
    screen.open(address)
    assert screen.heading == "Sign in", "as for somebody who comes without an app"
    assert "request=" not in screen.source(), "what one browser began is not another's to finish"
    screen.sign_in(*ada)
    screen.wait_for_heading("Your account")


def test_a_form_from_elsewhere_changes_nothing(house, ada, vault, screen):
    """Another site's page sends our form: the person at the screen is not signed in by it."""
    email, password = ada
    screen.open(vault.receiver.origin)
    vault.receiver.arrival()
    screen.leave_by(lambda: screen.driver.execute_script(
        """const form = document.body.appendChild(document.createElement("form"));
        form.method = "post"; form.action = arguments[0];
        for (const [name, value] of Object.entries(arguments[1])) {
            form.append(Object.assign(document.createElement("input"), {name, value}));
        }
        form.submit();""", f"{house.issuer}/sign-in", {"email": email, "password": password}))
    screen.wait_for_heading("Please try that again")
    screen.open(f"{house.issuer}/account")
    assert screen.heading == "Sign in"


def test_the_log_holds_no_password(house, ada, vault):
    """Last, when the tests above have sent it."""
    log = house.read_log()
    assert [json.loads(line) for line in log.splitlines()]
    assert ada[1] not in log
