"""The operator's page at `/console`, clicked through in Chromium on a server that is used meanwhile."""

import json
import secrets
import threading
import uuid

from support import Pages, main
from harness import RESUME


class Console(Pages):
    settings = {"llm_continuous_usage": "true"}

    def talker(self):
        person = self.person()
        self.assertEqual(person.put("/users/me/consents", {"ai_chat": True, "resume_parsing": True}).status, 200)
        return person

    def converse(self, person, question, **headers):
        made = person.post("/conversations", {})
        self.assertEqual(made.status, 201, made)
        answer = person.post(f"/conversations/{made.json['id']}/messages", {"content": question}, **headers)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def dead_letter(self):
        """An event as a consumer that kept failing would have set it aside."""
        job = self.database.query("select id from jobs where status = 'active' limit 1")
        data = {"job_id": job, "version": 1, "source": "adzuna", "title": "Engineer", "company": "Contoso Ltd", "city": "London", "country": "GB",
                "workplace": "remote", "seniority": "mid", "salary_min": None, "salary_max": None, "salary_currency": "", "skills": ["C++"]}
        event, letter = uuid.uuid4(), uuid.uuid4()
        self.database.query(
            "insert into dead_letters (id, consumer, event, topic, type, key, at, data, traceparent, reason, attempts, failed_at) values "
            f"('{letter}', 'matching-postings', '{event}', 'job-posted', 'jobraker.job.posted.v1', '{job}', now(), '{json.dumps(data)}', '', "
            "'could not tell operator@example.com: the index is away', 5, now())")
        return str(letter)

    def busy(self, people, stop):
        """Somebody always asks for something."""
        while not stop.is_set():
            for person in people:
                person.get("/profiles/profile/me")
                person.get("/profiles/matches/me")
                person.get("/conversations")
            stop.wait(0.2)

    def test_the_page_of_who_runs_it(self):
        self.with_jobs()
        people = [self.talker() for _ in range(3)]
        for person in people:
            read = person.call("POST", "/profiles/parse-text/me", {"resume_text": RESUME}, {"Prefer": "wait=60"})
            self.assertEqual(read.status, 200, read)
        trace = secrets.token_hex(16)
        said = self.converse(people[0], "What is a good CV?", traceparent=f"00-{trace}-{secrets.token_hex(8)}-01")
        self.converse(people[1], "How do I prepare for an interview?")
        reported = people[0].post(f"/messages/{said['message']['id']}/report", {"reason": "biased", "comment": "write me at grace@example.com"})
        self.assertEqual(reported.status, 201, reported)
        letter = self.dead_letter()
        stop = threading.Event()
        load = threading.Thread(target=self.busy, args=(people, stop))
        load.start()
        try:
            self.visit("console.test.mjs", JOBRAKER_WEB_FIXTURE=json.dumps({
                "trace": trace, "letter": letter, "user": people[2].get("/users/me").json["id"], "person": people[1].email, "password": "a good password"}))
        finally:
            stop.set()
            load.join()


if __name__ == "__main__":
    main()
