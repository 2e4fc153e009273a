#!/usr/bin/env python3
"""The Debian package in a root of its own: smoke.py PACKAGE.deb

Installs it in a root file system that holds nothing but its dependencies (minimal_root.py), starts the service as its
unit says, on a read-only root, uses it, ends it, installs the package again, removes and purges it. Needs root, for
chroot and mounts in a name space of its own that takes everything with it at the end; exits with 77 where that cannot
be had. JOBRAKER_TEST_DATABASE_URL and JOBRAKER_TEST_BIN as for tests/e2e, whose clients it uses.
"""

import gzip
import hashlib
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
SOURCE = os.path.dirname(os.path.dirname(HERE))
sys.path[:0] = [HERE, os.path.join(SOURCE, "tests", "e2e")]
SKIPPED = 77
INSIDE = "JOBRAKER_TEST_INSIDE"

import harness  # noqa: E402
import minimal_root  # noqa: E402
from unit import Unit  # noqa: E402

DPKG_ENVIRONMENT = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "LANG": "C.UTF-8", "DEBIAN_FRONTEND": "noninteractive"}
UNIT = "/usr/lib/systemd/system/jobraker.service"
CONFIG = "/etc/jobraker/jobraker.toml"
SECRETS = "/etc/jobraker/secrets.env"


def say(*words):
    print("smoke:", *words, flush=True)


def skip(why):
    say("skipped:", why)
    sys.exit(SKIPPED)


def mount(*arguments):
    subprocess.run(["mount", *arguments], check=True)


def inside(root, *command, **more):
    """A command below `root` as its root; its output."""
    done = subprocess.run(["chroot", root, *command], env=DPKG_ENVIRONMENT, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=False, **more)
    assert done.returncode == 0, f"{' '.join(command)} ended with {done.returncode}:\n{done.stdout}"
    return done.stdout


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def read_bytes(path):
    with open(path, "rb") as file:
        return file.read()


def snapshot(root):
    """Every path below `root` with what it is; dpkg's own records and backups of the user database are left out."""
    found = {}
    for folder, folders, files in os.walk(root):
        for name in folders + files:
            full = os.path.join(folder, name)
            path = full.removeprefix(root)
            if path.startswith(("/var/lib/dpkg/", "/var/cache/ldconfig/", "/var/log/", "/run/", "/proc/", "/dev/")) or re.fullmatch(r"/etc/(passwd|group|shadow|gshadow|subuid|subgid)-|/etc/\.pwd\.lock", path):
                continue
            state = os.lstat(full)
            content = os.readlink(full) if os.path.islink(full) else ""
            if path.startswith("/etc/") and os.path.isfile(full) and not os.path.islink(full):
                with open(full, "rb") as file:
                    content = hashlib.sha256(file.read()).hexdigest()
            found[path] = (oct(state.st_mode), state.st_uid, state.st_gid, content)
    return found


def install(root, package):
    shutil.copy(package, root + "/run/jobraker.deb")
    inside(root, "dpkg", "--install", "/run/jobraker.deb")
    audit = inside(root, "dpkg", "--audit")
    assert audit == "", audit
    assert inside(root, "dpkg-query", "-W", "-f", "${db:Status-Status}", "jobraker") == "installed"
    assert inside(root, "stat", "-c", "%a %U %G", "/etc/jobraker").split() == ["750", "root", "jobraker"]
    for program in ("jobraker-server", "jobraker-doctext", "jobraker-chat", "jobrakerctl", "jobraker-analytics"):
        libraries = inside(root, "ldd", f"/usr/bin/{program}")
        assert "not found" not in libraries, libraries


def configure(root, database, sandbox):
    """What README.Debian tells an administrator to do; the model and the other services are the sandbox's."""
    here = f"http://127.0.0.1:{sandbox.port}"
    toml = read(root + CONFIG)
    changed = toml.replace("port = 8080", "port = 0").replace('base_url = "https://api.openai.com/v1"', f'base_url = "{here}/v1"')
    assert changed.count(here) == 1 and "port = 0" in changed, "the configuration of the package is not what this test expects"
    changed = changed.replace("postgresql:///jobraker?", f"postgresql://jobraker@/{database.name}?")
    assert database.name in changed
    with open(root + CONFIG, "w", encoding="utf-8") as file:
        file.write(changed)
    # Without an end of its last line, as editors that are not careful leave it.
    with open(os.open(root + SECRETS, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as file:
        file.write("# The model's key.\nOPENAI_API_KEY=sk-smoke")


def secrets(root, unit):
    """Runs the unit's ExecStartPre, twice: the second time must change nothing."""
    inside(root, *unit.command("ExecStartPre"))
    first = read(root + SECRETS)
    inside(root, *unit.command("ExecStartPre"))
    assert read(root + SECRETS) == first, "the secret was made twice"
    assert re.search(r"^OPENAI_API_KEY=sk-smoke$", first, re.M) and re.search(r"^JOBRAKER_AUTH_JWT_SECRET=[0-9a-f]{64}$", first, re.M), first
    assert os.stat(root + SECRETS).st_mode & 0o777 == 0o600


def devices(root):
    for device in ("null", "zero", "random", "urandom"):
        open(f"{root}/dev/{device}", "w", encoding="utf-8").close()
        mount("--bind", f"/dev/{device}", f"{root}/dev/{device}")


def read_only_view(root, view, unit, folder):
    """`root` as the service sees it: nothing can be written but its own folders and /tmp (ProtectSystem=strict)."""
    for path, mode in unit.folders():
        os.makedirs(root + path, exist_ok=True)
        os.chmod(root + path, mode)
        inside(root, "chown", f"{unit.one('User')}:{unit.one('Group')}", path)
    os.makedirs(root + "/run/postgresql", exist_ok=True)
    mount("--rbind", root, view)
    mount("-o", "remount,bind,ro", view)
    for path, _ in unit.folders():
        mount("--bind", root + path, view + path)
    mount("--bind", folder, view + "/run/postgresql")
    mount("-t", "proc", "-o", "ro,nosuid,nodev,noexec", "proc", view + "/proc")
    mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev,noexec", "tmpfs", view + "/tmp")


class Installed(harness.Process):
    """The installed server, in the shape that the clients of tests/e2e expect."""

    def __init__(self, unit, view):
        self.env = unit.environment(view)
        super().__init__(unit.as_user(view, unit.command("ExecStart")), r"listening http://[\d.]+:(\d+)", self.env)


def sockets():
    """The folder of the test cluster's socket."""
    return urllib.parse.parse_qs(urllib.parse.urlsplit(harness.DATABASE).query)["host"][0]


def ok(answer, status=200):
    assert answer.status == status, answer
    return answer


def use(server, admin, pdf_text):
    """Health, accounts, a PDF in (jobraker-doctext, pdftotext) and a PDF out (Pango, fonts).

    `admin` is what --create-admin printed; `pdf_text` reads a PDF where the server runs."""
    ok(harness.call(server.port, "GET", "/healthz"))
    ok(harness.call(server.port, "GET", "/readyz"))
    admin = json.loads(admin)
    ok(harness.Client(server).post("/auth/login", {"email": admin["email"], "password": admin["password"]}))

    def person(name, role):
        ok(harness.Client(server).post("/auth/register", {"email": f"{name}@example.com", "password": "a good password", "role": role}), 201)
        answer = ok(harness.Client(server).post("/auth/login", {"email": f"{name}@example.com", "password": "a good password"}))
        return harness.Client(server, answer.json)

    seeker = person("seeker", "seeker")
    with open(os.path.join(SOURCE, "tools", "demo", "resume.pdf"), "rb") as file:
        answer = ok(seeker.upload("resume.pdf", file.read(), "application/pdf", prefer="wait=60"))
    assert "Amara Whitfield" in answer.body.decode(), answer
    ok(seeker.put("/users/me/consents", {"ai_chat": True}))
    job = ok(person("employer", "employer").post("/jobs", {
        "title": "Backend Engineer", "company": "Odra Stal", "location": "Berlin, Germany",
        "description": "We build software for steel mills.\nRequirements\n- C++ and PostgreSQL in production\n- Docker\n",
    }), 201).json["id"]
    application = ok(seeker.post("/applications", {"job_id": job}), 201).json["id"]
    ok(seeker.post(f"/applications/{application}/kit", Prefer="wait=60"))
    pdf = ok(seeker.get(f"/applications/{application}/kit/resume.pdf")).body
    assert pdf.startswith(b"%PDF-"), pdf[:100]
    text = pdf_text(pdf)
    assert "Amara Whitfield" in text, text[:500]


def operate(view, server, admin):
    """The operators' client where it is installed: signs in, looks, and is documented."""
    assert "JOBRAKERCTL" in gzip.decompress(read_bytes(view + "/usr/share/man/man1/jobrakerctl.1.gz")).decode()
    assert "complete -F" in read(view + "/usr/share/bash-completion/completions/jobrakerctl")
    at = ["env", f"JOBRAKER_SERVER=http://127.0.0.1:{server.port}", "HOME=/tmp", "jobrakerctl"]
    inside(view, *at, "login", admin["email"], "--password-stdin", input=admin["password"] + "\n")
    assert json.loads(inside(view, *at, "health", "--json"))["status"] == "ready"
    assert "/system/" in inside(view, *at, "actors", "list")
    inside(view, *at, "logout")


def run(root, view, unit, folder):
    database = harness.Database()
    sandbox = harness.Sandbox()
    try:
        configure(root, database, sandbox)
        secrets(root, unit)
        read_only_view(root, view, unit, folder)
        server = Installed(unit, view)
        try:
            say("serves on port", server.port, "as user", unit.one("User"))
            make_admin = unit.as_user(view, [*unit.command("ExecStart"), "--create-admin", "admin@example.com"])
            admin = subprocess.run(make_admin, env=server.env, stdout=subprocess.PIPE, check=True).stdout
            operate(view, server, json.loads(admin))
            use(server, admin, lambda pdf: subprocess.run(["chroot", view, "pdftotext", "-", "-"], input=pdf, stdout=subprocess.PIPE, check=True).stdout.decode())
        except BaseException:
            say("the server's log:\n" + server.text()[-4000:])
            raise
        finally:
            code = server.stop()
        assert code == 0, f"the server ended with {code} after SIGTERM"
        say("used, and ended in order")
    finally:
        subprocess.run(["umount", "--recursive", view], check=False)
        sandbox.stop()
        database.drop()


def check_purged(before, after):
    wrong = [f"left behind: {path}" for path in sorted(after.keys() - before.keys())]
    wrong += [f"gone: {path}" for path in sorted(before.keys() - after.keys())]
    wrong += [f"changed: {path}" for path in sorted(before.keys() & after.keys()) if before[path] != after[path]]
    assert not wrong, "after --purge:\n" + "\n".join(wrong)


def smoke(package, work):
    root, view = work + "/root", work + "/view"
    os.mkdir(root, 0o755)
    os.mkdir(view, 0o755)
    depends = subprocess.check_output(["dpkg-deb", "--field", package, "Depends"], text=True)
    say("a root of", len(minimal_root.make(root, depends)), "packages")
    devices(root)
    before = snapshot(root)
    install(root, package)
    run(root, view, Unit(root + UNIT), sockets())
    edited = read(root + CONFIG)
    install(root, package)
    assert read(root + CONFIG) == edited, "an upgrade took the administrator's settings away"
    inside(root, "dpkg", "--remove", "jobraker")
    assert read(root + CONFIG) == edited and os.path.exists(root + SECRETS), "removing took the settings away"
    assert not os.path.exists(root + "/usr/bin/jobraker-server")
    inside(root, "dpkg", "--purge", "jobraker")
    check_purged(before, snapshot(root))
    say("installed, used, upgraded, removed and purged; nothing is left")


def apart(script, test, package):
    """Runs `script` again in name spaces of its own, and there `test(package, folder)`."""
    if not os.path.isfile(package):
        sys.exit(f"{package} is not there; cpack -G DEB makes it")
    for name in ("JOBRAKER_TEST_DATABASE_URL", "JOBRAKER_TEST_BIN"):
        if not os.environ.get(name):
            skip(f"{name} is not set: run tools/test")
    if "host=" not in harness.DATABASE:
        skip("the test cluster is not behind a Unix socket")
    if os.environ.get(INSIDE):
        with tempfile.TemporaryDirectory(prefix="jobraker-package-") as work:
            # In memory, and with the name space it is gone, however this ends.
            mount("-t", "tmpfs", "-o", "mode=755,size=1500m", "tmpfs", work)
            try:
                test(package, work)
            except minimal_root.Missing as error:
                sys.exit(str(error))
            finally:
                subprocess.run(["umount", "--recursive", "--lazy", work], check=False)
        return
    if os.geteuid() != 0:
        skip("chroot and mounts need root")
    unshare = ["unshare", "--mount", "--pid", "--fork", "--kill-child"]
    tried = subprocess.run([*unshare, "sh", "-c", "mount -t tmpfs tmpfs /mnt && chroot / true"], capture_output=True, text=True, check=False)
    if tried.returncode != 0:
        skip("no mount name space here: " + tried.stderr.strip())
    # A new pid name space wants a /proc of its own.
    within = "mount --make-rprivate / && mount -t proc proc /proc && exec \"$@\""
    os.execvpe("unshare", [*unshare, "sh", "-c", within, "sh", sys.executable, "-B", script, package], {**os.environ, INSIDE: "1"})


def main(script, test, text):
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(text)
    apart(os.path.abspath(script), test, os.path.abspath(sys.argv[1]))


if __name__ == "__main__":
    main(__file__, smoke, __doc__)
