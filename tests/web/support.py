"""A server with jobs in it, and Node.js with Chromium that visits its pages."""

import fcntl
import json
import os
import socket
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(os.path.dirname(HERE), "e2e"))
sys.dont_write_bytecode = True

from harness import Case, main  # noqa: E402,F401

SHOTS = os.environ.get("JOBRAKER_WEB_SHOTS") or os.path.join(HERE, "screenshots")


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


def install():
    """The packages of package-lock.json, fetched once."""
    with open(os.path.join(HERE, "package.json"), "rb") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with open(os.path.join(HERE, "package-lock.json"), encoding="utf-8") as file:
            wanted = json.load(file)["packages"]
        try:
            with open(os.path.join(HERE, "node_modules", ".package-lock.json"), encoding="utf-8") as file:
                present = json.load(file)["packages"]
        except OSError:
            present = {}
        if any(present.get(name, {}).get("version") != entry["version"] for name, entry in wanted.items() if name):
            subprocess.run(["npm", "ci", "--ignore-scripts", "--no-audit", "--no-fund"], cwd=HERE, check=True)


class Pages(Case):
    """The real server and the sandbox; `visit` runs a file of browser tests against them."""

    @classmethod
    def setUpClass(cls):
        install()
        port = free_port()
        cls.settings = {
            "server_port": port,
            "skyvern_api_key": "sk-skyvern-test",
            "skyvern_webhook_url": f"http://127.0.0.1:{port}/api/v1/webhooks/skyvern",
            "applications_per_employer_seconds": 1,
            "applications_poll_seconds": 1,
            **cls.settings,
        }
        super().setUpClass()
        cls.sandbox.control("POST", "/control/skyvern/settings", {"step_ms": 100, "retry_ms": 50})

    def visit(self, name, **env):
        admin_email, password = "admin@example.com", "a good password"
        made = self.server.create_admin(admin_email, password)
        self.assertIn(made.returncode, (0, 1), made.stderr)
        done = subprocess.run(
            ["node", "--test", "--test-reporter=spec", os.path.join(HERE, name)],
            cwd=HERE, stdin=subprocess.DEVNULL, timeout=1700,
            env={
                **os.environ,
                "JOBRAKER_WEB_URL": f"http://127.0.0.1:{self.server.port}",
                "JOBRAKER_WEB_SANDBOX": f"http://127.0.0.1:{self.sandbox.port}",
                "JOBRAKER_WEB_SHOTS": SHOTS,
                "JOBRAKER_WEB_ADMIN": json.dumps({"email": admin_email, "password": password}),
                **env,
            },
        )
        self.assertEqual(done.returncode, 0, "see above what the browser found")


