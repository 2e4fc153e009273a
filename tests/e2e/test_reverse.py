"""The reverse search: a posting finds its people, and a changed profile is scored again by itself."""

import json
import signal
import uuid

from harness import RESUME, Case, main, wait_until
from live import Chat
from test_matching import NURSE

BACKEND = {
    "title": "Senior Backend Engineer",
    "company": "Rack & Ruin Ltd",
    "description": "We build payment services in C++20 and Python on Linux.\n\nRequirements\n"
                   "5 years with C++ and PostgreSQL; Docker, Kubernetes and Kafka in production; AWS.",
    "location": "London, UK",
    "skills": ["C++", "Python", "PostgreSQL", "Docker", "Kubernetes", "Kafka"],
    "workplace": "hybrid",
    "job_type": "full_time",
}
LATER = 100  # patience for what waits for a profile to be left in peace


class Reverse(Case):
    def seeker(self, resume=RESUME):
        person = self.person()
        answer = person.upload("cv.txt", resume.encode())
        self.assertEqual(answer.status, 200, answer)
        person.id = person.get("/users/me").json["id"]
        self.known(person)
        return person

    def known(self, person):
        """Waits until every change of the profile has been handled."""
        wait_until(lambda: self.database.query(f"select count(*) from user_vectors where user_id = '{person.id}'") == "3", "vectors")
        self.told({"id": person.id})

    def post(self, employer, **changes):
        answer = employer.post("/jobs", {**BACKEND, "company": uuid.uuid4().hex, **changes})
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def matches(self, person):
        answer = person.get("/profiles/matches/me?limit=100")
        self.assertEqual(answer.status, 200, answer)
        return {item["job_id"]: item for item in answer.json["items"]}

    def match(self, person, job):
        return wait_until(lambda: self.matches(person).get(job["id"]), f"the match with {job['title']}")

    def told(self, thing):
        """An event leaves the outbox when every consumer is done with it."""
        wait_until(lambda: self.database.query(f"select count(*) from outbox where key = '{thing['id']}'") == "0", "the events to be told")

    def told_of(self, person, job):
        return [n for n in person.get("/notifications").json["items"] if n["subject_id"] == job["id"]]

    def test_a_posting_finds_the_suited_and_tells_them_and_nobody_else(self):
        suited, other = self.seeker(), self.seeker(NURSE)
        open_chats = [Chat(suited).connect(), Chat(other).connect()]
        self.matches(suited)  # alive, with its matches in memory
        job = self.post(self.person("employer"))
        frame = open_chats[0].until(lambda f: f["type"] == "notification" and f.get("kind") == "exceptional_match")
        self.assertEqual(frame["subject_type"], "job")
        self.assertEqual(frame["subject_id"], job["id"])
        self.assertIn(BACKEND["title"], frame["title"])
        match = self.match(suited, job)
        self.assertGreaterEqual(match["compatibility_score"], 80)
        self.assertTrue(match["match_factors"])
        self.assertTrue(match["ai_reasoning"].startswith("By the rubric alone"), match["ai_reasoning"])
        self.assertLessEqual(match["confidence_score"], 60)
        self.assertEqual([n["id"] for n in self.told_of(suited, job)], [frame["id"]])
        self.told(job)
        self.assertEqual(self.told_of(other, job), [])
        self.assertNotIn(job["id"], self.matches(other))
        # Of matches the other's session first hears of this one.
        nursing = self.post(self.person("employer"), title="Registered Nurse", location="Leeds, UK", workplace="on_site",
                            description="Acute ward.\n\nRequirements\nPatient care, triage, wound care, medication administration.",
                            skills=["Patient care", "Triage", "Wound care"])
        first = open_chats[1].until(lambda f: f["type"] == "notification" and f.get("kind") == "exceptional_match")
        self.assertEqual(first["subject_id"], nursing["id"])
        for chat in open_chats:
            chat.close()

    def test_a_changed_posting_tells_nobody_twice_and_leaves_whom_it_no_longer_suits(self):
        person = self.seeker()
        employer = self.person("employer")
        name = uuid.uuid4().hex
        job = self.post(employer, company=name)
        self.match(person, job)
        self.assertEqual(len(self.told_of(person, job)), 1)
        # The same posting, told again and changed: as another version of its row.
        self.database.query(
            f"update jobs set version = 2, content_hash = 'changed', skills = '{{Patient care}}', title = 'Registered Nurse', "
            f"description = 'Acute ward.', requirements = 'Patient care', updated_at = now() where id = '{job['id']}';"
            f"insert into outbox (id, topic, type, key, at, data, traceparent) values ('{uuid.uuid4()}', 'job-posted', 'jobraker.job.posted.v1', "
            f"'{job['id']}', now(), '{json.dumps(self.posted(job, 2))}', '')")
        wait_until(lambda: job["id"] not in self.matches(person), "the match to be taken back")
        self.assertEqual(len(self.told_of(person, job)), 1)

    def posted(self, job, version):
        return {"job_id": job["id"], "version": version, "source": "employer", "title": "x", "company": "x", "city": "", "country": "GB",
                "workplace": "on_site", "seniority": "unknown", "salary_min": None, "salary_max": None, "salary_currency": "",
                "skills": [], "posted_at": None}

    def test_a_posting_told_again_changes_nothing(self):
        person = self.seeker()
        job = self.post(self.person("employer"))
        before = self.match(person, job)
        for _ in range(2):
            self.database.query(
                f"insert into outbox (id, topic, type, key, at, data, traceparent) values ('{uuid.uuid4()}', 'job-posted', 'jobraker.job.posted.v1', "
                f"'{job['id']}', now(), '{json.dumps(self.posted(job, 1))}', '')")
        self.told(job)
        found = self.database.query(f"select count(*) from job_scores where job_id = '{job['id']}' and user_id = '{person.id}'")
        self.assertEqual(found, "1")
        self.assertEqual(self.matches(person)[job["id"]]["compatibility_score"], before["compatibility_score"])
        self.assertEqual(len(self.told_of(person, job)), 1)

    def test_a_run_puts_a_models_judgement_in_the_rubrics_place(self):
        person = self.seeker()
        job = self.post(self.person("employer"))
        self.assertTrue(self.match(person, job)["ai_reasoning"].startswith("By the rubric alone"))
        report = person.post("/profiles/score-jobs/me?job_limit=100", Prefer="wait=60")
        self.assertEqual(report.status, 200, report)
        judged = self.matches(person)[job["id"]]
        self.assertFalse(judged["ai_reasoning"].startswith("By the rubric alone"), judged["ai_reasoning"])
        rows = self.database.query(f"select judged_by from job_scores where job_id = '{job['id']}' and user_id = '{person.id}'")
        self.assertEqual(rows, "model")

    def test_a_changed_profile_is_scored_again_once_it_is_left_in_peace(self):
        self.post(self.person("employer"))
        person = self.seeker()
        batches = lambda: self.database.query(f"select count(*) from batches where user_id = '{person.id}'")
        wait_until(lambda: batches() == "1", "the first run", LATER)
        wait_until(lambda: self.matches(person), "its matches", LATER)
        wished = lambda: self.database.query(f"select count(*) from scorings_wanted where user_id = '{person.id}'")
        self.assertEqual(wished(), "0")
        person.put("/profiles/profile/me", {"personal_info": {"phone": "+44 20 7946 0000"}})
        self.known(person)
        self.assertEqual(wished(), "0", "a telephone number changes no score")
        for role in ("Platform engineer", "Staff engineer", "Site reliability engineer"):
            self.assertEqual(person.put("/profiles/profile/me", {"preferences": {"desired_roles": [role]}}).status, 200)
        wait_until(lambda: wished() == "1", "the wish for a run")
        wait_until(lambda: batches() == "2", "the run for the new profile", LATER)
        self.assertEqual(wished(), "0")

    def test_a_text_that_the_provider_refuses_holds_up_nobody(self):
        person, employer = self.seeker(), self.person("employer")
        word = "zz" + uuid.uuid4().hex
        self.sandbox.fault("status", "", status=400, match={"path_prefix": "/v1/embeddings", "contains": word})
        refused = self.post(employer, description=f"{word} {BACKEND['description']}")
        others = [self.post(employer) for _ in range(3)]
        for job in others:
            self.match(person, job)
        self.told(refused)
        stored = self.database.query(f"select kind, embedding is null from job_vectors where job_id = '{refused['id']}' order by kind")
        self.assertEqual(stored.split("\n")[0], "0|t", "remembered, so that it is not asked for again")
        asked = self.server.text().count("event=embedding.text_refused")
        self.match(person, self.post(employer))
        self.assertEqual(self.server.text().count("event=embedding.text_refused"), asked)
        # The same of a person.
        answer = person.put("/profiles/profile/me", {"preferences": {"desired_roles": [word]}})
        self.assertEqual(answer.status, 200, answer)
        self.known(person)
        self.match(person, self.post(employer))

    def test_a_provider_that_refuses_every_text_is_waited_for(self):
        person = self.seeker()
        self.sandbox.fault("status", "/v1/embeddings", status=400)
        job = self.post(self.person("employer"))
        wait_until(lambda: "no text is embedded" in self.server.text(), "the refusal to be noticed")
        self.assertEqual(self.database.query(f"select count(*) from job_vectors where job_id = '{job['id']}'"), "0")
        self.sandbox.calm()
        self.match(person, job)
        self.assertEqual(self.database.query(f"select count(*) from job_vectors where job_id = '{job['id']}' and kind = 0 and embedding is not null"), "1")

    def test_what_was_posted_while_the_server_was_down_finds_its_people_afterwards(self):
        person = self.seeker()
        self.sandbox.fault("status", "/v1/embeddings", status=503)
        job = self.post(self.person("employer"))
        self.restart(signal.SIGKILL)
        person.server = self.server
        self.assertNotIn(job["id"], self.matches(person))
        self.sandbox.calm()
        self.match(person, job)
        self.assertEqual(len(self.told_of(person, job)), 1)


class CafScheduler(Reverse):
    """The same on CAF's own threads: one line of configuration."""

    settings = {"actors_scheduler": "caf"}


if __name__ == "__main__":
    main()
