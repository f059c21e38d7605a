"""A mail server that nobody here wrote (aiosmtpd), on loopback, as well or badly behaved as a test wants it."""
import asyncio
import email
import email.policy
import ssl
import threading
import time
from dataclasses import dataclass

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from martlet import free_port

USER, SECRET = "martlet", "lantern + orbit"


@dataclass
class Taken:
    """A mail that was handed over completely, and whether the sender could know."""
    to: str
    message: email.message.EmailMessage
    raw: bytes
    encrypted: bool
    signed_in: bool
    acknowledged: bool

    @property
    def message_id(self):
        return self.message["Message-ID"]


class Behaviour:
    """What aiosmtpd asks at each step. Each answer can be replaced by a line, or by a function of the recipient that gives one
    or waits."""

    def __init__(self, office):
        self.office = office

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.office.heard.append("EHLO " + hostname)
        session.host_name = hostname
        return responses

    async def handle_MAIL(self, server, session, envelope, address, options):
        self.office.heard.append("MAIL " + address)
        refusal = await self.office.ask("sender", address)
        if refusal:
            return refusal
        envelope.mail_from = address
        return "250 OK"

    async def handle_RCPT(self, server, session, envelope, address, options):
        self.office.heard.append("RCPT " + address)
        refusal = await self.office.ask("recipient", address)
        if refusal:
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        to = envelope.rcpt_tos[0]
        taken = Taken(
            to, email.message_from_bytes(envelope.original_content, policy=email.policy.default), envelope.original_content,
            session.ssl is not None, bool(session.authenticated), False)
        self.office.handed_over.append(taken)
        end = self.office.end
        if callable(end):
            end = end(taken)
        if end == "dies before its answer":
            server.transport.abort()
            return "250 nobody hears this"
        answer = await self.office.ask("message", to)
        if answer:
            return answer
        taken.acknowledged = True
        if end == "dies after its answer":
            await server.push("250 OK")
            server.transport.close()
        return "250 OK"

    async def handle_QUIT(self, server, session, envelope):
        await self.office.ask("farewell", "")
        return "221 Bye"


class Office(SMTP):
    """aiosmtpd knows a session as encrypted after STARTTLS; here also when it was from the first byte."""

    def connection_made(self, transport):
        super().connection_made(transport)
        if self.session and transport.get_extra_info("ssl_object"):
            self.session.ssl = transport.get_extra_info("ssl_object")


class PostOffice:
    """`with PostOffice(…) as office:`. `pair` is a certificate and its key; without one nothing is encrypted."""

    def __init__(self, pair=None, implicit=False, demands_sign_in=False, port=None, answers=None, end=None):
        self.port = port or free_port()
        self.answers, self.end = dict(answers or {}), end
        self.heard, self.handed_over, self.passwords = [], [], []
        context = None
        if pair:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(*map(str, pair))
        office = self

        class Door(Controller):
            def factory(self):
                return Office(self.handler, **self.SMTP_kwargs)

        self.door = Door(
            Behaviour(office), hostname="127.0.0.1", port=self.port, ready_timeout=30,
            ssl_context=context if implicit else None, tls_context=None if implicit else context,
            auth_required=demands_sign_in, auth_require_tls=bool(context) and not implicit,
            authenticator=self.authenticate if demands_sign_in else None)

    def authenticate(self, server, session, envelope, mechanism, data):
        self.passwords.append((data.login, data.password))
        return AuthResult(success=(data.login, data.password) == (USER.encode(), SECRET.encode()), handled=False)

    async def ask(self, step, address):
        answer = self.answers.get(step)
        if callable(answer):
            answer = answer(address)
        if asyncio.iscoroutine(answer):
            answer = await answer
        return answer

    def __enter__(self):
        self.door.start()
        return self

    def __exit__(self, *error):
        self.door.stop()

    def mails(self, count, to=None, within=30):
        """Waits until so many were handed over."""
        deadline = time.monotonic() + within
        while True:
            found = [mail for mail in list(self.handed_over) if to in (None, mail.to)]
            if len(found) >= count:
                return found
            assert time.monotonic() < deadline, f"{len(found)} of {count} mails came: {self.heard[-10:]}"
            time.sleep(0.02)

    @property
    def settings(self):
        return {
            "MARTLET_MAIL_DRIVER": "smtp", "MARTLET_MAIL_SMTP_HOST": "localhost", "MARTLET_MAIL_SMTP_PORT": str(self.port),
            "MARTLET_MAIL_FROM": '"Example, Inc." <noreply@example.org>'}


async def for_ever():
    """Longer than anybody waits."""
    await asyncio.sleep(3600)
