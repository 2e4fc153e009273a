"""jobrakerctl against a real server, on a terminal of its own and in pipes, and against servers that talk nonsense."""
import atexit
import contextlib
import fcntl
import http.server
import json
import os
import pty
import re
import select
import signal
import socket
import ssl
import stat
import struct
import subprocess
import tempfile
import termios
import threading
import time
import unicodedata
import unittest

from harness import BIN, Case, Client, call, main, wait_until

PROGRAM = os.path.join(BIN, "jobrakerctl")
PASSWORD = "a good password"
OK, REFUSED, USAGE, UNREACHABLE, FORBIDDEN, SIGNAL = 0, 1, 2, 3, 4, 130
PATIENCE_S = 60
# What a terminal would obey, line feeds apart.
OBEYED = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOMES = tempfile.TemporaryDirectory(prefix="jobraker-ctl-")
atexit.register(HOMES.cleanup)
COLOUR = re.compile("\x1b\\[[0-9;]+m")


def columns(line):
    """How wide a line is, as Python's Unicode tables have it."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in line)


class Done:
    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    def __repr__(self):
        return f"<{self.code} {self.out[-3000:]} {self.err[-2000:]}>"


class Person:
    """Somebody with a home folder, an environment and jobrakerctl."""

    def __init__(self, address):
        self.home = tempfile.mkdtemp(dir=HOMES.name)
        self.env = {"PATH": os.environ["PATH"], "HOME": self.home, "JOBRAKER_SERVER": address, "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}

    def run(self, *arguments, stdin="", **env):
        done = subprocess.run([PROGRAM, *arguments], env={**self.env, **env}, input=stdin, capture_output=True, text=True, timeout=PATIENCE_S, check=False)
        return Done(done.returncode, done.stdout, done.stderr)

    def start(self, *arguments):
        return subprocess.Popen([PROGRAM, *arguments], env=self.env, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)

    def terminal(self, *arguments, size=(160, 24), **env):
        return Terminal([PROGRAM, *arguments], {**self.env, **env}, size)

    def session(self):
        folder = os.path.join(self.home, ".local", "state", "jobraker")
        found = [name for name in os.listdir(folder) if name.endswith(".json")]
        assert len(found) == 1, found
        return os.path.join(folder, found[0])

    def change_session(self, **members):
        with open(self.session(), encoding="utf-8") as file:
            kept = json.load(file)
        with open(self.session(), "w", encoding="utf-8") as file:
            json.dump({**kept, **members}, file)
        return kept


class Terminal:
    """A program on a terminal of its own."""

    def __init__(self, argv, env, size):
        self.text = ""
        self.child, self.master = pty.fork()
        if self.child == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
            os.execve(argv[0], argv, env)

    def read(self):
        """What there is; False at the end."""
        if not select.select([self.master], [], [], 0.2)[0]:
            return True
        try:
            piece = os.read(self.master, 65536)
        except OSError:
            return False
        self.text += piece.decode("utf-8", "replace")
        return bool(piece)

    def until(self, pattern):
        """Waits for a pattern behind what was waited for before."""
        end = time.monotonic() + PATIENCE_S
        while not (found := re.search(pattern, self.text)):
            assert self.read() and time.monotonic() < end, f"no {pattern} in {self.text[-3000:]!r}"
        self.text = self.text[found.end():]
        return found

    def type(self, text):
        os.write(self.master, text.encode())

    def end(self):
        """Everything until it ends, and its exit code."""
        end = time.monotonic() + PATIENCE_S
        while self.read():
            assert time.monotonic() < end, self.text
        os.close(self.master)
        status = os.waitpid(self.child, 0)[1]
        return self.text, os.waitstatus_to_exitcode(status)


@contextlib.contextmanager
def speaker(answer):
    """A server that is not Jobraker's: `answer(handler)` says what it wants."""

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            answer(self)

        do_POST = do_PUT = do_GET

        def log_message(self, *_):
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Wire:
    """A way to the server that can be cut; with TLS when there is a context."""

    def __init__(self, port, tls=None):
        self.port = port
        self.tls = tls
        self.cut = False
        self.ends, self.carriers = [], []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"http://127.0.0.1:{self.listener.getsockname()[1]}"

    def __enter__(self):
        self.thread = threading.Thread(target=self.accept)
        self.thread.start()
        return self

    def __exit__(self, *_):
        self.down()
        # Closing does not wake whoever accepts; shutting down does.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        for carrier in self.carriers:
            carrier.join()
        for end in [self.listener, *self.ends]:
            end.close()

    def accept(self):
        with contextlib.suppress(OSError):
            while True:
                near, _ = self.listener.accept()
                if self.cut:
                    near.close()
                    continue
                if self.tls:
                    try:
                        near = self.tls.wrap_socket(near, server_side=True)
                    except OSError:
                        near.close()  # who does not trust us goes
                        continue
                far = socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)
                far.settimeout(None)
                self.ends += [near, far]
                self.carriers.append(threading.Thread(target=self.carry, args=(near, far), daemon=True))
                self.carriers[-1].start()

    def carry(self, near, far):
        """Both directions on one thread: a TLS connection is not for two."""
        with contextlib.suppress(OSError):
            while True:
                pending = isinstance(near, ssl.SSLSocket) and near.pending()
                for one in [near] if pending else select.select([near, far], [], [])[0]:
                    if not (data := one.recv(65536)):
                        raise OSError
                    (far if one is near else near).sendall(data)
        for end in (near, far):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def down(self):
        self.cut = True
        for end in self.ends:
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def up(self):
        self.cut = False


def says(status, body, content_type="application/json"):
    def answer(handler):
        data = body if isinstance(body, bytes) else body.encode()
        handler.send_response(status)
        handler.send_header("Content-Type", content_type)
        handler.send_header("Content-Length", str(len(data)))
        handler.end_headers()
        handler.wfile.write(data)

    return answer


class Ctl(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        cls.email = "operator@example.com"
        made = cls.server.create_admin(cls.email, PASSWORD)
        assert made.returncode == 0, made.stderr
        cls.address = f"http://127.0.0.1:{cls.server.port}"
        cls.boss = Client(cls.server, Client(cls.server).post("/auth/login", {"email": cls.email, "password": PASSWORD}).json)
        cls.seeker = self.person()
        cls.operator = self.signed_in()
        cls.document = call(cls.server.port, "GET", "/openapi.json").json

    def signed_in(self):
        person = Person(self.address)
        done = person.run("login", self.email, "--password-stdin", stdin=PASSWORD + "\n")
        self.assertEqual(done.code, OK, done)
        return person

    def ctl(self, *arguments, code=OK, **more):
        done = self.operator.run(*arguments, **more)
        self.assertEqual(done.code, code, (arguments, done))
        if code != OK:
            self.assertEqual(done.out, "", arguments)
            self.assertRegex(done.err, r"\A[^\x00-\x09\x0b-\x1f\x7f]+\n\Z", arguments)
        return done.out if code == OK else done.err

    def json(self, *arguments):
        text = self.ctl(*arguments, "--json")
        self.assertEqual(text.count("\n"), 1, text)
        return json.loads(text)

    def someone(self):
        """A person whose actor lives; its path."""
        person = self.person()
        self.assertEqual(person.get("/profiles/profile/me").status, 200)
        return "/users/" + person.get("/users/me").json["id"]

    # Who is signed in.

    def test_signing_in_keeps_tokens_for_the_owner_only(self):
        person = Person(self.address)
        done = person.run("overview")
        self.assertEqual((done.code, done.out), (FORBIDDEN, ""), done)
        self.assertIn("jobrakerctl login", done.err)
        self.assertEqual(person.run("login", self.email, "--password-stdin", stdin="another password\n").code, FORBIDDEN)
        self.assertEqual(person.run("login", self.email, "--password-stdin", stdin="").code, USAGE)
        self.assertEqual(person.run("login", self.email, stdin=PASSWORD + "\n").code, USAGE, "a pipe is asked for nothing")
        self.assertEqual(person.run("login", self.email, "--password", PASSWORD).code, USAGE)
        self.assertEqual(person.run("login", self.email, "--password-stdin", stdin=PASSWORD + "\n").code, OK)
        kept = person.session()
        self.assertEqual(stat.S_IMODE(os.stat(kept).st_mode), 0o600)
        self.assertEqual(stat.S_IMODE(os.stat(os.path.dirname(kept)).st_mode), 0o700)
        with open(kept, encoding="utf-8") as file:
            text = file.read()
        self.assertNotIn(PASSWORD, text)
        self.assertEqual(person.run("overview").code, OK)
        self.assertEqual(person.run("overview", JOBRAKER_SERVER=self.address.replace("127.0.0.1", "localhost")).code, FORBIDDEN, "another address, another session")
        self.assertEqual(person.run("logout").code, OK)
        self.assertEqual(person.run("overview").code, FORBIDDEN)
        self.assertEqual(os.listdir(os.path.dirname(kept)), [])
        self.problem(Client(self.server).post("/auth/refresh", {"refresh_token": json.loads(text)["refresh_token"]}), 401)
        self.assertIn("Not signed in", person.run("logout").out)

    def test_a_password_is_typed_unseen(self):
        person = Person(self.address)
        terminal = person.terminal("login")
        terminal.until("E-mail: ")
        terminal.type(self.email + "\n")
        terminal.until("Password: ")
        terminal.type("x\x15" + PASSWORD + "y\x7f\r")
        text, code = terminal.end()
        self.assertEqual(code, OK, text)
        self.assertNotIn(PASSWORD[:6], text)
        self.assertIn("Signed in", text)
        terminal = person.terminal("login", self.email)
        terminal.until("Password: ")
        terminal.type("half\x03")
        text, code = terminal.end()
        self.assertEqual(code, USAGE, text)

    def test_an_expired_token_is_replaced(self):
        person = self.signed_in()
        person.change_session(access_token="eyJ.no.token")
        self.assertEqual(person.run("alarms").code, OK, "the server does not know it")
        before = person.change_session(expires_at="2020-01-01T00:00:00Z")
        self.assertEqual(person.run("alarms").code, OK, "it has expired")
        after = person.change_session(expires_at="2020-01-01T00:00:00Z")
        self.assertNotEqual(before["refresh_token"], after["refresh_token"])
        several = [person.start("alarms") for _ in range(6)]
        for one in several:
            out, err = one.communicate(timeout=PATIENCE_S)
            self.assertEqual(one.returncode, OK, out + err)
        person.change_session(expires_at="2020-01-01T00:00:00Z", refresh_token="rt-unknown")
        done = person.run("alarms")
        self.assertEqual(done.code, FORBIDDEN, done)
        self.assertIn("jobrakerctl login", done.err)
        person.change_session(access_token="no\nheader")
        self.assertEqual(person.run("alarms").code, FORBIDDEN, "a broken file is no session")

    def test_a_token_may_come_from_elsewhere(self):
        person = Person(self.address)
        token = self.boss.tokens["access_token"]
        path = os.path.join(person.home, "token")
        with open(path, "w", encoding="utf-8") as file:
            file.write(token + "\n")
        self.assertEqual(person.run("alarms", "--token-file", path).code, OK)
        self.assertEqual(person.run("alarms", JOBRAKER_TOKEN=token).code, OK)
        self.assertEqual(person.run("alarms", JOBRAKER_TOKEN="no token").code, USAGE)
        self.assertEqual(person.run("alarms", "--token-file", path + "x").code, USAGE)
        self.assertEqual(person.run("alarms", "--token-file", os.devnull).code, USAGE)
        self.assertEqual(person.run("alarms", JOBRAKER_TOKEN="eyJ.no.token").code, FORBIDDEN)
        for command in (["alarms"], ["actors", "top", "--once"], ["actors", "stop", "/system/tasks", "--yes", "--reason", "no"]):
            done = person.run(*command, JOBRAKER_TOKEN=self.seeker.tokens["access_token"])
            self.assertEqual((done.code, done.out), (FORBIDDEN, ""), done)
        self.assertEqual(person.run("health").code, OK, "that needs no token")

    # What is shown.

    COMMANDS = (
        "actors list", "actors list --sort mailbox --order asc --path /system", "actors tree", "actors tree system", "actors show system/inspector",
        "actors dead", "actors dead --crashed", "alarms", "overview", "traces --slowest", "traces --well --name GET", "events", "events status",
        "events dead --before 1d", "budgets", "budgets list --scope global", "llm metrics --group-by model,day --from 2d",
        "llm calls --order slowest", "llm calls --failed", "users show me", "users list", "users list --role admin", "log-level", "log-level get", "audit", "audit --about /users", "reports",
        "reports list --state open", "schedules", "schedules list", "batches", "batches --state done", "applications", "applications --stuck",
        "config", "config http",
    )

    def test_every_command_shows_what_the_server_has(self):
        self.someone()
        for command in self.COMMANDS:
            with self.subTest(command):
                answer = self.json(*command.split())
                self.assertIsInstance(answer, dict)
                for width in (40, 80, 200):
                    text = self.ctl(*command.split(), COLUMNS=str(width))
                    self.assertTrue(text)
                    self.assertIsNone(OBEYED.search(text), repr(text))
                    for line in text.splitlines():
                        self.assertLessEqual(columns(line), width, line)
        self.assertEqual(self.json("health")["status"], "ready")
        self.assertIn("postgresql", self.ctl("health"))

    def test_every_order_that_the_server_knows_is_known(self):
        sorts = self.document["components"]["schemas"]["ActorSort"]["enum"]
        self.assertGreater(len(sorts), 9)
        for sort in sorts:
            self.ctl("actors", "list", "--sort", sort)

    def test_a_setting_is_found_and_a_secret_is_not(self):
        self.assertIn("2 ", self.ctl("config", "server.threads"))
        secrets = self.json("config", "jwt_secret")["items"]
        self.assertEqual([(one["key"], one["value"]) for one in secrets], [("auth.jwt_secret", "***")])
        self.assertEqual(self.json("config", "no such key")["items"], [])

    def test_help_and_version_need_no_server(self):
        nobody = Person("http://127.0.0.1:1")
        for command in ([], ["actors"], ["actors", "stop"], ["schedules"], ["login"], ["budgets", "set"]):
            done = nobody.run(*command, "--help")
            self.assertEqual((done.code, done.err), (OK, ""), done)
            self.assertIn("--help", done.out)
        self.assertRegex(nobody.run("--version").out, r"\Ajobrakerctl \d+\.\d+\.\d+\n\Z")

    def test_what_makes_no_sense_is_wrong_usage(self):
        for command in ("", "dance", "actors show /", "actors stop ../x --yes --reason r", "actors list --sort beauty", "alarms --watch=0",
                        "traces --failed --well", "budgets set global day lots", "log-level set loud", "--timeout x alarms", "--server ftp://x alarms",
                        "--server nonsense alarms", "actors stop /x --yes", "actors stop /x"):
            with self.subTest(command):
                done = self.operator.run(*command.split())
                self.assertEqual((done.code, done.out), (USAGE, ""), done)
                self.assertTrue(done.err)

    def test_what_the_server_refuses_is_one_line(self):
        self.assertIn("no actor", self.ctl("actors", "show", "/nobody/here", code=REFUSED).lower())
        self.ctl("actors", "list", "--cursor", "x", code=REFUSED)
        self.ctl("traces", "0" * 31 + "1", code=REFUSED)
        self.ctl("traces", "nonsense", code=REFUSED)
        self.ctl("users", "show", "nonsense", code=REFUSED)
        self.assertIn("e-mail address", self.ctl("users", "list", "nonsense", code=REFUSED))
        self.ctl("events", "replay", "019a5b1e-7c00-7000-8000-000000000015", code=REFUSED)
        self.ctl("reports", "decide", "019a5b1e-7c00-7000-8000-000000000015", "upheld", code=REFUSED)
        self.ctl("llm", "metrics", "--group-by", "colour", code=REFUSED)
        self.ctl("actors", "pause", "/system/inspector", code=REFUSED)
        self.assertIn("group_by", self.ctl("llm", "metrics", "--group-by", "colour", code=REFUSED))
        odd = self.ctl("actors", "show", "/\x1b[31mred\u202e", code=REFUSED)
        self.assertIsNone(OBEYED.search(odd), repr(odd))

    def test_an_account_is_found_and_its_address_is_not_shown(self):
        person = self.person(email="lena+ctl@example.com")
        me = person.get("/users/me").json["id"]
        for query in (me, "Lena+CTL@example.com"):
            self.assertEqual([one["id"] for one in self.json("users", "list", query)["items"]], [me])
            text = self.ctl("users", "list", query)
            self.assertIn(me, text)
            self.assertIn("l***@example.com", text)
            self.assertNotIn("lena", text)
        self.assertIn("No account matches", self.ctl("users", "list", "--role", "employer", me))
        every = [one["id"] for one in self.json("users", "list", "--limit", "1", "--all", "--role", "admin")["items"]]
        self.assertEqual(every, [one["id"] for one in self.json("users", "list", "--role", "admin")["items"]])
        self.assertIn(self.boss.get("/users/me").json["id"], every)

    def test_all_pages_are_one_list(self):
        for _ in range(4):
            self.someone()
        whole = [row["path"] for row in self.json("actors", "list", "--path", "/users", "--limit", "1000")["items"]]
        paged = [row["path"] for row in self.json("actors", "list", "--path", "/users", "--limit", "2", "--all")["items"]]
        self.assertGreater(len(whole), 3)
        self.assertEqual(paged, whole)
        self.assertIn("more: --all", self.ctl("actors", "list", "--path", "/users", "--limit", "2"))

    def test_a_trace_is_a_waterfall(self):
        answer = self.seeker.put("/profiles/profile/me", {"summary": {"professional_summary": "Backend engineer"}})
        self.assertEqual(answer.status, 200, answer)
        trace = answer.headers["X-Request-Id"]
        wait_until(lambda: self.operator.run("traces", trace).code == OK, "the trace")
        text = wait_until(lambda: (seen := self.ctl("traces", trace, COLUMNS="140")) and "request PUT" in seen and "profile-updated" in seen and seen, "its root")
        self.assertIn(trace, text)
        self.assertIn("statement ", text)
        bars = [line for line in text.splitlines() if "█" in line]
        self.assertGreater(len(bars), 3, text)
        self.assertIn(trace, [row["trace_id"] for row in self.json("traces", "--slowest", "--limit", "1000")["items"]])

    def test_colours_are_for_terminals(self):
        self.assertIsNone(COLOUR.search(self.ctl("actors", "list")))
        self.assertIsNotNone(COLOUR.search(self.ctl("actors", "list", "--color", "always")))
        text, code = self.operator.terminal("actors", "list").end()
        self.assertEqual(code, OK, text)
        self.assertIsNotNone(COLOUR.search(text))
        self.assertIsNone(OBEYED.search(COLOUR.sub("", text).replace("\r\n", "\n")), repr(text))
        for plain in (self.operator.terminal("actors", "list", NO_COLOR="1"), self.operator.terminal("actors", "list", TERM="dumb"),
                      self.operator.terminal("actors", "list", "--color", "never")):
            text, code = plain.end()
            self.assertEqual(code, OK, text)
            self.assertNotIn("\x1b", text)
        text, _ = self.operator.terminal("actors", "list", size=(50, 24), NO_COLOR="1").end()
        self.assertTrue(all(columns(line) <= 50 for line in text.splitlines()), text)

    # What is changed.

    def test_a_stopped_actor_is_gone_and_the_audit_log_says_so(self):
        path = self.someone()
        self.ctl("actors", "show", path)
        told = self.ctl("actors", "stop", path, "--yes", "--reason", "a test\x1b[2J of ctl")
        self.assertIn(path, told)
        wait_until(lambda: self.operator.run("actors", "show", path).code == REFUSED, "its end")
        self.assertIn(path, [one["path"] for one in self.json("actors", "dead", "--limit", "100")["items"]])
        rows = self.json("audit", "--about", path, "--action", "actor.stop")["items"]
        self.assertEqual(len(rows), 1)
        self.assertIn("a test", rows[0]["detail"])
        text = self.ctl("audit", "--about", path)
        self.assertIn("a test\\x1b[2J of ctl", text)

    def test_the_path_is_typed_before_anything_ends(self):
        path = self.someone()
        for typed in ("/users\n", "y\n", "\n"):
            terminal = self.operator.terminal("actors", "stop", path)
            terminal.until("Type the path again")
            terminal.type(typed)
            text, code = terminal.end()
            self.assertEqual(code, USAGE, text)
        self.ctl("actors", "show", path)
        terminal = self.operator.terminal("actors", "drain", path[1:], "--reason", "typed")
        terminal.until("Type the path again")
        terminal.type(path + "\n")
        text, code = terminal.end()
        self.assertEqual(code, OK, text)
        wait_until(lambda: self.operator.run("actors", "show", path).code == REFUSED, "its end")
        terminal = self.operator.terminal("actors", "stop", "/users", "--subtree")
        terminal.until(r"all below it \(\d+ actors?\)")
        terminal.type("\x04")
        self.assertEqual(terminal.end()[1], USAGE)
        self.assertEqual(self.json("audit", "--action", "actor.drain", "--about", path)["items"][0]["detail"], "1 actor: typed")

    def test_actors_pause_resume_restart_and_are_traced(self):
        path = self.someone()
        self.ctl("actors", "pause", path)
        wait_until(lambda: self.json("actors", "show", path)["actor"]["state"] == "paused", "the pause")
        self.assertIn("paused", self.ctl("actors", "list", "--state", "paused"))
        self.ctl("actors", "resume", path)
        wait_until(lambda: self.json("actors", "show", path)["actor"]["state"] != "paused", "its going on")
        self.ctl("actors", "trace", path, "--messages", "3", "--reason", "what comes?")
        self.ctl("actors", "restart", path, "--yes", "--reason", "anew")
        done = {row["action"] for row in self.json("audit", "--about", path)["items"]}
        self.assertEqual(done, {"actor.pause", "actor.resume", "actor.trace", "actor.restart"})

    def test_levels_and_budgets_are_set(self):
        self.assertEqual(self.ctl("log-level", "set", "debug"), "debug\n")
        self.assertEqual(self.json("log-level"), {"level": "debug"})
        self.ctl("log-level", "set", "info")
        self.assertIn("$12.50", self.ctl("budgets", "set", "global", "month", "12.5"))
        self.assertEqual([(one["period"], one["limit_usd"]) for one in self.json("budgets")["items"]], [("month", 12.5)])
        self.ctl("budgets", "set", "global", "month", "none")
        self.assertEqual(self.json("budgets")["items"], [])

    def test_schedules_run_pause_and_resume(self):
        name = "accounts.expire"
        self.assertIn(name, self.ctl("schedules", "show", name))
        self.ctl("schedules", "pause", name)
        self.assertTrue(self.json("schedules", "show", name)["paused"])
        self.ctl("schedules", "resume", name)
        self.assertFalse(self.json("schedules", "show", name)["paused"])
        run = self.json("schedules", "run", name)
        wait_until(lambda: run["id"] in [one["id"] for one in self.json("schedules", "runs", name)["items"]], "the run")
        self.assertIn(name, self.ctl("schedules", "show", name))
        self.ctl("schedules", "show", "no.such", code=REFUSED)
        self.ctl("schedules", "run", "no.such", code=REFUSED)

    # What goes on.

    def test_top_shows_one_second_and_ends(self):
        path = self.someone()
        text = self.ctl("actors", "top", "--once", "--path", "/users", COLUMNS="200")
        self.assertIn(path, text)
        self.assertRegex(text, r"\d+ messages, [\d.]+/s")
        frame = self.json("actors", "top", "--once", "--limit", "2", "--sort", "path")
        self.assertEqual(frame["type"], "figures")
        self.assertEqual(len(frame["rows"]), 2)
        self.assertIsNotNone(frame["totals"]["rate"])

    def test_top_goes_on_in_a_pipe(self):
        child = self.operator.start("actors", "top", "--json", "--watch", "1")
        frames = [json.loads(child.stdout.readline()) for _ in range(2)]
        self.assertLess(frames[0]["at"], frames[1]["at"])
        child.send_signal(signal.SIGINT)
        child.communicate(timeout=PATIENCE_S)
        self.assertEqual(child.returncode, SIGNAL)

    def test_top_obeys_keys_and_puts_the_screen_back(self):
        terminal = self.operator.terminal("actors", "top")
        terminal.until(re.escape("\x1b[?1049h"))
        terminal.until("by busy")
        terminal.until("/system/")
        terminal.type("s")
        terminal.until("by wait")
        terminal.type("/outbox\r")
        terminal.until("containing outbox")
        terminal.until("/system/outbox")
        terminal.type("k")
        terminal.until("BUSY/S")
        terminal.type("?")
        terminal.until("page up, page down")
        terminal.type("q")
        text, code = terminal.end()
        self.assertEqual(code, OK, text)
        self.assertTrue(text.endswith("\x1b[?1049l"), repr(text[-50:]))

    def test_tls_is_spoken_to_those_who_are_trusted(self):
        with tempfile.TemporaryDirectory(dir=HOMES.name) as folder:
            key, certificate = os.path.join(folder, "key.pem"), os.path.join(folder, "cert.pem")
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj", "/CN=localhost",
                            "-addext", "subjectAltName=DNS:localhost", "-keyout", key, "-out", certificate], check=True, capture_output=True)
            tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            tls.load_cert_chain(certificate, key)
            token = self.boss.tokens["access_token"]
            with Wire(self.server.port, tls) as wire:
                address = wire.address.replace("http://127.0.0.1", "https://localhost")
                person = Person(address)
                for command in (["overview"], ["actors", "top", "--once"]):
                    self.assertEqual(person.run(*command, JOBRAKER_TOKEN=token).code, UNREACHABLE, "nobody vouches for it")
                    done = person.run(*command, "--ca-file", certificate, JOBRAKER_TOKEN=token)
                    self.assertEqual(done.code, OK, done)
                    other = person.run(*command, "--ca-file", certificate, "--server", address.replace("localhost", "127.0.0.1"), JOBRAKER_TOKEN=token)
                    self.assertEqual(other.code, UNREACHABLE, "another name")

    def test_a_password_over_plain_http_to_elsewhere_is_warned_about(self):
        done = Person("http://no-such-host.invalid").run("login", self.email, "--password-stdin", stdin=PASSWORD + "\n")
        self.assertEqual(done.code, UNREACHABLE, done)
        self.assertIn("without TLS", done.err)
        self.assertNotIn("without TLS", Person("https://no-such-host.invalid").run("login", self.email, "--password-stdin", stdin=PASSWORD + "\n").err)

    def test_top_connects_anew(self):
        with Wire(self.server.port) as wire:
            operator = Person(wire.address)
            self.assertEqual(operator.run("login", self.email, "--password-stdin", stdin=PASSWORD + "\n").code, OK)
            child = operator.start("actors", "top", "--json", "--watch", "1")
            self.assertEqual(json.loads(child.stdout.readline())["type"], "figures")
            terminal = operator.terminal("actors", "top")
            terminal.until("/system/")
            wire.down()
            terminal.until("connection is lost")
            wire.up()
            terminal.until("/system/")
            # Nothing of the picture says that it is lost any more.
            terminal.until(r"\x1b\[H(?:(?!lost|\x1b\[H)[\s\S])*\x1b\[J")
            self.assertEqual(json.loads(child.stdout.readline())["type"], "figures")
            child.send_signal(signal.SIGINT)
            child.communicate(timeout=PATIENCE_S)
            terminal.type("q")
            self.assertEqual(terminal.end()[1], OK)

    def test_ctrl_c_ends_top_and_puts_the_screen_back(self):
        terminal = self.operator.terminal("actors", "top")
        terminal.until("/system/")
        terminal.type("\x03")
        text, code = terminal.end()
        self.assertEqual(code, SIGNAL)
        self.assertTrue(text.endswith("\x1b[?1049l"), repr(text[-50:]))

    def test_watch_looks_again(self):
        child = self.operator.start("alarms", "--json", "--watch", "1")
        for _ in range(2):
            self.assertIn("items", json.loads(child.stdout.readline()))
        child.send_signal(signal.SIGTERM)
        child.communicate(timeout=PATIENCE_S)
        self.assertEqual(child.returncode, SIGNAL)
        terminal = self.operator.terminal("overview", "--watch", "1")
        terminal.until("up for")
        terminal.until("up for")
        terminal.type("q")
        text, code = terminal.end()
        self.assertEqual(code, OK, text)

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            done = subprocess.run([PROGRAM, "actors", "list"], env=self.operator.env, stdin=subprocess.DEVNULL, stdout=full, stderr=subprocess.PIPE, timeout=PATIENCE_S, check=False)
        self.assertEqual(done.returncode, REFUSED)
        self.assertIn(b"standard output", done.stderr)


@unittest.skipUnless(BIN, "JOBRAKER_TEST_BIN is not set: run tools/test")
class Strangers(unittest.TestCase):
    """Whatever answers, the terminal is safe and the exit code says what happened."""

    def ask(self, answer, *command, **env):
        with speaker(answer) as address:
            return Person(address).run(*command, JOBRAKER_TOKEN="eyJ.some.token", **env)

    def test_nobody_is_there(self):
        with socket.create_server(("127.0.0.1", 0)) as closed:
            address = f"http://127.0.0.1:{closed.getsockname()[1]}"
        for command in (["overview"], ["actors", "top", "--once"], ["health"], ["actors", "stop", "/x", "--yes", "--reason", "r"]):
            done = Person(address).run(*command, JOBRAKER_TOKEN="t")
            self.assertEqual((done.code, done.out), (UNREACHABLE, ""), done)
            self.assertIn(address, done.err)
        done = Person("http://no-such-host.invalid").run("overview", JOBRAKER_TOKEN="t")
        self.assertEqual(done.code, UNREACHABLE, done)

    def test_a_server_that_says_nothing_is_given_up(self):
        with socket.create_server(("127.0.0.1", 0)) as silent:
            done = Person(f"http://127.0.0.1:{silent.getsockname()[1]}").run("overview", "--timeout", "1", JOBRAKER_TOKEN="t")
        self.assertEqual(done.code, UNREACHABLE, done)

    def test_other_servers_are_not_taken_for_jobraker(self):
        for answer in (says(200, "<html>hello</html>", "text/html"), says(404, "<h1>no</h1>", "text/html"), says(502, "Bad gateway", "text/plain"),
                       says(401, '{"error":"who?"}'), says(200, ""), says(200, '{"items":'), says(200, b"\xff\xfe\x00"), says(302, "elsewhere")):
            for command in (["actors", "list"], ["overview"], ["actors", "list", "--all"], ["actors", "list", "--json"]):
                done = self.ask(answer, *command)
                self.assertEqual((done.code, done.out), (UNREACHABLE, ""), done)
        for status in (200, 404):
            self.assertEqual(self.ask(says(status, "{}"), "actors", "top", "--once").code, UNREACHABLE)

    def test_answers_of_another_shape_are_shown_as_far_as_they_go(self):
        for body in ("null", "[]", "7", '"text"', "{}", '{"items":7}', '{"items":[null,[],{"path":{}}]}', '{"actor":[],"messages":{}}', '{"spans":[{"depth":99999999999,"start_us":-1,"run_us":1e300}]}'):
            for command in ("actors list", "actors show x", "overview", "traces", "traces 1", "events", "schedules", "llm metrics", "config", "audit", "budgets"):
                done = self.ask(says(200, body), *command.split(), COLUMNS="60")
                self.assertEqual((done.code, done.err), (OK, ""), (body, command, done))
                self.assertTrue(all(columns(line) <= 60 for line in done.out.splitlines()), done.out)

    def test_nothing_of_an_answer_is_obeyed(self):
        evil = "\x1b]0;owned\x07\x1b[2J\x9b31m\r\b\u202egnp.exe\u2066\x7f"
        bodies = {
            "actors list": {"items": [{"path": evil, "kind": evil, "waiting_on": evil}], "next": evil, "total": 9},
            "actors show x": {"actor": {"path": evil}, "summary": {evil: evil}, "messages": [{"type": evil}], "pending": [{"name": evil}]},
            "audit": {"items": [{"who": evil, "action": evil, "detail": evil}]},
            "traces 1": {"trace_id": evil, "spans": [{"kind": evil, "name": evil, "actor": evil}]},
            "config": {"items": [{"key": evil, "value": evil}]},
            "reports": {"items": [{"id": evil, "question": evil, "message": evil, "comment": evil}]},
            "applications": {"items": [{"company": evil, "title": evil}], "counts": {evil: 1}},
            "users list": {"items": [{"email": evil, "role": evil, "id": evil}]},
        }
        for command, body in bodies.items():
            for more in ([], ["--json"]):
                done = self.ask(says(200, json.dumps(body, ensure_ascii=False)), *command.split(), *more)
                self.assertEqual(done.code, OK, done)
                self.assertIsNone(OBEYED.search(done.out), (command, repr(done.out)))
                if more:
                    self.assertEqual(json.loads(done.out), body)
                else:
                    self.assertIn("\\x1b", done.out)
        problem = json.dumps({"title": evil, "detail": evil, "status": 409, "errors": [{"pointer": evil, "detail": evil}]}, ensure_ascii=False)
        done = self.ask(says(409, problem, "application/problem+json"), "actors", "list")
        self.assertEqual(done.code, REFUSED, done)
        self.assertIsNone(OBEYED.search(done.err), repr(done.err))
        self.assertEqual(done.err.count("\n"), 1)

    def test_pages_that_never_end_are_given_up(self):
        done = self.ask(says(200, '{"items":[1],"next":"again"}'), "actors", "list", "--all")
        self.assertEqual((done.code, done.out), (REFUSED, ""), done)

    def test_a_sign_in_without_tokens_keeps_nothing(self):
        for body in ("{}", '{"access_token":"a\\r\\nX: y","refresh_token":"r","expires_in":900}', "nonsense"):
            with speaker(says(200, body)) as address:
                person = Person(address)
                done = person.run("login", "a@example.com", "--password-stdin", stdin="p\n")
                self.assertEqual(done.code, UNREACHABLE, done)
                self.assertFalse(os.path.exists(os.path.join(person.home, ".local", "state", "jobraker")))


if __name__ == "__main__":
    main()
