"""A server on a PostgreSQL cluster of its own, which a test may stop and crash."""

import os
import shutil
import subprocess
import tempfile
import unittest

from harness import BIN, DATABASE, SOURCE, Case, Sandbox, Server

TOOL = os.path.join(SOURCE, "tools", "dev", "pg")


class OwnCluster(Case):
    """The cluster keeps what it has committed; it ends with the test, or with the test's process."""

    @classmethod
    def setUpClass(cls):
        if not BIN or not DATABASE:
            raise unittest.SkipTest("JOBRAKER_TEST_BIN and JOBRAKER_TEST_DATABASE_URL are not set: run tools/test")

    @classmethod
    def tearDownClass(cls):
        pass

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="jr-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.addCleanup(shutil.rmtree, self.folder)
        self.url = self.pg("start", "--while", str(os.getpid()))
        self.addCleanup(self.pg, "stop")
        self.sandbox = Sandbox()
        self.addCleanup(self.sandbox.stop)
        self.server = Server(self.url, self.sandbox)
        self.addCleanup(lambda: self.assertEqual(self.server.stop(), 0))

    def pg(self, action, *more):
        done = subprocess.run([TOOL, action, self.folder, *more], capture_output=True, text=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout.strip()
