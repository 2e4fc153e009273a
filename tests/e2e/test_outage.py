"""PostgreSQL away under a running server, and crashing under load: what was acknowledged is there, the rest is refused."""

import threading
import time
import uuid

from harness import RESUME, Client, call, main, psql, wait_until
from own_cluster import OwnCluster

AWAY = 5.0  # seconds; nothing is asserted about how long anything takes
POSTING = {
    "title": "Backend Engineer", "company": "Odra Stal", "location": "Berlin, Germany",
    "description": "We build software for steel mills. Python and PostgreSQL in production, five years of experience.",
}


class Outage(OwnCluster):
    """A server on a cluster of its own, which keeps what it has committed."""

    def probe(self, path):
        return call(self.server.port, "GET", path)

    def told(self):
        wait_until(lambda: psql(self.url, "select count(*) from outbox") == "0", "all events to be told")
        self.assertEqual(psql(self.url, "select count(*) from dead_letters"), "0")

    def test_writes_are_refused_while_it_is_away_and_work_again_by_themselves(self):
        seeker, employer = self.person(), self.person("employer")
        names = iter(f"Firm {n}" for n in range(10_000))
        asked, acknowledged = [], []

        def application():
            asked.append(next(names))
            answer = seeker.post("/applications", {"company": asked[-1], "job_title": "Engineer"})
            if answer.status == 201:
                acknowledged.append(asked[-1])
            return answer

        writes = [
            application,
            lambda: seeker.put("/profiles/profile/me", {"summary": {"professional_summary": uuid.uuid4().hex}}),
            lambda: seeker.put("/users/me/consents", {"ai_chat": True}),
            lambda: seeker.post("/conversations", {}),
            lambda: seeker.post("/profiles/parse-text/me", {"resume_text": RESUME}),
            lambda: employer.post("/jobs", {**POSTING, "title": POSTING["title"] + uuid.uuid4().hex[:6]}),
            lambda: Client(self.server).post("/auth/register", {"email": uuid.uuid4().hex + "@example.com", "password": "a good password", "role": "seeker"}),
        ]
        for write in (writes[2], *writes):
            answer = write()
            self.assertIn(answer.status, (200, 201), answer)
        self.assertEqual(self.probe("/readyz").status, 200)

        self.pg("stop")
        end = time.monotonic() + AWAY
        while time.monotonic() < end:
            for write in writes:
                self.problem(write(), 503, "unavailable")
            self.problem(self.probe("/readyz"), 503, "unavailable")
            self.assertEqual(self.probe("/healthz").status, 200)
        refused = set(asked) - set(acknowledged)
        self.assertTrue(refused)

        self.pg("start")
        wait_until(lambda: self.probe("/readyz").status == 200, "the server to be ready")
        for write in writes:
            wait_until(lambda: write().status in (200, 201), "writes to work again")
        found = [item["company"] for item in seeker.get("/applications?limit=100").json["items"]]
        self.assertEqual(sorted(found), sorted(acknowledged))
        self.assertFalse(refused & set(found))
        self.told()

    def test_crashes_under_load_lose_nothing_that_was_acknowledged(self):
        people = [self.person() for _ in range(3)]
        employer = self.person("employer")
        acknowledged, wrong, asked = {}, [], []
        stop = threading.Event()

        def write(client, path, body, key):
            while not stop.is_set():
                name = f"{key} {uuid.uuid4().hex}"
                asked.append(name)
                answer = client.post(path, {**body, key: name})
                if answer.status == 201:
                    acknowledged[name] = (client, f"{path}/{answer.json['id']}")
                elif answer.status != 503 or answer.headers["Content-Type"] != "application/problem+json":
                    wrong.append(answer)

        profiles = []  # of one person, one write after the other: version and words

        def describe(client):
            n = 0
            while not stop.is_set():
                n += 1
                answer = client.put("/profiles/profile/me", {"skills": {"soft_skills": [f"s{n}"]}, "personal_info": {"full_name": f"n{n}"}})
                if answer.status == 200:
                    profiles.append(answer.json)
                elif answer.status != 503:
                    wrong.append(answer)

        threads = [threading.Thread(target=write, args=(p, "/applications", {"job_title": "Engineer"}, "company")) for p in people]
        threads.append(threading.Thread(target=write, args=(employer, "/jobs", POSTING, "title")))
        threads.append(threading.Thread(target=describe, args=(people[0],)))
        for thread in threads:
            thread.start()
        try:
            for _ in range(3):
                before, versions = len(acknowledged), len(profiles)
                wait_until(lambda: len(acknowledged) > before + 40 and len(profiles) > versions + 5, "writes to be under way")
                self.pg("crash")
                self.pg("start")
            before = len(acknowledged)
            wait_until(lambda: len(acknowledged) > before + 40, "writes to go on after the last crash")
        finally:
            stop.set()
            for thread in threads:
                thread.join()
        self.assertEqual(wrong, [])
        for name, (client, path) in acknowledged.items():
            answer = client.get(path)
            self.assertEqual(answer.status, 200, answer)
            self.assertIn(name, (answer.json.get("company"), answer.json["title"] if "title" in answer.json else None))
        # A refusal may leave the row or not, but never two.
        stored = psql(self.url, "select company from applications union all select title from jobs").splitlines()
        self.assertEqual(len(stored), len(set(stored)))
        self.assertLessEqual(set(stored), set(asked))
        profile = people[0].get("/profiles/profile/me").json
        self.assertGreaterEqual(profile["version"], profiles[-1]["version"])
        self.assertEqual(profile["skills"]["soft_skills"][0][1:], profile["personal_info"]["full_name"][1:])
        self.told()


if __name__ == "__main__":
    main()
