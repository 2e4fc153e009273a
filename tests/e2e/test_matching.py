"""Scoring: matches with reasons, and runs that survive everything."""

import json
import signal
import subprocess
import threading
import time
import unittest

from harness import RESUME, Case, Client, Database, Server, call, main, wait_until

NURSE = """Nora Ward
nora@example.com | Leeds, UK

Experience
Registered Nurse, St. Example Hospital
Feb 2016 - Present
Patient care on an acute ward, medication administration, wound care, triage.

Education
BSc Nursing, University of York, 2015

Skills
Patient care, Triage, Wound care, Medication administration, Teamwork, Communication
"""


class Matching(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        case = cls()
        case.with_jobs()

    def seeker(self, resume=RESUME):
        person = self.person()
        answer = person.upload("cv.txt", resume.encode())
        self.assertEqual(answer.status, 200, answer)
        return person

    def score(self, person, limit=30):
        answer = person.post(f"/profiles/score-jobs/me?job_limit={limit}", Prefer="wait=60")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def matches(self, person, query="limit=100"):
        answer = person.get("/profiles/matches/me?" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json["items"]

    def test_the_best_match_is_the_one_a_person_would_pick(self):
        for resume, words in ((RESUME, ("engineer", "developer")), (NURSE, ("nurse", "ward", "care"))):
            with self.subTest(resume.split("\n")[0]):
                person = self.seeker(resume)
                report = self.score(person)
                self.assertEqual(report["failed"], [])
                items = self.matches(person)
                self.assertTrue(items)
                self.assertTrue(any(word in items[0]["job"]["title"].lower() for word in words), items[0]["job"]["title"])
                self.assertEqual(report["matches"], len(items))

    def test_a_match_carries_scores_reasons_and_the_job(self):
        person = self.seeker()
        self.score(person)
        items = self.matches(person)
        scores = [item["compatibility_score"] for item in items]
        self.assertEqual(scores, sorted(scores, reverse=True))
        self.assertGreaterEqual(min(scores), 60)
        for item in items:
            for part in ("skills", "location", "experience", "salary", "culture"):
                self.assertTrue(0 <= item[part + "_match_score"] <= 100)
            self.assertTrue(item["ai_reasoning"])
            self.assertTrue(item["match_factors"])
            self.assertTrue(0 <= item["confidence_score"] <= 100)
            self.assertEqual(item["job"]["id"], item["job_id"])
        self.assertEqual(len(self.matches(person, "limit=2")), 2)
        best = scores[0]
        self.assertTrue(all(i["compatibility_score"] >= best for i in self.matches(person, f"min_score={int(best)}")))
        self.problem(person.get("/profiles/matches/me?limit=0"), 422)
        self.problem(person.get("/profiles/matches/me?skip=-1&cursor=1"), 422)
        self.problem(person.get("/profiles/matches/me?min_score=101"), 422)

    def test_a_pair_is_scored_once_until_the_profile_changes(self):
        person = self.seeker()
        first = self.score(person, 10)
        self.assertEqual(first["scored"], 10)
        user = person.get("/users/me").json["id"]
        second = self.score(person, 1000)
        asked = self.database.query(f"select count(*), count(distinct job_id) from batch_items i join batches b on b.id = i.batch_id where b.user_id = '{user}' and i.state = 'scored'")
        total, distinct = asked.split("|")
        self.assertEqual(total, distinct)
        self.assertEqual(int(total), first["scored"] + second["scored"])
        person.put("/profiles/profile/me", {"preferences": {"desired_roles": ["Platform engineer"]}})
        self.assertEqual(self.score(person, 10)["scored"], 10)

    def test_matches_of_an_older_profile_give_way_to_the_first_run_for_the_new_one(self):
        person = self.seeker()
        self.score(person, 30)
        self.assertTrue(any("ngineer" in i["job"]["title"] for i in self.matches(person)))
        person.put("/profiles/profile/me", {"personal_info": {"phone": "+44 20 7946 0000"}})
        self.assertEqual(self.score(person, 1)["total"], 1)
        self.assertGreater(len(self.matches(person)), 1)  # a telephone number changes no score
        person.put("/profiles/profile/me", {
            "skills": {"programming_languages": [], "frameworks_libraries": [], "tools_platforms": ["Patient care", "Wound care"]},
            "experience": {"job_titles": ["Registered Nurse"], "companies": ["St. Example"], "experience_descriptions": ["Patient care on an acute ward."]},
            "summary": {"professional_summary": "Registered nurse."}, "preferences": {"desired_roles": ["Nurse"]},
        })
        self.score(person, 5)
        self.assertEqual([i["job"]["title"] for i in self.matches(person) if "ngineer" in i["job"]["title"]], [])

    def test_an_expired_posting_leaves_the_matches_of_a_live_user(self):
        person = self.seeker()
        self.score(person, 60)
        feed = next(i for i in self.matches(person) if i["job"]["source"] == "feed")
        self.database.query(f"update jobs set expires_at = now() - interval '3 days' where id = '{feed['job_id']}'")
        admin = self.admin()
        self.database.query("update saved_searches set active = false")
        try:
            self.assertEqual(admin.post("/jobs/refresh", Prefer="wait=60").status, 200)
        finally:
            self.database.query("update saved_searches set active = true")
        self.assertEqual(admin.get("/jobs/" + feed["job_id"]).json["status"], "expired")
        self.assertNotIn(feed["job_id"], [i["job_id"] for i in self.matches(person)])

    def test_two_requests_at_once_share_one_run(self):
        self.sandbox.fault("latency", "/v1/chat", ms=300)
        person = self.seeker()
        one = person.post("/profiles/score-jobs/me?job_limit=10", Prefer="respond-async")
        two = person.post("/profiles/score-jobs/me?job_limit=10", Prefer="respond-async")
        self.assertEqual(one.status, 202, one)
        self.assertEqual(one.headers["Location"], two.headers["Location"])
        task = person.task_end(one.headers["Location"])
        self.assertEqual(task["status"], "done")
        self.assertEqual(task["done"], task["total"])

    def test_without_a_profile_there_is_nothing_to_score(self):
        self.problem(self.person().post("/profiles/score-jobs/me"), 422, "unprocessable")
        self.problem(self.seeker().post("/profiles/score-jobs/me?job_limit=0"), 422)

    def test_no_more_calls_are_in_flight_than_configured(self):
        # The bound is one run's: those of other tests' people, wished for or under way, would be counted too.
        others = "select (select count(*) from scorings_wanted) + (select count(*) from batches where finished_at is null)"
        wait_until(lambda: self.database.query(others) == "0", "the runs of others to end")
        self.sandbox.reset()
        self.sandbox.fault("latency", "/v1/chat", ms=50)
        person = self.seeker()
        running = []
        done = threading.Event()

        def in_flight():
            return int(json.loads(self.sandbox.control("GET", "/control/served").body).get("in_flight", 0))

        # Nor those that a killed server has left behind.
        wait_until(lambda: in_flight() <= 1, "earlier calls to end")

        def watch():
            while not done.is_set():
                running.append(in_flight())

        watcher = threading.Thread(target=watch)
        watcher.start()
        self.score(person, 60)
        done.set()
        watcher.join()
        self.assertLessEqual(max(running), 6)  # five of the batch, and the watcher's own call

    def test_faults_of_the_model_cost_retries_and_no_pair(self):
        self.sandbox.fault("prose", "/v1/chat", times=3)
        self.sandbox.fault("status", "/v1/chat", times=4, status=500)
        self.sandbox.fault("malformed_json", "/v1/chat", times=2)
        person = self.seeker_without_faults()
        report = self.score(person)
        self.assertEqual(report["scored"] + len(report["failed"]), report["total"])
        self.assertEqual(report["failed"], [])

    def test_what_cannot_be_judged_is_told_and_its_rows_say_so(self):
        self.sandbox.fault("prose", "/v1/chat")
        person = self.seeker_without_faults()
        report = self.score(person, 5)
        self.assertEqual((report["scored"], len(report["failed"])), (0, 5))
        user = person.get("/users/me").json["id"]
        rows = self.database.query(f"select distinct i.state from batch_items i join batches b on b.id = i.batch_id where b.user_id = '{user}'")
        self.assertEqual(rows, "failed")

    def seeker_without_faults(self):
        """The profile comes from a PUT, so that the faults are left for the scoring."""
        person = self.person()
        answer = person.put("/profiles/profile/me", {
            "personal_info": {"location": "London, UK"},
            "skills": {"programming_languages": ["C++", "Python"], "tools_platforms": ["Linux", "Docker"]},
            "experience": {"job_titles": ["Software Engineer"], "companies": ["Contoso"]},
            "preferences": {"desired_roles": ["Backend engineer"]},
        })
        self.assertEqual(answer.status, 200, answer)
        return person

    def test_an_embedding_of_the_wrong_size_is_refused(self):
        self.sandbox.fault("wrong_embedding_size", "/v1/embeddings")
        person = self.seeker_without_faults()
        answer = person.post("/profiles/score-jobs/me", Prefer="wait=60")
        problem = self.problem(answer, 502, "upstream_failed")
        self.assertIn("dimensions", problem["detail"])
        self.assertEqual(self.database.query("select count(*) from user_vectors where user_id = '%s'" % person.get("/users/me").json["id"]), "0")
        self.sandbox.calm()
        self.assertEqual(self.score(person, 5)["scored"], 5)

    def test_the_rubric_gives_the_same_scores_to_the_same_pair(self):
        a, b = self.seeker(), self.seeker()
        self.score(a), self.score(b)
        parts = lambda items: {i["job_id"]: [i[k] for k in sorted(i) if k.endswith("_match_score")] for i in items}
        self.assertEqual(parts(self.matches(a)), parts(self.matches(b)))

    def test_killed_at_any_point_a_run_resumes_and_scores_no_pair_twice(self):
        for moment in (0, 5, 10):
            with self.subTest(answers_before_the_kill=moment):
                self.sandbox.reset()
                # Slow enough for something to be left when the kill comes.
                self.sandbox.fault("latency", "/v1/chat", ms=1500)
                person = self.seeker_without_faults()
                user = person.get("/users/me").json["id"]
                begun = person.post("/profiles/score-jobs/me?job_limit=80", Prefer="respond-async")
                self.assertEqual(begun.status, 202, begun)
                scored = lambda: int(self.database.query(f"select count(*) from batch_items i join batches b on b.id = i.batch_id where b.user_id = '{user}' and state = 'scored'"))
                wait_until(lambda: scored() >= moment * 5, "scores before the kill")
                self.server.stop(signal.SIGKILL)
                before = scored()
                self.sandbox.calm()
                self.restart()
                person = Client(self.server, person.tokens)
                task = person.task_end(begun.headers["Location"])
                self.assertEqual(task["status"], "done", task)
                self.assertEqual(scored(), 80)
                self.assertEqual(task["result"]["already_scored"], before)
                self.assertEqual(task["result"]["scored"], 80 - before)
                pairs = self.database.query(f"select count(*), count(distinct job_id) from job_scores where user_id = '{user}'")
                self.assertEqual(*pairs.split("|"))


class Shutdown(Case):
    """SIGTERM with work in flight: exit 0 in bounded time, whatever hangs."""

    settings = {"server_drain_timeout_ms": 3000}

    def setUp(self):
        super().setUp()
        self.with_jobs()

    def end_and_begin_again(self):
        self.assertEqual(self.server.stop(), 0)
        self.sandbox.calm()
        type(self).server = Server(self.database.url, self.sandbox, **self.settings)

    def test_with_hung_models_runs_and_uploads(self):
        people = [self.person() for _ in range(6)]
        for person in people[:3]:
            self.assertEqual(person.upload("cv.txt", RESUME.encode()).status, 200)
        self.sandbox.fault("hang", "/v1/chat")
        batches = [p.post("/profiles/score-jobs/me?job_limit=20", Prefer="respond-async") for p in people[:3]]
        waiting = []

        def upload(person):
            try:
                waiting.append(person.upload("cv.txt", RESUME.encode(), prefer="wait=60"))
            except OSError as error:
                waiting.append(error)

        threads = [threading.Thread(target=upload, args=(p,)) for p in people[3:]]
        for thread in threads:
            thread.start()
        wait_until(lambda: self.database.query("select count(*) from tasks where kind = 'parse_resume' and status = 'running'") == "3", "the uploads to begin")
        self.end_and_begin_again()
        for thread in threads:
            thread.join()
        # Who waited hears where to look, and what cannot go on says so.
        self.assertEqual([a.status for a in waiting], [202, 202, 202], waiting)
        owners = {a.json["id"] for a in waiting}
        for person in people[3:]:
            fresh = Client(self.server, person.tokens)
            found = [t for t in owners if fresh.get("/tasks/" + t).status == 200]
            self.assertEqual(len(found), 1)
            self.assertEqual(fresh.get("/tasks/" + found[0]).json["status"], "failed")
        for person, begun in zip(people[:3], batches):
            self.assertEqual(Client(self.server, person.tokens).task_end(begun.headers["Location"])["status"], "done")

    def test_with_a_hung_feed(self):
        admin = self.admin()
        self.sandbox.fault("hang", "/feeds")
        begun = admin.post("/jobs/refresh", Prefer="respond-async")
        self.assertEqual(begun.status, 202)
        self.end_and_begin_again()
        self.assertEqual(Client(self.server, admin.tokens).task_end(begun.headers["Location"])["status"], "failed")


class CafScheduler(Matching):
    """The same on CAF's own threads: one line of configuration."""

    settings = {"actors_scheduler": "caf"}


class OutOfMemory(Matching):
    """More postings than memory may hold: the shortlist comes from pgvector."""

    settings = {"matching_jobs_in_memory_max": 20}

    def test_the_shortlist_of_the_database_is_that_of_memory(self):
        def judged(person):
            user = person.get("/users/me").json["id"]
            self.score(person, 20)
            return set(self.database.query(f"select job_id from batch_items i join batches b on b.id = i.batch_id where b.user_id = '{user}'").split())

        from_database = judged(self.seeker())
        self.restart(matching_jobs_in_memory_max=100000)
        try:
            from_memory = judged(self.seeker())
        finally:
            self.restart()
        self.assertEqual(len(from_database), 20)
        # The approximate search may miss one at the edge.
        self.assertGreaterEqual(len(from_database & from_memory), 18)


class Passivation(Case):
    settings = {"actors_idle_seconds": 1}

    def test_a_user_actor_that_left_memory_comes_back_as_it_was(self):
        person = self.person()
        person.upload("cv.txt", RESUME.encode())
        first = person.get("/profiles/profile/me").body
        for _ in range(4):
            time.sleep(0.8)  # beyond the idle time, so that it has gone once or more
            self.assertEqual(person.get("/profiles/profile/me").body, first)


if __name__ == "__main__":
    main()
