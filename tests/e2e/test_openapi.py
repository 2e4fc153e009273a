"""The API's document is true: its examples are asked of the server, and what comes back is what it says."""

import hashlib
import hmac
import http.client
import json
import os
import unittest
import urllib.parse
import uuid

import contract
from harness import Answer, Client, call, contract_of, main, multipart
from live import Socket
from world import FIXTURES, KEY, World, fixture


class Examples(World):
    """Every example of the document, asked of the server."""

    # Their answers end when the caller goes.
    STREAMS = {"chat_ws", "follow_conversation", "watch_actors"}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.contract = contract_of(cls.server.port)
        cls.recorded = {}

    @classmethod
    def tearDownClass(cls):
        if path := os.environ.get("JOBRAKER_RECORD_EXAMPLES"):
            with open(path, "w", encoding="utf-8") as out:
                json.dump(cls.recorded, out, indent=1, ensure_ascii=False)
        super().tearDownClass()

    def real(self, value):
        """An example with the names of things that are there."""
        text = json.dumps(value)
        for name, kind in FIXTURES.items():
            if name in text and name not in self.names:
                self.names[name] = getattr(self, kind)()
        for name, real in self.names.items():
            text = text.replace(name, real)
        return json.loads(text)

    def requests(self, operation):
        """(name, status or None, media type, body) of each example of the body; one without a body when there is none."""
        body = operation.get("requestBody")
        if not body:
            yield "default", None, None, None
            return
        for media, content in body["content"].items():
            for name, example in content.get("examples", {}).items():
                yield name, example.get("x-status"), media, example["value"]

    def parameters(self, operation, place, required_only=False):
        for item in operation.get("parameters", []):
            parameter = self.contract.resolved(item)
            if parameter["in"] == place and "example" in parameter and (parameter.get("required") or not required_only):
                yield parameter["name"], parameter["example"]

    def body_of(self, media, value):
        if media is None:
            return None, {}
        if media == "multipart/form-data":
            (name, text), = value.items()
            return multipart(name, "resume.txt", text.encode(), "text/plain")
        if media == "application/x-www-form-urlencoded":
            return urllib.parse.urlencode(value), {"Content-Type": media}
        return json.dumps(value), {"Content-Type": media}

    def ask(self, path, method, operation, media, value, query):
        getattr(self, "before_" + operation["operationId"], lambda: None)()
        for name, example in self.parameters(operation, "path"):
            path = path.replace("{" + name + "}", urllib.parse.quote(str(self.real(example))))
        if query:
            path += "?" + urllib.parse.urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in self.real(query).items()})
        body, headers = self.body_of(media, self.real(value))
        headers.update({name: str(example) for name, example in self.parameters(operation, "header")})
        if operation["operationId"] == "skyvern_webhook":
            headers["X-Skyvern-Signature"] = hmac.new(KEY.encode(), body.encode(), hashlib.sha256).hexdigest()
        caller = self.caller(operation)
        if caller.tokens:
            headers["Authorization"] = "Bearer " + caller.tokens["access_token"]
        return call(self.server.port, method.upper(), path, body, headers)  # which holds it against the document

    def once(self, path, method, operation, name, status, media, value, query):
        self.begin()
        with self.subTest(operation=operation["operationId"], example=name, query=query):
            answer = self.ask(path, method, operation, media, value, query)
            if status is None:
                self.assertLess(answer.status, 300, answer)
                if "json" in (answer.headers["Content-Type"] or ""):
                    key = f"{operation['operationId']} {answer.status}"
                    self.recorded.setdefault(key, {})[name] = {"value": answer.json, "names": dict(self.names)}
            else:
                self.assertEqual(answer.status, status, answer)

    def test_every_example_is_answered_as_the_document_says(self):
        asked = 0
        for path, method, operation in self.contract.operations():
            if operation["operationId"] in self.STREAMS:
                continue
            for name, status, media, value in self.requests(operation):
                self.once(path, method, operation, name, status, media, value, {})
                asked += 1
            if query := dict(self.parameters(operation, "query")):
                for name, status, media, value in self.requests(operation):
                    self.once(path, method, operation, name, status, media, value, query)
        self.assertGreater(asked, len(list(self.contract.operations())))

    def test_a_stream_is_followed_from_its_example(self):
        self.before_follow_conversation()
        conversation = self.names[fixture(4)]
        document = self.contract.document["paths"]["/api/v1/conversations/{id}/stream"]["get"]
        after = dict(self.parameters(document, "query"))["after"]
        with EventStream(self.server.port, f"/api/v1/conversations/{conversation}/stream?after={after}", self.seeker.tokens) as stream:
            kinds = []
            while "message" not in kinds:
                frame = stream.frame()
                self.contract.check_frame(frame)
                kinds.append(frame["type"])
        self.assertIn("accepted", kinds)

    def test_a_websocket_speaks_the_frames_of_the_document(self):
        document = self.contract.document["paths"]["/api/v1/chat/ws"]["get"]
        ticket = self.ok(self.seeker.post("/auth/ws-ticket")).json["ticket"]
        socket = Socket(self.server.port, "/api/v1/chat/ws?" + urllib.parse.urlencode({"ticket": ticket}),
                        {"Sec-WebSocket-Protocol": document["x-websocket"]["subprotocol"]})
        self.assertEqual(socket.headers["sec-websocket-protocol"], document["x-websocket"]["subprotocol"])
        said = []
        for frame in ({"type": "hello", "client": "test"}, {"type": "ping"}, {"type": "nonsense"},
                      {"type": "send", "client_msg_id": "1", "content": "What is a good CV?"}):
            if frame["type"] != "nonsense":
                self.assertEqual(self.contract.problems(document["x-websocket"]["send"], frame, "frame"), [])
            socket.send(frame)
        while "message" not in said:
            frame = socket.receive()
            self.contract.check_frame(frame)
            said.append(frame["type"])
        socket.close()
        for kind in ("welcome", "pong", "error", "accepted", "token"):
            self.assertIn(kind, said)

    def test_examples_keep_to_their_schemas(self):
        wrong = []

        def look(name, content):
            examples = {key: item["value"] for key, item in content.get("examples", {}).items() if item.get("x-status") != 422}
            if "example" in content:
                examples["example"] = content["example"]
            for key, value in examples.items():
                wrong.extend(self.contract.problems(content["schema"], value, f"{name} {key}"))

        for path, method, operation in self.contract.operations():
            for media, content in operation.get("requestBody", {}).get("content", {}).items():
                look(f"{operation['operationId']} {media}", content)
            for status, response in operation["responses"].items():
                for media, content in self.contract.resolved(response).get("content", {}).items():
                    look(f"{operation['operationId']} {status}", content)
            for item in operation.get("parameters", []):
                parameter = self.contract.resolved(item)
                look(f"{operation['operationId']} {parameter['name']}", parameter)
        self.assertEqual(wrong, [])

    def test_the_document_is_kept_by_who_has_it(self):
        first = call(self.server.port, "GET", "/openapi.json")
        self.assertEqual(first.status, 200)
        again = call(self.server.port, "GET", "/openapi.json", headers={"If-None-Match": first.headers["ETag"]})
        self.assertEqual((again.status, again.body), (304, b""))
        self.assertIn("max-age", first.headers["Cache-Control"])


class EventStream:
    """Server-sent events, one at a time."""

    def __init__(self, port, path, tokens):
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
        self.connection.request("GET", path, headers={"Authorization": "Bearer " + tokens["access_token"], "Accept": "text/event-stream"})
        self.response = self.connection.getresponse()
        assert self.response.status == 200, self.response.read()

    def frame(self):
        while True:
            line = self.response.readline().decode().rstrip("\n")
            if line.startswith("data: "):
                return json.loads(line[6:])

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.connection.close()


class TheCheckItself(unittest.TestCase):
    """That the check finds what it is there for."""

    @classmethod
    def setUpClass(cls):
        cls.broken = contract.Broken
        problem = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
        cls.contract = contract.Contract({
            "paths": {"/a/{id}": {"get": {"operationId": "get_a", "responses": {
                "200": {"description": "", "headers": {"ETag": {"required": True}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "default": {"description": "", "content": {contract.PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}}}}},
            "components": {"schemas": {"Problem": problem, "A": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}}}})

    def answer(self, status, body, media="application/json", **headers):
        return Answer(status, {"Content-Type": media, **headers}, json.dumps(body).encode())

    def test_answers(self):
        good = {"id": str(uuid.uuid4())}
        self.contract.check("GET", "/a/1?b=2", self.answer(200, good, ETag='"1"'))
        self.contract.check("POST", "/a/1", self.answer(405, {"code": "x"}, contract.PROBLEM))
        self.contract.check("GET", "/other", self.answer(404, {"code": "x"}, contract.PROBLEM))
        for what, method, path, answer in (
            ("a header that is missing", "GET", "/a/1", self.answer(200, good)),
            ("a member that is missing", "GET", "/a/1", self.answer(200, {}, ETag='"1"')),
            ("a member too many", "GET", "/a/1", self.answer(200, {**good, "more": 1}, ETag='"1"')),
            ("a format that is broken", "GET", "/a/1", self.answer(200, {"id": "7"}, ETag='"1"')),
            ("another media type", "GET", "/a/1", self.answer(200, good, "text/plain", ETag='"1"')),
            ("a status nobody knows", "GET", "/a/1", self.answer(404, {"code": "x"}, contract.PROBLEM)),
            ("an error that is no problem", "GET", "/a/1", self.answer(500, {"code": "x"})),
            ("a path nobody knows", "GET", "/other", self.answer(200, good)),
            ("a method nobody knows", "POST", "/a/1", self.answer(200, good)),
        ):
            with self.subTest(what), self.assertRaises(self.broken):
                self.contract.check(method, path, answer)


if __name__ == "__main__":
    main()
