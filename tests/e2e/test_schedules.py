"""What is done by the clock: once, whoever looks, whatever ends in the middle."""

import os
import re
import signal
import threading

from harness import RESUME, Case, Database, Server, main, psql, wait_until
from own_cluster import OwnCluster

NEVER = {name: "" for name in (
    "schedules_jobs_refresh", "schedules_jobs_expire", "schedules_accounts_expire", "schedules_retention_calls",
    "schedules_retention_audit", "schedules_retention_effects", "schedules_retention_tasks", "schedules_retention_events",
    "schedules_retention_notifications")}
ALL = ["accounts.expire", "jobs.expire", "jobs.refresh", "retention.audit", "retention.calls", "retention.effects",
       "retention.events", "retention.notifications", "retention.tasks"]
FEED = "/feeds/jobs.rss"


class Scheduled(Case):
    settings = {**NEVER, "schedules_lease_seconds": 2}

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.boss = cls().admin()

    @classmethod
    def restart(cls, how=signal.SIGTERM, **settings):
        super().restart(how, **settings)
        cls.boss = cls().admin()

    def one(self, name, client=None):
        answer = (client or self.boss).get(f"/admin/schedules/{name}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def runs(self, name, query=""):
        answer = self.boss.get(f"/admin/schedules/{name}/runs{query}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def do(self, name, action, status=200):
        answer = self.boss.post(f"/admin/schedules/{name}/{action}")
        self.assertEqual(answer.status, status, answer)
        return answer.json

    def outcome(self, name, run):
        """How this run has ended."""
        def look():
            found = next((r for r in self.runs(name, "?limit=200")["items"] if r["id"] == run["id"]), None)
            return found if found and found["outcome"] != "running" else None
        return wait_until(look, f"the end of {name}")

    def run_now(self, name):
        return self.outcome(name, self.do(name, "run", 202))

    def slow_feed(self, ms):
        """One saved feed, whose server takes its time."""
        self.database.query("delete from saved_searches")
        answer = self.boss.post("/searches", {"kind": "feed", "url": f"http://127.0.0.1:{self.sandbox.port}{FEED}"})
        self.assertEqual(answer.status, 201, answer)
        self.sandbox.fault("latency", FEED, ms=ms)
        self.addCleanup(self.sandbox.calm)

    def audit(self, action):
        return self.boss.get(f"/admin/audit?action={action}&limit=100").json["items"]


class Schedules(Scheduled):
    def test_all_are_listed_and_each_has_an_address(self):
        items = self.boss.get("/admin/schedules").json["items"]
        self.assertEqual([s["name"] for s in items], ALL)
        for schedule in items:
            self.assertIsNone(schedule["cron"])
            self.assertIsNone(schedule["next_run_at"])
            self.assertFalse(schedule["paused"])
            self.assertEqual(self.one(schedule["name"])["title"], schedule["title"])

    def test_only_administrators_may_ask_and_only_for_what_there_is(self):
        seeker = self.person()
        for method, path in (("GET", ""), ("GET", "/jobs.expire"), ("GET", "/jobs.expire/runs"), ("POST", "/jobs.expire/run"),
                             ("POST", "/jobs.expire/pause"), ("POST", "/jobs.expire/resume")):
            self.problem(seeker.call(method, "/admin/schedules" + path), 403, "forbidden")
        self.problem(seeker.get("/admin/batches"), 403)
        for method, path in (("GET", ""), ("GET", "/runs"), ("POST", "/run"), ("POST", "/pause"), ("POST", "/resume")):
            self.problem(self.boss.call(method, "/admin/schedules/jobs.invented" + path), 404, "not_found")
        for query in ("limit=0", "limit=201", "cursor=x", "colour=red"):
            self.problem(self.boss.get("/admin/schedules/jobs.expire/runs?" + query), 422)
            self.problem(self.boss.get("/admin/batches?" + query), 422)
        self.problem(self.boss.get("/admin/batches?state=lost"), 422)
        self.assertEqual(self.audit("schedule.run"), [r for r in self.audit("schedule.run") if "invented" not in r["target"]])

    def test_a_run_by_hand_is_written_down_done_and_remembered(self):
        before = self.one("accounts.expire")
        begun = self.do("accounts.expire", "run", 202)
        self.assertEqual((begun["schedule"], begun["outcome"], begun["ended_at"]), ("accounts.expire", "running", None))
        ended = self.outcome("accounts.expire", begun)
        self.assertEqual(ended["outcome"], "done", ended)
        self.assertRegex(ended["detail"], r"^\d+ tokens, \d+ tickets removed$")
        me = self.boss.get("/users/me").json["id"]
        self.assertEqual(ended["by"], me)
        after = self.one("accounts.expire")
        self.assertEqual(after["last_run"], ended)
        self.assertEqual((after["runs"], after["failures"], after["running_since"]), (before["runs"] + 1, before["failures"], None))
        row = self.audit("schedule.run")[0]
        self.assertEqual((row["who"], row["target"]), (me, "schedules/accounts.expire"))
        self.assertLessEqual(row["at"], begun["started_at"])

    def test_what_is_expired_goes_and_nothing_else(self):
        person = self.person()
        user = person.get("/users/me").json["id"]
        self.database.query(f"update refresh_tokens set expires_at = now() - interval '1 hour' where user_id = '{user}'")
        kept = int(self.database.query("select count(*) from refresh_tokens where expires_at > now()"))
        self.assertEqual(self.run_now("accounts.expire")["outcome"], "done")
        self.assertEqual(int(self.database.query("select count(*) from refresh_tokens")), kept)

    def test_a_second_run_waits_until_the_first_has_ended(self):
        self.slow_feed(1500)
        begun = self.do("jobs.refresh", "run", 202)
        self.problem(self.boss.post("/admin/schedules/jobs.refresh/run"), 409, "conflict")
        self.assertEqual(self.one("jobs.refresh")["running_since"], begun["started_at"])
        self.assertEqual(self.run_now("jobs.expire")["outcome"], "done")  # another schedule is not held up
        ended = self.outcome("jobs.refresh", begun)
        self.assertEqual(ended["outcome"], "done", ended)
        self.assertRegex(ended["detail"], r"^1 sources, 0 failed; \d+ postings, \d+ new, \d+ ended$")
        self.assertGreater(int(self.database.query("select count(*) from jobs")), 0)

    def test_of_many_at_once_one_runs(self):
        self.slow_feed(1500)
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(self.boss.post("/admin/schedules/jobs.refresh/run"))) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(sorted(a.status for a in answers), [202] + [409] * 7)
        begun = next(a.json for a in answers if a.status == 202)
        self.assertEqual(self.outcome("jobs.refresh", begun)["outcome"], "done")

    def test_a_refresh_that_no_source_answers_has_failed(self):
        self.database.query("delete from saved_searches")
        self.boss.post("/searches", {"kind": "feed", "url": f"http://127.0.0.1:{self.sandbox.port}/nothing/here.rss"})
        before = self.one("jobs.refresh")["failures"]
        ended = self.run_now("jobs.refresh")
        self.assertEqual(ended["outcome"], "failed")
        self.assertIn("no source answered", ended["detail"])
        self.assertEqual(self.one("jobs.refresh")["failures"], before + 1)

    def test_runs_come_in_pages(self):
        made = [self.run_now("retention.events")["id"] for _ in range(5)]
        met, cursor = [], ""
        while cursor is not None:
            page = self.runs("retention.events", "?limit=2" + (f"&cursor={cursor}" if cursor else ""))
            met += [run["id"] for run in page["items"]]
            cursor = page["next"]
        self.assertEqual(met[:5], made[::-1])
        self.assertEqual(len(set(met)), len(met))

    def test_old_rows_go_and_young_ones_stay(self):
        user = self.boss.get("/users/me").json["id"]
        query = self.database.query
        query(f"""insert into audit_log select gen_random_uuid(), now() - n * interval '100 days', '{user}', 'test.old', '/x', '', null
                  from generate_series(1, 30) as n""")
        query(f"""insert into tasks (id, kind, owner, status, finished_at) select gen_random_uuid(), 'test', '{user}', 'done',
                  now() - n * interval '10 days' from generate_series(1, 30) as n""")
        query(f"insert into tasks (id, kind, owner, created_at) values (gen_random_uuid(), 'test_open', '{user}', now() - interval '300 days')")
        query(f"""insert into notifications (id, user_id, kind, title, text, subject_type, subject_id, dedupe_key, created_at)
                  select gen_random_uuid(), '{user}', 'test', 'Old', 'Text', 'job', 'x', n::text, now() - n * interval '10 days' from generate_series(1, 30) as n""")
        query("""insert into llm.calls (id, at, operation, provider, model, tokens_in, tokens_cached, tokens_out, cost_nano, estimated, latency_ms,
                 outcome, cache_hit, attempt, prompt_version, trace_id) select gen_random_uuid(), now() - n * interval '100 days', 'test', '', '', 0, 0, 0, 0,
                 false, 0, 'ok', false, 1, '', '' from generate_series(1, 10) as n""")
        query("""insert into effects (kind, key, state, fence, attempts, lease_until, outcome, updated_at) select 'tool_call', sha256(n::text::bytea),
                 'settled', 1, 1, now(), '{}', now() - n * interval '10 days' from generate_series(1, 20) as n""")
        query("""insert into effects (kind, key, state, fence, attempts, lease_until, outcome, updated_at) values
                 ('submission', sha256('x'), 'settled', 1, 1, now(), '{}', now() - interval '900 days')""")
        for name in ("audit", "tasks", "notifications", "calls", "effects"):
            self.assertEqual(self.run_now("retention." + name)["outcome"], "done")
        self.assertEqual(query("select count(*) from audit_log where action = 'test.old'"), "7")
        self.assertEqual(query("select count(*) from tasks where kind = 'test'"), "8")
        self.assertEqual(query("select count(*) from tasks where kind = 'test_open'"), "1")
        self.assertEqual(query("select count(*) from notifications where kind = 'test'"), "17")
        self.assertEqual(query("select count(*) from llm.calls where operation = 'test'"), "3")
        self.assertEqual(query("select count(*) from effects where kind = 'tool_call'"), "8")
        self.assertEqual(query("select count(*) from effects where kind = 'submission'"), "1")  # sent stays sent

    def test_an_operators_stop_brings_the_scheduler_back(self):
        path = "/system/scheduler"
        self.assertEqual(self.boss.post(f"/admin/actors{path}/stop", {"confirm": path}).status, 200)
        wait_until(lambda: self.boss.post("/admin/schedules/retention.events/run").status in (202, 409), "the scheduler")
        summary = self.boss.get(f"/admin/actors/show{path}").json["summary"]
        self.assertEqual(summary["finishing"], False)

    def test_scoring_runs_are_listed_with_how_far_they_are(self):
        self.with_jobs(self.boss)
        people = [self.person() for _ in range(2)]
        ids = []
        for person in people:
            self.assertEqual(person.upload("cv.txt", RESUME.encode()).status, 200)
            ids.append(person.get("/users/me").json["id"])
            self.assertEqual(person.post("/profiles/score-jobs/me?job_limit=5", Prefer="wait=60").status, 200)
        items = self.boss.get("/admin/batches?state=done&limit=200").json["items"]
        mine = [b for b in items if b["user_id"] in ids]
        self.assertEqual([b["user_id"] for b in mine], [ids[1], ids[0]])
        for batch in mine:
            self.assertEqual((batch["kind"], batch["state"], batch["failed"]), ("score_jobs", "done", 0))
            self.assertEqual(batch["done"], batch["total"])
            self.assertGreater(batch["total"], 0)
            self.assertGreaterEqual(batch["ended_at"], batch["started_at"])
        first = self.boss.get("/admin/batches?limit=1").json
        second = self.boss.get(f"/admin/batches?limit=1&cursor={first['next']}").json
        self.assertNotEqual(first["items"][0]["id"], second["items"][0]["id"])


class ByTheClock(Scheduled):
    """Each test restarts the server with times of its own."""

    def begun(self, name):
        return len(re.findall(rf"event=schedule.begun schedule={re.escape(name)} ", self.server.text()))

    def ran_by_clock(self, name, count=1):
        return wait_until(lambda: self.begun(name) >= count, f"{count} runs of {name}")

    def test_it_runs_at_its_times_until_it_is_paused(self):
        self.restart(schedules_jobs_expire="@every 1s")
        self.assertEqual(self.one("jobs.expire")["every_s"], 1)
        self.ran_by_clock("jobs.expire", 2)
        self.assertEqual(self.runs("jobs.expire")["items"][-1]["by"], "schedule")
        for _ in range(2):
            paused = self.do("jobs.expire", "pause")
            self.assertEqual((paused["paused"], paused["next_run_at"]), (True, None))
        wait_until(lambda: self.one("jobs.expire")["running_since"] is None, "the run under way")
        before = self.one("jobs.expire")["runs"]
        self.assertEqual(self.run_now("jobs.expire")["by"], self.boss.get("/users/me").json["id"])  # by hand it runs all the same
        self.assertEqual(self.one("jobs.expire")["runs"], before + 1)
        self.restart(schedules_jobs_expire="@every 1s")
        self.assertTrue(self.one("jobs.expire")["paused"])  # still
        self.assertEqual(self.one("jobs.expire")["runs"], before + 1)
        for _ in range(2):
            resumed = self.do("jobs.expire", "resume")
            self.assertEqual(resumed["paused"], False)
        self.assertIsNotNone(resumed["next_run_at"])
        wait_until(lambda: self.one("jobs.expire")["runs"] >= before + 3, "it to go on")
        self.assertEqual({r["action"] for r in self.boss.get("/admin/audit?actor=schedules/jobs.expire").json["items"]},
                         {"schedule.run", "schedule.pause", "schedule.resume"})

    def test_what_was_missed_while_the_server_was_down_is_made_up_for_once(self):
        self.restart(schedules_retention_events="17 4 * * *", schedules_jobs_expire="")
        schedule = self.one("retention.events")
        self.assertEqual((schedule["cron"], schedule["every_s"], schedule["time_zone"]), ("17 4 * * *", None, "UTC"))
        self.assertIsNotNone(schedule["next_run_at"])
        self.server.stop()
        self.database.query("update schedules set next_at = next_at - interval '5 days' where name = 'retention.events'")
        type(self).server = Server(self.database.url, self.sandbox, **{**self.settings, "schedules_retention_events": "17 4 * * *"})
        type(self).boss = self.admin()
        self.ran_by_clock("retention.events")
        self.assertRegex(self.server.text(), r"event=schedule.begun schedule=retention.events .* missed=4")
        wait_until(lambda: self.one("retention.events")["running_since"] is None, "its end")
        made_up = self.one("retention.events")
        self.assertEqual((made_up["runs"], made_up["last_run"]["outcome"]), (schedule["runs"] + 1, "done"))
        self.assertEqual(made_up["next_run_at"], schedule["next_run_at"])
        self.restart(schedules_retention_events="17 4 * * *", schedules_jobs_expire="@every 1s")
        self.ran_by_clock("jobs.expire")  # so it has looked at all of them
        self.assertEqual(self.one("retention.events")["runs"], schedule["runs"] + 1)

    def test_a_run_whose_server_was_killed_is_found_abandoned_and_the_next_one_runs(self):
        self.restart()
        self.slow_feed(60_000)
        before = self.one("jobs.refresh")["failures"]
        begun = self.do("jobs.refresh", "run", 202)
        self.sandbox.calm()
        self.restart(signal.SIGKILL)
        lost = self.outcome("jobs.refresh", begun)
        self.assertEqual(lost["outcome"], "abandoned")
        self.assertTrue(lost["detail"])
        self.assertEqual(self.one("jobs.refresh")["failures"], before + 1)
        self.assertEqual(self.run_now("jobs.refresh")["outcome"], "done")

    def test_a_killed_run_by_the_clock_does_not_stop_the_clock(self):
        self.slow_feed(60_000)
        self.restart(schedules_jobs_refresh="@every 1s")
        self.ran_by_clock("jobs.refresh")
        self.sandbox.calm()
        self.restart(signal.SIGKILL, schedules_jobs_refresh="@every 1s")
        wait_until(lambda: "done" in [r["outcome"] for r in self.runs("jobs.refresh")["items"] if r["by"] == "schedule"], "the next")
        twice = self.database.query("select due_at from schedule_runs where by_user is null and schedule = 'jobs.refresh' group by due_at having count(*) > 1")
        self.assertEqual(twice, "")
        self.do("jobs.refresh", "pause")

    def test_a_stop_in_the_middle_of_a_run_is_clean(self):
        self.restart()
        self.do("jobs.refresh", "resume")
        self.slow_feed(60_000)
        begun = self.do("jobs.refresh", "run", 202)
        self.assertEqual(self.server.stop(), 0)
        self.sandbox.calm()
        self.assertEqual(self.database.query(f"select outcome from schedule_runs where id = '{begun['id']}'"), "failed")
        type(self).server = Server(self.database.url, self.sandbox, **self.settings)
        type(self).boss = self.admin()
        self.assertIn("stopped", self.outcome("jobs.refresh", begun)["detail"])

    def test_two_nodes_never_run_the_same_due_time(self):
        self.restart(schedules_jobs_expire="@every 1s")
        other = Server(self.database.url, self.sandbox, **{**self.settings, "schedules_jobs_expire": "@every 1s"})
        try:
            text = lambda server: re.findall(r"event=schedule.begun schedule=jobs.expire run=\S+ due=(\S+)", server.text())
            wait_until(lambda: len(text(self.server)) + len(text(other)) >= 8, "eight runs")
        finally:
            self.assertEqual(other.stop(), 0)
        due = self.database.query("select count(*) - count(distinct due_at) from schedule_runs where schedule = 'jobs.expire' and by_user is null")
        self.assertEqual(due, "0")

    def test_a_time_that_is_none_is_named_before_anything_starts(self):
        database = Database()
        self.addCleanup(database.drop)
        for setting, said in (({"schedules_jobs_refresh": "61 * * * *"}, "schedules.jobs_refresh: minute: 61"),
                              ({"schedules_time_zone": "Mars/Phobos"}, "there is no time zone Mars/Phobos")):
            with self.assertRaises(AssertionError) as raised:
                Server(database.url, self.sandbox, **{**self.settings, **setting})
            self.assertIn(said, str(raised.exception))


class WithoutPostgres(OwnCluster):
    """What comes due while PostgreSQL is away is made up for, and a run under way then has an outcome in the end."""

    def test_the_clock_goes_on_when_it_is_back(self):
        self.server.stop()
        self.server = Server(self.url, self.sandbox, **{**NEVER, "schedules_lease_seconds": 2, "schedules_jobs_expire": "@every 1s"})
        boss = self.admin()
        begun = lambda: self.server.text().count("event=schedule.begun schedule=jobs.expire ")
        wait_until(lambda: begun() >= 2, "two runs")
        missed = lambda: self.server.text().count("event=schedule.look_failed")
        for how in ("stop", "crash"):
            misses = missed()
            self.pg(how)
            self.problem(boss.post("/admin/schedules/jobs.expire/run"), 503, "unavailable")
            wait_until(lambda: missed() > misses, "it to miss PostgreSQL")
            before = begun()
            self.pg("start", "--while", str(os.getpid()))
            wait_until(lambda: begun() >= before + 2, "two more runs")
        self.assertEqual(boss.post("/admin/schedules/jobs.expire/pause").status, 200)
        wait_until(lambda: psql(self.url, "select count(*) from schedule_runs where outcome = 'running'") == "0", "every run to have an outcome")
        self.assertEqual(psql(self.url, "select count(*) - count(distinct due_at) from schedule_runs where by_user is null"), "0")


if __name__ == "__main__":
    main()
