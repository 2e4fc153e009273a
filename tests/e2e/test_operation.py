"""What operators and orchestrators see: /metrics, /readyz, the log's level, the alerts and dashboards built on them."""
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import unittest

from harness import RESUME, SOURCE, Case, Client, Server, call, main, wait_until
from own_cluster import OwnCluster

sys.path.insert(0, os.path.join(SOURCE, "tests", "operation"))
import figures_used  # noqa: E402

SAMPLE = re.compile(r'^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (\S+)$')
LABEL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\]|\\.)*)"')
PROMTOOL = shutil.which("promtool")


class Figures:
    """One scrape: figures by name and labels."""

    def __init__(self, answer):
        self.text = answer.body.decode()
        self.kinds = dict(re.findall(r"^# TYPE (\S+) (\S+)$", self.text, re.M))
        self.values = {}
        for line in self.text.splitlines():
            if line.startswith("#"):
                continue
            found = SAMPLE.match(line)
            assert found, f"not a sample: {line!r}"
            labels = frozenset(LABEL.findall(found.group(2) or ""))
            key = (found.group(1), labels)
            assert key not in self.values, f"there twice: {line!r}"
            self.values[key] = float(found.group(3))

    def get(self, name, **labels):
        """The sum of every figure of that name that has these labels; None when there is none."""
        wanted = set(labels.items())
        found = [value for (other, has), value in self.values.items() if other == name and wanted <= has]
        return sum(found) if found else None


    def has(self, name):
        """Whether there is a figure of that name."""
        return any(other == name for other, _ in self.values)


# What the test below cannot bring about: there is no Kafka here, nothing failed.
NOT_HERE = {"jobraker_consumer_lag_events"}


class Operation(Case):
    def scrape(self):
        answer = call(self.server.port, "GET", "/metrics")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "text/plain; version=0.0.4; charset=utf-8")
        return Figures(answer)

    def post_job(self, employer, title):
        answer = employer.post("/jobs", {
            "title": title, "company": "Figures Ltd", "location": "London, UK",
            "description": "We build services in C++20 on Linux with PostgreSQL. Five years of C++ are needed."})
        self.assertEqual(answer.status, 201, answer)

    def test_events_are_counted_where_they_are(self):
        before = self.scrape()
        employer = self.person("employer")
        for n in range(3):
            self.post_job(employer, f"C++ Engineer {n}")

        def told():
            now = self.scrape()
            published = now.get("jobraker_outbox_published_events_total") - before.get("jobraker_outbox_published_events_total")
            handled = now.get("jobraker_consumer_handled_events_total", consumer="matching-postings")
            return published >= 3 and handled >= 3 and now.get("jobraker_outbox_unpublished_events") == 0

        wait_until(told, "three postings to be told")
        now = self.scrape()
        self.assertEqual(now.get("jobraker_outbox_leading"), 1)
        self.assertEqual(now.get("jobraker_outbox_oldest_unpublished_age_seconds"), 0)
        self.assertEqual(now.get("jobraker_dead_letters"), 0)
        self.assertEqual(now.get("jobraker_up", dependency="postgresql"), 1)
        self.assertGreater(now.get("process_resident_memory_bytes"), 1e6)
        self.assertAlmostEqual(now.get("process_start_time_seconds"), time.time(), delta=3600)

    def test_the_log_level_is_an_administrators_and_the_log_says_who_changed_it(self):
        self.problem(Client(self.server).get("/admin/log-level"), 401)
        self.problem(self.person().put("/admin/log-level", {"level": "debug"}), 403)
        admin = self.admin()
        self.assertEqual(admin.get("/admin/log-level").json, {"level": "info"})
        self.problem(admin.put("/admin/log-level", {"level": "loud"}), 422)
        self.assertEqual(admin.put("/admin/log-level", {"level": "debug"}).status, 200)
        me = admin.get("/users/me").json["id"]
        self.assertEqual(admin.get("/admin/log-level").json, {"level": "debug"})
        self.assertEqual(admin.put("/admin/log-level", {"level": "info"}).status, 200)
        wait_until(lambda: "event=log.level_changed from=debug to=info" in self.server.text(), "the log")
        said = [line for line in self.server.text().splitlines() if "log.level_changed" in line]
        self.assertTrue(all(me in line for line in said), said)
        self.assertIn("event=http.request", self.server.text())
        rows = admin.get("/admin/audit?action=log_level.set&limit=2").json["items"]
        self.assertEqual([row["detail"] for row in rows], ["from debug to info", "from info to debug"])
        self.assertEqual({row["who"] for row in rows}, {me})

    def busy_day(self):
        """Something of everything that is counted."""
        admin, employer, seeker = self.admin(), self.person("employer"), self.person()
        self.assertEqual(admin.put("/admin/llm/budgets", {"scope": "global", "period": "day", "limit_usd": 50}).status, 200)
        self.post_job(employer, "Senior C++ Engineer")
        self.assertEqual(seeker.put("/users/me/consents", {"ai_chat": True}).status, 200)
        self.assertEqual(seeker.upload("resume.txt", RESUME.encode(), "text/plain", prefer="wait=60").status, 200)
        self.assertEqual(seeker.post("/profiles/score-jobs/me?job_limit=5", Prefer="wait=60").status, 200)
        conversation = seeker.post("/conversations", {}).json["id"]
        answer = seeker.post(f"/conversations/{conversation}/messages", {"content": "What is a good CV?"}, Accept="text/event-stream")
        self.assertEqual(answer.status, 200, answer)
        self.problem(seeker.get("/nothing/here"), 404)

    def test_everything_alerts_and_dashboards_ask_for_is_there(self):
        self.busy_day()
        # Whole tables are read every 15 seconds.
        now = wait_until(lambda: (now := self.scrape()).get("jobraker_llm_budget_limit_dollars") and now, "the budget")
        for name, places in figures_used.used().items():
            base = re.sub("_(bucket|sum|count)$", "", name)
            kind = now.kinds.get(name) or (now.kinds.get(base) if now.kinds.get(base) == "histogram" else None)
            self.assertIsNotNone(kind, f"{name} is not on /metrics, but in {places}")
            self.assertTrue(now.has(name) or name in NOT_HERE, f"{name} has no figure; it is in {places}")
        self.assertGreaterEqual(now.get("jobraker_resumes_total", outcome="parsed"), 1)
        self.assertGreaterEqual(now.get("jobraker_match_score_count"), 1)
        self.assertEqual(now.get("jobraker_llm_budget_limit_dollars", period="day"), 50)
        self.assertGreater(now.get("jobraker_llm_cost_dollars_total"), 0)
        self.assertGreater(now.get("gen_ai_client_token_usage_sum", gen_ai_token_type="input"), 0)
        self.assertGreaterEqual(now.get("jobraker_http_requests_total", route="none", status="4xx"), 1)
        self.assertGreaterEqual(now.get("jobraker_http_requests_total", route="/api/v1/auth/register", method="POST", status="2xx"), 2)
        self.assertGreaterEqual(now.get("jobraker_actors", kind="user"), 1)

    def test_requests_are_counted_once_and_nobody_can_be_told_from_it(self):
        seeker = self.person()
        me = seeker.get("/users/me").json["id"]
        route = {"route": "/api/v1/users/{user_id}", "method": "GET"}
        before = self.scrape()
        self.assertGreaterEqual(before.get("jobraker_http_requests_total", **route), 1)
        for _ in range(5):
            self.assertEqual(seeker.get("/users/me").status, 200)
        now = self.scrape()
        for name in ("jobraker_http_requests_total", "jobraker_http_request_duration_seconds_count"):
            self.assertEqual(now.get(name, **route) - before.get(name, **route), 5, name)
        for secret in (me, me[:13], seeker.email, seeker.email.split("@")[0]):
            self.assertNotIn(secret, now.text)

    @unittest.skipUnless(PROMTOOL, "promtool is missing: tools/dev/setup --tests")
    def test_prometheus_reads_it_without_a_complaint(self):
        self.busy_day()
        done = subprocess.run([PROMTOOL, "check", "metrics"], input=self.scrape().text, capture_output=True, text=True, timeout=60)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "", ""))

    def test_what_only_grows_never_falls(self):
        before = self.scrape()
        self.busy_day()
        now = self.scrape()
        fell = [key for key, value in before.values.items()
                if re.search("_(total|bucket|count)$", key[0]) and now.values.get(key, -1) < value]
        self.assertEqual(fell, [])

    def test_readiness_names_what_it_depends_on(self):
        answer = call(self.server.port, "GET", "/readyz")
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["status"], "ready")
        postgresql = next(one for one in answer.json["dependencies"] if one["name"] == "postgresql")
        self.assertEqual((postgresql["state"], postgresql["required"]), ("up", True))

    def test_a_provider_is_as_its_last_call_was(self):
        def openai():
            found = call(self.server.port, "GET", "/readyz")
            self.assertEqual(found.status, 200, found)
            return next(one for one in found.json["dependencies"] if one["name"] == "openai")["state"]

        self.sandbox.fault("status", "/v1/", status=500)
        self.person().upload("resume.txt", RESUME.encode(), "text/plain", prefer="wait=60")
        wait_until(lambda: openai() == "down", "the provider to be known as down")
        self.assertEqual(self.scrape().get("jobraker_up", dependency="openai"), 0)
        self.assertGreaterEqual(self.scrape().get("gen_ai_client_operation_duration_seconds_count", error_type="_OTHER"), 1)
        self.sandbox.calm()
        self.busy_day()
        wait_until(lambda: openai() == "up", "the provider to be known as up")


class Leaving(Case):
    """The server's end, as a load balancer sees it."""

    def test_who_asks_regularly_hears_of_the_end_before_connections_are_refused(self):
        said = []
        done = threading.Event()

        def probe():
            while not done.is_set():
                try:
                    said.append(call(self.server.port, "GET", "/readyz", timeout=5).status)
                except OSError:
                    said.append("refused")
                    return
                done.wait(0.3)

        prober = threading.Thread(target=probe)
        prober.start()
        try:
            wait_until(lambda: len(said) >= 3, "three probes")
            self.server.child.send_signal(signal.SIGTERM)
            prober.join(30)
        finally:
            done.set()
        self.assertIn(503, said)
        self.assertNotIn("refused", said[:said.index(503)])


class JsonServer(Server):
    arguments = ("--log-format", "json")


class JsonLogs(Case):
    """The log as a collector reads it."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.server.stop()
        cls.server = JsonServer(cls.database.url, cls.sandbox)

    def test_each_line_is_an_object_that_says_whose_trace_it_belongs_to(self):
        admin = self.admin()
        self.assertEqual(admin.put("/admin/log-level", {"level": "debug"}).status, 200)
        trace = "4bf92f3577b34da6a3ce929d0e0e4736"
        answer = self.person().call("GET", "/users/me", headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(admin.put("/admin/log-level", {"level": "info"}).status, 200)
        wait_until(lambda: "log.level_changed" in self.server.text() and trace in self.server.text(), "the log")
        lines = [json.loads(line) for line in self.server.text().splitlines() if not line.startswith("listening ")]
        self.assertGreater(len(lines), 5)
        for line in lines:
            self.assertLessEqual({"time", "level", "logger", "thread"}, line.keys())
            self.assertIn(line["level"], ("trace", "debug", "info", "warning", "error"))
        request = next(line for line in lines if line.get("trace") == trace)
        self.assertEqual((request["event"], request["route"], request["status"]), ("http.request", "/api/v1/users/{user_id}", "200"))
        self.assertEqual(request["principal"], answer.json["id"])

    def test_a_line_from_deep_below_a_request_says_for_whom(self):
        person = self.person()
        user = person.get("/users/me").json["id"]
        trace = "5bf92f3577b34da6a3ce929d0e0e4737"
        answer = person.call("PUT", "/profiles/profile/me", {"summary": {"professional_summary": "Backend engineer"}},
                             headers={"traceparent": f"00-{trace}-00f067aa0ba902b7-01"})
        self.assertEqual(answer.status, 200, answer)
        def updated():
            for line in self.server.text().splitlines():
                if "profile.updated" in line and user in line:
                    return json.loads(line)
        # HTTP, the person's actor, a transaction, and the actor again.
        line = wait_until(updated, "the line")
        self.assertEqual((line["trace"], line["actor"], line["principal"]), (trace, f"/users/{user}", user))


class Away(OwnCluster):
    """PostgreSQL away under a running server, with a cluster of its own."""

    def scrape(self):
        answer = call(self.server.port, "GET", "/metrics")
        self.assertEqual(answer.status, 200, answer)
        return Figures(answer)

    def test_figures_in_memory_are_told_and_readiness_says_what_is_missing(self):
        self.assertEqual(self.scrape().get("jobraker_up", dependency="postgresql"), 1)
        ready = call(self.server.port, "GET", "/readyz").json["dependencies"]
        admin = self.admin()
        self.pg("stop")
        # A thread learns of the end when its connection tells it; until then it answers as before.
        away = wait_until(lambda: (now := self.scrape()).get("jobraker_up", dependency="postgresql") == 0 and now, "the database to be missed")
        self.assertIsNone(away.get("jobraker_outbox_unpublished_events"))
        self.assertGreaterEqual(away.get("jobraker_http_requests_total", route="/metrics"), 1)
        self.assertGreater(away.get("process_cpu_seconds_total"), 0)
        self.assertEqual(call(self.server.port, "GET", "/healthz").status, 200)
        # Who wants to see more in such a moment gets it; the log is then the only record.
        self.assertEqual(admin.put("/admin/log-level", {"level": "debug"}).status, 200)
        wait_until(lambda: "event=audit.not_written action=log_level.set" in self.server.text(), "the log to say so")
        refused = wait_until(lambda: (now := call(self.server.port, "GET", "/readyz")).status == 503 and now, "the server to be no longer ready")
        self.problem(refused, 503, "unavailable")
        error = next(one for one in refused.json["errors"] if one["pointer"] == "postgresql")
        self.assertTrue(error["detail"].startswith("down since "), error)
        self.pg("start", "--while", str(os.getpid()))
        wait_until(lambda: call(self.server.port, "GET", "/readyz").status == 200, "the server to be ready again")
        # Each of the server's threads finds its own way back.
        wait_until(lambda: self.scrape().get("jobraker_up", dependency="postgresql") == 1, "figures of the database")
        again = wait_until(lambda: (now := self.scrape()).get("jobraker_outbox_unpublished_events") is not None and now, "the outbox")
        self.assertEqual(again.get("jobraker_outbox_unpublished_events"), 0)
        now = call(self.server.port, "GET", "/readyz").json["dependencies"]
        since = [next(one["since"] for one in look if one["name"] == "postgresql") for look in (ready, now)]
        self.assertLess(since[0], since[1])


if __name__ == "__main__":
    main()
