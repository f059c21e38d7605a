"""Waiting for what comes a little later than the answer: what is recorded, sent or noticed beside it."""
import time


def eventually(question, within=15):
    """The first answer that is not empty. The time allows for a busy machine."""
    deadline = time.monotonic() + within
    while not (answer := question()):
        assert time.monotonic() < deadline, f"still {answer!r} after {within} s"
        time.sleep(0.05)
    return answer
