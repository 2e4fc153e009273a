"""The API's document is true: its examples are asked of the server, and what comes back is what it says."""

import copy
import hashlib
import hmac
import json
import os
import re
import time
import unittest
import urllib.parse
import uuid

from harness import SOURCE, Case, Client, call, contract_of, main, multipart, wait_until
from live import Chat, Socket

KEY = "sk-skyvern-test"
PROBLEM = "application/problem+json"


def fixture(number):
    """The ids that examples name things by."""
    return f"019a5b1e-7c00-7000-8000-{number:012d}"


KINDS = ["user", "job", "application", "conversation", "message", "turn", "search", "task", "article", "interview", "slot", "company",
         "notification", "report", "dead_letter"]
FIXTURES = {fixture(number): kind for number, kind in enumerate(KINDS, 1)}
# Secrets and sums that examples name things by.
REFRESH_TOKEN = "rt-3nW0m1vXkq7sYt9uZbC2dEfGhJkLmNpQ"
HASH = "5f" * 32


class World(Case):
    """Makes what the examples speak of, anew for each of them."""

    @classmethod
    def setUpClass(cls):
        cls.settings = {"skyvern_api_key": KEY, "applications_poll_seconds": 1, "applications_poll_seconds_max": 1, "applications_per_employer_seconds": 1}
        super().setUpClass()
        cls.addClassCleanup(setattr, cls, "settings", {})
        self = cls()
        cls.boss = self.admin()
        cls.report_of_refresh = self.with_jobs(cls.boss)

    def setUp(self):
        super().setUp()
        self.sandbox.control("POST", "/control/skyvern/settings", {"step_ms": 50, "retry_ms": 50})
        self.begin()

    def begin(self):
        """New people."""
        self.names = {}
        self.seeker = self.new_seeker()
        self.employer = self.person("employer")

    def ok(self, answer):
        self.assertIn(answer.status, (200, 201, 202, 204), answer)
        return answer

    def new_seeker(self):
        person = self.person()
        self.ok(person.put("/users/me/consents", {"ai_chat": True, "embeddings": True, "auto_apply": True, "resume_parsing": True}))
        self.ok(person.put("/profiles/profile/me", {
            "personal_info": {"full_name": "Grace Example", "email": "grace@example.com", "phone": "+44 20 7946 0999", "location": "London"},
            "skills": {"programming_languages": ["C++", "Python"], "tools_platforms": ["Linux", "PostgreSQL"]},
            "experience": {"job_titles": ["Software Engineer"], "companies": ["Northwind Systems"], "experience_descriptions": ["Built C++20 services on Linux."]},
            "preferences": {"desired_roles": ["C++ engineer"]},
        }))
        return person

    # What each kind of id stands for.

    def user(self):
        return self.seeker.get("/users/me").json["id"]

    def posting(self, query=""):
        company = "Firm " + uuid.uuid4().hex[:10]
        url = f"http://127.0.0.1:{self.sandbox.port}/forms/{company.replace(' ', '-').lower()}/welder{query}"
        text = {"title": "C++ Engineer", "company": company, "location": "Berlin, Germany", "url": url,
                "description": "We build reliable services in C++20 on Linux with PostgreSQL. You bring three years of C++."}
        return self.ok(self.employer.post("/jobs", text)).json["id"]

    job = posting

    def application(self):
        return self.ok(self.seeker.post("/applications", {"job_id": self.job()})).json["id"]

    def conversation(self):
        return self.ok(self.seeker.post("/conversations", {})).json["id"]

    def message(self):
        path = f"/conversations/{self.conversation()}/messages"
        self.ok(self.seeker.post(path, {"content": "What is a good CV?"}, Prefer="wait=60"))
        return self.seeker.get(path).json["items"][-1]["id"]

    def search(self):
        wish = {"kind": "adzuna", "country": "gb", "query": "engineer " + uuid.uuid4().hex[:6]}
        return self.ok(self.seeker.post("/searches", wish)).json["id"]

    def task(self):
        answer = self.ok(self.seeker.post("/profiles/score-jobs/me?job_limit=2", Prefer="respond-async"))
        self.assertEqual(answer.status, 202, answer)
        return answer.json["id"]

    def article(self):
        return self.ok(self.boss.post("/knowledge", {"title": "Notice periods", "body": "Two weeks during probation.", "tags": ["law"]})).json["id"]

    def company(self):
        return self.ok(self.employer.put("/company", {"name": "Acme " + uuid.uuid4().hex[:10]})).json["id"]

    def slot(self):
        self.company()
        self.day = getattr(self, "day", 0) + 1
        wish = {"time_zone": "UTC", "slots": [{"starts_at": f"2035-05-{self.day:02}T09:00", "ends_at": f"2035-05-{self.day:02}T10:00"}]}
        return self.ok(self.employer.post("/calendar/slots", wish)).json["items"][0]["id"]

    def interview(self):
        return self.ok(self.seeker.post("/interviews", {"slot_id": self.slot()})).json["id"]

    def notification(self):
        self.interview()
        return wait_until(lambda: self.seeker.get("/notifications").json["items"], "a notification")[0]["id"]

    def report(self):
        return self.ok(self.seeker.post(f"/messages/{self.message()}/report", {"reason": "wrong"})).json["id"]

    def dead_letter(self):
        id, kind = str(uuid.uuid4()), "jobraker.job.posted.v1"
        with open(os.path.join(SOURCE, "messages", "events", kind + ".json"), encoding="utf-8") as schema:
            data = json.load(schema)["examples"][0]
        self.database.query(
            "insert into dead_letters (id, consumer, event, topic, type, key, at, data, traceparent, reason, attempts, failed_at) select "
            f"'{id}', 'matching', gen_random_uuid(), 'job-posted', '{kind}', '{data['job_id']}', now(), $${json.dumps(data)}$$, '', 'the index is away', 5, now()")
        return id

    # What single operations need beside the things they name.

    def prepared(self, query=""):
        """A draft to be sent."""
        return self.ok(self.seeker.post(f"/jobs/{self.posting(query)}/auto-apply")).json

    def kit(self):
        application = self.application()
        self.ok(self.seeker.post(f"/applications/{application}/kit", {}, Prefer="wait=60"))
        return application

    def before_list_applications(self):
        self.application()

    def before_approve_application(self):
        view = self.prepared()
        self.names[fixture(3)] = view["id"]
        self.names[HASH] = view["submission"]["hash"]

    def before_retry_application(self):
        view = self.prepared("?closed=1")
        self.ok(self.seeker.post(f"/applications/{view['id']}/approve", {"hash": view["submission"]["hash"]}))
        wait_until(lambda: self.seeker.get(f"/applications/{view['id']}").json["status"] == "failed", "the failure")
        self.names[fixture(3)] = view["id"]

    def before_get_kit(self):
        self.names[fixture(3)] = self.kit()

    before_start_kit = before_get_kit_file = before_get_document = before_get_kit

    def before_get_matches(self):
        self.ok(self.seeker.post("/profiles/score-jobs/me?job_limit=5&days_back=3650", Prefer="wait=60"))

    def before_list_messages(self):
        self.names[fixture(5)] = self.message()
        self.names[fixture(4)] = self.seeker.get("/conversations?limit=1").json["items"][0]["id"]

    before_follow_conversation = before_list_messages

    def before_list_conversations(self):
        self.conversation()

    def before_list_interviews(self):
        self.interview()

    def before_list_notifications(self):
        self.notification()

    def before_list_searches(self):
        self.search()

    def before_list_slots(self):
        self.slot()

    def before_list_articles(self):
        self.article()

    def before_list_reports(self):
        self.report()

    def before_admin_events(self):
        self.dead_letter()

    def before_get_trace(self):
        self.names["4bf92f3577b34da6a3ce929d0e0e4736"] = self.seeker.get("/users/me").headers["X-Request-Id"]

    def before_llm_metrics(self):
        self.message()

    def before_get_company(self):
        self.company()

    def before_save_company(self):
        self.names["Acme Ltd"] = "Acme " + uuid.uuid4().hex[:10]

    def before_refresh(self):
        self.names[REFRESH_TOKEN] = self.seeker.tokens["refresh_token"]

    before_logout = before_refresh

    def before_login(self):
        Client(self.server).post("/auth/register", {"email": "ada@example.com", "password": "a long password"})

    def before_register(self):
        self.names["ada@example.com"] = uuid.uuid4().hex + "@example.com"
        self.names["jobs@acme.example"] = uuid.uuid4().hex + "@acme.example"

    EMPLOYERS = {"post_job", "offer_slots", "get_company", "save_company", "list_slots"}

    def caller(self, operation):
        if operation.get("security") == []:
            return Client(self.server)
        if operation.get("x-role") == "admin":
            return self.boss
        return self.employer if operation["operationId"] in self.EMPLOYERS else self.seeker


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
        import http.client
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
        import contract
        cls.broken = contract.Broken
        problem = {"type": "object", "required": ["code"], "properties": {"code": {"type": "string"}}}
        cls.contract = contract.Contract({
            "paths": {"/a/{id}": {"get": {"operationId": "get_a", "responses": {
                "200": {"description": "", "headers": {"ETag": {"required": True}}, "content": {"application/json": {"schema": {"$ref": "#/components/schemas/A"}}}},
                "default": {"description": "", "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}}}}}},
            "components": {"schemas": {"Problem": problem, "A": {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}}}})

    def answer(self, status, body, media="application/json", **headers):
        from harness import Answer
        return Answer(status, {"Content-Type": media, **headers}, json.dumps(body).encode())

    def test_answers(self):
        good = {"id": str(uuid.uuid4())}
        self.contract.check("GET", "/a/1?b=2", self.answer(200, good, ETag='"1"'))
        self.contract.check("POST", "/a/1", self.answer(405, {"code": "x"}, PROBLEM))
        self.contract.check("GET", "/other", self.answer(404, {"code": "x"}, PROBLEM))
        for what, method, path, answer in (
            ("a header that is missing", "GET", "/a/1", self.answer(200, good)),
            ("a member that is missing", "GET", "/a/1", self.answer(200, {}, ETag='"1"')),
            ("a member too many", "GET", "/a/1", self.answer(200, {**good, "more": 1}, ETag='"1"')),
            ("a format that is broken", "GET", "/a/1", self.answer(200, {"id": "7"}, ETag='"1"')),
            ("another media type", "GET", "/a/1", self.answer(200, good, "text/plain", ETag='"1"')),
            ("a status nobody knows", "GET", "/a/1", self.answer(404, {"code": "x"}, PROBLEM)),
            ("an error that is no problem", "GET", "/a/1", self.answer(500, {"code": "x"})),
            ("a path nobody knows", "GET", "/other", self.answer(200, good)),
            ("a method nobody knows", "POST", "/a/1", self.answer(200, good)),
        ):
            with self.subTest(what), self.assertRaises(self.broken):
                self.contract.check(method, path, answer)


if __name__ == "__main__":
    main()
