"""How mails look: those of Tests/Mails, as agreed there, on a phone and at a desk, light and dark. Pictures are kept."""
import pathlib

import pytest
from test_pages import TOO_WIDE

FOLDER = pathlib.Path(__file__).resolve().parents[1] / "Mails"
MAILS = sorted(path.stem for path in FOLDER.glob("*.html"))


@pytest.mark.parametrize("name", MAILS)
def test_a_mail_fits_wherever_it_is_read(screen, name):
    for width in (360, 700):
        for scheme in ("light", "dark"):
            screen.look(width, scheme)
            screen.open((FOLDER / f"{name}.html").as_uri())
            assert screen.heading
            screen.shot(f"mail-{name}-{width}-{scheme}")
            assert not screen.driver.execute_script(TOO_WIDE), f"{name} at {width}"
