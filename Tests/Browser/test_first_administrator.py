"""The link that a new server prints, and the person who opens it."""
from martlet import PASSWORD


def test_the_first_administrator(house, screen):
    link = house.setup_link()
    screen.open(link)
    assert screen.heading == "Create the first administrator"
    assert screen.focused.get_attribute("id") == "name"

    screen.type("name", "Ada Lovelace")
    screen.type("email", "ada@example.org")
    screen.type("password", "too short")
    screen.press("Create administrator")
    assert screen.focused.get_attribute("id") == "error-summary"
    assert screen.driver.title.startswith("Error: ")
    assert "Choose a password with at least 15 characters." in screen.focused.text
    assert screen.find("#name").get_attribute("value") == "Ada Lovelace"
    assert screen.find("#email").get_attribute("value") == "ada@example.org"
    assert screen.find("#password").get_attribute("value") == ""
    assert screen.find("#password").get_attribute("aria-invalid") == "true"
    assert "password-error" in screen.find("#password").get_attribute("aria-describedby").split()
    assert screen.find("#password-error").text == "Choose a password with at least 15 characters."

    screen.find("#error-summary a").click()
    assert screen.focused.get_attribute("id") == "password"
    screen.type("password", PASSWORD)
    screen.press("Create administrator")
    screen.wait_for_heading("Your account")
    assert screen.url == f"{house.issuer}/account"
    assert "Ada Lovelace" in screen.text and "ada@example.org" in screen.text
    assert "admin" in screen.find(".tags").text

    screen.open(link)
    assert screen.heading == "This setup link does not work"
    assert not screen.all("input")
