"""What happens is told: to consumers inside the server, on Kafka, and to operators."""
import collections
import json
import os
import signal
import subprocess
import tempfile
import uuid

import jsonschema

from harness import SOURCE, Case, call, main, wait_until

Record = collections.namedtuple("Record", "key headers value")


def kafka(*args):
    done = subprocess.run([os.path.join(SOURCE, "tools", "dev", "kafka"), *args], capture_output=True, text=True, timeout=300)
    if done.returncode:
        raise AssertionError(done.stderr)
    return done.stdout.strip()


def topic(brokers, name):
    """Every record of a topic, as an ordinary consumer reads it."""
    done = subprocess.run(
        ["kcat", "-b", brokers, "-C", "-q", "-t", name, "-e", "-o", "beginning", "-J"],
        capture_output=True, text=True, timeout=120, check=True)
    records = []
    for line in done.stdout.splitlines():
        record = json.loads(line)
        headers = dict(zip(record["headers"][::2], record["headers"][1::2]))
        records.append(Record(record["key"], headers, record["payload"]))
    return records


POSTING = {
    "title": "Senior C++ Engineer", "company": "Events Ltd", "location": "London, UK", 
    "description": "We build services in C++20 on Linux with PostgreSQL and Kafka. Five years of C++ are needed, and Docker.",
}


class EventsOnKafka(Case):
    """The whole server on a real broker."""

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.TemporaryDirectory(prefix="jobraker-kafka-")
        cls.addClassCleanup(cls.folder.cleanup)
        cls.broker = os.path.join(cls.folder.name, "broker")
        cls.brokers = kafka("start", cls.broker, "--while", str(os.getpid()))
        cls.addClassCleanup(kafka, "stop", cls.broker)
        cls.settings = {"kafka_brokers": cls.brokers, "kafka_partitions": "3"}
        super().setUpClass()

    def schemas(self):
        folder = os.path.join(SOURCE, "messages", "events")
        found = {}
        for name in os.listdir(folder):
            if name.startswith("jobraker.") and name.endswith(".json"):
                with open(os.path.join(folder, name), encoding="utf-8") as text:
                    found[name[:-len(".json")]] = jsonschema.Draft202012Validator(json.load(text))
        return found

    def told(self):
        wait_until(lambda: self.database.query("select count(*) from outbox") == "0", "the outbox to be told")

    def again(self, client):
        client.server = self.server
        return client

    def test_postings_profiles_and_calls_are_told_through_kills_and_outages(self):
        boss, seeker = self.person("employer"), self.person()
        posted = []

        def post(client, count):
            for _ in range(count):
                answer = client.post("/jobs", {**POSTING, "title": f"{POSTING['title']} {uuid.uuid4().hex[:8]}"})
                self.assertEqual(answer.status, 201, answer)
                posted.append(answer.json["id"])

        post(boss, 5)
        kafka("kill", self.broker)
        post(boss, 5)
        self.restart(signal.SIGKILL)
        kafka("start", self.broker, "--while", str(os.getpid()))
        post(self.again(boss), 5)
        versions = []
        for n in range(4):
            answer = self.again(seeker).put("/profiles/profile/me", {"summary": {"professional_summary": f"Backend engineer, version {n}"}})
            self.assertEqual(answer.status, 200, answer)
            versions.append(answer.json["version"])
        user = answer.json["user_id"]
        self.told()

        jobs, profiles, calls = (topic(self.brokers, name) for name in ("job-posted", "profile-updated", "llm-call"))
        schemas = self.schemas()
        for record in jobs + profiles + calls:
            self.assertEqual(record.headers["ce_specversion"], "1.0")
            schemas[record.headers["ce_type"]].validate(json.loads(record.value))
        self.assertTrue(calls)
        # A hidden duplicate is no posting of its own.
        active = set(self.database.query("select id from jobs where status = 'active'").split())
        self.assertEqual({record.key for record in jobs} & set(posted), active & set(posted))
        heard = list(dict.fromkeys(json.loads(record.value)["version"] for record in profiles if record.key == user))
        self.assertEqual(heard, versions)
        # Each event once for each id, however often the server was killed.
        self.assertLessEqual(len({record.headers["ce_id"] for record in jobs}), len(jobs))

    def test_operators_see_the_events_and_nobody_else_does(self):
        admin = self.admin()
        view = admin.get("/admin/events")
        self.assertEqual(view.status, 200, view)
        self.assertEqual(view.json["outbox"]["target"], "kafka")
        self.assertIsInstance(view.json["consumers"], list)
        self.problem(self.person().get("/admin/events"), 403)
        lag = 'jobraker_consumer_lag_events{consumer="matching-postings",topic="job-posted"} '
        wait_until(lambda: lag + "0\n" in call(self.server.port, "GET", "/metrics").body.decode(), "the lag to be measured and nothing")
        self.problem(admin.get("/admin/events?limit=0"), 422)
        self.problem(admin.post(f"/admin/events/dlq/{uuid.uuid4()}/replay"), 404)
        self.problem(admin.post("/admin/events/dlq/nonsense/replay"), 404)

    def test_a_replay_is_done_once_and_written_down(self):
        admin, letter, person = self.admin(), str(uuid.uuid4()), str(uuid.uuid4())
        # Of a topic that nobody here hears, so that it is told and no more.
        data = json.dumps({"digest_id": str(uuid.uuid4()), "user_id": person, "jobs": 7})
        self.database.query(
            "insert into dead_letters (id, consumer, event, topic, type, key, at, data, traceparent, reason, attempts, failed_at) values "
            f"('{letter}', 'digests-elsewhere', '{uuid.uuid4()}', 'digest-sent', 'jobraker.digest.sent.v1', '{person}', now(), "
            f"'{data}', '', 'upstream_failed', 5, now())")
        shown = next(one for one in admin.get("/admin/events").json["dead_letters"] if one["id"] == letter)
        self.assertIsNone(shown["replayed_at"])
        done = admin.post(f"/admin/events/dlq/{letter}/replay")
        self.assertEqual(done.status, 202, done)
        self.problem(admin.post(f"/admin/events/dlq/{letter}/replay"), 409)
        rows = admin.get("/admin/audit?action=event.replay").json["items"]
        mine = [row for row in rows if row["target"] == f"dead-letters/{letter}"]
        self.assertEqual([row["who"] for row in mine], [admin.get("/users/me").json["id"]])
        self.told()


if __name__ == "__main__":
    main()
