"""What the examples of the API's document speak of, made anew for each of them."""

import json
import os
import uuid

from harness import SOURCE, Case, Client, wait_until

KEY = "sk-skyvern-test"


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
    """A seeker and an employer of their own, an administrator, postings, and whatever else a test asks for."""

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

    before_list_model_calls = before_llm_metrics

    before_watch_applications = before_list_applications

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
