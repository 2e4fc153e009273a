"""Reads a systemd unit as far as a test needs it, and runs its service in a scratch root as systemd would."""

import os
import shlex


class Unit:
    def __init__(self, path):
        self.settings = {}
        with open(path, encoding="utf-8") as file:
            for line in file:
                name, sign, value = line.strip().partition("=")
                if sign and not line.startswith(("#", ";")):
                    self.settings.setdefault(name, []).append(value)

    def all(self, name):
        return self.settings.get(name, [])

    def one(self, name):
        values = self.all(name)
        assert len(values) == 1, f"{name} is said {len(values)} times"
        return values[0]

    def seconds(self, name):
        text = self.one(name)
        assert text.endswith("s") and text[:-1].isdigit(), f"{name}={text}"
        return int(text[:-1])

    def command(self, name):
        return shlex.split(self.one(name).lstrip("+-@!:"))

    def folders(self):
        """The folders that systemd makes for the service: (path, mode)."""
        for kind, parent in (("StateDirectory", "/var/lib"), ("CacheDirectory", "/var/cache")):
            yield f"{parent}/{self.one(kind)}", int(self.one(kind + "Mode"), 8)

    def environment(self, root):
        """PATH, Environment= and then the files of EnvironmentFile=, read below `root`."""
        found = {"PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin", "LANG": "C.UTF-8", "USER": self.one("User")}
        found.update(pair.split("=", 1) for line in self.all("Environment") for pair in shlex.split(line))
        for path in self.all("EnvironmentFile"):
            if path.startswith("-") and not os.path.exists(root + path[1:]):
                continue
            with open(root + path.lstrip("-"), encoding="utf-8") as file:
                found.update(line.strip().split("=", 1) for line in file if "=" in line and not line.startswith("#"))
        return found

    def as_user(self, root, command):
        """`command` below `root` as the unit's user, without capabilities and without a way to get any."""
        return ["chroot", root, "setpriv", f"--reuid={self.one('User')}", f"--regid={self.one('Group')}", "--init-groups",
                "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--", *command]
