"""Applications sent through Skyvern: once each, whatever is lost, late, repeated or killed."""

import concurrent.futures
import hashlib
import hmac
import itertools
import json
import random
import signal
import socket
import threading
import time
import unittest
import uuid

from harness import Case, Client, Server, call, main, wait_until

KEY = "sk-skyvern-test"
OLD_KEY = "sk-skyvern-before"
OVER = ("submitted", "needs_input", "failed", "withdrawn")
PROFILE = {
    "personal_info": {"full_name": "Grace Example", "email": "grace@example.com", "phone": "+44 20 7946 0999", "location": "London"},
    "summary": {"professional_summary": "Builds services."},
    "skills": {"programming_languages": ["C++", "Python"]},
    "preferences": {"salary_range_min": 77777},
}


# Two postings of one employer with the same title would be one.
TITLES = itertools.cycle(["Welder", "Baker", "Nurse", "Plumber", "Data Scientist", "Gardener", "Accountant", "Painter"])


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]


class Sending(Case):
    more = {}  # settings of a class

    @classmethod
    def setUpClass(cls):
        port = free_port()
        cls.settings = {
            "server_port": port,
            "skyvern_api_key": KEY,
            "skyvern_webhook_key_old": OLD_KEY,
            "skyvern_webhook_url": f"http://127.0.0.1:{port}/api/v1/webhooks/skyvern",
            "skyvern_timeout_ms": 2000,
            "applications_per_employer_seconds": 2,
            "applications_poll_seconds": 1,
            "applications_poll_seconds_max": 2,
            "applications_look_up_seconds": 1,
            **cls.more,
        }
        super().setUpClass()
        cls.employer = None

    def setUp(self):
        super().setUp()
        self.sandbox.control("POST", "/control/skyvern/settings", {"step_ms": 50, "retry_ms": 50})

    def posting(self, query="", company=None):
        """A posting whose form is the sandbox's; its own employer, so that nobody waits for a turn."""
        company = company or "Firm " + uuid.uuid4().hex[:10]
        employer = type(self).employer = type(self).employer or self.person("employer")
        url = f"http://127.0.0.1:{self.sandbox.port}/forms/{company.replace(' ', '-').lower()}/welder{query}"
        answer = employer.post("/jobs", {"title": next(TITLES), "company": company, "description": "You will put useful things together.", "url": url})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"]

    def seeker(self, consent=True, profile=PROFILE):
        person = self.person()
        self.assertEqual(person.put("/users/me/consents", {"auto_apply": consent}).status, 200)
        if profile:
            self.assertEqual(person.put("/profiles/profile/me", profile).status, 200)
        return person

    def prepare(self, person, job, **body):
        answer = person.post(f"/jobs/{job}/auto-apply", body or None)
        self.assertEqual(answer.status, 201, answer)
        self.assertEqual(answer.headers["Location"], "/api/v1/applications/" + answer.json["id"])
        self.assertEqual(answer.json["status"], "draft")
        return answer.json

    def approve(self, person, view, **more):
        answer = person.post(f"/applications/{view['id']}/approve", {"hash": view["submission"]["hash"], **more})
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def send(self, person=None, query="", **more):
        """A person whose application is approved; answers both."""
        person = person or self.seeker()
        view = self.prepare(person, self.posting(query))
        self.approve(person, view, **more)
        return person, view["id"]

    def show(self, person, id):
        answer = person.get(f"/applications/{id}")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def until(self, person, id, *statuses):
        def look():
            answer = person.get(f"/applications/{id}")
            if answer.status == 503:  # a test has cut the database's connections a moment ago
                return None
            self.assertEqual(answer.status, 200, answer)
            return answer.json if answer.json["status"] in statuses else None

        try:
            return wait_until(look, f"{statuses}")
        except AssertionError:
            raise AssertionError(f"waited for {statuses}: {self.show(person, id)} {self.timeline(person, id)}")

    def timeline(self, person, id):
        return [event["status"] for event in person.get(f"/applications/{id}/events").json["items"]]

    def steps(self, person, id):
        """The timeline without repetitions."""
        found = []
        for status in self.timeline(person, id):
            if not found or found[-1] != status:
                found.append(status)
        return found

    def runs(self, id):
        return self.sandbox.control("GET", f"/control/skyvern/runs?title={id}").json["runs"]

    def only_run(self, id):
        runs = self.runs(id)
        self.assertEqual(len(runs), 1, runs)
        return runs[0]

    def fault(self, kind, path="/v1/run/tasks", times=1, **more):
        self.sandbox.fault(kind, path, times, **more)

    def webhook(self, body, key=KEY, signature=None, **headers):
        data = body if isinstance(body, bytes) else json.dumps(body, separators=(",", ":")).encode()
        signature = signature if signature is not None else hmac.new(key.encode(), data, hashlib.sha256).hexdigest()
        headers = {"Content-Type": "application/json", "x-skyvern-signature": signature, **headers}
        return call(self.server.port, "POST", "/api/v1/webhooks/skyvern", data, headers)

    def intake(self, where="true"):
        return int(self.database.query(f"select count(*) from webhook_intake where {where}"))

    def cleared_up(self, person, id):
        """Sent with exactly one run; or cut off before Skyvern was called, and then a person is asked to look."""

        def clear():
            return self.show(person, id)["status"] == "submitted" or any("look" in n["title"] for n in self.notices(person, id))

        self.until(person, id, "submitted", "unknown")
        wait_until(clear, f"{id} to be cleared up")
        status, runs = self.show(person, id)["status"], self.runs(id)
        self.assertEqual((status, len(runs)), ("submitted", 1) if runs else ("unknown", 0))
        return status == "submitted"

    def aged(self, id, hours):
        """The attempt as if it had been begun, and heard of, so long ago. Whoever takes a step holds the first lock."""
        self.database.query(
            f"select from applications where id = '{id}' for update; "
            f"update submissions set begun_at = begun_at - interval '{hours} hours', heard_at = heard_at - interval '{hours} hours', wake_at = now() where application_id = '{id}'"
        )

    def column(self, id, name):
        return self.database.query(f"select {name} from submissions where application_id = '{id}'")

    def told(self, person, id, words):
        return [n for n in self.notices(person, id) if words in n["title"]]

    def notices(self, person, id):
        return [n for n in person.get("/notifications").json["items"] if n["subject_id"] == id]

    def waiting(self, person, **prepared):
        """An application that is approved and whose employer's turn does not come."""
        company = "Firm " + uuid.uuid4().hex[:10]
        self.database.query(f"insert into employer_turns (company_key, next_at) values (company_key('{company}'), now() + interval '1 hour')")
        view = self.prepare(person, self.posting(company=company), **prepared)
        self.approve(person, view)
        wait_until(lambda: self.column(view["id"], "wake_at > now() + interval '10 minutes'") == "t", "the application to wait for its turn")
        return view["id"]

    def turn_comes(self, id):
        self.database.query(
            f"select from applications where id = '{id}' for update; "
            f"update employer_turns set next_at = now() where company_key = (select company_key from applications where id = '{id}'); "
            f"update submissions set wake_at = now() where application_id = '{id}'"
        )


class Applying(Sending):
    def test_what_is_approved_is_sent_once(self):
        person = self.seeker()
        job = self.posting("?need=start_date")
        view = self.prepare(person, job, answers=[{"question": "Start date", "answer": "soon"}])
        submission = view["submission"]
        self.assertEqual([d["kind"] for d in submission["documents"]], ["resume"])
        self.assertEqual(submission["missing"], "")
        self.assertIsNone(submission["approved"])
        self.assertEqual(self.runs(view["id"]), [], "nothing is sent before it is approved")
        approval = self.approve(person, view, answers=[{"question": "Start date", "answer": "2027-01-01"}])
        self.assertNotEqual(approval["hash"], submission["hash"], "other answers are another hash")
        done = self.until(person, view["id"], *OVER)
        self.assertEqual(done["status"], "submitted")
        self.assertEqual(done["submission"]["approved"], approval["hash"])
        self.assertEqual(self.steps(person, view["id"]), ["draft", "approved", "queued", "submitting", "submitted"])
        run = self.only_run(view["id"])
        self.assertTrue(run["submitted"], run)
        evidence = done["submission"]["runs"][0]
        self.assertEqual(evidence["run_id"], run["run_id"])
        self.assertEqual(evidence["state"], "completed")
        self.assertTrue(evidence["recording_url"] and evidence["screenshot_urls"] and evidence["app_url"])
        self.assertGreater(evidence["step_count"], 0)
        self.assertEqual([n["kind"] for n in self.notices(person, view["id"])], ["status_change"])
        wait_until(lambda: self.intake(f"run_id = '{run['run_id']}' and processed_at is not null") == 1, "the webhook to be read")
        self.assertEqual(self.intake(f"run_id = '{run['run_id']}' and body <> ''"), 0, "what was read is not kept")
        for path in ("cancel", "retry"):
            self.problem(person.post(f"/applications/{view['id']}/{path}"), 409)
        self.problem(person.post(f"/jobs/{job}/auto-apply"), 409)
        self.problem(person.post(f"/applications/{view['id']}/approve", {"hash": done["submission"]["hash"]}), 409)
        self.only_run(view["id"])

    def test_the_prompt_holds_no_more_than_the_form_needs(self):
        person, id = self.send()
        self.until(person, id, "submitted")
        prompt = next(r["request"]["prompt"] if isinstance(r.get("request"), dict) else json.dumps(r) for r in self.runs(id))
        self.assertIn("Grace Example", prompt)
        self.assertNotIn("77777", prompt)

    def test_the_documents_of_the_application_go_first(self):
        person = self.seeker()
        view = self.prepare(person, self.posting())
        before = view["submission"]
        self.database.query(
            "insert into application_documents (application_id, kind, markdown, version, updated_at) values "
            f"('{view['id']}', 'resume', '# Grace, welder', 1, now()), ('{view['id']}', 'cover_letter', 'Dear firm', 3, now())"
        )
        after = self.show(person, view["id"])["submission"]
        self.assertEqual([(d["kind"], d["from"], d["version"]) for d in after["documents"]], [("cover_letter", "application", 3), ("resume", "application", 1)])
        self.assertNotEqual(after["documents_digest"], before["documents_digest"])
        self.problem(person.post(f"/applications/{view['id']}/approve", {"hash": before["hash"]}), 409)
        self.problem(person.post(f"/applications/{view['id']}/approve", {"documents_digest": before["documents_digest"], "answers": []}), 409)
        self.approve(person, self.show(person, view["id"]))
        self.until(person, view["id"], "submitted")

    def test_a_later_change_voids_the_approval(self):
        person = self.seeker()
        company = "Firm " + uuid.uuid4().hex[:10]
        first = self.prepare(person, self.posting(company=company))
        second = self.prepare(person, self.posting(company=company))
        self.approve(person, first)
        self.until(person, first["id"], "submitting", "submitted")
        self.approve(person, second)
        self.until(person, second["id"], "queued")
        self.assertEqual(person.put("/profiles/profile/me", {"personal_info": {"phone": "+44 20 7946 0111"}}).status, 200)
        self.assertFalse(self.show(person, second["id"])["submission"]["valid"])
        self.until(person, second["id"], "draft")
        self.assertIn("needs_input", [n["kind"] for n in self.notices(person, second["id"])])
        self.assertEqual(self.runs(second["id"]), [])
        self.assertEqual(self.database.query(f"select count(*) from approvals where application_id = '{second['id']}' and ended_at is not null"), "1")
        self.approve(person, self.show(person, second["id"]))
        self.until(person, second["id"], "submitted")

    def test_an_approval_is_of_these_documents_answers_and_this_address(self):
        person = self.seeker()

        def documents(id):
            self.database.query(f"insert into application_documents (application_id, kind, markdown, version, updated_at) values ('{id}', 'resume', '# Not what was shown', 1, now())")

        def answers(id):
            self.database.query(f"update submissions set answers = '[{{\"question\": \"A?\", \"answer\": \"another\"}}]' where application_id = '{id}'")

        def address(id):
            answer = person.call("PATCH", f"/applications/{id}", {"url": f"http://127.0.0.1:{self.sandbox.port}/forms/another/welder"})
            self.assertEqual((answer.status, answer.json["status"]), (200, "draft"), "at once")

        for change in (documents, answers, address):
            with self.subTest(change.__name__):
                id = self.waiting(person, answers=[{"question": "A?", "answer": "mine"}])
                shown = self.show(person, id)["submission"]
                self.assertTrue(shown["valid"])
                change(id)
                after = self.show(person, id)["submission"]
                self.assertFalse(after["valid"])
                self.assertNotEqual(after["hash"], shown["hash"])
                self.turn_comes(id)
                self.until(person, id, "draft")
                self.assertEqual(self.steps(person, id), ["draft", "approved", "queued", "draft"])
                last = person.get(f"/applications/{id}/events").json["items"][-1]
                self.assertIn("changed since it was approved", last["detail"])
                self.assertIn("needs_input", [n["kind"] for n in self.notices(person, id)])
                self.assertEqual(self.runs(id), [])
                self.assertEqual(self.database.query(f"select count(*) from approvals where application_id = '{id}' and ended_at is null"), "0")
                self.problem(person.post(f"/applications/{id}/approve", {"hash": shown["hash"]}), 409)
                self.problem(person.post(f"/applications/{id}/retry"), 409)
                self.approve(person, self.show(person, id))
                self.until(person, id, "submitted", "needs_input")
                self.assertEqual(len(self.runs(id)), 1)

    def test_an_approval_of_other_answers_replaces_the_one_before(self):
        person = self.seeker()
        id = self.waiting(person)
        view = self.show(person, id)
        self.problem(person.post(f"/jobs/{view['job_id']}/auto-apply", {"answers": [{"question": "A?", "answer": "new"}]}), 409)
        approval = self.approve(person, view, answers=[{"question": "A?", "answer": "new"}])
        self.assertNotEqual(approval["hash"], view["submission"]["hash"])
        body = {"documents_digest": view["submission"]["documents_digest"], "answers": [{"question": "A?", "answer": "newest"}]}
        answer = person.post(f"/applications/{id}/approve", body)
        self.assertEqual(answer.status, 200, answer)
        self.problem(person.post(f"/applications/{id}/approve", {"hash": view["submission"]["hash"]}), 409)
        self.turn_comes(id)
        self.until(person, id, "submitted")
        self.assertIn("newest", json.dumps(self.only_run(id)))

    def test_a_lease_begins_when_the_turn_has_come(self):
        self.until(*self.send(), "submitted")  # now there is a turn to be locked
        person = self.seeker()
        view = self.prepare(person, self.posting())
        released = []

        def hold():
            answer = self.database.query("begin; select from employer_turns where company_key = '' for update; select pg_sleep(6); select clock_timestamp(); commit")
            released.append(answer.split("\n")[-1])

        holder = threading.Thread(target=hold)
        holder.start()
        wait_until(lambda: self.database.query("select count(*) from pg_stat_activity where wait_event = 'PgSleep' and datname = current_database()") == "1", "the lock")
        self.approve(person, view)
        holder.join()
        self.until(person, view["id"], "submitted")
        self.assertEqual(self.column(view["id"], f"begun_at >= '{released[0]}'"), "t", "the wait is no part of the lease")
        self.assertEqual(self.timeline(person, view["id"]), ["draft", "approved", "queued", "submitting", "submitted"])

    def test_what_was_sent_and_withdrawn_is_not_sent_under_another_name(self):
        for sent in (True, False):
            with self.subTest(sent=sent):
                person = self.seeker()
                one, two = self.posting(), self.posting()
                first, second = self.prepare(person, one), self.prepare(person, two)
                if sent:
                    self.assertEqual(person.call("PATCH", f"/applications/{first['id']}", {"status": "submitted"}).status, 200)
                self.assertEqual(person.call("PATCH", f"/applications/{first['id']}", {"status": "withdrawn"}).status, 200)
                self.database.query(f"update jobs set status = 'merged', merged_into = '{one}' where id = '{two}'")
                self.approve(person, second)
                self.until(person, second["id"], "failed" if sent else "submitted")
                self.assertEqual(len(self.runs(second["id"])), 0 if sent else 1)

    def test_consent_that_is_taken_back_stops_what_waits(self):
        person = self.seeker()
        company = "Firm " + uuid.uuid4().hex[:10]
        views = [self.prepare(person, self.posting(company=company)) for _ in range(2)]
        for view in views:
            self.approve(person, view)
        self.until(person, views[0]["id"], "submitted")
        person.put("/users/me/consents", {"auto_apply": False})
        self.until(person, views[1]["id"], "draft", "submitted")
        self.assertLessEqual(len(self.runs(views[1]["id"])), 1)

    def test_an_employer_is_sent_to_at_a_pace(self):
        company = "Firm " + uuid.uuid4().hex[:10]
        sent = []
        for _ in range(3):
            person = self.seeker()
            view = self.prepare(person, self.posting(company=company))
            self.approve(person, view)
            sent.append((person, view["id"]))
        for person, id in sent:
            self.until(person, id, "submitted")
        ids = ",".join(f"'{id}'" for _, id in sent)
        gaps = self.database.query(
            "select min(gap) >= interval '2 seconds' from (select begun_at - lag(begun_at) over (order by begun_at) as gap "
            f"from submissions where application_id in ({ids})) g"
        )
        self.assertEqual(gaps, "t")

    def test_merged_postings_are_one(self):
        person = self.seeker()
        one, two = self.posting(), self.posting()
        view = self.prepare(person, one)
        other = self.prepare(person, two)
        self.database.query(f"update jobs set status = 'merged', merged_into = '{one}' where id = '{two}'")
        again = person.post(f"/jobs/{two}/auto-apply")
        self.assertEqual(again.status, 200, again)
        self.assertEqual(again.json["id"], view["id"], "the application to what it was merged into")
        self.approve(person, view)
        self.until(person, view["id"], "submitted")
        self.approve(person, other)
        self.until(person, other["id"], "failed")
        self.assertEqual(self.runs(other["id"]), [], "it was sent under the other name")
        self.problem(person.post(f"/applications/{other['id']}/retry"), 409)

    def test_two_at_once_are_one(self):
        person = self.seeker()
        job = self.posting()
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: person.post(f"/jobs/{job}/auto-apply"), range(8)))
        self.assertEqual(sorted(a.status for a in answers), [200] * 7 + [201], answers)
        view = answers[0].json
        self.assertEqual({a.json["id"] for a in answers}, {view["id"]})
        body = {"hash": view["submission"]["hash"]}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: person.post(f"/applications/{view['id']}/approve", body), range(8)))
        self.assertTrue(all(a.status in (200, 409) for a in answers), answers)
        self.assertIn(200, [a.status for a in answers])
        self.until(person, view["id"], "submitted")
        self.only_run(view["id"])

    def test_bad_requests_are_told_why(self):
        person, stranger = self.seeker(), self.seeker()
        job = self.posting()
        self.problem(self.seeker(consent=False).post(f"/jobs/{job}/auto-apply"), 403)
        self.problem(person.post(f"/jobs/{uuid.uuid4()}/auto-apply"), 404)
        self.problem(person.post("/jobs/nonsense/auto-apply"), 404)
        self.problem(person.call("POST", f"/jobs/{job}/auto-apply", "not json", {"Content-Type": "application/json"}), 400)
        self.problem(person.call("POST", f"/jobs/{job}/auto-apply", "a=b", {"Content-Type": "application/x-www-form-urlencoded"}), 415)
        for answers in ([{"question": "", "answer": "x"}], [{"question": "A?", "answer": "1"}, {"question": "A?", "answer": "2"}], [{"question": "A?"}], "x", [{"question": "A?", "answer": "x" * 4001}], [{"question": f"{i}?", "answer": ""} for i in range(51)]):
            self.problem(person.post(f"/jobs/{job}/auto-apply", {"answers": answers}), 422)
        self.assertEqual(self.database.query(f"select count(*) from applications where job_id = '{job}'"), "0")
        view = self.prepare(person, job)
        path = f"/applications/{view['id']}"
        digest, hash = view["submission"]["documents_digest"], view["submission"]["hash"]
        self.problem(person.post(f"{path}/approve", {}), 422)
        self.problem(person.post(f"{path}/approve", {"hash": "short"}), 422)
        self.problem(person.post(f"{path}/approve", {"documents_digest": "short", "answers": []}), 422)
        self.problem(person.post(f"{path}/approve", {"documents_digest": digest}), 422)
        self.problem(person.post(f"{path}/approve", {"answers": []}), 422)
        self.problem(person.post(f"{path}/approve", {"hash": "0" * 64}), 409)
        self.problem(person.post(f"{path}/approve", {"hash": hash, "documents_digest": "0" * 64}), 409)
        self.problem(person.post(f"{path}/approve", {"documents_digest": "0" * 64, "answers": []}), 409)
        self.problem(person.post(f"{path}/approve", {"hash": hash, "answers": [{"question": " ", "answer": "x"}]}), 422)
        self.problem(person.post(f"{path}/retry"), 409)
        for action in ("approve", "cancel", "retry"):
            body = {"hash": hash} if action == "approve" else None
            self.problem(stranger.post(f"{path}/{action}", body), 404)
            self.problem(person.post(f"/applications/{uuid.uuid4()}/{action}", body), 404)
            self.problem(person.post(f"/applications/nonsense/{action}", body), 404)
            self.problem(call(self.server.port, "POST", f"/api/v1{path}/{action}", None, {}), 401)
        nobody = self.seeker(profile=None)
        bare = self.prepare(nobody, self.posting())
        self.assertIn("name", bare["submission"]["missing"])
        self.problem(nobody.post(f"/applications/{bare['id']}/approve", {"hash": bare["submission"]["hash"]}), 422)
        self.database.query(f"update jobs set status = 'expired', expiry_reason = 'withdrawn' where id = '{job}'")
        self.problem(person.post(f"{path}/approve", {"hash": hash}), 409)
        self.problem(person.post(f"/jobs/{job}/auto-apply"), 409)
        self.assertEqual(self.runs(view["id"]), [])

    def test_cancelled_before_anything_was_sent_it_can_be_taken_up_again(self):
        person = self.seeker()
        job = self.posting()
        view = self.prepare(person, job)
        for _ in range(2):
            answer = person.post(f"/applications/{view['id']}/cancel")
            self.assertEqual((answer.status, answer.json["status"]), (200, "withdrawn"), answer)
        self.problem(person.post(f"/applications/{view['id']}/approve", {"hash": view["submission"]["hash"]}), 409)
        again = person.post(f"/jobs/{job}/auto-apply")
        self.assertEqual((again.status, again.json["status"], again.json["id"]), (200, "draft", view["id"]), again)
        self.approve(person, again.json)
        self.until(person, view["id"], "submitted")
        self.only_run(view["id"])
        person.call("PATCH", f"/applications/{view['id']}", {"status": "withdrawn"})
        self.problem(person.post(f"/jobs/{job}/auto-apply"), 409)


    def test_evidence_that_has_expired_is_asked_for_anew(self):
        person, id = self.send()
        before = self.until(person, id, "submitted")["submission"]["runs"][0]
        self.database.query(f"update submission_runs set recording_url = 'https://expired.example/', heard_at = heard_at - interval '2 days' where application_id = '{id}'")
        after = self.show(person, id)["submission"]["runs"][0]
        self.assertEqual(after["recording_url"], before["recording_url"])
        self.database.query(f"update submission_runs set recording_url = 'https://expired.example/', heard_at = heard_at - interval '2 days' where application_id = '{id}'")
        self.fault("status", "/v1/runs/", times=-1, status=500)
        self.assertEqual(self.show(person, id)["submission"]["runs"][0]["recording_url"], "https://expired.example/")


class Faulty(Sending):
    def test_a_lost_reply_is_looked_up_and_not_asked_for_again(self):
        for kind, more in (("lost_reply", {}), ("late_reply", {"ms": 6000}), ("status_after", {"status": 502})):
            with self.subTest(kind):
                self.sandbox.calm()
                self.fault("run_unlisted", ms=1500)
                self.fault(kind, **more)
                person, id = self.send()
                self.until(person, id, "unknown", "submitted")
                self.until(person, id, "submitted")
                self.assertIn("unknown", self.steps(person, id))
                self.only_run(id)

    def test_a_request_that_never_arrived_is_not_repeated_either(self):
        self.fault("hang", ms=4000)
        person, id = self.send()
        self.until(person, id, "unknown")
        wait_until(lambda: any(n["kind"] == "needs_input" for n in self.notices(person, id)), "a person to be asked to look")
        self.problem(person.post(f"/applications/{id}/retry"), 409)
        self.problem(person.post(f"/applications/{id}/approve", {"hash": self.show(person, id)["submission"]["hash"]}), 409)
        self.assertLessEqual(len(self.runs(id)), 1)
        answer = person.call("PATCH", f"/applications/{id}", {"status": "submitted", "detail": "They wrote to me."})
        self.assertEqual(answer.status, 200, answer)

    def test_a_refusal_is_no_run(self):
        self.fault("status", status=422, body='{"detail":"The host in your url is blocked"}')
        person, id = self.send()
        view = self.until(person, id, "failed")
        self.assertTrue(view["submission"]["retryable"])
        self.assertEqual(self.runs(id), [])
        self.assertEqual(person.post(f"/applications/{id}/retry").status, 200)
        self.until(person, id, "submitted")
        self.only_run(id)

    def test_too_many_runs_are_waited_for(self):
        self.fault("status", status=429, times=2, headers={"Retry-After": "1"})
        person, id = self.send()
        self.until(person, id, "submitted")
        self.assertEqual(self.timeline(person, id).count("submitting"), 3)
        self.only_run(id)

    def test_webhooks_again_late_and_stale_change_nothing(self):
        self.fault("webhook_repeat", after=4)
        self.fault("webhook_stale")
        self.fault("webhook_late", ms=1500)
        person, id = self.send()
        self.until(person, id, "submitted")
        run = self.only_run(id)
        wait_until(lambda: len(self.only_run(id)["webhooks"]) >= 6, "all webhooks")
        wait_until(lambda: self.intake(f"run_id = '{run['run_id']}' and processed_at is null") == 0, "all to be read")
        self.assertEqual(self.steps(person, id)[-1], "submitted")
        self.assertEqual(self.timeline(person, id).count("submitted"), 1)
        self.assertLess(self.intake(f"run_id = '{run['run_id']}'"), 6, "the same bytes are stored once")
        self.assertTrue(all(code // 100 == 2 for w in self.only_run(id)["webhooks"] for code in w["answers"]))

    def test_without_webhooks_runs_are_polled(self):
        for kind in ("webhook_lost", "webhook_forged"):
            with self.subTest(kind):
                self.sandbox.calm()
                self.fault(kind)
                person, id = self.send()
                self.until(person, id, "submitted")
                run = self.only_run(id)
                self.assertEqual(self.intake(f"run_id = '{run['run_id']}'"), 0)

    def test_a_pause_asks_the_person(self):
        self.fault("run_pause")
        person, id = self.send()
        view = self.until(person, id, "needs_input")
        self.assertIn("person has to look", view["submission"]["instructions"])
        self.assertIn("needs_input", [n["kind"] for n in self.notices(person, id)])
        self.problem(person.post(f"/applications/{id}/retry"), 409)
        self.sandbox.control("POST", f"/control/skyvern/runs/{self.only_run(id)['run_id']}", {"resume": True})
        self.until(person, id, "submitted")
        self.only_run(id)

    def test_a_pause_can_be_cancelled(self):
        self.fault("run_pause")
        person, id = self.send()
        self.until(person, id, "needs_input")
        self.assertEqual(person.post(f"/applications/{id}/cancel").status, 200)
        self.until(person, id, "withdrawn")
        self.assertEqual(self.only_run(id)["status"], "canceled")

    def test_what_the_form_misses_is_asked_for_and_sent_then(self):
        person, id = self.send(query="?need=favourite_rivet")
        view = self.until(person, id, "needs_input")
        self.assertIn("rivet", view["submission"]["instructions"].lower())
        self.assertTrue(view["submission"]["retryable"])
        self.approve(person, view, answers=[{"question": "Favourite rivet", "answer": "blind"}])
        self.until(person, id, "submitted")
        runs = self.runs(id)
        self.assertEqual([r["submitted"] for r in runs], [False, True])
        self.assertEqual(len(self.show(person, id)["submission"]["runs"]), 2, "both runs are evidence")

    def test_a_closed_posting_fails_and_can_be_tried_again(self):
        person, id = self.send(query="?closed=1")
        view = self.until(person, id, "failed")
        self.assertEqual(view["submission"]["runs"][0]["errors"][0]["code"], "job_closed")
        self.assertTrue(view["submission"]["retryable"])

    def test_a_failure_on_the_way_is_not_tried_again(self):
        for outcome in ("failed", "timed_out", "terminated"):
            with self.subTest(outcome):
                self.sandbox.calm()
                self.fault("run_outcome", body=outcome)
                person, id = self.send()
                view = self.until(person, id, "failed")
                self.assertFalse(view["submission"]["retryable"])
                self.problem(person.post(f"/applications/{id}/retry"), 409)
                self.only_run(id)

    def test_failed_for_its_webhook_is_unknown(self):
        self.fault("run_blames_webhook")
        person, id = self.send()
        self.until(person, id, "unknown")
        self.problem(person.post(f"/applications/{id}/retry"), 409)
        self.only_run(id)

    def test_a_running_one_is_cancelled(self):
        self.fault("run_stuck")
        person, id = self.send()
        self.until(person, id, "submitting")
        wait_until(lambda: self.runs(id), "the run")
        answer = person.post(f"/applications/{id}/cancel")
        self.assertEqual(answer.status, 200, answer)
        self.until(person, id, "withdrawn")
        self.assertEqual(self.only_run(id)["status"], "canceled")

    def test_a_cancel_may_come_too_late(self):
        self.sandbox.control("POST", "/control/skyvern/settings", {"step_ms": 400})
        self.fault("run_cancel_loses")
        person, id = self.send()
        wait_until(lambda: self.runs(id), "the run")
        self.assertEqual(person.post(f"/applications/{id}/cancel").status, 200)
        self.until(person, id, "submitted")
        self.only_run(id)

    def test_cancelling_at_any_moment_ends_in_one_or_the_other(self):
        sent = []
        for _ in range(8):
            person, id = self.send()
            time.sleep(random.random() * 0.3)
            answer = person.post(f"/applications/{id}/cancel")
            self.assertIn(answer.status, (200, 409), answer)
            sent.append((person, id))
        for person, id in sent:
            status = self.until(person, id, "withdrawn", "submitted")["status"]
            runs = self.runs(id)
            self.assertLessEqual(len(runs), 1)
            self.assertEqual(status == "submitted", any(r["submitted"] for r in runs), runs)


class Silent(Sending):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.root = cls.admin(cls())

    def setUp(self):
        super().setUp()
        # Admins are told once an hour, whatever the number.
        self.database.query("delete from notifications where kind = 'status_change'")

    def operator_is_told(self, id):
        wait_until(lambda: [n for n in self.notices(self.root, id) if "Skyvern has not told" in n["title"]], "the operator to be told")
        self.assertIn(f"event=application.silent id={id}", self.server.text())

    def test_a_run_that_can_never_be_read_is_told_of_and_given_up(self):
        for status in (401, 403, 500):
            with self.subTest(status):
                self.sandbox.calm()
                self.database.query("delete from notifications")
                self.fault("webhook_lost")
                self.fault("run_stuck")
                self.fault("status", "/v1/runs/", times=-1, status=status)
                person, id = self.send()
                wait_until(lambda: int(self.column(id, "failures")) >= 2, "reads to fail")
                self.assertEqual(self.show(person, id)["status"], "submitting")
                self.assertEqual(self.notices(person, id), [])
                self.aged(id, 3)
                wait_until(lambda: self.told(person, id, "no news"), "the person to be told")
                self.operator_is_told(id)
                self.assertEqual(self.show(person, id)["status"], "submitting")
                self.aged(id, 22)
                view = self.until(person, id, "unknown")
                self.assertEqual(view["submission"]["phase"], "ended")
                self.assertIsNone(view["submission"]["next_at"])
                self.assertEqual(len(self.told(person, id, "Please look")), 1)
                self.problem(person.post(f"/applications/{id}/retry"), 409)
                self.problem(person.post(f"/applications/{id}/approve", {"hash": view["submission"]["hash"]}), 409)
                run = self.only_run(id)
                self.assertEqual(self.webhook({"run_id": run["run_id"], "status": "running", "step_count": 99}).status, 204)
                self.assertEqual(self.webhook({"run_id": run["run_id"], "status": "paused"}).status, 204)
                wait_until(lambda: self.intake(f"run_id = '{run['run_id']}' and processed_at is null") == 0, "the webhooks to be read")
                self.assertEqual(self.show(person, id)["status"], "unknown", "late news of something on the way")
                self.assertEqual(self.webhook({"run_id": run["run_id"], "status": "completed", "output": {"submitted": True}}).status, 204)
                self.until(person, id, "submitted")
                self.only_run(id)

    def test_searches_that_always_fail_are_told_of_and_given_up(self):
        self.fault("lost_reply")
        self.fault("webhook_lost")
        self.fault("status", "/v1/runs", times=-1, status=503)
        person, id = self.send()
        self.until(person, id, "unknown")
        wait_until(lambda: int(self.column(id, "failures")) >= 3, "searches to fail")
        self.assertEqual((self.column(id, "look_ups"), self.notices(person, id)), ("0", []), "nobody has said that there is no run")
        self.aged(id, 3)
        wait_until(lambda: self.told(person, id, "no news"), "the person to be told")
        self.operator_is_told(id)
        self.assertEqual(self.column(id, "phase"), "looking")
        wait_until(lambda: int(self.column(id, "failures")) >= 5, "searches to fail")
        self.aged(id, 22)
        wait_until(lambda: self.column(id, "phase") == "ended", "the search to end")
        self.assertEqual((self.column(id, "send_right"), self.show(person, id)["status"]), ("spent", "unknown"))
        wait_until(lambda: self.told(person, id, "Please look"), "the person to be asked")
        self.problem(person.post(f"/applications/{id}/retry"), 409)
        run = self.only_run(id)
        self.assertEqual(self.webhook({"run_id": run["run_id"], "status": "completed", "title": run["title"], "output": {"submitted": True}}).status, 204)
        self.until(person, id, "submitted")
        self.only_run(id)

    def test_searches_that_work_again_find_the_run(self):
        self.fault("lost_reply")
        self.fault("webhook_lost")
        self.fault("status", "/v1/runs", times=-1, status=503)
        person, id = self.send()
        wait_until(lambda: int(self.column(id, "failures")) >= 2, "searches to fail")
        self.sandbox.calm()
        self.until(person, id, "submitted")
        self.only_run(id)

    def test_one_dead_run_starves_nobody(self):
        self.restart(applications_in_flight_max=1)
        try:
            self.root.server = self.server
            if type(self).employer:
                type(self).employer.server = self.server
            for fault in ("run_stuck", "lost_reply"):
                with self.subTest(fault):
                    self.sandbox.calm()
                    self.fault("webhook_lost")
                    self.fault(fault)
                    self.fault("status", "/v1/runs", times=-1, status=500)
                    dead = self.send()
                    wait_until(lambda: int(self.column(dead[1], "failures")) >= 2, "the run to be lost")
                    person, id = self.send()
                    wait_until(lambda: self.show(person, id)["status"] == "queued", "the other one to wait")
                    self.assertEqual(self.runs(id), [], "there is one place")
                    self.aged(dead[1], 3)
                    self.until(person, id, "submitted")
                    self.aged(dead[1], 24)
                    wait_until(lambda: self.column(dead[1], "phase") == "ended", "the dead one to end")
        finally:
            self.restart()
            self.root.server = type(self).employer.server = self.server


class Webhooks(Sending):
    def test_only_our_keys_sign(self):
        body = {"run_id": "tsk_" + uuid.uuid4().hex, "status": "completed"}
        self.problem(self.webhook(body, key="another"), 401)
        self.problem(self.webhook(body, signature=""), 401)
        self.problem(self.webhook(body, signature="zz"), 401)
        good = hmac.new(KEY.encode(), json.dumps(body, separators=(",", ":")).encode(), hashlib.sha256).hexdigest()
        self.problem(self.webhook(json.dumps(body).encode(), signature=good), 401)
        self.assertEqual(self.intake(f"run_id = '{body['run_id']}'"), 0)
        for key in (KEY, OLD_KEY):
            self.assertEqual(self.webhook({**body, "key": key}, key=key).status // 100, 2)
        self.assertEqual(self.webhook(body, **{"x-skyvern-timestamp": "1"}).status // 100, 2, "the time stamp is not signed")
        self.assertEqual(self.intake(f"run_id = '{body['run_id']}'"), 3)

    def test_what_is_no_report_is_refused(self):
        for body in (b"", b"{", b"[]", b"{}", b'{"run_id":"tsk_1"}', b'{"run_id":7,"status":"completed"}', b"\xff"):
            answer = self.webhook(body)
            self.assertIn(answer.status, (400, 422), (body, answer))

    def test_the_same_bytes_are_stored_once(self):
        body = {"run_id": "tsk_" + uuid.uuid4().hex, "status": "completed"}
        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            answers = list(pool.map(lambda _: self.webhook(body), range(24)))
        self.assertEqual({a.status // 100 for a in answers}, {2})
        self.assertEqual(self.intake(f"run_id = '{body['run_id']}'"), 1)

    def test_news_of_strangers_change_nothing(self):
        self.fault("run_stuck")
        person, id = self.send()
        self.until(person, id, "submitting")
        run = wait_until(lambda: self.runs(id), "the run")[0]
        for body in (
            {"run_id": "tsk_stranger", "status": "completed", "output": {"submitted": True}},
            {"run_id": run["run_id"] + "0", "status": "failed"},
            {"run_id": "tsk_liar", "status": "completed", "title": f"Jobraker application {id} attempt 99"},
            {"run_id": run["run_id"], "status": "something new"},
        ):
            self.assertEqual(self.webhook(body).status // 100, 2)
        self.sandbox.control("POST", f"/control/skyvern/runs/{run['run_id']}", {"end": "completed"})
        self.until(person, id, "submitted")
        self.assertEqual(self.webhook({"run_id": run["run_id"], "status": "failed", "failure_reason": "no"}).status // 100, 2)
        wait_until(lambda: self.intake(f"run_id = '{run['run_id']}' and processed_at is null") == 0, "all to be read")
        self.assertEqual(self.show(person, id)["status"], "submitted")

    def test_a_webhook_before_its_run_is_known_waits_for_it(self):
        self.fault("late_reply", ms=1200)
        self.sandbox.control("POST", "/control/skyvern/settings", {"step_ms": 10})
        person, id = self.send()
        view = self.until(person, id, "submitted")
        self.assertNotIn("unknown", self.steps(person, id))
        run = self.only_run(id)
        self.assertEqual(view["submission"]["runs"][0]["run_id"], run["run_id"])
        wait_until(lambda: self.intake(f"run_id = '{run['run_id']}' and processed_at is null") == 0, "the webhook to be read")


class Attacked(Sending):
    def refused(self, answer, *statuses):
        """A problem with one of these statuses; never a 5xx."""
        self.assertIn(answer.status, statuses or range(400, 500), answer)
        self.problem(answer, answer.status)

    def raw(self, person, path, data, content_type="application/json", method="POST"):
        return person.call(method, path, data, {"Content-Type": content_type})

    def test_bodies_that_are_none(self):
        person = self.seeker()
        job = self.posting()
        view = self.prepare(person, job)
        path, hash = f"/applications/{view['id']}", view["submission"]["hash"]
        deep = b"[" * 100_000 + b"]" * 100_000
        for data in (
            b"{", b"nothing", b"\xff\xfe", b"\x00", b'{"hash":', b"[]", b"7", b'"x"', b"null", b"true", deep, b'{"hash":' + deep + b"}",
            b'{"hash":7}', b'{"hash":[]}', b'{"hash":null}', b'{"hash":{"a":1}}', b'{"hash":"' + b"\xff" * 64 + b'"}', b'{"hash":"\\ud800' + b"a" * 61 + b'"}',
            b'{"documents_digest":1e999,"answers":[]}', json.dumps({"hash": hash, "answers": "x"}).encode(), json.dumps({"hash": hash, "answers": {}}).encode(),
            json.dumps({"hash": hash, "answers": [7]}).encode(), json.dumps({"hash": hash, "answers": [{"question": 1, "answer": "x"}]}).encode(),
            json.dumps({"hash": hash, "answers": [{"question": "A?", "answer": None}]}).encode(), json.dumps({"hash": hash, "answers": [[]]}).encode(),
            json.dumps({"hash": hash, "answers": [{"question": "A?", "answer": "x" * 4001}]}).encode(),
            json.dumps({"hash": hash, "answers": [{"question": "x" * 501, "answer": ""}]}).encode(),
            json.dumps({"hash": hash, "answers": [{"question": str(i), "answer": ""} for i in range(51)]}).encode(),
        ):
            self.refused(self.raw(person, path + "/approve", data), 400, 422)
            if b"null" not in data and data != b'{"hash":[]}':  # no answers
                self.refused(self.raw(person, f"/jobs/{job}/auto-apply", data.replace(b'"hash"', b'"answers"')), 400, 409, 422)
        self.refused(self.raw(person, path + "/approve", b"x" * (10 << 20)), 413)
        self.refused(self.raw(person, path + "/approve", json.dumps({"hash": hash, "answers": [{"question": "A?", "answer": "x" * (3 << 20)}]}).encode()), 413)
        for content_type in ("text/plain", "application/xml", "multipart/form-data", ""):
            self.refused(self.raw(person, path + "/approve", json.dumps({"hash": hash}), content_type), 400, 415)
        for method in ("GET", "PUT", "DELETE", "PATCH"):
            self.refused(person.call(method, path + "/approve"), 405)
        for url in ("javascript:alert(1)", "https://", "http://a b", "http://a\r\nx: y", "https://acme.example@evil.example/", "http://a\x00", "http://" + "x" * 2000, 7, []):
            self.refused(person.call("PATCH", path, {"url": url}), 400, 422)
        after = self.show(person, view["id"])
        self.assertEqual((after["status"], after["submission"]["hash"], self.runs(view["id"])), ("draft", hash, []))

    def test_text_that_is_strange_arrives_as_it_is(self):
        person = self.seeker()
        answers = [{"question": "Zero \x00 byte?", "answer": "a\x00b"}]
        answer = person.post(f"/jobs/{self.posting()}/auto-apply", {"answers": answers})
        self.refused(answer, 400, 422)  # PostgreSQL's text has no such byte
        strange = [{"question": "Ünïcode \u202e \U0001f600?", "answer": "line\nline\t\"quoted\" </script> {{x}} '; drop table users; --"}]
        view = self.prepare(person, self.posting(), answers=strange)
        self.assertEqual(view["submission"]["answers"], strange)
        many = [{"question": f"{i} " + "q" * 490, "answer": "é" * 2000} for i in range(50)]
        self.approve(person, view, answers=many)
        self.until(person, view["id"], "submitted")
        self.assertEqual(self.show(person, view["id"])["submission"]["answers"], many)
        self.only_run(view["id"])

    def test_ids_of_others_and_of_nobody(self):
        person, stranger, employer = self.seeker(), self.seeker(), self.person("employer")
        view = self.prepare(person, self.posting())
        body = {"hash": view["submission"]["hash"]}
        ids = (view["id"], str(uuid.uuid4()), "nonsense", "%00", "..%2f..", "x" * 5000, view["id"][:-1], view["id"] + "0", "%ff", "0", "-1", "' or 1=1")
        for who in (stranger, employer):
            for id in ids:
                id = id.replace(" ", "%20")
                for ask in (lambda p: who.post(p + "/approve", body), lambda p: who.post(p + "/cancel"), lambda p: who.post(p + "/retry"), who.get, lambda p: who.get(p + "/events"), lambda p: who.call("PATCH", p, {"url": "http://a.example/"})):
                    self.refused(ask(f"/applications/{id}"), 400, 404, 414)
        for action in ("approve", "cancel", "retry"):
            self.refused(call(self.server.port, "POST", f"/api/v1/applications/{view['id']}/{action}", json.dumps(body), {"Content-Type": "application/json", "Authorization": "Bearer x.y.z"}), 401)
        self.assertEqual(self.timeline(person, view["id"]), ["draft"])
        root = self.admin()
        self.refused(root.post(f"/applications/{view['id']}/approve", body), 404)
        self.assertEqual(self.show(person, view["id"])["status"], "draft", "nobody approves for another, admins neither")

    def at_once(self, *calls):
        with concurrent.futures.ThreadPoolExecutor(len(calls)) as pool:
            answers = list(pool.map(lambda c: c(), calls))
        for answer in answers:
            self.assertIn(answer.status, (200, 409, 429), answer)
            if answer.status != 200:
                self.problem(answer, answer.status)
        return [a.status for a in answers]

    def test_everything_at_once(self):
        for _ in range(4):
            person = self.seeker()
            view = self.prepare(person, self.posting())
            path, body = f"/applications/{view['id']}", {"hash": view["submission"]["hash"]}
            approve, cancel, retry = (lambda: person.post(path + "/approve", body)), (lambda: person.post(path + "/cancel")), (lambda: person.post(path + "/retry"))
            calls = [approve] * 20 + [cancel] * 20 + [retry] * 20
            random.shuffle(calls)
            self.at_once(*calls[:20])
            self.at_once(*calls[20:40])
            self.at_once(*calls[40:])
            status = self.until(person, view["id"], "withdrawn", "submitted")["status"]
            runs = self.runs(view["id"])
            self.assertLessEqual(len(runs), 1)
            self.assertEqual(status == "submitted", any(r["submitted"] for r in runs), runs)
            live = self.database.query(f"select count(*) from approvals where application_id = '{view['id']}' and ended_at is null")
            self.assertIn(live, ("0", "1"))

    def test_twenty_retries_are_one(self):
        self.fault("status", status=422, body='{"detail":"no"}')
        person, id = self.send()
        self.until(person, id, "failed")
        statuses = self.at_once(*[lambda: person.post(f"/applications/{id}/retry")] * 20)
        self.assertEqual(statuses.count(200), 1, statuses)
        self.until(person, id, "submitted")
        self.only_run(id)

    def test_webhooks_of_attackers(self):
        person, id = self.send()
        self.until(person, id, "submitted")
        run = self.only_run(id)
        wait_until(lambda: self.intake("processed_at is null") == 0, "all webhooks to be read")
        before, stored = self.show(person, id), self.intake()
        body = json.dumps({"run_id": run["run_id"], "status": "failed", "failure_reason": "You were hacked."}).encode()
        good = hmac.new(KEY.encode(), body, hashlib.sha256).hexdigest()
        path = "/api/v1/webhooks/skyvern"
        for headers in (
            {}, {"x-skyvern-signature": ""}, {"x-skyvern-signature": "0" * 64}, {"x-skyvern-signature": good[:-1]}, {"x-skyvern-signature": good + "00"},
            {"x-skyvern-signature": "sha256=" + good}, {"x-skyvern-signature": "v0=" + good}, {"x-skyvern-signature": "g" * 64}, {"x-skyvern-signature": " " * 64},
            {"x-skyvern-signature": hmac.new(b"", body, hashlib.sha256).hexdigest()}, {"x-skyvern-signature": "A" * 8000}, {"authorization": "Bearer " + KEY}, {"x-api-key": KEY},
        ):
            self.refused(call(self.server.port, "POST", path, body, {"Content-Type": "application/json", **headers}), 401)
        self.refused(self.webhook(body + b" ", signature=good), 401)
        self.refused(call(self.server.port, "POST", path + "?x=1", body[:-1], {"x-skyvern-signature": good}), 401)
        for huge in (b"{" + b" " * (10 << 20) + b"}", b"x" * (10 << 20)):
            self.refused(self.webhook(huge), 413)
        for junk in (b"", b"not json", b"\x00", b"[" * 200_000, b'{"run_id":"","status":"completed"}', b'{"run_id":"tsk_1","status":""}', b'{"run_id":{"a":1},"status":[]}', b'{"run_id":"' + b"x" * 100_000 + b'","status":"completed"}', b'{"run_id":"tsk_1","status":"completed","x":"\xff"}'):
            self.refused(self.webhook(junk), 400, 422)
        for method in ("GET", "PUT", "DELETE"):
            self.refused(call(self.server.port, method, path), 405)
        self.assertEqual(self.intake(), stored)
        for strange in (
            {"run_id": "tsk_zero", "status": "completed", "title": "\0", "output": {"\0": "\0"}},
            {"run_id": "tsk_'; drop table users; --", "status": "completed"},
            {"run_id": "tsk_odd", "status": "completed", "output": 1e300, "errors": {"a": 1}, "step_count": "many", "created_at": 7, "screenshot_urls": [None, 7, {}]},
            {"run_id": run["run_id"], "status": "failed", "failure_reason": "x" * 1_000_000, "output": {"submitted": False}, "step_count": -5, "recording_url": "javascript:alert(1)"},
            {"run_id": run["run_id"], "status": "created", "step_count": 2**62},
            {"run_id": "tsk_another", "status": "completed", "title": f"Jobraker application {id} attempt 1"},
            {"run_id": "tsk_future", "status": "completed", "title": f"Jobraker application {id} attempt 9223372036854775808"},
            {"run_id": "tsk_nobodys", "status": "completed", "title": f"Jobraker application {uuid.uuid4()} attempt 1"},
        ):
            self.assertEqual(self.webhook(strange).status, 204, strange)
        wait_until(lambda: self.intake(f"run_id = '{run['run_id']}' and processed_at is null") == 0, "those of the run to be read")
        after = self.show(person, id)
        self.assertEqual(after["status"], "submitted")
        self.assertEqual([(r["run_id"], r["state"], r["failure_reason"]) for r in after["submission"]["runs"]], [(r["run_id"], r["state"], r["failure_reason"]) for r in before["submission"]["runs"]])
        self.assertEqual(after["submission"]["runs"][0]["recording_url"], before["submission"]["runs"][0]["recording_url"])
        self.only_run(id)

    def test_what_a_page_put_into_the_output_keeps_nobody_waiting(self):
        self.fault("webhook_lost")
        self.fault("run_stuck")
        person, id = self.send()
        self.until(person, id, "submitting")
        run = wait_until(lambda: self.runs(id), "the run")[0]
        body = {"run_id": run["run_id"], "status": "completed", "output": {"submitted": True, "confirmation": "A\0" + "17", "\0": ["\0"]}, "failure_reason": "\0", "errors": [{"error_code": "\0", "reasoning": "\0"}]}
        self.assertEqual(self.webhook(body).status, 204)
        view = self.until(person, id, "submitted")
        self.assertEqual(view["submission"]["runs"][0]["state"], "completed")
        self.assertEqual(self.intake(f"run_id = '{run['run_id']}' and processed_at is null"), 0)

    def test_a_webhook_that_is_replayed_and_one_signed_with_the_old_key(self):
        self.fault("webhook_lost")
        self.fault("run_stuck")
        person, id = self.send()
        self.until(person, id, "submitting")
        run = wait_until(lambda: self.runs(id), "the run")[0]
        body = {"run_id": run["run_id"], "status": "completed", "output": {"submitted": True, "confirmation": "A17"}}
        self.assertEqual(self.webhook(body, key=OLD_KEY).status, 204, "signed before the key was changed")
        self.until(person, id, "submitted")
        for key in (KEY, OLD_KEY) * 5:
            self.assertEqual(self.webhook(body, key=key).status, 204)
        with concurrent.futures.ThreadPoolExecutor(20) as pool:
            self.assertEqual({a.status for a in pool.map(lambda _: self.webhook(body), range(20))}, {204})
        self.assertEqual(self.intake(f"run_id = '{run['run_id']}'"), 1)
        self.assertEqual(self.timeline(person, id).count("submitted"), 1)
        self.assertEqual([n["kind"] for n in self.notices(person, id)], ["status_change"])


class Killed(Sending):
    def test_killed_at_any_moment_nothing_is_sent_twice_and_nothing_lost(self):
        sent = []
        for round in range(15):
            # Between the call and its answer there is otherwise hardly time to be killed.
            self.sandbox.calm()
            if round % 3:
                self.fault("latency" if round % 3 == 1 else "late_reply", times=-1, ms=150)
            person = self.seeker()
            batch = [self.prepare(person, self.posting()) for _ in range(2)]
            for view in batch:
                self.approve(person, view)
                sent.append((person, view["id"]))
            time.sleep(random.random() * (0.1 if round % 2 else 0.6))
            self.restart(signal.SIGKILL)
            for client, _ in sent:
                client.server = self.server
            type(self).employer.server = self.server
        self.sandbox.calm()
        doubtful = sum(not self.cleared_up(person, id) for person, id in sent)
        self.assertLess(doubtful, len(sent) / 2)
        self.assertEqual(self.database.query("select count(*) from submissions where phase not in ('ended', 'looking')"), "0")

    def test_a_server_that_ends_waits_for_the_answer(self):
        self.fault("late_reply", times=-1, ms=400)
        for _ in range(4):
            person, id = self.send()
            wait_until(lambda: self.runs(id), "the call to be under way")
            self.restart(signal.SIGTERM)
            person.server = self.server
            type(self).employer.server = self.server
            self.until(person, id, "submitted")
            self.assertNotIn("unknown", self.steps(person, id))
            self.only_run(id)

    def test_killed_while_the_run_goes_on(self):
        for kind in ("webhook_lost", "webhook_late"):
            with self.subTest(kind):
                self.sandbox.calm()
                self.fault(kind, **({"ms": 3000} if kind == "webhook_late" else {}))
                person, id = self.send()
                wait_until(lambda: self.runs(id), "the run")
                self.restart(signal.SIGKILL)
                person.server = self.server
                type(self).employer.server = self.server
                self.until(person, id, "submitted")
                self.only_run(id)


class Cluttered(Sending):
    def test_a_database_that_cuts_connections_loses_nothing(self):
        people = [self.seeker() for _ in range(6)]
        views = [(person, self.prepare(person, self.posting())) for person in people]
        done, cuts = threading.Event(), itertools.count()

        def cut():
            while not done.is_set() or next(cuts) < 30:
                self.database.query("select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()")
                time.sleep(random.random() * 0.1)

        cutter = threading.Thread(target=cut)
        cutter.start()
        try:
            for person, view in views:
                body = {"hash": view["submission"]["hash"]}
                wait_until(lambda: person.post(f"/applications/{view['id']}/approve", body).status in (200, 409), "the approval to get through")
        finally:
            done.set()
            cutter.join()
        for person, view in views:
            self.cleared_up(person, view["id"])

    def test_two_nodes_send_once(self):
        second = Server(self.database.url, self.sandbox, **{**self.settings, "server_port": 0})
        try:
            sent = []
            for round in range(10):
                person = self.seeker()
                view = self.prepare(person, self.posting())
                body = {"hash": view["submission"]["hash"]}
                here, there = Client(self.server, person.tokens), Client(second, person.tokens)
                with concurrent.futures.ThreadPoolExecutor(4) as pool:
                    answers = list(pool.map(lambda c: c.post(f"/applications/{view['id']}/approve", body), (here, there, here, there)))
                self.assertIn(200, [a.status for a in answers], answers)
                self.assertTrue(all(a.status in (200, 409) for a in answers), answers)
                if round == 6:
                    # Whatever it was about to do, the other one does.
                    self.assertNotEqual(second.stop(signal.SIGKILL), 0)
                    second = Server(self.database.url, self.sandbox, **{**self.settings, "server_port": 0})
                sent.append((person, view["id"]))
            self.assertGreaterEqual(sum(self.cleared_up(person, id) for person, id in sent), len(sent) - 1)
        finally:
            second.stop()


class Kept(Sending):
    def test_who_looks_for_what_is_due_comes_back(self):
        root = self.admin()
        path = "/integrations/skyvern"
        for action in ("restart", "stop", "drain", "restart"):
            with self.subTest(action):
                person = self.seeker()
                id = self.waiting(person)
                wait_until(lambda: root.get(f"/admin/actors/applications/{id}").status == 404, "nobody to be awake for it")
                answer = root.post(f"/admin/actors{path}/{action}", {"confirm": path})
                self.assertEqual(answer.status, 200, answer)
                self.turn_comes(id)
                self.until(person, id, "submitted")
                self.only_run(id)


class SlowCommits(Sending):
    """COMMIT is answered too late, and then turns out to have been carried out, or not."""

    more = {"database_statement_timeout_ms": 3000}

    def test_a_step_whose_commit_is_not_answered_is_not_taken_for_a_call(self):
        self.database.query(
            "create sequence slow_commits; create table slow_commits_end (rolls_back boolean);"
            "create function slow_commit() returns trigger language plpgsql as $$ begin "
            "  if new.phase = 'creating' and nextval('slow_commits') = 1 then "
            "    perform pg_sleep(6); "
            "    if (select rolls_back from slow_commits_end) then raise exception 'no'; end if; "
            "  end if; return null; end $$;"
            "create constraint trigger slow_commit after insert or update on submissions deferrable initially deferred "
            "for each row execute function slow_commit()"
        )
        for rolls_back in (False, True):
            with self.subTest(rolls_back=rolls_back):
                self.database.query(f"alter sequence slow_commits restart; delete from slow_commits_end; insert into slow_commits_end values ({rolls_back})")
                person, id = self.send()
                # Not over HTTP: what shares the slow connection is refused meanwhile.
                wait_until(lambda: self.database.query(f"select status from applications where id = '{id}'") in ("submitted", "unknown"), "the end")
                self.until(person, id, "submitted")
                self.assertNotIn("unknown", self.steps(person, id), "it is certain that there was no call")
                self.assertEqual(self.told(person, id, "may have been sent"), [])
                self.only_run(id)
                self.assertGreater(int(self.database.query("select last_value from slow_commits")), 1, "the slow commit was met")


class Keyless(Sending):
    def without_key(self):
        settings = {name: value for name, value in self.settings.items() if not name.startswith("skyvern_")}
        type(self).server.stop()
        type(self).server = Server(self.database.url, self.sandbox, **settings)

    def test_what_waits_is_given_back_and_what_is_under_way_is_given_up(self):
        person, other = self.seeker(), self.seeker()
        waits = self.waiting(person)
        self.fault("webhook_lost")
        self.fault("run_stuck")
        _, runs = self.send(other)
        self.until(other, runs, "submitting")
        wait_until(lambda: self.column(runs, "phase") == "running", "the run")
        self.without_key()
        person.server = other.server = self.server
        self.fault("status", "/v1/", times=-1, status=500)  # whoever calls is seen
        self.until(person, waits, "draft")
        last = person.get(f"/applications/{waits}/events").json["items"][-1]
        self.assertIn("no longer set up", last["detail"])
        self.assertEqual([n["kind"] for n in self.notices(person, waits)], ["needs_input"])
        self.assertEqual(self.database.query(f"select count(*) from approvals where application_id = '{waits}' and ended_at is null"), "0")
        view = self.show(person, waits)
        self.problem(person.post(f"/applications/{waits}/approve", {"hash": view["submission"]["hash"]}), 503)
        self.assertEqual(self.show(other, runs)["status"], "submitting")
        self.aged(runs, 3)
        wait_until(lambda: self.told(other, runs, "no news"), "the person to be told")
        self.aged(runs, 22)
        self.until(other, runs, "unknown")
        self.assertEqual(len(self.told(other, runs, "Please look")), 1)
        self.assertNotIn("poll_failed", self.server.text(), "nobody was called")
        self.sandbox.calm()
        self.restart()
        person.server = other.server = self.server
        run = self.only_run(runs)
        self.assertEqual(self.webhook({"run_id": run["run_id"], "status": "completed", "output": {"submitted": True}}).status, 204)
        self.until(other, runs, "submitted")
        self.approve(person, self.show(person, waits))
        self.turn_comes(waits)
        self.until(person, waits, "submitted")
        self.only_run(waits)


class Unconfigured(Case):
    def test_nothing_is_taken_that_cannot_be_sent(self):
        employer, person = self.person("employer"), self.person()
        person.put("/users/me/consents", {"auto_apply": True})
        person.put("/profiles/profile/me", PROFILE)
        job = employer.post("/jobs", {"title": "Welder", "company": "Acme", "description": "You will weld useful things.", "url": "https://acme.example/jobs/1"}).json["id"]
        view = person.post(f"/jobs/{job}/auto-apply").json
        self.problem(person.post(f"/applications/{view['id']}/approve", {"hash": view["submission"]["hash"]}), 503)
        self.assertEqual(self.database.query("select status from applications"), "draft")
        data = b'{"run_id":"tsk_1","status":"completed"}'
        empty = hmac.new(b"", data, hashlib.sha256).hexdigest()
        self.problem(call(self.server.port, "POST", "/api/v1/webhooks/skyvern", data, {"x-skyvern-signature": empty}), 401)


if __name__ == "__main__":
    main()
