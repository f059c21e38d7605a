"""Requests at a rate that does not give way: one that finds the server slow is due all the same, and its time counts
from when it was due. Who waits for an answer before asking again measures a slow server as a quiet one."""
import contextlib
import multiprocessing
import selectors
import socket
import threading
import time
from collections import Counter, deque

from trial import percentile


class Seat:
    """One connection, and what is under way on it."""

    def __init__(self, port):
        self.port, self.line, self.seen, self.due, self.told = port, None, b"", 0.0, None

    def send(self, request, due, told):
        self.due, self.told, self.seen = due, told, b""
        if self.line is None:
            self.line = socket.create_connection(("127.0.0.1", self.port), timeout=5)
            self.line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self.line.settimeout(5)
        self.line.sendall(request)
        self.line.setblocking(False)

    def drop(self):
        if self.line:
            self.line.close()
        self.line = None

    @property
    def is_whole(self):
        head, end, body = self.seen.partition(b"\r\n\r\n")
        if not end:
            return False
        lower = head.lower()
        place = lower.find(b"\r\ncontent-length:")
        if place >= 0:
            return len(body) >= int(lower[place + 17:].split(b"\r\n")[0])
        if b"transfer-encoding: chunked" in lower:
            return body.endswith(b"0\r\n\r\n")
        return True

    @property
    def closes(self):
        return b"connection: close" in self.seen.partition(b"\r\n\r\n")[0].lower()


class Answers:
    """What came of it, as `answers` tells and `patience` bounds."""

    def between(self, begin, end):
        return [answer for answer in list(self.answers) if begin <= answer[0] < end]

    def statuses(self, answers=None):
        return Counter(status for _, _, status in (self.answers if answers is None else answers))

    def p99(self, answers=None):
        """Of those that were answered, in milliseconds; whoever was never answered counts as the slowest."""
        answers = list(self.answers) if answers is None else answers
        return 1000 * percentile([taken if status > 0 else self.patience for _, taken, status in answers], 0.99)


class Pace(Answers):
    """`with Pace(…) as pace:` goes on until the block ends, or for `seconds`. `make` gives a request, and what to call
    with the status and the bytes of its answer (or nothing). `answers`: when each was due, how long it took, its
    status; 0 for none, and -1 where no door was open, so that nothing was asked."""

    def __init__(self, ports, make, rate, connections, seconds=None, patience=30):
        self.make, self.rate, self.seconds, self.patience = make, rate, seconds, patience
        self.seats = deque(Seat(ports[number % len(ports)]) for number in range(connections))
        self.busy, self.answers, self.waiting = {}, [], deque()
        self.over, self.fault = threading.Event(), None
        self.thread = threading.Thread(target=self.guarded, daemon=True)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *error):
        if not error[0] and self.seconds:
            self.thread.join()
        self.over.set()
        self.thread.join()
        for seat in self.seats:
            seat.drop()
        if self.fault and not error[0]:
            raise self.fault

    def guarded(self):
        try:
            self.work()
        except Exception as fault:
            self.fault = fault

    def work(self):
        self.selector, begun, number = selectors.DefaultSelector(), time.monotonic(), 0
        # All that are due are made, however late: a machine that is busy elsewhere makes none of them go away.
        count = int(self.rate * self.seconds) if self.seconds else float("inf")
        while not self.over.is_set() and (number < count or self.waiting):
            now = time.monotonic()
            while number < count and begun + number / self.rate <= now:
                self.waiting.append(begun + number / self.rate)
                number += 1
            while self.waiting and self.seats:
                self.begin(self.waiting.popleft())
            self.hear(min(0.02, max(0.0, begun + number / self.rate - time.monotonic())))
        deadline = time.monotonic() + self.patience
        while self.busy and time.monotonic() < deadline:
            self.hear(0.05)
        for seat in list(self.busy.values()):
            self.finish(seat, 0)
        self.selector.close()

    def begin(self, due):
        seat = self.seats.popleft()
        request, told = self.make()
        for attempt in (1, 2):
            is_fresh = seat.line is None
            try:
                seat.send(request, due, told)
                break
            except OSError:
                was_open = seat.line is not None
                seat.drop()
                if is_fresh or attempt == 2:
                    return self.finish(seat, 0 if was_open else -1, is_registered=False)
        self.busy[seat.line] = seat
        self.selector.register(seat.line, selectors.EVENT_READ)

    def hear(self, timeout):
        for key, _ in self.selector.select(timeout):
            seat = self.busy[key.fileobj]
            try:
                chunk = seat.line.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                chunk = b""
            seat.seen += chunk
            if not chunk:
                self.finish(seat, 0)
            elif seat.is_whole:
                self.finish(seat, int(seat.seen[9:12]))
        late = time.monotonic() - self.patience
        for seat in [seat for seat in self.busy.values() if seat.due < late]:
            self.finish(seat, 0)

    def finish(self, seat, status, is_registered=True):
        self.answers.append((seat.due, time.monotonic() - seat.due, status))
        if is_registered:
            self.selector.unregister(seat.line)
            del self.busy[seat.line]
        if seat.told:
            seat.told(status, seat.seen)
        if status <= 0 or seat.closes:
            seat.drop()
        self.seats.append(seat)


class PaceApart(Answers):
    """The same in a process of its own, until the block ends: nothing else that the experiment does holds up its clock.
    What `make` gives to be called is called there."""

    def __init__(self, ports, make, rate, connections, patience=30):
        self.answers, self.patience = [], patience
        self.here, there = multiprocessing.Pipe()
        self.child = multiprocessing.get_context("fork").Process(
            target=self.work, args=(there, ports, make, rate, connections, patience), daemon=True)

    @staticmethod
    def work(there, ports, make, rate, connections, patience):
        with Pace(ports, make, rate, connections, patience=patience) as pace:
            there.recv()
        there.send(pace.answers)

    def __enter__(self):
        self.child.start()
        return self

    def __exit__(self, *error):
        self.here.send("enough")
        if self.here.poll(2 * self.patience):
            self.answers = self.here.recv()
        self.child.join(5)
        assert error[0] or self.answers, "the pace has ended by itself"


def settled(ports, make, rate, connections, seconds):
    """The same for a while, with nothing else going on: what others are compared with."""
    with Pace(ports, make, rate, connections, seconds) as pace:
        pass
    return pace


@contextlib.contextmanager
def many(lines):
    """Closes them all in the end."""
    try:
        yield lines
    finally:
        for line in lines:
            line.close()
