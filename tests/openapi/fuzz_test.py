"""Random requests made from the document, valid and invalid: none ends in a 5xx, what the document forbids is refused, and every answer is
one that the document knows.

Schemathesis (PyPI, versions in fuzz/requirements.txt) makes them. JOBRAKER_FUZZ_EXAMPLES: how many for each operation (10);
JOBRAKER_FUZZ_SEED: other requests (0: nobody knows which), else the same at every run, so that a change is judged by what it changes.
"""

import http.server
import json
import os
import random
import shutil
import subprocess
import sys
import tempfile
import threading
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from harness import Client, contract_of, main  # noqa: E402
from world import FIXTURES, KINDS, World, fixture  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = int(os.environ.get("JOBRAKER_FUZZ_EXAMPLES", "10"))
SEED = int(os.environ.get("JOBRAKER_FUZZ_SEED", "20261121")) or random.SystemRandom().randrange(1, 2**31)
PATIENCE = 1200  # seconds for one run; only ever reached by something that is broken
# Their answers end when the caller goes; test_openapi follows both.
STREAMS = ("chat_ws", "follow_conversation", "watch_actors")
CHECKS = ",".join((
    "no_lasting_server_error",
    "negative_data_rejection",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
))


def schemathesis():
    """The program, installed once beside the build."""
    venv = os.environ["JOBRAKER_FUZZ_VENV"]
    program = os.path.join(venv, "bin", "schemathesis")
    wanted = os.path.join(HERE, "fuzz", "requirements.txt")
    mark = os.path.join(venv, "installed.txt")
    with open(wanted, encoding="utf-8") as text:
        versions = text.read()
    if not os.path.exists(mark) or open(mark, encoding="utf-8").read() != versions:
        subprocess.run([sys.executable, "-m", "venv", "--clear", venv], check=True)
        subprocess.run([os.path.join(venv, "bin", "pip"), "install", "--quiet", "--disable-pip-version-check", "--no-deps", "-r", wanted], check=True)
        with open(mark, "w", encoding="utf-8") as out:
            out.write(versions)
    return program


def run(folder, document, port, token, examples):
    """Schemathesis over this document against the server at that port."""
    program = schemathesis()
    with open(os.path.join(folder, "openapi.json"), "w", encoding="utf-8") as out:
        json.dump(document, out)
    for name in ("schemathesis.toml", "checks.py"):
        shutil.copy(os.path.join(HERE, "fuzz", name), folder)
    argv = [program, "run", "openapi.json", "--url", f"http://127.0.0.1:{port}", "--checks", CHECKS, "--phases", "coverage,fuzzing",
            "--max-examples", str(examples), "--seed", str(SEED), "--continue-on-failure", "--no-color", "--warnings", "off",
            "--suppress-health-check", "all", "--request-timeout", "60", "--header", "Prefer: respond-async",
            "--header", "Authorization: Bearer " + token]
    for name in STREAMS:
        argv += ["--exclude-operation-id", name]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)


class RandomRequests(World):
    """Each kind of caller by itself."""

    def pointed(self, kinds):
        """The document with ids of things that are there, so that what is behind them is reached."""
        real = {fixture(number): getattr(self, kind)() for number, kind in enumerate(KINDS, 1) if kind in kinds}
        text = json.dumps(contract_of(self.server.port).document)
        for name, id in real.items():
            text = text.replace(name, id)
        document = json.loads(text)
        by_member = {kind + "_id": real[name] for name, kind in FIXTURES.items() if name in real}
        for parameter in document["components"]["parameters"].values():
            if parameter.get("example") in real.values():
                parameter["schema"] = {"anyOf": [{"const": parameter["example"]}, parameter["schema"]]}
        for schema in document["components"]["schemas"].values():
            if schema.get("additionalProperties") is False:
                for member in set(schema["properties"]) & set(by_member):
                    schema["properties"][member] = {"anyOf": [{"const": by_member[member]}, schema["properties"][member]]}
        return document

    def run_as(self, client, kinds, examples):
        print(f"seed {SEED}, {examples} examples an operation", flush=True)
        token = (client.tokens or {"access_token": "nobody"})["access_token"]
        with tempfile.TemporaryDirectory(prefix="jobraker-fuzz-") as folder:
            done = run(folder, self.pointed(kinds), self.server.port, token, examples)
        print(done.stdout[done.stdout.find("= SUMMARY ="):], flush=True)
        self.assertEqual(done.returncode, 0, f"seed {SEED}:\n{done.stdout[-20000:]}{done.stderr[-2000:]}")
        self.assertIsNone(self.server.child.poll(), "the server has ended")
        self.assertEqual(self.boss.get("/users/me").status, 200)

    def test_of_an_administrator(self):
        self.run_as(self.boss, set(KINDS) - {"turn"}, EXAMPLES)

    def test_of_a_seeker(self):
        self.run_as(self.seeker, set(KINDS) - {"turn", "dead_letter"}, EXAMPLES)

    def test_of_an_employer(self):
        self.run_as(self.employer, {"job", "slot", "company"}, 2)

    def test_of_nobody(self):
        self.run_as(Client(self.server), {"job"}, 1)


class Broken(http.server.BaseHTTPRequestHandler):
    """A server that always answers the same."""

    answer = (500, {})

    def do_GET(self):
        status, headers = self.answer
        self.send_response(status)
        for name, value in {"Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    do_PUT = do_POST = do_PATCH = do_DELETE = do_GET

    def log_message(self, *_):
        pass


class TheCheckItself(unittest.TestCase):
    def test_servers_that_break_are_found(self):
        document = {"openapi": "3.1.0", "info": {"title": "T", "version": "1"}, "paths": {"/a": {"get": {"responses": {"default": {"description": ""}}}}}}
        for answer, found in (((500, {}), True), ((503, {"Retry-After": "1"}), True), ((204, {}), False)):
            with self.subTest(answer), tempfile.TemporaryDirectory(prefix="jobraker-fuzz-") as folder, \
                    http.server.ThreadingHTTPServer(("127.0.0.1", 0), type("Answers", (Broken,), {"answer": answer})) as server:
                threading.Thread(target=server.serve_forever, daemon=True).start()
                done = run(folder, document, server.server_port, "nobody", 1)
                server.shutdown()
                self.assertEqual(done.returncode, 1 if found else 0, done.stdout[-3000:])
                self.assertEqual("no_lasting_server_error" in done.stdout, found, done.stdout[-3000:])


if __name__ == "__main__":
    if "JOBRAKER_FUZZ_VENV" not in os.environ:
        raise SystemExit("JOBRAKER_FUZZ_VENV is not set: run tools/test")
    main()
