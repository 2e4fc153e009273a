"""What administrators look through across all people: applications and what keeps them, single model calls, accounts; the settings."""

import json
import os
import secrets
import subprocess
import tomllib
import urllib.parse
import uuid

from harness import BIN, Client, Server, main, wait_until
from test_applications import PROFILE, Sending

UNPLEASANT = "sk-" + "hush" * 8


class Operator(Sending):
    more = {"applications_look_up_tries": 2}

    def look(self, admin, **query):
        text = urllib.parse.urlencode({k: str(v).lower() if isinstance(v, bool) else v for k, v in query.items()})
        answer = admin.get("/admin/applications?" + text)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        return answer.json

    def calls(self, admin, **query):
        answer = admin.get("/admin/llm/calls?" + urllib.parse.urlencode(query))
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def track(self, person, company, **more):
        answer = person.post("/applications", {"company": company, "job_title": "Welder", **more})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"]

    def aged_to(self, id, status, hours):
        """An application that has had this status for so long."""
        self.database.query(f"update applications set status = '{status}', status_at = now() - interval '{hours} hours' where id = '{id}'")

    def test_they_are_an_administrators(self):
        for path in ("/admin/applications", "/admin/llm/calls", "/admin/config", "/profiles/users"):
            with self.subTest(path):
                self.problem(Client(self.server).get(path), 401)
                self.problem(self.person().get(path), 403)
                self.problem(self.person("employer").get(path), 403)

    def test_what_is_asked_for_wrongly_is_told(self):
        admin = self.admin()
        for query in ("state=sent", "stuck=maybe", "limit=0", "limit=1001", "limit=many", "cursor=next", "sort=since", "cursor=" + "x" * 101, "state="):
            with self.subTest(query):
                self.problem(admin.get("/admin/applications?" + query), 422, "invalid")
        for query in ("order=fastest", "failed=perhaps", "user_id=ann", "company_id=1", "from=yesterday", "limit=0", "limit=1001", "cursor=next", "slowest=true",
                      "from=2026-11-21T00:00:00Z&to=2026-11-20T00:00:00Z", "model=" + "m" * 201):
            with self.subTest(query):
                self.problem(admin.get("/admin/llm/calls?" + query), 422, "invalid")
        for query in ("role=boss", "role=", "q=", "q=ann", "q=%25", "q=" + "a" * 250 + "@b.co", "limit=0", "limit=201", "limit=many", "cursor=next", "skip=5"):
            with self.subTest(query):
                self.problem(admin.get("/profiles/users?" + query), 422, "invalid")

    def test_applications_of_everybody_are_there_without_their_persons_data(self):
        admin = self.admin()
        people = [self.seeker(profile=PROFILE) for _ in range(2)]
        ids = [self.track(person, f"Company {uuid.uuid4().hex[:6]}", notes="call grace@example.com back") for person in people]
        answer = admin.get("/admin/applications?state=draft&limit=500")
        found = {item["id"]: item for item in answer.json["items"]}
        for person, id in zip(people, ids):
            self.assertEqual(found[id]["user_id"], person.get("/users/me").json["id"])
            self.assertEqual((found[id]["title"], found[id]["state"], found[id]["stuck"], found[id]["stuck_reason"]), ("Welder", "draft", False, None))
            self.assertNotIn(person.email, answer.body.decode())
        for data in ("grace@example.com", "Grace Example", "+44 20", "notes"):
            self.assertNotIn(data, answer.body.decode())

    def test_pages_hold_each_once_and_counts_are_of_all(self):
        admin, person = self.admin(), self.person()
        for n in range(7):
            self.track(person, f"Paged {n}")
        before = self.look(admin)["counts"]["draft"]
        self.assertGreaterEqual(before, 7)
        seen, cursor = [], None
        while True:
            page = self.look(admin, state="draft", limit=3, **({"cursor": cursor} if cursor else {}))
            self.assertLessEqual(len(page["items"]), 3)
            seen += [(item["since"], item["id"]) for item in page["items"]]
            cursor = page["next"]
            if not cursor:
                break
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), before)

    def test_what_is_stuck_is_named_with_its_reason_the_longest_first(self):
        admin, person = self.admin(), self.person()
        waits = [("needs_input", 80, "needs_input"), ("unknown", 100, "in_doubt"), ("approved", 90, "not_taken"), ("unknown", 0, None), ("needs_input", 1, None), ("failed", 99, None)]
        ids = {}
        for n, (status, hours, reason) in enumerate(waits):
            ids[self.track(person, f"Stuck {n}")] = (status, hours, reason)
        for id, (status, hours, _) in ids.items():
            self.aged_to(id, status, hours)
        try:
            page = self.look(admin, stuck=True, limit=500)
            found = [(item["state"], item["stuck_reason"]) for item in page["items"] if item["id"] in ids]
            self.assertEqual(found, [("unknown", "in_doubt"), ("approved", "not_taken"), ("needs_input", "needs_input")])
            others = {item["id"] for item in self.look(admin, stuck=False, limit=500)["items"]}
            self.assertEqual({id for id, (_, _, reason) in ids.items() if not reason}, others & ids.keys())
            only = self.look(admin, stuck=True, state="unknown")["items"]
            self.assertEqual([item["id"] for item in only if item["id"] in ids], [id for id, of in ids.items() if of[1] == 100])
            # Whole tables are not read again at once.
            wait_until(lambda: self.look(admin)["counts"]["stuck"] >= 3, "the count")
        finally:
            self.database.query(f"delete from applications where id in ({','.join(repr(id) for id in ids)})")

    def test_a_run_that_cannot_be_found_is_stuck_and_one_that_was_sent_is_not(self):
        admin, person = self.admin(), self.seeker()
        self.fault("hang", ms=4000)
        view = self.prepare(person, self.posting())
        self.approve(person, view)

        def row(**query):
            return next((item for item in self.look(admin, limit=500, **query)["items"] if item["id"] == view["id"]), None)

        stuck = wait_until(lambda: row(stuck=True), "the search to be in vain")
        self.assertEqual((stuck["state"], stuck["stuck_reason"], stuck["run_id"]), ("unknown", "not_found", None))
        self.assertGreaterEqual(stuck["attempts"], 1)
        self.assertIsNotNone(stuck["next_check_at"])
        timeline = admin.get(f"/applications/{view['id']}/events")
        self.assertEqual(timeline.json["items"][-1]["status"], "unknown")
        _, sent = self.send(person)
        self.until(person, sent, "submitted")
        good = next(item for item in self.look(admin, state="submitted", limit=500)["items"] if item["id"] == sent)
        self.assertFalse(good["stuck"])
        self.assertTrue(good["run_id"])

    def users(self, admin, **query):
        answer = admin.get("/profiles/users?" + urllib.parse.urlencode(query))
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        return answer.json

    def test_accounts_are_told_without_their_persons_data(self):
        admin = self.admin()
        person, employer = self.seeker(profile=PROFILE), self.person("employer")
        company = employer.put("/company", {"name": "Acme " + uuid.uuid4().hex[:8]}).json["id"]
        me = person.get("/users/me").json
        page = self.users(admin, limit=200)
        first, second = (next(item for item in page["items"] if item["id"] == who.get("/users/me").json["id"]) for who in (person, employer))
        self.assertEqual((first["role"], first["created_at"], first["company_id"]), ("seeker", me["created_at"], None))
        self.assertEqual(first["email"], person.email[0] + "***@example.com")
        self.assertEqual(first["profile_version"], person.get("/profiles/profile/me").json["version"])
        self.assertGreaterEqual(first["last_seen_at"], first["created_at"])
        self.assertEqual((second["role"], second["company_id"], second["profile_version"]), ("employer", company, None))
        for data in (person.email, person.email.split("@", maxsplit=1)[0], employer.email, "Grace", "grace@", "+44 20"):
            self.assertNotIn(data, json.dumps(page))
        # The person's own paths beside it are what they were.
        self.assertEqual(person.get(f"/profiles/profile/{me['id']}").status, 200)
        self.assertEqual(admin.get(f"/profiles/matches/{me['id']}").status, 200)

    def test_an_account_is_found_by_id_and_by_its_whole_address(self):
        admin, person = self.admin(), self.person(email=f"Ann+{uuid.uuid4().hex}@Example.com")
        me = person.get("/users/me").json["id"]
        for query in ({"q": me}, {"q": person.email}, {"q": person.email.upper()}, {"q": person.email, "role": "seeker"}):
            with self.subTest(query):
                page = self.users(admin, **query)
                self.assertEqual(([item["id"] for item in page["items"]], page["next"]), ([me], None))
                self.assertEqual(page["items"][0]["email"], "a***@example.com")
        for query in ({"q": person.email[:-1]}, {"q": person.email[1:]}, {"q": "%@example.com"}, {"q": str(uuid.uuid4())}, {"q": me, "role": "employer"}):
            with self.subTest(query):
                self.assertEqual(self.users(admin, **query), {"items": [], "next": None})

    def test_pages_of_accounts_hold_each_once_the_newest_first(self):
        admin = self.admin()
        made = [self.person("employer").get("/users/me").json["id"] for _ in range(5)]
        seen, cursor = [], {}
        while cursor is not None:
            page = self.users(admin, role="employer", limit=2, **cursor)
            self.assertLessEqual(len(page["items"]), 2)
            seen += page["items"]
            cursor = {"cursor": page["next"]} if page["next"] else None
        self.assertEqual({item["role"] for item in seen}, {"employer"})
        ids = [item["id"] for item in seen]
        self.assertEqual(len(ids), len(set(ids)))
        self.assertEqual([id for id in ids if id in made], made[::-1])

    def test_model_calls_are_told_with_their_trace(self):
        admin, person = self.admin(), self.person()
        me = person.get("/users/me").json["id"]
        self.assertEqual(person.put("/users/me/consents", {"ai_chat": True}).status, 200)
        trace = secrets.token_hex(16)
        conversation = person.post("/conversations", {}).json["id"]
        answer = person.post(f"/conversations/{conversation}/messages", {"content": "What is a good CV?"}, traceparent=f"00-{trace}-{secrets.token_hex(8)}-01")
        self.assertEqual(answer.status, 200, answer)
        mine = self.calls(admin, user_id=me)["items"]
        chat = next(call for call in mine if call["operation"] == "chat")
        self.assertEqual((chat["trace_id"], chat["outcome"], chat["error"], chat["provider"]), (trace, "ok", None, "openai"))
        self.assertGreater(chat["input"], 0)
        self.assertGreater(chat["cost_usd"], 0)
        self.assertNotIn("good CV", json.dumps(mine))
        for order, value in (("newest", "at"), ("slowest", "latency_ms"), ("costliest", "cost_usd")):
            found = [call[value] for call in self.calls(admin, order=order)["items"]]
            self.assertEqual(found, sorted(found, reverse=True), order)

        def agree():
            """Titles and passages are made after the answer."""
            sums = admin.get(f"/admin/llm/metrics?user_id={me}").json["totals"]
            mine = self.calls(admin, user_id=me)["items"]
            return len(mine) == sums["calls"] and abs(sum(call["cost_usd"] for call in mine) - sums["cost_nano_usd"] / 1e9) < 1e-12

        wait_until(agree, "the list to have what is summed up")

    def test_calls_that_failed_are_told_of(self):
        admin, person = self.admin(), self.person()
        me = person.get("/users/me").json["id"]
        self.assertEqual(person.put("/users/me/consents", {"ai_chat": True}).status, 200)
        self.sandbox.fault("status", "/v1/chat/completions", times=1, status=500, body=json.dumps({"error": {"message": "grace@example.com broke it", "type": "server_error"}}))
        conversation = person.post("/conversations", {}).json["id"]
        self.assertEqual(person.post(f"/conversations/{conversation}/messages", {"content": "What is a good CV?"}).status, 200)
        failed = self.calls(admin, failed="true", user_id=me)["items"]
        self.assertEqual(len(failed), 1, failed)
        self.assertTrue(failed[0]["error"])
        self.assertNotEqual(failed[0]["outcome"], "ok")
        # What a provider says may hold what it was told.
        self.assertNotIn("grace@example.com", json.dumps(failed))
        good = self.calls(admin, failed="false", user_id=me)["items"]
        self.assertTrue(good and not any(call["error"] for call in good), good)
        self.assertIn(failed[0]["id"], [call["id"] for call in self.calls(admin, user_id=me)["items"]])
        self.assertNotIn(failed[0]["id"], [call["id"] for call in good])
        self.assertEqual(self.calls(admin, user_id=str(uuid.uuid4())), {"items": [], "next": None})
        self.assertEqual(self.calls(admin, to="2020-01-01T00:00:00Z")["items"], [])

    def test_pages_of_calls_hold_each_once(self):
        admin = self.admin()
        self.database.query(
            "insert into llm.calls (id, at, operation, provider, model, tokens_in, tokens_cached, tokens_out, cost_nano, estimated, latency_ms, outcome, cache_hit, attempt, prompt_version, trace_id) "
            "select gen_random_uuid(), timestamptz '2020-01-01' + n / 3 * interval '1 minute', 'chat', 'openai', 'm', n, 0, n, n % 5 * 1000, false, n % 4, 'ok', false, 1, '', '' from generate_series(1, 23) n")
        span = {"from": "2020-01-01T00:00:00Z", "to": "2020-01-02T00:00:00Z"}
        for order in ("newest", "slowest", "costliest"):
            every = [call["id"] for call in self.calls(admin, order=order, **span)["items"]]
            self.assertEqual(len(every), 23)
            seen, cursor = [], {}
            while cursor is not None:
                page = self.calls(admin, order=order, limit=4, **span, **cursor)
                seen += [call["id"] for call in page["items"]]
                cursor = {"cursor": page["next"]} if page["next"] else None
            self.assertEqual(seen, every, order)


class Settings(Sending):
    """A server whose every secret is known by its word."""

    more = {"auth_jwt_secret": UNPLEASANT, "llm_api_key": UNPLEASANT, "adzuna_app_key": UNPLEASANT, "skyvern_webhook_key_old": UNPLEASANT,
            "kafka_sasl_password": UNPLEASANT, "anthropic_api_key": UNPLEASANT, "server_cors_origins": f"https://me:{UNPLEASANT}@a.example,https://b.example"}

    def test_every_setting_is_there_and_no_secret(self):
        admin = self.admin()
        answer = admin.get("/admin/config")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        items = {item["key"]: item for item in answer.json["items"]}
        printed = subprocess.run([os.path.join(BIN, "jobraker-server"), "--print-config"], env=self.server.env, capture_output=True, text=True, check=True).stdout
        settings = {f"{section}.{key}": value for section, keys in tomllib.loads(printed).items() for key, value in keys.items()}
        self.assertEqual(items.keys(), settings.keys())
        for key, value in settings.items():
            self.assertEqual(items[key]["value"] or type(value)(), value, key)
        for text in (answer.body.decode(), printed):
            self.assertNotIn("hush", text)
        for key in ("auth.jwt_secret", "llm.api_key", "kafka.sasl_password"):
            self.assertEqual((items[key]["value"], items[key]["secret"], items[key]["source"]), ("***", True, "environment"))
        self.assertEqual(items["server.cors_origins"]["value"], ["https://me:***@a.example", "https://b.example"])
        self.assertEqual((items["server.threads"]["value"], items["server.threads"]["source"]), (2, "environment"))
        self.assertEqual((items["log.level"]["value"], items["log.level"]["source"]), ("info", "default"))
        self.assertTrue(all(item["meaning"] for item in items.values()))

    def test_the_database_password_is_not_shown_however_it_is_written(self):
        plain = urllib.parse.urlsplit(self.database.url)
        query = dict(urllib.parse.parse_qsl(plain.query))
        told = {"user": plain.username, "host": plain.hostname, "port": plain.port, "dbname": plain.path[1:], "password": "hush hu\\'sh", **query}
        words = [f"{key}='{value}'" for key, value in told.items() if value]
        urls = [self.database.url + ("&" if plain.query else "?") + "password=hush", " ".join(words)]
        for url in urls:
            with self.subTest(url):
                server = Server(url, self.sandbox)
                try:
                    email = f"{uuid.uuid4().hex}@example.com"
                    self.assertEqual(server.create_admin(email, "a good password").returncode, 0)
                    tokens = Client(server).post("/auth/login", {"email": email, "password": "a good password"}).json
                    answer = Client(server, tokens).get("/admin/config")
                    self.assertEqual(answer.status, 200, answer)
                    self.assertNotIn("hu", next(i["value"] for i in answer.json["items"] if i["key"] == "database.url").replace(self.database.name, ""))
                finally:
                    server.stop()


# The cases of Sending are run by test_applications.
del Sending

if __name__ == "__main__":
    main()
