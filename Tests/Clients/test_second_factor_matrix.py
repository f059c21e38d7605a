"""Every way in against every policy: whether somebody is in, is asked for the second factor, has to set one up, or is
refused. The table below is what must be; what is found is printed as a table at the end of the run (MF6, B100, B104, B113)."""
import time

import pytest
from by_provider import Providers, enter, make, numbers, press, somebody
from factor_house import SETTINGS, account, app_of, calm, furnish, restart, visitor
from factor_pages import CODE, KEY_SIGN_IN, REMEMBER, SET_UP, TWO, at_factor
from factor_visitor import answer_with_key, enrol, enrol_key, forget_session, mail_where, signed_in, try_code
from mailed_links import ask as ask_for_link
from mailed_links import newcomer
from person import Arrival
from software_key import SoftwareKey
from test_staff_links import make as make_staff_link

# `in`: at the app. `factor`: asked for the second factor. `enrol`: led to where one is set up. `refused`: neither of these.
# `-`: there is no such case, or (max_age after a link of staff) it is another row's, for the password is asked for again.
# On the word of staff nobody reaches a level that takes two kinds of proof, nor sets up what would.
EXPECTED = """
                   nothing  enrolled  remembered  exempt-role  exempt-app  required  acr      acr+remembered  acr+exempt-role  age+remembered  off  store-away
password           in       factor    in          in           in          enrol     enrol    factor          factor           factor          in   refused
magic-link         in       factor    in          in           in          enrol     enrol    factor          factor           factor          in   refused
provider           in       factor    in          in           in          enrol     enrol    factor          factor           factor          in   refused
passkey            -        in        -           in           in          -         -        in              in               in              -    refused
recovered-password in       factor    factor      in           in          enrol     enrol    factor          factor           factor          in   refused
staff-link         in       factor    factor      in           in          enrol     refused  factor          refused          -               in   refused
second-app         in       in        in          in           in          enrol     enrol    factor          factor           factor          in   refused
refresh-token      in       in        in          in           in          in        -        -               -                -               in   -
new-tab            in       factor    in          in           in          enrol     enrol    factor          factor           factor          in   refused
back-button        in       factor    in          in           in          enrol     enrol    factor          factor           factor          in   refused
come-back          in       factor    factor      in           in          enrol     enrol    factor          factor           factor          in   refused
"""
HEAD, *LINES = [line.split() for line in EXPECTED.strip().splitlines()]
TABLE = {line[0]: dict(zip(HEAD, line[1:], strict=True)) for line in LINES}
DAY = 86_400
# So many processes share the rows.
SHARES = 3


@pytest.fixture(scope="module")
def house():
    with Providers(signing=("openid",)) as upstream:
        house = make(upstream, [("openid", "openid")], environment=SETTINGS | {
            "MARTLET_SECOND_FACTOR_EXEMPT_ROLES": "guest", "MARTLET_SECOND_FACTOR_REQUIRED_ROLES": "strict"})
        furnish(house)
        with house:
            yield house


class Case:
    """Somebody who stands as the column says, in front of a browser that does."""

    def __init__(self, house, row, column):
        self.house, self.row, self.column = house, row, column
        self.key = self.id = self.held = None
        self.first = by_provider if row == "provider" else by_password
        self.person, self.email = self.somebody()
        self.person.email = self.email
        if "role" in column or column == "required":
            house.command("user", "roles", self.email, "--add", "strict" if column == "required" else "guest",
                          "--reason", "for the table")
        if row == "passkey":
            self.key = SoftwareKey(house.issuer)
            self.held = enrol_key(house, self.key, self.email, self.home)
        elif column not in ("nothing", "required", "acr"):
            self.held = enrol(house, self.email, self.home)
        self.app = app_of(house, "free" if column == "exempt-app" else "wiki")
        self.demands = {"acr_values": TWO} if "acr" in column else {"max_age": "0"} if "age+" in column else {}
        if "remembered" in column and self.held and not self.key:
            self.come_whole(app_of(house), remember=True)
            forget_session(self.person)

    def somebody(self):
        """In the browser that is looked at, and `home`, signed in elsewhere."""
        calm(self.house)
        if self.row != "provider":
            email = newcomer(self.house)
            self.home = signed_in(self.house, email)
            return visitor(email), email
        _, email = somebody(self.house.upstream, "openid", email=f"elsewhere-{next(numbers)}@example.org")
        self.home = visitor()
        enter(self.house, self.home, "openid", email)
        return visitor(), email

    def come_whole(self, app, remember=False):
        """In at an app, through the second factor if it is asked for."""
        calm(self.house)
        place = self.first(self, self.page(app))
        if at_factor(place):
            place = try_code(self.person, place, self.held.fresh(), remember=remember)
        assert isinstance(place, Arrival), (place, place.text)
        return app.come_back(place)

    def page(self, app=None, **demands):
        page = self.person.go((app or self.app).authorization_url(**demands))
        assert page.path == "/sign-in" and page.status == 200, page
        return page

    def last(self):
        """Before the step that decides: what the column takes away or demands from now on."""
        calm(self.house)
        if self.column == "required":
            self.house.sql(
                f"INSERT INTO factor_standings (account_id, demanded_at) SELECT id, {int(time.time()) - 8 * DAY} "
                f"FROM accounts WHERE canonical_email = '{self.email}' "
                "ON CONFLICT (account_id) DO UPDATE SET demanded_at = excluded.demanded_at")
        if self.column == "off":
            restart(self.house, MARTLET_SECOND_FACTOR_ENABLED="false")
        if self.column == "store-away":
            self.house.sql("ALTER TABLE factors RENAME TO factors_away")

    def restore(self):
        if self.column == "off" and self.house.environment.get("MARTLET_SECOND_FACTOR_ENABLED") == "false":
            restart(self.house, MARTLET_SECOND_FACTOR_ENABLED="true")
        if self.column == "store-away" and self.is_away():
            self.house.sql("ALTER TABLE factors_away RENAME TO factors")

    def is_away(self):
        try:
            self.house.sql("SELECT count(*) FROM factors_away")
            return True
        except Exception:
            return False


# From a page to sign in on, by one way


def by_password(case, page):
    return case.person.sign_in_on(page, email=case.email)


def by_link(case, page):
    before = len(case.house.mails(case.email, count=0))
    ask_for_link(case.person, page, case.email)
    mail = mail_where(
        case.house, case.email, before, lambda mail: any("/magic-link/" in link for link in mail.links))
    page = case.person.go(next(link for link in mail.links if "/magic-link/" in link))
    return case.person.submit(page, page.form("/magic-link/mml_"))


def by_provider(case, page):
    return press(case.person, page, "openid")


def by_key(case, page):
    return answer_with_key(case.key, case.person, page, KEY_SIGN_IN)


# The rows: each gives the place at which the browser ends


def straight(way):
    def row(case):
        page = case.page(**case.demands)
        case.last()
        return way(case, page)
    return row


def recovered_password(case):
    calm(case.house)
    person, before = case.person, len(case.house.mails(case.email, count=0))
    page = person.go(case.house.issuer + "/recovery")
    sent = person.submit(page, page.form("/recovery"), email=case.email)
    mail = mail_where(case.house, case.email, before, lambda mail: any("/recovery/mml_" in link for link in mail.links))
    page = person.submit(sent, sent.form("/recovery"), **{CODE: mail.code})
    person.password = "five green harbour lamps"
    person.submit(page, page.form("/recovery"), password=person.password)
    return straight(by_password)(case)


def staff_link(case):
    link = make_staff_link(case.house, case.email)["magic_url"]
    page = case.person.go(link)
    case.last()
    place = case.person.submit(page, page.form("/staff-link/"))
    return place if place.status >= 400 else case.person.go(case.app.authorization_url(**case.demands))


def second_app(case):
    case.come_whole(app_of(case.house))
    case.last()
    second = app_of(case.house, "free" if case.column == "exempt-app" else "shop")
    return case.person.go(second.authorization_url(**case.demands))


def refresh_token(case):
    app = app_of(case.house, "free" if case.column == "exempt-app" else "wiki", "openid offline_access")
    case.come_whole(app)
    case.last()
    return app.refresh()


def new_tab(case):
    """One tab stands wherever the sign-in led; another asks for another app."""
    page = case.page(app_of(case.house))
    case.last()
    by_password(case, page)
    second = app_of(case.house, "free" if case.column == "exempt-app" else "shop")
    return case.person.go(second.authorization_url(**case.demands))


def back_button(case):
    """Back to the page to sign in on, and from there as far as it goes; where it has expired, from the app again."""
    page = case.page(**case.demands)
    case.last()
    place = by_password(case, page)
    if not isinstance(place, Arrival) and place.status >= 500:
        return place
    again = case.person.go(page.url)
    if not isinstance(again, Arrival) and again.status >= 400:
        again = case.person.go(case.app.authorization_url(**case.demands))
    return again


def come_back(case):
    page = case.home.go(case.house.issuer + "/account/delete")
    case.home.submit(page, page.form("/account/delete"), sure="yes")
    assert case.house.sql(f"SELECT status FROM accounts WHERE canonical_email = '{case.email}'") == "disabled"
    calm(case.house)
    question = by_password(case, case.page(**case.demands))
    assert question.heading == "Come back?", question
    case.last()
    return case.person.submit(question, question.form("/come-back"))


ROWS = {
    "password": straight(by_password), "magic-link": straight(by_link), "provider": straight(by_provider),
    "passkey": straight(by_key), "recovered-password": recovered_password, "staff-link": staff_link,
    "second-app": second_app, "refresh-token": refresh_token, "new-tab": new_tab, "back-button": back_button,
    "come-back": come_back}
assert list(ROWS) == list(TABLE)


def outcome(case, place):
    if not isinstance(place, Arrival) and not isinstance(place, dict) and place.path == "/sign-in" and place.status == 200:
        # It must be a sign-in of just now.
        calm(case.house)
        place = case.first(case, place)
    if isinstance(place, dict):
        return "in" if place.get("access_token") else "refused"
    if isinstance(place, Arrival):
        return "in" if "code" in place.parameters else "refused"
    if place.status >= 400:
        return "refused"
    if at_factor(place):
        return "factor"
    assert place.path == SET_UP, (place, place.text)
    return "enrol"


# What is decided in the write that opens the session; all else is above the store, and the same on every engine.
STORED = ("enrolled", "remembered", "exempt-role", "off", "store-away")
CELLS = [
    pytest.param(
        row, column, id=f"{row} {column} share-{list(ROWS).index(row) * SHARES // len(ROWS)}",
        marks=[] if column in STORED else [pytest.mark.once])
    for row in ROWS for column in HEAD if TABLE[row][column] != "-"]


@pytest.mark.parametrize(("row", "column"), CELLS)
def test_a_way_in_under_a_policy_MF6(house, row, column, record_property):
    case = Case(house, row, column)
    try:
        found = outcome(case, ROWS[row](case))
    finally:
        case.restore()
    record_property(
        "table", ["Ways in by policy", [list(ROWS).index(row), row], [HEAD.index(column), column], found])
    assert found == TABLE[row][column]


def test_the_box_is_where_the_table_ticks_it(house):
    """That the column of remembered browsers is about them, and not about people who were never asked."""
    case = Case(house, "password", "remembered")
    assert case.held and house.sql(
        f"SELECT count(*) FROM remembered_browsers WHERE account_id = {account(case.email)}") == "1", REMEMBER
