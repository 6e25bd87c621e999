"""A clinic at noon, a patient who agreed to reminders, a mail server and an SMS provider that are really there."""

import json
import threading
from email import message_from_bytes, policy
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest
import time_machine
from aiosmtpd.controller import Controller

from tests import factories
from tests.reminders.desk import NOON, STRETCH, agree, prescribe


@pytest.fixture
def noon():
    """Stop the clock at noon; `noon.shift(timedelta)` moves it."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture
def patient(clinic, noon):
    patient = factories.make_patient(clinic)
    agree(patient)
    return patient


@pytest.fixture
def plan(patient, physio):
    return prescribe(patient, physio, STRETCH)


class Post:
    """A mail server: what it took, how often somebody connected, and what it answers to a message or an address."""

    def __init__(self):
        self.mails, self.connections, self.answer, self.refused = [], 0, "250 OK", {}
        self.arrived = threading.Condition()

    async def handle_EHLO(self, server, session, envelope, hostname, responses):
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_RCPT(self, server, session, envelope, address, rcpt_options):
        if address in self.refused:
            return self.refused[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):
        if self.answer.startswith("250"):
            with self.arrived:
                self.mails.append(message_from_bytes(envelope.content, policy=policy.default))
                self.arrived.notify_all()
        return self.answer

    def got(self, many, patience):
        """Wait until so many mails are here; tell whether they came."""
        with self.arrived:
            return self.arrived.wait_for(lambda: len(self.mails) >= many, timeout=patience)

    def texts(self):
        return [mail.get_content() for mail in self.mails]


class AnyPort(Controller):
    """A controller on a port that the system chooses."""

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]
        super()._trigger_server()


@pytest.fixture
def post(settings):
    """A mail server on a port of its own, which the settings name."""
    handler = Post()
    controller = AnyPort(handler, hostname="127.0.0.1", port=0)
    controller.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = controller.hostname, controller.port
    handler.controller = controller
    yield handler
    if controller.server:
        controller.stop()


class Provider(BaseHTTPRequestHandler):
    def do_POST(self):
        sent = self.server.sent
        sent.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        status, body = self.server.answer
        self.send_response(status)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args):
        pass


@pytest.fixture
def phone_company(settings):
    """An SMS provider: what it was given (`sent`), and what it answers (`answer`: status and body)."""
    server = HTTPServer(("127.0.0.1", 0), Provider)
    server.sent, server.answer = [], (200, b'{"id": "sms-1"}')
    settings.SMS_URL = f"http://127.0.0.1:{server.server_port}/send"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    server.server_close()
