"""The operator's page over a hundred thousand actors that live beside the server's own."""

import os

from support import Pages, main
from harness import Server

CROWD = int(os.environ.get("JOBRAKER_WEB_CROWD", "100000"))


class CrowdedServer(Server):
    program = "crowded_server"
    arguments = (str(CROWD),)


class Crowd(Pages):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        cls.server = CrowdedServer(cls.database.url, cls.sandbox, **cls.settings)

    def test_the_console_is_usable(self):
        self.visit("crowd.test.mjs", JOBRAKER_WEB_CROWD=str(CROWD), JOBRAKER_WEB_SERVER_PID=str(self.server.child.pid))


if __name__ == "__main__":
    main()
