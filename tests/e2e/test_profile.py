"""Profiles: merging, validation, versions, and a database that goes away."""

import os
import subprocess
import tempfile
import threading
import time
import unittest

from harness import RESUME, SOURCE, Case, Client, Database, Sandbox, Server, main, psql, wait_until


class Profile(Case):
    def test_a_new_person_has_an_empty_profile(self):
        answer = self.person().get("/profiles/profile/me")
        self.assertEqual(answer.status, 200)
        self.assertEqual(answer.json["version"], 0)
        self.assertEqual(answer.json["skills"]["programming_languages"], [])

    def test_put_merges_by_section(self):
        person = self.person()
        first = person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann"}, "skills": {"programming_languages": ["C++"], "soft_skills": ["Patience"]}})
        self.assertEqual(first.status, 200, first)
        second = person.put("/profiles/profile/me", {"skills": {"programming_languages": ["Rust"]}, "preferences": {"job_types": ["full_time"]}})
        profile = second.json
        self.assertEqual(profile["personal_info"]["full_name"], "Ann")
        self.assertEqual(profile["skills"]["programming_languages"], ["Rust"])
        self.assertEqual(profile["skills"]["soft_skills"], ["Patience"])
        self.assertEqual(profile["preferences"]["job_types"], ["full_time"])
        cleared = person.put("/profiles/profile/me", {"personal_info": {"full_name": None}}).json
        self.assertIsNone(cleared["personal_info"]["full_name"])
        self.assertEqual(cleared["version"], 3)

    def test_every_problem_is_named_and_nothing_is_written(self):
        person = self.person()
        before = person.get("/profiles/profile/me").body
        for body, pointers in (
            ({"skils": {}}, ["/skils"]),
            ({"skills": {"languages": ["C++"]}}, ["/skills/languages"]),
            ({"skills": "C++"}, ["/skills"]),
            ({"skills": {"soft_skills": "kind"}}, ["/skills/soft_skills"]),
            ({"preferences": {"job_types": ["sometimes"]}}, ["/preferences/job_types/0"]),
            ({"summary": {"years_of_experience": -1}}, ["/summary/years_of_experience"]),
            ({"personal_info": {"email": "not an address"}}, ["/personal_info/email"]),
            ({"preferences": {"salary_currency": "euro"}}, ["/preferences/salary_currency"]),
            ({"personal_info": {"full_name": 7}, "education": {"graduation_years": ["x"]}}, ["/education/graduation_years/0", "/personal_info/full_name"]),
        ):
            with self.subTest(body):
                problem = self.problem(person.put("/profiles/profile/me", body), 422, "invalid")
                self.assertEqual(sorted(e["pointer"] for e in problem["errors"]), pointers)
        problem = self.problem(person.put("/profiles/profile/me", {"preferences": {"salary_range_min": 9, "salary_range_max": 8}}), 422)
        self.assertTrue(problem["errors"])
        for text in ("", "{", "[]", '{"skills":', "nul", '{"personal_info":{"full_name":"a\\u0000b"}}', '{"a":' * 200):
            with self.subTest(text):
                answer = person.call("PUT", "/profiles/profile/me", text, {"Content-Type": "application/json"})
                self.assertIn(answer.status, (400, 422), answer)
        self.problem(person.call("PUT", "/profiles/profile/me", "a=b", {"Content-Type": "text/plain"}), 415)
        self.problem(person.call("PUT", "/profiles/profile/me", '{"a":"' + "x" * 2_000_000 + '"}', {"Content-Type": "application/json"}), 413)
        self.assertEqual(person.get("/profiles/profile/me").body, before)

    def test_versions_protect_against_lost_updates(self):
        person = self.person()
        tag = person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann"}}).headers["ETag"]
        self.assertEqual(person.get("/profiles/profile/me", If_None_Match=tag).status, 304)
        self.assertEqual(person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann B"}}, If_Match=tag).status, 200)
        self.problem(person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann C"}}, If_Match=tag), 412, "precondition_failed")
        self.problem(person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann C"}}, If_Match='"other"'), 412)
        self.assertEqual(person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann B"}}, If_Match='"v999", "v2"').status, 200)
        self.assertEqual(person.get("/profiles/profile/me").json["personal_info"]["full_name"], "Ann B")

    def test_fifty_writers_at_once_lose_nothing(self):
        person = self.person()
        answers = []

        def write(i):
            answers.append(person.put("/profiles/profile/me", {"skills": {"soft_skills": [f"skill {i}"]}}))

        threads = [threading.Thread(target=write, args=(i,)) for i in range(50)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual({a.status for a in answers}, {200})
        self.assertEqual(sorted(a.json["version"] for a in answers), list(range(1, 51)))
        self.assertEqual(person.get("/profiles/profile/me").json["version"], 50)
        user = person.get("/users/me").json["id"]
        self.assertEqual(self.database.query(f"select version from user_profiles where user_id = '{user}'"), "50")

    def test_the_profile_survives_a_kill(self):
        import signal

        person = self.person()
        body = person.put("/profiles/profile/me", {"personal_info": {"full_name": "Ann"}}).body
        self.restart(signal.SIGKILL)
        self.assertEqual(Client(self.server, person.tokens).get("/profiles/profile/me").body, body)

    def test_unknown_paths_and_methods(self):
        person = self.person()
        self.problem(person.get("/no/such/path"), 404, "not_found")
        answer = person.call("PATCH", "/profiles/profile/me", {})
        self.problem(answer, 405)
        self.assertIn("GET", answer.headers["Allow"])
        self.problem(Client(self.server).get("/profiles/profile/me"), 401)


class DatabaseGone(unittest.TestCase):
    """PostgreSQL stops and comes back under a running server."""

    def setUp(self):
        from harness import BIN, DATABASE

        if not BIN or not DATABASE:
            raise unittest.SkipTest("run tools/test")
        self.folder = tempfile.mkdtemp(prefix="jr-", dir="/tmp")
        os.chmod(self.folder, 0o755)
        self.tool = os.path.join(SOURCE, "tools", "dev", "pg")
        self.pg("start", "--throwaway")
        url = subprocess.run([self.tool, "url", self.folder], capture_output=True, text=True, check=True).stdout.strip()
        self.sandbox = Sandbox()
        self.server = Server(url, self.sandbox)

    def pg(self, action, *more):
        subprocess.run([self.tool, action, self.folder, *more], check=True, capture_output=True)

    def tearDown(self):
        self.assertEqual(self.server.stop(), 0)
        self.sandbox.stop()
        self.pg("stop")
        subprocess.run(["rm", "-rf", self.folder], check=True)

    def test_live_reads_go_on_writes_wait_for_its_return_and_nothing_is_half_written(self):
        tokens = Client(self.server).post("/auth/register", {"email": "ann@example.com", "password": "a good password"}).json
        person = Client(self.server, tokens)
        name = lambda text: {"personal_info": {"full_name": text}}
        self.assertEqual(person.put("/profiles/profile/me", name("Ann")).status, 200)
        self.assertEqual(person.get("/profiles/matches/me").status, 200)
        self.pg("stop")
        self.assertEqual(person.get("/profiles/profile/me").json["personal_info"]["full_name"], "Ann")
        self.assertEqual(person.get("/profiles/matches/me").status, 200)
        answer = person.put("/profiles/profile/me", name("Bob"))
        self.assertEqual(answer.status, 503, answer)
        self.assertEqual(answer.json["code"], "unavailable")
        self.assertEqual(person.get("/users/me").status, 503)
        self.pg("start", "--throwaway")
        wait_until(lambda: person.put("/profiles/profile/me", name("Cid")).status == 200, "writes to work again")
        profile = person.get("/profiles/profile/me").json
        self.assertEqual(profile["personal_info"]["full_name"], "Cid")
        self.assertEqual(profile["version"], 2)

    def test_a_resume_read_while_the_database_was_away_ends_and_the_profile_is_whole(self):
        tokens = Client(self.server).post("/auth/register", {"email": "ann@example.com", "password": "a good password"}).json
        person = Client(self.server, tokens)
        self.sandbox.fault("latency", "/v1/chat", ms=1500, times=1)
        begun = person.upload("cv.txt", RESUME.encode(), prefer="respond-async")
        self.assertEqual(begun.status, 202, begun)
        self.pg("stop")
        self.assertEqual(person.put("/profiles/profile/me", {"personal_info": {"full_name": "Bob"}}).status, 503)
        self.assertEqual(person.get("/profiles/profile/me").status, 200)
        time.sleep(2)  # so that the model's answer comes while the database is away
        self.pg("start", "--throwaway")
        task = person.task_end(begun.headers["Location"])
        self.assertIn(task["status"], ("done", "failed"))
        if task["status"] == "failed":
            self.assertEqual(task["error"]["code"], "unavailable")
        again = wait_until(lambda: (a := person.upload("cv.txt", RESUME.encode())).status == 200 and a, "another résumé to be taken")
        self.assertEqual(again.json["personal_info"]["full_name"], "Grace Example")

    def test_a_server_killed_in_the_middle_of_writes_leaves_whole_rows(self):
        tokens = Client(self.server).post("/auth/register", {"email": "ann@example.com", "password": "a good password"}).json
        person = Client(self.server, tokens)
        acknowledged = []

        def write():
            try:
                for i in range(10_000):
                    answer = person.put("/profiles/profile/me", {"skills": {"soft_skills": [f"s{i}"]}, "personal_info": {"full_name": f"n{i}"}})
                    if answer.status == 200:
                        acknowledged.append(answer.json)
            except OSError:
                pass

        writer = threading.Thread(target=write)
        writer.start()
        wait_until(lambda: len(acknowledged) > 30, "some writes")
        self.server.child.kill()
        self.server.child.wait()
        writer.join()
        url = self.server.env["DATABASE_URL"]
        self.server = Server(url, self.sandbox)
        profile = Client(self.server, tokens).get("/profiles/profile/me").json
        self.assertGreaterEqual(profile["version"], acknowledged[-1]["version"])
        self.assertEqual(profile["skills"]["soft_skills"][0][1:], profile["personal_info"]["full_name"][1:])


if __name__ == "__main__":
    main()
