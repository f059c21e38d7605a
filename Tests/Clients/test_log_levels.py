"""What the log holds at its most talkative (CF3): short lines, and of the house's own keys nothing."""
import json

import pytest
import requests
from martlet import Martlet

pytestmark = pytest.mark.once

CLIENT_SECRET = "s" * 43


@pytest.mark.parametrize("level", ["debug", "trace"])
def test_the_most_talkative_log_starts_serves_and_keeps_its_lines_short_CF3(level):
    with Martlet(settings={"MARTLET_LOG_LEVEL": level}) as house:
        house.add_client("machine", CLIENT_SECRET, grant_types=["client_credentials"], redirect_uris=[], response_types=[],
                         scope="")
        house.reload()
        answer = requests.post(house.issuer + "/token", auth=("machine", CLIENT_SECRET),
                               data={"grant_type": "client_credentials"}, timeout=10)
        assert answer.status_code == 200
        lines = [line for line in house.read_log().splitlines() if line.startswith("{")]
        assert any(json.loads(line)["level"] in ("debug", "trace") for line in lines), "a level that says no more is none"
        assert max(map(len, lines)) < 4000
        assert not [line for line in lines if CLIENT_SECRET in line or answer.json()["access_token"] in line]
        assert not [line for line in lines if "masterKey" in line or "formKey" in line]
