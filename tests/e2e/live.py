"""A WebSocket client for the tests (RFC 6455) and a reference reader of the chat's frames."""
import base64
import hashlib
import json
import os
import random
import socket
import struct
import time
import uuid

from harness import PATIENCE, contract_of, wait_until

GUID = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"


class Refused(Exception):
    """The handshake was answered with another status than 101."""

    def __init__(self, status, body):
        super().__init__(f"{status}: {body[:300]}")
        self.status = status
        self.body = body


class Closed(Exception):
    """The connection is over."""

    def __init__(self, code=1006, reason=""):
        super().__init__(f"closed {code} {reason}")
        self.code = code


class Socket:
    """One connection. Blocking, with a deadline on every wait."""

    def __init__(self, port, path="/api/v1/chat/ws", headers=None):
        self.sock = socket.create_connection(("127.0.0.1", port), PATIENCE)
        self.promised = contract_of(port) if path.startswith("/api/v1/chat/ws") else None
        self.buffer = b""
        key = base64.b64encode(os.urandom(16))
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{port}", "Upgrade: websocket", "Connection: Upgrade",
                 f"Sec-WebSocket-Key: {key.decode()}", "Sec-WebSocket-Version: 13"]
        lines += [f"{name}: {value}" for name, value in (headers or {}).items()]
        self.sock.sendall(("\r\n".join(lines) + "\r\n\r\n").encode())
        head = self._until(b"\r\n\r\n").decode("latin-1")
        status = int(head.split(" ")[1])
        self.headers = {k.strip().lower(): v.strip() for k, _, v in (l.partition(":") for l in head.split("\r\n")[1:])}
        if status != 101:
            length = int(self.headers.get("content-length", 0))
            raise Refused(status, self._exactly(length).decode("utf-8", "replace"))
        accept = base64.b64encode(hashlib.sha1(key + GUID).digest()).decode()
        assert self.headers["sec-websocket-accept"] == accept

    def _read(self):
        piece = self.sock.recv(65536)
        if not piece:
            raise Closed()
        self.buffer += piece

    def _until(self, mark):
        while mark not in self.buffer:
            self._read()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _exactly(self, count):
        while len(self.buffer) < count:
            self._read()
        data, self.buffer = self.buffer[:count], self.buffer[count:]
        return data

    def raw(self, opcode, payload):
        mask = os.urandom(4)
        size = len(payload)
        head = bytes([0x80 | opcode])
        if size < 126:
            head += bytes([0x80 | size])
        elif size < 65536:
            head += bytes([0x80 | 126]) + struct.pack(">H", size)
        else:
            head += bytes([0x80 | 127]) + struct.pack(">Q", size)
        body = bytearray(payload)
        for i in range(size):
            body[i] ^= mask[i & 3]
        self.sock.sendall(head + mask + bytes(body))

    def send(self, frame):
        self.raw(1, json.dumps(frame).encode())

    def receive(self, timeout=PATIENCE):
        """The next message as JSON; Closed when there is none any more; TimeoutError."""
        self.sock.settimeout(timeout)
        while True:
            first, second = self._exactly(2)
            size = second & 0x7F
            if size == 126:
                size = struct.unpack(">H", self._exactly(2))[0]
            elif size == 127:
                size = struct.unpack(">Q", self._exactly(8))[0]
            payload = self._exactly(size)
            opcode = first & 0x0F
            if opcode == 1:
                frame = json.loads(payload)
                if self.promised:
                    self.promised.check_frame(frame)
                return frame
            if opcode == 8:
                code = struct.unpack(">H", payload[:2])[0] if len(payload) >= 2 else 1005
                raise Closed(code, payload[2:].decode("utf-8", "replace"))
            if opcode == 9:
                self.raw(10, payload)

    def cut(self):
        """Goes without a word, as a lost network does."""
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()

    def close(self):
        try:
            self.raw(8, struct.pack(">H", 1000))
            self.sock.close()
        except OSError:
            pass


class Transcript:
    """What a client knows of one conversation; refuses frames that do not tile."""

    def __init__(self, conversation):
        self.conversation = conversation
        self.epoch = 0
        self.seq = 0
        self.turns = {}   # turn id -> {"question", "text", "state", "tools", ...}
        self.order = []
        self.frames = 0

    def turn(self, turn_id):
        if turn_id not in self.turns:
            self.turns[turn_id] = {"question": None, "text": "", "kept": 0, "state": "running", "tools": [], "sources": None}
            self.order.append(turn_id)
        return self.turns[turn_id]

    def apply(self, frame):
        epoch, seq, span = frame["epoch"], frame["seq"], frame.get("span", 1)
        if epoch == self.epoch:
            assert seq - span == self.seq, f"gap or repetition: at {self.epoch}-{self.seq} came {frame}"
        else:
            assert epoch > self.epoch, f"an older epoch at {self.epoch}-{self.seq}: {frame}"
            for turn in self.turns.values():
                if turn["state"] == "running":
                    turn["text"], turn["kept"] = "", 0
        self.epoch, self.seq = epoch, seq
        self.frames += 1
        kind, turn_id = frame["type"], frame.get("turn_id")
        turn = self.turn(turn_id) if turn_id else None
        if kind == "token":
            turn["text"] += frame["text"]
            return
        if kind == "restart":
            turn["text"] = turn["text"][:turn["kept"]]
            return
        if kind == "accepted":
            turn.update(question=frame["content"], state="running", text="")
        elif kind == "tool_call":
            turn["tools"].append([frame["name"], frame["arguments"], None])
        elif kind == "tool_result":
            if turn["tools"]:
                turn["tools"][-1][2] = frame["ok"]
        elif kind == "message":
            if span == 1 and turn["text"]:
                assert turn["text"] == frame["content"], f"shown {turn['text']!r}, stored {frame['content']!r}"
            turn.update(text=frame["content"], state=frame["state"], sources=frame["sources"])
        elif kind == "error":
            turn.update(state="failed", text="", code=frame["code"])
        elif kind == "interrupted":
            turn.update(state="interrupted", text="")
        if turn:
            turn["kept"] = len(turn["text"])


class Chat:
    """A device: a connection that comes back, and the transcripts it has."""

    def __init__(self, client):
        self.client = client
        self.transcripts = {}
        self.others = []
        self.socket = None

    def connect(self, resume=True):
        self.socket = Socket(self.client.server.port, headers={"Authorization": "Bearer " + self.client.tokens["access_token"]})
        self.send({"type": "hello", "client": "tests", "streams": []})
        self.until(lambda f: f["type"] == "welcome")
        if resume:
            for transcript in self.transcripts.values():
                self.resume(transcript.conversation)
        return self

    def resume(self, conversation):
        transcript = self.transcripts.setdefault(conversation, Transcript(conversation))
        self.send({"type": "resume", "conversation_id": conversation, "epoch": transcript.epoch, "seq": transcript.seq})

    def send(self, frame):
        self.socket.send(frame)

    def ask(self, content, conversation=None, client_msg_id=None, **more):
        client_msg_id = client_msg_id or str(uuid.uuid4())
        frame = {"type": "send", "client_msg_id": client_msg_id, "content": content, **more}
        if conversation:
            frame["conversation_id"] = conversation
        self.send(frame)
        return client_msg_id

    def next(self, timeout=PATIENCE):
        frame = self.socket.receive(timeout)
        conversation = frame.get("conversation_id")
        if "seq" in frame and conversation and frame["type"] not in ("resumed", "notification"):
            transcript = self.transcripts.get(conversation)
            if transcript is None:
                transcript = self.transcripts[conversation] = Transcript(conversation)
                transcript.epoch, transcript.seq = frame["epoch"], frame["seq"] - frame.get("span", 1)
            transcript.apply(frame)
        elif frame["type"] == "resumed" and frame["epoch"] == 0 and frame["seq"] == 0:
            if conversation in self.transcripts and self.transcripts[conversation].seq:
                self.transcripts[conversation] = Transcript(conversation)
        else:
            self.others.append(frame)
        return frame

    def until(self, wanted, timeout=PATIENCE):
        end = time.monotonic() + timeout
        while True:
            frame = self.next(max(0.05, end - time.monotonic()))
            if wanted(frame):
                return frame

    def turn_end(self, turn_id=None, timeout=PATIENCE):
        return self.until(lambda f: f["type"] in ("usage", "error", "interrupted") and "turn_id" in f
                          and (turn_id is None or f["turn_id"] == turn_id), timeout)

    def answer(self, content, conversation=None, **more):
        """Asks and waits for the end; the turn as the transcript has it."""
        self.ask(content, conversation, **more)
        end = self.turn_end()
        return self.transcripts[end["conversation_id"]].turns[end["turn_id"]] | {"id": end["turn_id"], "conversation": end["conversation_id"]}

    def cut(self):
        self.socket.cut()

    def close(self):
        self.socket.close()
