#!/usr/bin/env python3
"""jobraker-chat against a server that does exactly what each test wants: stream_client_test.py PROGRAM"""
import base64
import hashlib
import json
import os
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import threading
import unittest

PROGRAM = ""
CONVERSATION = "01890000-0000-7000-8000-000000000001"
TURN = "01890000-0000-7000-8000-00000000000a"
PATIENCE_S = 30  # what a test waits for something that must come


class Gone(Exception):
    """The client has closed the connection."""


class Socket:
    """The server's end of one WebSocket."""

    def __init__(self, connection, stream):
        self.connection, self.stream = connection, stream

    def exactly(self, size):
        data = self.stream.read(size)
        if len(data) < size:
            raise Gone
        return data

    def frame(self, opcode, payload):
        head = bytes([0x80 | opcode])
        size = len(payload)
        head += bytes([size]) if size < 126 else b"\x7e" + struct.pack(">H", size)
        self.connection.sendall(head + payload)

    def send(self, **frame):
        self.frame(1, json.dumps(frame).encode())

    def of(self, seq, kind, epoch=1, **members):
        """A numbered frame of the conversation's one turn."""
        self.send(type=kind, turn_id=members.pop("turn_id", TURN), **members, conversation_id=CONVERSATION,
                  epoch=epoch, seq=seq)

    def recv(self, kind=None):
        """The next frame of the client, of that type."""
        while True:
            first, second = self.exactly(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self.exactly(2))[0]
            mask = self.exactly(4)
            payload = bytes(byte ^ mask[i % 4] for i, byte in enumerate(self.exactly(size)))
            if first & 0x0F == 8:
                self.frame(8, payload[:2])
                raise Gone
            if first & 0x0F != 1:
                continue
            said = json.loads(payload)
            if kind in (None, said["type"]):
                return said

    def close(self, code):
        self.frame(8, struct.pack(">H", code))


class Server:
    """Plays `scripts`, one a connection; REST is answered from the attributes."""

    def __init__(self, *scripts):
        self.scripts, self.consent, self.tokens, self.position = list(scripts), True, ["t0"], (0, 0)
        self.calls, self.problems, self.logins = [], [], 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.accept, daemon=True).start()

    def accept(self):
        while True:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.serve, args=(connection,), daemon=True).start()

    def serve(self, connection):
        connection.settimeout(PATIENCE_S)
        stream = connection.makefile("rb")
        try:
            with connection:
                while self.request(connection, stream):
                    pass
        except (Gone, OSError):
            pass
        except Exception as error:  # shown by the test that waits for the client
            self.problems.append(repr(error))

    def request(self, connection, stream):
        line = stream.readline().decode().split()
        if not line:
            return False
        headers = {}
        while (field := stream.readline().decode().strip()):
            name, value = field.split(":", 1)
            headers[name.lower()] = value.strip()
        body = stream.read(int(headers.get("content-length", 0)))
        path = line[1].removeprefix("/api/v1")
        self.calls.append((line[0], path))
        known = headers.get("authorization") == "Bearer " + self.tokens[-1]
        if path == "/chat/ws" and known and self.scripts:
            return self.upgrade(connection, stream, headers)
        status, answer = self.answer(line[0], path, body, known)
        text = json.dumps(answer).encode()
        connection.sendall(b"HTTP/1.1 %d x\r\ncontent-length: %d\r\n\r\n%s" % (status, len(text), text))
        return True

    def answer(self, method, path, body, known):
        if path == "/auth/login":
            self.logins += 1
            if json.loads(body)["password"] != "secret":
                return 401, {"detail": "wrong e-mail address or password"}
            return 200, {"access_token": self.tokens[0]}
        if not known:
            return 401, {"detail": "no such token"}
        if path == "/users/me/consents":
            if method == "PUT":
                self.consent = json.loads(body)["ai_chat"]
            return 200, {"ai_chat": self.consent}
        if path == "/conversations/" + CONVERSATION:
            return 200, {"position": {"epoch": self.position[0], "seq": self.position[1]}}
        return 404, {"detail": "no such thing"}

    def upgrade(self, connection, stream, headers):
        key = headers["sec-websocket-key"] + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
        accept = base64.b64encode(hashlib.sha1(key.encode()).digest())
        connection.sendall(b"HTTP/1.1 101 x\r\nupgrade: websocket\r\nconnection: upgrade\r\n"
                           b"sec-websocket-accept: " + accept + b"\r\n\r\n")
        ws = Socket(connection, stream)
        self.scripts.pop(0)(ws)
        return False


def linger(ws):
    """Reads until the client leaves."""
    while True:
        ws.recv()


def begin(ws, seq=1):
    """Hears the question and accepts it."""
    said = ws.recv("send")
    ws.of(seq, "accepted", client_msg_id=said["client_msg_id"], message_id="m", content=said["content"])
    return said


def finish(ws, seq, content, state="done", **more):
    ws.of(seq, "message", message_id="n", content=content, state=state, sources=more.pop("sources", []), **more)
    ws.of(seq + 1, "usage", input=1, cached=0, output=1, cost_micros=2)


class ClientTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.TemporaryDirectory()
        self.addCleanup(self.folder.cleanup)

    def start(self, server, *options, account=True, password="secret"):
        arguments = [PROGRAM, "--url", server if isinstance(server, str) else server.url]
        if account:
            path = os.path.join(self.folder.name, "account.json")
            with open(path, "w", encoding="utf-8") as file:
                json.dump({"email": "a@example.org", "password": password}, file)
            arguments += ["--account", path]
        process = subprocess.Popen(arguments + list(options), stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        return process

    def run_client(self, server, *options, text="", **more):
        """Exit status, standard output, standard error."""
        process = self.start(server, *options, **more)
        out, err = process.communicate(text, timeout=PATIENCE_S)
        if not isinstance(server, str):
            self.assertEqual(server.problems, [], err)
        return process.returncode, out, err

    def test_streams_an_answer_with_its_functions_and_sources(self):
        def script(ws):
            begin(ws)
            ws.of(2, "tool_call", call_id="c", name="searchJobs", arguments={"query": "C++"})
            ws.of(3, "tool_result", call_id="c", name="searchJobs", ok=True, result={})
            ws.of(4, "token", text="Two ")
            ws.of(5, "token", text="jobs.")
            finish(ws, 6, "Two jobs.", sources=[{"id": "S1", "kind": "job", "ref": "7", "title": "C++ developer"}])
            linger(ws)
        code, out, _ = self.run_client(Server(script), text="Any jobs?\n")
        self.assertEqual(code, 0)
        self.assertEqual(out, '> Any jobs?\n[searchJobs {"query":"C++"}]\nTwo jobs.\nSources:\n  S1  C++ developer (job)\n')

    def test_asks_one_line_after_the_other(self):
        seen = []

        def script(ws):
            seen.append(begin(ws))
            finish(ws, 2, "One.")
            second = ws.recv("send")
            seen.append(second)
            turn = TURN[:-1] + "b"
            ws.of(4, "accepted", turn_id=turn, client_msg_id=second["client_msg_id"], content=second["content"])
            ws.of(5, "message", turn_id=turn, content="Two.", state="done", sources=[])
            linger(ws)
        code, out, _ = self.run_client(Server(script), text="first\n\n//second\n")
        self.assertEqual((code, out), (0, "> first\nOne.\n> /second\nTwo.\n"))
        self.assertNotIn("conversation_id", seen[0])
        self.assertEqual(seen[1]["conversation_id"], CONVERSATION)

    def test_asks_for_consent_first(self):
        def script(ws):
            begin(ws)
            finish(ws, 2, "Hello.")
            linger(ws)
        server = Server(script)
        server.consent = False
        code, out, _ = self.run_client(server, text="y\nhello\n")
        self.assertEqual(code, 0)
        self.assertIn("[y/N]", out)
        self.assertIn(("PUT", "/users/me/consents"), server.calls)
        self.assertTrue(server.consent)

    def test_does_not_talk_without_consent(self):
        server = Server()
        server.consent = False
        for text in ("n\nhello\n", ""):
            code, _, err = self.run_client(server, text=text)
            self.assertEqual(code, 4)
            self.assertIn("consent", err)
        self.assertNotIn(("GET", "/chat/ws"), server.calls)

    def test_resumes_where_the_connection_broke(self):
        resumed = []

        def first(ws):
            begin(ws)
            ws.of(2, "token", text="Half an ")

        def second(ws):
            said = ws.recv("resume")
            resumed.append((said["epoch"], said["seq"]))
            ws.send(type="resumed", conversation_id=CONVERSATION, epoch=1, seq=2)
            ws.of(4, "token", text="answer and the rest.", span=2)
            finish(ws, 5, "Half an answer and the rest.")
            linger(ws)
        code, out, err = self.run_client(Server(first, second), "--once", "?")
        self.assertEqual((code, out), (0, "Half an answer and the rest.\n"))
        self.assertEqual(resumed, [(1, 2)])
        self.assertIn("connection was lost", err)

    def test_sends_again_what_was_not_accepted_under_the_same_name(self):
        ids = []

        def first(ws):
            ids.append(ws.recv("send")["client_msg_id"])

        def second(ws):  # it had arrived, and is answered already
            said = ws.recv("send")
            ids.append(said["client_msg_id"])
            ws.send(type="accepted", again=True, conversation_id=CONVERSATION, turn_id=TURN,
                    client_msg_id=said["client_msg_id"], state="running")
            asked = ws.recv("resume")
            self.assertEqual((asked["epoch"], asked["seq"]), (0, 0))
            ws.send(type="resumed", conversation_id=CONVERSATION, epoch=0, seq=0)
            ws.of(1, "accepted", client_msg_id=said["client_msg_id"], content=said["content"])
            finish(ws, 2, "Yes.")
            linger(ws)
        code, out, _ = self.run_client(Server(first, second), "--once", "?")
        self.assertEqual((code, out), (0, "Yes.\n"))
        self.assertEqual(len(set(ids)), 1)
        self.assertEqual(len(ids), 2)

    def confirmation(self, text):
        said = []

        def script(ws):
            begin(ws)
            ws.of(2, "confirm", confirmation_id="k", name="updatePreferences", arguments={"remote": True},
                  text="Set remote only?", expires_at="2030-01-01T00:00:00Z")
            said.append(ws.recv("confirm"))
            ws.of(3, "confirmed", confirmation_id="k", accepted=said[0]["accept"])
            finish(ws, 4, "Done." if said[0]["accept"] else "Not done.")
            linger(ws)
        code, out, _ = self.run_client(Server(script), "--once", "?", text=text)
        self.assertEqual(code, 0)
        self.assertIn('Set remote only?\n  updatePreferences {"remote":true}\nAllow this? [y/N] ', out)
        self.assertEqual(said[0]["confirmation_id"], "k")
        return said[0]["accept"], out

    def test_asks_before_something_is_changed(self):
        accepted, out = self.confirmation("y\n")
        self.assertTrue(accepted)
        self.assertIn("[allowed]\nDone.\n", out)

    def test_takes_silence_and_everything_but_yes_for_no(self):
        for text in ("", "n\n", "\n", "yesterday\n"):
            accepted, out = self.confirmation(text)
            self.assertFalse(accepted, repr(text))
            self.assertIn("[refused]\nNot done.\n", out)

    def test_says_what_became_void_at_a_restart(self):
        def script(ws):
            begin(ws)
            ws.of(2, "token", text="Wrong ")
            ws.of(3, "restart", reason="the model was changed")
            ws.of(4, "token", text="Right.")
            finish(ws, 5, "Right.")
            linger(ws)
        code, out, _ = self.run_client(Server(script), "--once", "?")
        self.assertEqual(code, 0)
        self.assertEqual(out, "Wrong \n[what was said is void, the answer begins again: the model was changed]\nRight.\n")

    def test_ends_with_1_after_an_interrupted_answer(self):
        def first(ws):
            begin(ws)
            ws.of(2, "token", text="I was say")

        def second(ws):
            ws.recv("resume")
            ws.send(type="resumed", conversation_id=CONVERSATION, epoch=1, seq=2)
            ws.of(1, "interrupted", epoch=2, detail="the server was restarted")
            linger(ws)
        code, out, _ = self.run_client(Server(first, second), "--once", "?")
        self.assertEqual(code, 1)
        self.assertEqual(out, "I was say\n[what was said is void]\n[interrupted: the server was restarted; /rerun asks again]\n")

    def test_runs_a_failed_answer_again(self):
        def script(ws):
            begin(ws)
            ws.of(2, "error", code="upstream_failed", detail="no model answered")
            self.assertEqual(ws.recv("rerun")["turn_id"], TURN)
            ws.of(3, "accepted", client_msg_id="x", content="?", attempt=2)
            finish(ws, 4, "Now.")
            linger(ws)
        code, out, _ = self.run_client(Server(script), text="?\n/rerun\n")
        self.assertEqual(out, "> ?\n[failed: no model answered; /rerun tries again]\n> ?\nNow.\n")
        self.assertEqual(code, 1, "one of the answers had failed")

    def test_ctrl_c_stops_the_answer(self):
        def script(ws):
            begin(ws)
            ws.of(2, "token", text="Blah")
            self.assertEqual(ws.recv("cancel")["conversation_id"], CONVERSATION)
            finish(ws, 3, "Blah", state="cancelled")
            linger(ws)
        server = Server(script)
        process = self.start(server, "--once", "?")
        self.assertEqual(process.stdout.read(4), "Blah")
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 1)
        self.assertTrue(out.endswith("[cancelled]\n"), out)
        self.assertEqual(server.problems, [])

    def test_ctrl_c_ends_the_program_when_nothing_is_answered(self):
        there = threading.Event()

        def script(ws):
            ws.recv("hello")
            there.set()
            linger(ws)
        process = self.start(Server(script))
        self.assertTrue(there.wait(PATIENCE_S))
        process.send_signal(signal.SIGINT)
        self.assertEqual(process.wait(PATIENCE_S), 130)
        process.communicate()

    def test_shows_the_history_of_a_conversation_and_goes_on(self):
        old = TURN[:-1] + "9"

        def script(ws):
            asked = ws.recv("resume")
            self.assertEqual((asked["epoch"], asked["seq"]), (0, 0))
            ws.send(type="resumed", conversation_id=CONVERSATION, epoch=0, seq=0)
            ws.of(1, "accepted", turn_id=old, client_msg_id="o", content="Before?")
            ws.of(6, "message", turn_id=old, content="Long ago.", state="done", sources=[], span=5)
            said = ws.recv("send")
            self.assertEqual(said["conversation_id"], CONVERSATION)
            ws.of(7, "accepted", client_msg_id=said["client_msg_id"], content=said["content"])
            finish(ws, 8, "Today.")
            linger(ws)
        server = Server(script)
        server.position = (1, 6)
        code, out, _ = self.run_client(server, "--conversation", CONVERSATION, text="And now?\n")
        self.assertEqual((code, out), (0, "> Before?\nLong ago.\n> And now?\nToday.\n"))

    def test_begins_a_new_conversation(self):
        def script(ws):
            begin(ws)
            finish(ws, 2, "One.")
            self.assertEqual(ws.recv("leave")["conversation_id"], CONVERSATION)
            self.assertNotIn("conversation_id", ws.recv("send"))
            ws.of(4, "token", text="of the old one, which nobody wants to see")
            ws.send(type="error", code="rate_limited", detail="slower, please", client_msg_id="other")
            ws.close(4504)
        code, out, err = self.run_client(Server(script), text="a\n/new\nb\n")
        self.assertEqual(out, "> a\nOne.\n[a new conversation]\n[rate_limited: slower, please]\n")
        self.assertEqual(code, 4, err)

    def test_logs_in_again_when_the_token_is_old(self):
        def script(ws):
            begin(ws)
            finish(ws, 2, "Hello.")
            linger(ws)
        server = Server(script)

        def answer(method, path, body, known, inner=server.answer):
            if path == "/auth/login" and server.logins == 1:
                server.tokens.insert(0, server.tokens[-1] + "x")
                server.tokens.append(server.tokens[0])
            status, text = inner(method, path, body, known)
            if path == "/users/me/consents" and server.logins == 1:
                server.tokens.append("another")  # from now on the first one is old
                server.tokens[0] = "another"
            return status, text
        server.answer = answer
        code, out, err = self.run_client(server, "--once", "?")
        self.assertEqual((code, out), (0, "Hello.\n"), err)
        self.assertEqual(server.logins, 2)

    def test_is_refused_with_a_wrong_password_or_token(self):
        code, _, err = self.run_client(Server(), password="guess")
        self.assertEqual(code, 4)
        self.assertIn("wrong e-mail address or password", err)
        path = os.path.join(self.folder.name, "token")
        with open(path, "w", encoding="utf-8") as file:
            file.write("nobody's\n")
        code, _, err = self.run_client(Server(), "--token-file", path, account=False)
        self.assertEqual(code, 4)
        self.assertIn("no such token", err)

    def test_takes_a_token_or_a_password_from_elsewhere(self):
        def script(ws):
            begin(ws)
            finish(ws, 2, "Hello.")
            linger(ws)
        path = os.path.join(self.folder.name, "token")
        with open(path, "w", encoding="utf-8") as file:
            file.write("t0\n")
        code, out, err = self.run_client(Server(script), "--token-file", path, account=False, text="hi\n")
        self.assertEqual((code, out), (0, "> hi\nHello.\n"), err)
        code, out, err = self.run_client(Server(script), "--email", "a@example.org", "--password-stdin", account=False,
                                         text="secret\nhi\n")
        self.assertEqual((code, out), (0, "> hi\nHello.\n"), err)

    def test_shows_nothing_that_a_terminal_would_obey(self):
        def script(ws):
            begin(ws)
            ws.of(2, "token", text="a\x1b[2Jb\u009b31mc\rd\te")
            finish(ws, 3, "a\x1b[2Jb\u009b31mc\rd\te")
            linger(ws)
        _, out, _ = self.run_client(Server(script), "--once", "?")
        self.assertEqual(out, "a[2Jb31mcd\te\n")

    def test_gives_up_without_a_server(self):
        gone = socket.create_server(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{gone.getsockname()[1]}"
        gone.close()
        code, _, err = self.run_client(url, "--patience", "0")
        self.assertEqual(code, 3)
        self.assertTrue(err.startswith("jobraker-chat: "), err)

    def test_says_how_it_is_used(self):
        self.assertEqual(self.run_client("http://h", "--help", account=False)[0], 0)
        for options in (("--nonsense",), ("--conversation", "7"), ("--email", "x", "--token-file", "y")):
            code, _, err = self.run_client("http://h", *options, account="--email" not in options)
            self.assertEqual(code, 2, options)
            self.assertTrue(err, options)
        for url in ("ftp://h", "h"):
            self.assertEqual(self.run_client(url)[0], 2, url)
        self.assertEqual(self.run_client("http://h", account=False)[0], 2)


if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    PROGRAM = os.path.abspath(sys.argv.pop(1))
    unittest.main(verbosity=2)
