"""Accounts: who may sign in, with what, and what they reach."""

import base64
import json
import threading

from harness import Case, Client, main


class Accounts(Case):
    settings = {"auth_login_attempts_max": 3}

    def test_register_login_refresh_logout(self):
        person = self.person()
        answer = Client(self.server).post("/auth/login", {"email": person.email.upper(), "password": "a good password"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(set(answer.json), {"access_token", "refresh_token", "token_type", "expires_in"})
        self.assertEqual(answer.json["token_type"], "Bearer")
        self.assertEqual(answer.headers["Cache-Control"], "no-store")
        me = Client(self.server, answer.json).get("/users/me")
        self.assertEqual(me.json["email"], person.email)
        self.assertEqual(me.json["role"], "seeker")
        refreshed = Client(self.server).post("/auth/refresh", {"refresh_token": answer.json["refresh_token"]})
        self.assertEqual(refreshed.status, 200, refreshed)
        self.assertEqual(Client(self.server, refreshed.json).get("/users/me").status, 200)
        self.assertEqual(Client(self.server).post("/auth/logout", {"refresh_token": refreshed.json["refresh_token"]}).status, 204)
        self.problem(Client(self.server).post("/auth/refresh", {"refresh_token": refreshed.json["refresh_token"]}), 401)

    def test_a_refresh_token_used_twice_ends_the_session(self):
        first = self.person().tokens["refresh_token"]
        second = Client(self.server).post("/auth/refresh", {"refresh_token": first}).json["refresh_token"]
        self.problem(Client(self.server).post("/auth/refresh", {"refresh_token": first}), 401)
        self.problem(Client(self.server).post("/auth/refresh", {"refresh_token": second}), 401)

    def test_an_address_registers_once_whatever_its_case(self):
        person = self.person()
        answer = Client(self.server).post("/auth/register", {"email": person.email.upper(), "password": "another password"})
        self.problem(answer, 409, "conflict")

    def test_bad_registrations_name_every_problem(self):
        for body, pointers in (
            ({"email": "no-at-sign.example", "password": "a good password"}, ["/email"]),
            ({"email": "a@b.example", "password": "short"}, ["/password"]),
            ({"email": 7, "password": None}, ["/email", "/password"]),
            ({}, ["/email", "/password"]),
            ({"email": "a@b.example", "password": "a good password", "role": "boss"}, ["/role"]),
            ({"email": "a@b.example", "password": "a good password", "rol": "seeker"}, ["/rol"]),
        ):
            with self.subTest(body):
                problem = self.problem(Client(self.server).post("/auth/register", body), 422, "invalid")
                self.assertEqual([e["pointer"] for e in problem["errors"]], pointers)

    def test_nobody_registers_as_admin(self):
        answer = Client(self.server).post("/auth/register", {"email": "x@example.com", "password": "a good password", "role": "admin"})
        self.problem(answer, 403)

    def test_wrong_passwords_are_throttled_and_unknown_accounts_look_the_same(self):
        person = self.person()
        wrong = Client(self.server).post("/auth/login", {"email": person.email, "password": "not this one"})
        unknown = Client(self.server).post("/auth/login", {"email": "nobody@example.com", "password": "not this one"})
        self.assertEqual(self.problem(wrong, 401)["detail"], self.problem(unknown, 401)["detail"])
        for _ in range(2):
            Client(self.server).post("/auth/login", {"email": person.email, "password": "not this one"})
        answer = Client(self.server).post("/auth/login", {"email": person.email, "password": "a good password"})
        self.problem(answer, 429, "rate_limited")
        self.assertGreater(int(answer.headers["Retry-After"]), 0)
        self.restart()  # the window of this address would throttle the other tests

    def test_many_guesses_at_once_do_not_slip_past_the_throttle(self):
        person = self.person()
        statuses = []

        def guess(i):
            statuses.append(Client(self.server).post("/auth/login", {"email": person.email, "password": f"guess {i} wrong"}).status)

        threads = [threading.Thread(target=guess, args=(i,)) for i in range(40)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(statuses.count(401), 3)
        self.assertEqual(statuses.count(429), 37)
        self.restart()

    def test_only_good_tokens_count(self):
        person = self.person()
        head, body, signature = person.tokens["access_token"].split(".")
        claims = json.loads(base64.urlsafe_b64decode(body + "=="))
        claims["role"] = "admin"
        forged_body = base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip("=")
        none = base64.urlsafe_b64encode(b'{"alg":"none","typ":"JWT"}').decode().rstrip("=")
        for token in ("", "x", f"{head}.{forged_body}.{signature}", f"{none}.{forged_body}.", head + "." + body + "." + signature[::-1]):
            with self.subTest(token):
                answer = Client(self.server).get("/users/me", Authorization="Bearer " + token)
                self.problem(answer, 401, "unauthenticated")
                self.assertTrue(answer.headers["WWW-Authenticate"].startswith("Bearer"))

    def test_a_person_reaches_only_their_own_data_and_an_admin_all(self):
        ann, bob, admin = self.person(), self.person(), self.admin()
        ann_id = ann.get("/users/me").json["id"]
        for path in (f"/users/{ann_id}", f"/profiles/profile/{ann_id}", f"/profiles/matches/{ann_id}"):
            with self.subTest(path):
                self.assertEqual(ann.get(path).status, 200)
                self.problem(bob.get(path), 403, "forbidden")
                self.assertEqual(admin.get(path).status, 200)
        self.problem(bob.put(f"/profiles/profile/{ann_id}", {"skills": {}}), 403)
        self.problem(bob.post(f"/profiles/score-jobs/{ann_id}"), 403)
        self.problem(bob.post("/jobs/refresh"), 403)
        self.problem(ann.get("/users/not-an-id"), 404)
        self.problem(admin.get("/profiles/profile/01a1fa96-a177-7590-b313-b072e688ddba"), 404)

    def test_the_same_admin_is_not_made_twice(self):
        self.assertEqual(self.server.create_admin("root@example.com", "a good password").returncode, 0)
        again = self.server.create_admin("root@example.com", "a good password")
        self.assertNotEqual(again.returncode, 0)
        self.assertIn("registered already", again.stderr)


if __name__ == "__main__":
    main()
