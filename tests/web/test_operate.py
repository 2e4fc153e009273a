"""What an operator does at `/console`: applications that are stuck, single model calls, settings, and acting on actors."""

import json
import secrets
import uuid

from support import Pages, main
from test_applications import Sending


class Operate(Sending, Pages):
    more = {"skyvern_timeout_ms": 2000, "applications_look_up_tries": 2, "log_level": "info"}

    def talker(self):
        person = self.seeker()
        self.assertEqual(person.put("/users/me/consents", {"ai_chat": True}).status, 200)
        return person

    def converse(self, person, **headers):
        conversation = person.post("/conversations", {}).json["id"]
        answer = person.post(f"/conversations/{conversation}/messages", {"content": "What is a good CV?"}, **headers)
        self.assertEqual(answer.status, 200, answer)

    def tracked(self, person, company, status, hours, detail):
        """An application that has had this status for so long."""
        answer = person.post("/applications", {"company": company, "job_title": "Welder"})
        self.assertEqual(answer.status, 201, answer)
        id = answer.json["id"]
        self.database.query(
            f"update applications set status = '{status}', status_at = now() - interval '{hours} hours', events = 2 where id = '{id}'; "
            f"insert into application_events (application_id, seq, at, status, detail) values ('{id}', 2, now() - interval '{hours} hours', '{status}', '{json.dumps({'text': detail})}')")
        return id

    def crowd(self, person, number):
        """As many withdrawn applications."""
        user = person.get("/users/me").json["id"]
        self.database.query(
            "insert into applications (id, user_id, company, job_title, status, created_at, updated_at, status_at) "
            f"select gen_random_uuid(), '{user}', 'Crowd ' || n, 'Welder', 'withdrawn', now(), now(), now() - n * interval '1 minute' from generate_series(1, {number}) n")

    def test_what_an_operator_does(self):
        people = [self.talker() for _ in range(3)]
        ids = [person.get("/users/me").json["id"] for person in people]
        trace = secrets.token_hex(16)
        self.converse(people[0], traceparent=f"00-{trace}-{secrets.token_hex(8)}-01")
        self.sandbox.fault("status", "/v1/chat/completions", times=1, status=500)
        self.converse(people[1])
        stuck = self.tracked(people[0], "Doubtful Ltd", "unknown", 30, "write to grace@example.com or +44 20 7946 0999")
        self.tracked(people[0], "Patient Ltd", "needs_input", 100, "The form asks for a certificate.")
        self.tracked(people[1], "Quick Ltd", "needs_input", 1, "The form asks for a salary.")
        self.crowd(people[2], 130)
        _, sent = self.send(people[0])
        self.until(people[0], sent, "submitted")
        for person in people:
            self.assertEqual(person.get("/profiles/profile/me").status, 200)
        self.visit("operate.test.mjs", JOBRAKER_WEB_FIXTURE=json.dumps({
            "trace": trace, "stuck": stuck, "users": ids, "emails": [person.email for person in people], "nobody": str(uuid.uuid4())}))
        # Traced for three messages, and not for those that came after.
        traced = [line for line in self.server.text().splitlines() if "event=actor.message" in line and f"/users/{ids[1]}" in line]
        self.assertEqual(len(traced), 3, traced)


# Its own cases are run by tests/e2e.
del Sending

if __name__ == "__main__":
    main()
