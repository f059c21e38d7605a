"""What people and operators see when a provider has let nobody come back."""
import re

from by_provider import events, failed_check
from person import Arrival
from waiting import eventually

# Words of the stand-in that nobody is to see.
OF_PROVIDERS = ("Words of", "upstream&#39;s", "stand_in_error", "Back soon", "Bad Gateway", "alert(", "Internal Server",
                "mix-up.example", "rate limited", "Resource not accessible", "AADSTS", "Error validating")


def is_back(place, statuses):
    """On the sign-in page, with one sentence of ours; the reference that it shows."""
    assert not isinstance(place, Arrival), place
    assert place.status in statuses and place.heading.startswith("Sign in"), (place, place.text)
    summary = re.search(r'id="error-summary".*?<strong>(.*?)</strong>', place.text, re.S)
    assert summary and "<" not in summary[1] and len(summary[1]) < 120 and summary[1].endswith("."), place.text
    reference = place.response.headers["X-Request-Id"]
    assert reference in place.text
    assert not [words for words in OF_PROVIDERS if words in place.text]
    assert "no-store" in place.response.headers["Cache-Control"]
    return reference


def refused_once(house, found, reasons):
    """`found`: ids and references. Each is on record once, and explained."""
    def recorded():
        seen = events(house, "upstream_refused")
        return seen if len([event for event in seen if event["provider"] in found]) >= len(found) else None
    seen = eventually(recorded)
    for id, reference in found.items():
        [event] = [event for event in seen if event["provider"] == id]
        assert event["reason"] in reasons and event["reference"] == reference and event["network"], event
        assert event["outcome"] == "refused"
        failed = failed_check(house, reference)
        assert failed["check"] == "upstream" and failed["seen"] and failed["expected"] and failed["repair"], failed
        assert house.upstream.client_secret not in str(failed)
