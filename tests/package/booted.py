#!/usr/bin/env python3
"""The Debian package under a running systemd: booted.py PACKAGE.deb

Boots a root file system that holds the package's dependencies and systemd (minimal_root.py) in name spaces of its own,
installs the package there, follows README.Debian, uses the service with all the unit's restrictions in force, upgrades,
stops and purges it. Exits with 77 where systemd cannot be booted.
"""

import os
import re
import shutil
import subprocess
import tempfile

import minimal_root
import smoke
from smoke import CONFIG, SECRETS, harness, mount, read, say

SERVICE = "jobraker.service"
# From a folder that becomes the root: not by chroot, in which no user name space (PrivateUsers=) can be made.
BOOT = """
cd "$1"
mount -t proc proc proc
mount -t cgroup2 cgroup2 sys/fs/cgroup
mkdir old
pivot_root . old
umount --lazy /old
exec env -i PATH=/usr/sbin:/usr/bin container=other /lib/systemd/systemd --log-target=console --unit=multi-user.target
"""


class Booted:
    """A systemd that is process 1 of its own."""

    def __init__(self, root, work):
        self.groups = self.control_group(work)
        script = f"echo $$ > {self.groups}/cgroup.procs && exec unshare --mount --pid --cgroup --ipc --uts --fork --kill-child sh -ec \"$0\" sh \"$1\""
        self.console = open(f"{work}/console", "w+b")  # pylint: disable=consider-using-with
        self.child = subprocess.Popen(["sh", "-c", script, BOOT, root], stdin=subprocess.DEVNULL, stdout=self.console, stderr=subprocess.STDOUT)
        self.pid = harness.wait_until(self.first, "systemd to start")
        try:
            harness.wait_until(lambda: self.run("systemctl", "is-system-running", check=False).strip() in ("running", "degraded"), "systemd to be up")
        except BaseException:
            say("the console:\n" + self.said())
            self.end()
            raise

    @staticmethod
    def control_group(work):
        """A control group of our own in the unified hierarchy, which systemd then takes for the whole."""
        folder = work + "/cgroup"
        os.mkdir(folder)
        if subprocess.run(["mount", "-t", "cgroup2", "cgroup2", folder], capture_output=True, check=False).returncode:
            smoke.skip("no unified control groups here")
        try:
            return tempfile.mkdtemp(prefix="jobraker-test-", dir=folder)
        except OSError as error:
            smoke.skip(f"no control group can be made here: {error}")

    def first(self):
        assert self.child.poll() is None, "systemd did not boot: " + self.said()
        children = read(f"/proc/{self.child.pid}/task/{self.child.pid}/children").split()
        return children and read(f"/proc/{children[0]}/comm").strip() == "systemd" and int(children[0])

    def said(self):
        self.console.seek(0)
        return self.console.read().decode(errors="replace")[-3000:]

    def run(self, *command, check=True, **more):
        """A command inside, as its root; its standard output."""
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--pid", "--cgroup", "--ipc", "--uts", "--root", "--wdns=/"]
        done = subprocess.run([*enter, "env", "-i", *(f"{k}={v}" for k, v in smoke.DPKG_ENVIRONMENT.items()), *command], capture_output=True, check=False, **more)
        assert not check or done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{(done.stdout + done.stderr).decode()}"
        return done.stdout.decode()

    def shows(self, what):
        return self.run("systemctl", "show", "--property=" + what, "--value", SERVICE).strip()

    def end(self):
        self.child.kill()
        self.child.wait()
        self.console.close()
        # Empty now, from the leaves up; the kernel may need a moment for the last process.
        for folder, _, _ in os.walk(self.groups, topdown=False):
            harness.wait_until(lambda folder=folder: not os.path.exists(folder) or self.removed(folder), "the control group to be empty")

    @staticmethod
    def removed(folder):
        try:
            os.rmdir(folder)
        except OSError:
            return False
        return True


class Service:
    """The running service, in the shape that the clients of tests/e2e expect."""

    def __init__(self, booted):
        self.booted = booted
        self.port = int(harness.wait_until(self.listens, "the service to listen").group(1))

    def log(self):
        invocation = self.booted.shows("InvocationID")
        return self.booted.run("journalctl", "--no-pager", "--output=cat", "_SYSTEMD_INVOCATION_ID=" + invocation, check=False)

    def listens(self):
        assert self.booted.shows("ActiveState") in ("active", "activating"), self.log()
        return re.search(r"^listening http://[\d.]+:(\d+)", self.log(), re.M)


def prepare(root, package):
    """What a machine has before the package comes: a kernel's file systems, a database."""
    depends = subprocess.check_output(["dpkg-deb", "--field", package, "Depends"], text=True)
    try:
        say("a root of", len(minimal_root.make(root, depends.strip() + ", systemd, dbus")), "packages")
    except minimal_root.Missing as error:
        smoke.skip(str(error))
    for kind, where, options in (("sysfs", "sys", "ro"), ("tmpfs", "run", "mode=755")):
        os.makedirs(f"{root}/{where}", exist_ok=True)
        mount("-t", kind, "-o", options, kind, f"{root}/{where}")
    smoke.devices(root)
    for folder in ("run/postgresql", "var/log/journal"):
        os.makedirs(f"{root}/{folder}", exist_ok=True)
    mount("--bind", smoke.sockets(), root + "/run/postgresql")
    open(root + "/etc/machine-id", "w", encoding="utf-8").close()


def restricted(booted):
    status = read(f"/proc/{booted.pid}/root/proc/{booted.shows('MainPID')}/status")
    for line in ("NoNewPrivs:\t1", "Seccomp:\t2", "CapBnd:\t0000000000000000", "CapEff:\t0000000000000000"):
        assert line in status, status


def use(booted, root, database, sandbox):
    smoke.configure(root, database, sandbox)
    booted.run("systemctl", "enable", "--now", SERVICE)
    service = Service(booted)
    restricted(booted)
    say("systemd started it, with its restrictions, on port", service.port)
    # As README.Debian says.
    readme = read(root + "/usr/share/doc/jobraker/README.Debian")
    command = re.search(r"^ +(systemd-run (?:.*\\\n)*.*--create-admin) you@example.org$", readme, re.M).group(1).replace("\\\n", " ").split()
    admin = booted.run(*command, "admin@example.com")
    try:
        smoke.use(service, admin, lambda pdf: booted.run("pdftotext", "-", "-", input=pdf))
    except BaseException:
        say("the service's log:\n" + service.log()[-4000:])
        raise
    return service


def life(booted, root, package, database, sandbox):
    shutil.copy(package, root + "/root/jobraker.deb")
    booted.run("dpkg", "--install", "/root/jobraker.deb")
    assert booted.run("systemctl", "is-enabled", SERVICE, check=False).strip() == "disabled"
    assert booted.shows("ActiveState") == "inactive"
    use(booted, root, database, sandbox)
    before = booted.shows("InvocationID")
    booted.run("dpkg", "--install", "/root/jobraker.deb")
    assert booted.shows("InvocationID") != before, "an upgrade did not start the service anew"
    smoke.ok(harness.call(Service(booted).port, "GET", "/readyz"))
    booted.run("systemctl", "stop", SERVICE)
    ended = [booted.shows(what) for what in ("ActiveState", "Result", "ExecMainStatus")]
    assert ended == ["inactive", "success", "0"], ended
    booted.run("systemctl", "start", SERVICE)
    smoke.ok(harness.call(Service(booted).port, "GET", "/readyz"))
    # From the running service to nothing.
    booted.run("dpkg", "--purge", "jobraker")
    assert booted.shows("LoadState") == "not-found"
    for path in ("/etc/systemd/system/multi-user.target.wants/" + SERVICE, CONFIG, SECRETS, "/var/lib/jobraker", "/var/cache/jobraker"):
        assert not os.path.lexists(root + path), f"{path} is left behind"
    say("used, upgraded, stopped, started and purged")


def boot(package, work):
    root = work + "/root"
    os.mkdir(root, 0o755)
    mount("--bind", root, root)
    prepare(root, package)
    database = harness.Database()
    sandbox = harness.Sandbox()
    try:
        booted = Booted(root, work)
        try:
            life(booted, f"/proc/{booted.pid}/root", package, database, sandbox)
        finally:
            booted.end()
    finally:
        sandbox.stop()
        database.drop()


if __name__ == "__main__":
    smoke.main(__file__, boot, __doc__)
