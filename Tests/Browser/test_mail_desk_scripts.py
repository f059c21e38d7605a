"""The page on one's own machine that shows mail, in a browser: a script in a mail does not run there (CF6)."""
from selenium.webdriver.common.by import By

from test_mail_desk import put

SCRIPT = "<script>document.getElementById('told').textContent = 'ran'; top.document.title = 'ran'</script>"
MARKUP = "<img src=x onerror=\"document.getElementById('told').textContent = 'ran'\">"
HTML = f"<!DOCTYPE html><html><head><title>x</title></head><body><p id='told'>still</p>{SCRIPT}{MARKUP}</body></html>"


def test_a_script_in_a_mail_does_not_run_in_its_frame_or_alone(house, screen):
    put(house.folder / "mail", "20270115T080000Z-evil.eml", HTML, subject=SCRIPT)
    plain = house.folder / "plain.html"
    plain.write_text(HTML)
    screen.open(plain.as_uri())
    assert screen.text == "ran", "it does run where nothing keeps it from it"
    address = f"http://localhost:{house.management}/mail"
    screen.open(address)
    screen.driver.find_element(By.PARTIAL_LINK_TEXT, "script").click()
    assert screen.heading == SCRIPT
    screen.driver.switch_to.frame(screen.driver.find_element(By.TAG_NAME, "iframe"))
    assert screen.text == "still"
    screen.driver.switch_to.default_content()
    assert screen.driver.title != "ran"
    screen.open(f"{address}/20270115T080000Z-evil.eml/html")
    assert screen.text == "still" and screen.driver.title == "x"
