"""Starts the real server, a real database and the sandbox, and speaks HTTP to them.

Needs JOBRAKER_TEST_DATABASE_URL (a maintenance database on a private cluster) and JOBRAKER_TEST_BIN (where
the binaries are); tools/test sets both. Nothing here knows what the server should answer.
"""

import contextlib
import http.client
import json
import os
import re
import signal
import subprocess
import tempfile
import time
import unittest
import urllib.parse
import uuid

import contract

BIN = os.environ.get("JOBRAKER_TEST_BIN", "")
DATABASE = os.environ.get("JOBRAKER_TEST_DATABASE_URL", "")
SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("JOBRAKER_SHARED_DATA") or os.path.join(os.path.dirname(SOURCE), "shared", "data")
PATIENCE = 60.0  # seconds; only ever reached by something that is broken

RESUME = """Grace Example
grace@example.com | +44 20 7946 0999 | London, UK

Summary
Backend engineer who builds reliable services in C++ and Python.

Experience
Senior Software Engineer, Northwind Systems
Jan 2019 - Present
Built C++20 services on Linux with PostgreSQL, Kafka, Docker and Kubernetes.

Software Engineer, Contoso Ltd
Mar 2015 - Dec 2018
Python and C++ for data pipelines, CMake builds, AWS.

Education
BSc Computer Science, University of Leeds, 2014

Skills
C++, Python, SQL, PostgreSQL, Linux, Docker, Kubernetes, Kafka, CMake, AWS, Communication
"""


def wait_until(check, what, patience=PATIENCE):
    """Polls until `check()` is true; the only way to wait for another process."""
    end = time.monotonic() + patience
    while time.monotonic() < end:
        value = check()
        if value:
            return value
        time.sleep(0.02)
    raise AssertionError(f"waited {patience} s for {what}")


class Answer:
    def __init__(self, status, headers, body):
        self.status = status
        self.headers = headers
        self.body = body

    @property
    def json(self):
        return json.loads(self.body)

    def __repr__(self):
        return f"<{self.status} {self.body[:500]!r}>"


SERVERS = {}  # port of a server: its contract, once it has been read


def contract_of(port):
    """What the server at this port promises; none of other programs."""
    if port not in SERVERS:
        return None
    if SERVERS[port] is None:
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)) as connection:
            connection.request("GET", "/openapi.json")
            SERVERS[port] = contract.Contract(json.loads(connection.getresponse().read()))
    return SERVERS[port]


def call(port, method, path, body=None, headers=None, timeout=PATIENCE):
    answer = _call(port, method, path, body, headers, timeout)
    if promised := contract_of(port):
        promised.check(method, path, answer)
    return answer


def _call(port, method, path, body, headers, timeout):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=timeout)
    try:
        # A refusal may come while we are still sending; whoever sends on must be able to read it.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.request(method, path, body, headers or {})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read())
    finally:
        connection.close()


def multipart(name, filename, data, content_type="application/octet-stream"):
    boundary = uuid.uuid4().hex
    head = (
        f"--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"; filename=\"{filename}\"\r\n"
        f"Content-Type: {content_type}\r\n\r\n"
    ).encode()
    body = head + data + f"\r\n--{boundary}--\r\n".encode()
    return body, {"Content-Type": f"multipart/form-data; boundary={boundary}"}


class Process:
    """A program that prints the address it serves on."""

    def __init__(self, argv, pattern, env=None):
        self.log = tempfile.NamedTemporaryFile(mode="w+", prefix="jobraker-test-", suffix=".log", delete=False)
        self.child = subprocess.Popen(argv, stdout=self.log, stderr=subprocess.STDOUT, env=env, stdin=subprocess.DEVNULL)
        self.port = int(wait_until(lambda: self._port(pattern), f"{argv[0]} to listen").group(1))

    def _port(self, pattern):
        found = re.search(pattern, self.text())
        if not found and self.child.poll() is not None:
            raise AssertionError(f"ended with {self.child.returncode}: {self.text()}")
        return found

    def text(self):
        with open(self.log.name, encoding="utf-8", errors="replace") as log:
            return log.read()

    def stop(self, how=signal.SIGTERM):
        if self.child.poll() is None:
            self.child.send_signal(how)
            try:
                self.child.wait(PATIENCE)
            except subprocess.TimeoutExpired:
                self.child.kill()
                self.child.wait()
                raise AssertionError("did not end after SIGTERM: " + self.text()[-3000:])
        code = self.child.returncode
        with contextlib.suppress(FileNotFoundError):
            self.check_log(self.text())
            os.unlink(self.log.name)
        return code

    def check_log(self, text):
        """What may not be in the log of any run."""


class Sandbox(Process):
    def __init__(self):
        super().__init__([os.path.join(BIN, "jobraker-sandbox"), "--port", "0"], r"sandbox http://[\d.]+:(\d+)")

    def fault(self, kind, path, times=-1, **more):
        body = {"match": {"path_prefix": path}, "kind": kind, "times": times, **more}
        answer = call(self.port, "POST", "/control/faults", json.dumps(body), {"Content-Type": "application/json"})
        assert answer.status < 300, answer

    def calm(self):
        call(self.port, "DELETE", "/control/faults")

    def reset(self):
        call(self.port, "POST", "/control/reset")

    def control(self, method, path, body=None):
        return call(self.port, method, path, json.dumps(body) if body is not None else None, {"Content-Type": "application/json"})


def psql(url, sql):
    done = subprocess.run(["psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", url, "-c", sql], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


class Database:
    """A database of its own on the test cluster."""

    def __init__(self, server=DATABASE):
        self.server = server
        self.name = "e2e_" + uuid.uuid4().hex[:12]
        psql(server, f"create database {self.name}")
        parts = urllib.parse.urlsplit(server)
        self.url = urllib.parse.urlunsplit(parts._replace(path="/" + self.name))
        self.query("create extension if not exists vector")

    def query(self, sql):
        return psql(self.url, sql)

    def drop(self):
        psql(self.server, f"drop database if exists {self.name} with (force)")


class Server(Process):
    program = "jobraker-server"
    arguments = ()

    def __init__(self, database_url, sandbox, **settings):
        env = {key: value for key, value in os.environ.items() if not key.startswith(("JOBRAKER_", "OPENAI_", "ADZUNA_", "OPENBLAS_"))}
        env.update(
            DATABASE_URL=database_url,
            JOBRAKER_SERVER_PORT="0",
            JOBRAKER_SERVER_THREADS="2",
            JOBRAKER_AUTH_JWT_SECRET="a secret of the tests, 32 bytes and more",
            JOBRAKER_AUTH_ARGON2_MEMORY_KIB="1024",
            JOBRAKER_AUTH_ARGON2_PASSES="1",
            JOBRAKER_LLM_BASE_URL=f"http://127.0.0.1:{sandbox.port}/v1",
            JOBRAKER_LLM_API_KEY="sk-test",
            JOBRAKER_ADZUNA_BASE_URL=f"http://127.0.0.1:{sandbox.port}/v1/api",
            JOBRAKER_SKYVERN_BASE_URL=f"http://127.0.0.1:{sandbox.port}",
            JOBRAKER_ADZUNA_APP_ID="id",
            JOBRAKER_ADZUNA_APP_KEY="key",
            JOBRAKER_FEEDS_ALLOW_PRIVATE_ADDRESSES="true",
            JOBRAKER_EVENTS_VALIDATE="true",
            # Postings come and go when a test says so, whatever the time of day.
            JOBRAKER_SCHEDULES_JOBS_REFRESH="",
            JOBRAKER_SCHEDULES_JOBS_EXPIRE="",
            JOBRAKER_BOARDS_GREENHOUSE_URL=f"http://127.0.0.1:{sandbox.port}",
            JOBRAKER_BOARDS_LEVER_URL=f"http://127.0.0.1:{sandbox.port}",
        )
        for name, value in settings.items():
            env["JOBRAKER_" + name.upper()] = str(value)
        self.env = env
        super().__init__([os.path.join(BIN, self.program), *self.arguments], r"listening http://[\d.]+:(\d+)", env)
        SERVERS[self.port] = None

    def stop(self, how=signal.SIGTERM):
        SERVERS.pop(self.port, None)
        return super().stop(how)

    def check_log(self, text):
        wrong = [line for line in text.splitlines() if "event=events.invalid" in line]
        assert not wrong, "events that break their schema:\n" + "\n".join(wrong[:5])

    def create_admin(self, email, password):
        return subprocess.run(
            [os.path.join(BIN, "jobraker-server"), "--create-admin", email, "--password-stdin"],
            input=password + "\n", capture_output=True, text=True, env=self.env,
        )


class Client:
    """One signed-in person."""

    def __init__(self, server, tokens=None):
        self.server = server
        self.tokens = tokens

    def call(self, method, path, body=None, headers=None, timeout=PATIENCE):
        headers = dict(headers or {})
        if self.tokens:
            headers.setdefault("Authorization", "Bearer " + self.tokens["access_token"])
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers.setdefault("Content-Type", "application/json")
        return call(self.server.port, method, "/api/v1" + path, body, headers, timeout)

    def get(self, path, **headers):
        return self.call("GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    def post(self, path, body=None, **headers):
        return self.call("POST", path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def put(self, path, body, **headers):
        return self.call("PUT", path, body, {k.replace("_", "-"): v for k, v in headers.items()})

    def upload(self, filename, data, content_type="application/octet-stream", prefer=None):
        body, headers = multipart("file", filename, data, content_type)
        if prefer:
            headers["Prefer"] = prefer
        return self.call("POST", "/profiles/upload-resume/me", body, headers)

    def task_end(self, location):
        def look():
            task = self.call("GET", location.removeprefix("/api/v1")).json
            return task if task["status"] in ("done", "failed") else None

        return wait_until(look, f"the end of {location}")


class Case(unittest.TestCase):
    """One server, database and sandbox for the whole class."""

    settings = {}

    @classmethod
    def setUpClass(cls):
        if not DATABASE:
            raise unittest.SkipTest("JOBRAKER_TEST_DATABASE_URL is not set: run tools/test")
        if not BIN:
            raise unittest.SkipTest("JOBRAKER_TEST_BIN is not set: run tools/test")
        cls.database = Database()
        cls.sandbox = Sandbox()
        cls.server = Server(cls.database.url, cls.sandbox, **cls.settings)

    @classmethod
    def tearDownClass(cls):
        code = cls.server.stop()
        cls.sandbox.stop()
        cls.database.drop()
        assert code == 0, f"the server ended with {code}"

    def setUp(self):
        self.sandbox.calm()

    @classmethod
    def restart(cls, how=signal.SIGTERM, **settings):
        cls.server.stop(how)
        cls.server = Server(cls.database.url, cls.sandbox, **{**cls.settings, **settings})

    def person(self, role="seeker", email=None):
        email = email or f"{uuid.uuid4().hex}@example.com"
        answer = Client(self.server).post("/auth/register", {"email": email, "password": "a good password", "role": role})
        self.assertEqual(answer.status, 201, answer)
        client = Client(self.server, answer.json)
        client.email = email
        return client

    def admin(self):
        email = f"{uuid.uuid4().hex}@example.com"
        made = self.server.create_admin(email, "a good password")
        self.assertEqual(made.returncode, 0, made.stderr)
        answer = Client(self.server).post("/auth/login", {"email": email, "password": "a good password"})
        self.assertEqual(answer.status, 200, answer)
        return Client(self.server, answer.json)

    def problem(self, answer, status, code=None):
        """A problem+json as RFC 9457 and api.md want it."""
        self.assertEqual(answer.status, status, answer)
        self.assertEqual(answer.headers["Content-Type"], "application/problem+json", answer)
        body = answer.json
        self.assertEqual(body["status"], status)
        self.assertTrue(body["trace_id"])
        self.assertTrue(body["detail"])
        if code:
            self.assertEqual(body["code"], code)
        return body

    def with_jobs(self, admin=None):
        """Searches over all sources of the sandbox, fetched once."""
        admin = admin or self.admin()
        for search in (
            {"kind": "adzuna", "country": "gb", "query": "engineer"},
            {"kind": "adzuna", "country": "us", "query": "engineer"},
            {"kind": "adzuna", "country": "gb", "query": "nurse"},
            {"kind": "feed", "url": f"http://127.0.0.1:{self.sandbox.port}/feeds/jobs.rss"},
        ):
            answer = admin.post("/searches", search)
            self.assertIn(answer.status, (201, 409), answer)
        answer = admin.post("/jobs/refresh", Prefer="wait=60")
        self.assertEqual(answer.status, 200, answer)
        return answer.json


def main():
    unittest.main(verbosity=2)
