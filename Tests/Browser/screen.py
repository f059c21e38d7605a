"""A browser with a person in front of it: what they see, type and press."""
import base64
import json
import pathlib
import tempfile

from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

OUTPUT = pathlib.Path(__file__).resolve().parents[1] / "output"


class Screen:
    def __init__(self):
        options = webdriver.ChromeOptions()
        options.binary_location = "/usr/bin/chromium"
        for argument in ("--headless=new", "--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu",
                         "--hide-scrollbars", "--window-size=1280,900", "--no-proxy-server"):
            options.add_argument(argument)
        options.set_capability("goog:loggingPrefs", {"performance": "ALL"})
        options.add_experimental_option("perfLoggingPrefs", {"enableNetwork": True, "enablePage": False})
        self.driver = webdriver.Chrome(options=options, service=webdriver.ChromeService("/usr/bin/chromedriver"))
        self.reset()

    def reset(self):
        """As if the browser were new."""
        self.scripts(True)
        self.look(1280, "light")
        self.driver.get("about:blank")
        self.driver.execute_cdp_cmd("Network.clearBrowserCookies", {})

    def close(self):
        self.driver.quit()

    # What the browser is like
    def scripts(self, on):
        self.has_scripts = on
        self.driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": not on})

    def look(self, width, scheme):
        phone = width < 600
        self.driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", {
            "width": width, "height": 740 if phone else 900, "deviceScaleFactor": 1, "mobile": phone})
        self.driver.execute_cdp_cmd("Emulation.setEmulatedMedia", {
            "features": [{"name": "prefers-color-scheme", "value": scheme},
                         {"name": "prefers-reduced-motion", "value": "reduce"}]})

    # What the person sees
    @property
    def url(self):
        return self.driver.current_url

    @property
    def heading(self):
        return self.driver.find_element(By.TAG_NAME, "h1").text

    @property
    def text(self):
        return self.driver.find_element(By.TAG_NAME, "body").text

    @property
    def focused(self):
        return self.driver.switch_to.active_element

    def find(self, css):
        return self.driver.find_element(By.CSS_SELECTOR, css)

    def all(self, css):
        return self.driver.find_elements(By.CSS_SELECTOR, css)

    def until(self, condition, message=""):
        """Waits for it. While a page is going, the driver may complain about what it has just found: not yet, then."""
        wait = WebDriverWait(self.driver, 15, poll_frequency=0.03, ignored_exceptions=(WebDriverException,))
        return wait.until(lambda _: condition(), message)

    def wait_for_heading(self, heading):
        try:
            self.until(lambda: self.all("h1") and self.heading == heading)
        except Exception:
            raise AssertionError(f"expected “{heading}”, saw at {self.url}:\n{self.text}") from None

    # What the person does
    def open(self, url):
        self.driver.get(url)

    def type(self, field, text):
        element = self.driver.find_element(By.ID, field)
        element.clear()
        element.send_keys(text)

    def choose(self, field, content):
        """Chooses a file of this content from the disk."""
        self.folder = getattr(self, "folder", None) or pathlib.Path(tempfile.mkdtemp())
        path = self.folder / "chosen.png"
        path.write_bytes(content)
        self.driver.find_element(By.ID, field).send_keys(str(path))

    def leave_by(self, act):
        """Does something that leads to another page, and waits until this one is gone."""
        page = self.find("html")
        act()
        self.until(lambda: self.is_gone(page), "the page stays")

    def is_gone(self, element):
        try:
            return not element.is_enabled()
        except WebDriverException as problem:
            if isinstance(problem, StaleElementReferenceException) or "does not belong to the document" in problem.msg:
                return True
            raise

    def press(self, words, within="body"):
        """Presses the button or follows the link with these words."""
        for element in self.all(f"{within} button, {within} a"):
            if element.text == words:
                return self.leave_by(element.click)
        raise AssertionError(f"no “{words}” at {self.url}:\n{self.text}")

    def press_if(self, words):
        """Presses the button if this page has one."""
        if any(element.text == words for element in self.all("button")):
            self.press(words)

    def sign_in(self, email, password):
        self.type("email", email)
        self.type("password", password)
        self.press("Sign in")

    # What is kept
    def shot(self, name):
        OUTPUT.mkdir(exist_ok=True)
        # The same picture in a larger file: there are some hundred of them.
        picture = self.driver.execute_cdp_cmd(
            "Page.captureScreenshot", {"captureBeyondViewport": True, "optimizeForSpeed": True})
        (OUTPUT / f"{name}.png").write_bytes(base64.b64decode(picture["data"]))

    def source(self):
        """The document as the server sent it, not as the browser understood it."""
        events = [json.loads(entry["message"])["message"] for entry in self.driver.get_log("performance")]
        document = [event["params"]["requestId"] for event in events
                    if event["method"] == "Network.responseReceived" and event["params"]["type"] == "Document"
                    and event["params"]["response"]["status"] != 204][-1]
        return self.driver.execute_cdp_cmd("Network.getResponseBody", {"requestId": document})["body"]
