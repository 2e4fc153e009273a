"""Random requests made from the document, valid and invalid, never end in a 5xx, and every answer is one that the document knows.

Schemathesis (PyPI, versions in fuzz/requirements.txt) makes them. JOBRAKER_FUZZ_EXAMPLES: how many for each operation (5);
JOBRAKER_FUZZ_SEED: repeats a run.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from harness import Client, contract_of, main  # noqa: E402
from test_openapi import FIXTURES, KINDS, World, fixture  # noqa: E402

HERE = os.path.dirname(os.path.abspath(__file__))
EXAMPLES = int(os.environ.get("JOBRAKER_FUZZ_EXAMPLES", "5"))
SEED = int(os.environ.get("JOBRAKER_FUZZ_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
PATIENCE = 1200  # seconds for one run; only ever reached by something that is broken
# Their answers end when the caller goes; test_openapi follows both.
STREAMS = ("chat_ws", "follow_conversation")
CHECKS = "not_a_server_error,status_code_conformance,content_type_conformance,response_schema_conformance,response_headers_conformance"


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
        program = schemathesis()
        with tempfile.TemporaryDirectory(prefix="jobraker-fuzz-") as folder:
            with open(os.path.join(folder, "openapi.json"), "w", encoding="utf-8") as out:
                json.dump(self.pointed(kinds), out)
            shutil.copy(os.path.join(HERE, "fuzz", "schemathesis.toml"), folder)
            argv = [program, "run", "openapi.json", "--url", f"http://127.0.0.1:{self.server.port}", "--checks", CHECKS,
                    "--phases", "coverage,fuzzing", "--max-examples", str(examples), "--seed", str(SEED), "--continue-on-failure",
                    "--no-color", "--warnings", "off", "--suppress-health-check", "all", "--request-timeout", "60", "--header", "Prefer: respond-async"]
            for name in STREAMS:
                argv += ["--exclude-operation-id", name]
            if client.tokens:
                argv += ["--header", "Authorization: Bearer " + client.tokens["access_token"]]
            print(f"seed {SEED}, {examples} examples an operation", flush=True)
            done = subprocess.run(argv, cwd=folder, capture_output=True, text=True, timeout=PATIENCE)
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


if __name__ == "__main__":
    if "JOBRAKER_FUZZ_VENV" not in os.environ:
        raise SystemExit("JOBRAKER_FUZZ_VENV is not set: run tools/test")
    main()
