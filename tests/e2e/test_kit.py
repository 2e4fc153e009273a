"""The kit of an application: made step by step, checked, resumed after a kill, edited and exported."""

import json
import os
import signal
import subprocess
import tempfile
import unittest
import uuid
import zipfile

from harness import RESUME, Case, main, wait_until

STEPS = ["analyze_job", "optimize_resume", "generate_cover_letter", "finalize"]
POSTING = {
    "title": "Backend Engineer",
    "company": "Odra Stal",
    "location": "Berlin, Germany",
    "description": "We build software for steel mills.\nRequirements\n- Python and PostgreSQL in production\n"
    "- Kubernetes and Docker\n- Terraform\nResponsibilities\n- Keep the order system running\n",
}


class Kit(Case):
    def fault_in(self, kind, operation, times, **more):
        """A fault that strikes the calls of one operation."""
        body = {"match": {"path_prefix": "/v1/", "contains": operation}, "kind": kind, "times": times, **more}
        answer = self.sandbox.control("POST", "/control/faults", body)
        self.assertEqual(answer.status, 201, answer)

    def consent(self, person, agreed=True):
        answer = person.put("/users/me/consents", {"ai_chat": agreed})
        self.assertEqual(answer.status, 200, answer)

    def seeker(self):
        person = self.person()
        self.consent(person)
        answer = person.post("/profiles/parse-text/me", {"resume_text": RESUME})
        self.assertEqual(answer.status, 200, answer)
        return person

    def posting(self):
        answer = self.person("employer").post("/jobs", {**POSTING, "title": "Backend Engineer " + uuid.uuid4().hex[:6]})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"]

    def application(self, person, job=None):
        answer = person.post("/applications", {"job_id": job or self.posting()})
        self.assertEqual(answer.status, 201, answer)
        return answer.json["id"]

    def make(self, person, application, body=None, wait=60):
        return person.post(f"/applications/{application}/kit", body, Prefer=f"wait={wait}")

    def made(self, person=None):
        person = person or self.seeker()
        application = self.application(person)
        answer = self.make(person, application)
        self.assertEqual(answer.status, 200, answer)
        return person, application, answer.json

    def document(self, kit, kind):
        return next(d for d in kit["documents"] if d["kind"] == kind)

    def asked(self, operation):
        """The calls of an operation that the sandbox has answered."""
        seen = self.sandbox.control("GET", "/control/requests?limit=1000").json["requests"]
        return [r for r in seen if operation in r["body"] and "/v1/chat" in r["path"]]

    def test_every_step_is_kept_and_both_documents_are_there(self):
        _, application, kit = self.made()
        self.assertEqual(kit["status"], "done")
        self.assertEqual(kit["application_id"], application)
        self.assertEqual([s["name"] for s in kit["steps"]], STEPS)
        for step in kit["steps"]:
            self.assertEqual(step["status"], "done", step)
            self.assertTrue(step["input"] and step["output"], step)
        resume = self.document(kit, "resume")["markdown"]
        for words in ("# Grace Example", "Senior Software Engineer, Northwind Systems", "Contoso Ltd", "University of Leeds", "Kubernetes"):
            self.assertIn(words, resume)
        self.assertIn("Grace Example", self.document(kit, "cover_letter")["markdown"])
        self.assertIn("Terraform", kit["steps"][1]["output"]["not_supported"])
        self.assertNotIn("Terraform", resume)

    def test_contact_data_never_reaches_the_model(self):
        self.sandbox.reset()
        _, _, kit = self.made()
        for step in kit["steps"][:3]:
            message = step["input"]["message"]
            for secret in ("Grace", "grace@example.com", "7946"):
                self.assertNotIn(secret, message)
        seen = self.sandbox.control("GET", "/control/requests?limit=1000").json["requests"]
        kits = [r["body"] for r in seen if "optimize_resume" in r["body"] or "cover_letter" in r["body"]]
        self.assertGreaterEqual(len(kits), 2)
        for body in kits:
            self.assertNotIn("grace@example.com", body)

    def test_the_documents_can_be_taken_away_in_every_format(self):
        person, application, kit = self.made()
        for kind, name in (("resume", "resume"), ("cover_letter", "cover-letter")):
            markdown = person.get(f"/applications/{application}/kit/{name}.md")
            self.assertEqual(markdown.body.decode(), self.document(kit, kind)["markdown"])
            docx = person.get(f"/applications/{application}/kit/{name}.docx")
            self.assertEqual(docx.status, 200, docx)
            pdf = person.get(f"/applications/{application}/kit/{name}.pdf")
            self.assertEqual(pdf.headers["Content-Type"], "application/pdf")
            with tempfile.TemporaryDirectory() as folder:
                paths = {"docx": os.path.join(folder, "a.docx"), "pdf": os.path.join(folder, "a.pdf")}
                for format, answer in (("docx", docx), ("pdf", pdf)):
                    with open(paths[format], "wb") as file:
                        file.write(answer.body)
                self.assertIsNone(zipfile.ZipFile(paths["docx"]).testzip())
                text = subprocess.run(["pdftotext", paths["pdf"], "-"], capture_output=True, text=True, check=True).stdout
                self.assertIn("Grace Example", text)
            again = person.get(f"/applications/{application}/kit/{name}.pdf", If_None_Match=pdf.headers["ETag"])
            self.assertEqual(again.status, 304)
        self.problem(person.get(f"/applications/{application}/kit/photo.pdf"), 404)
        self.problem(person.get(f"/applications/{application}/kit/resume.exe"), 404)

    def test_the_person_has_the_last_word(self):
        person, application, kit = self.made()
        path = f"/applications/{application}/documents/resume"
        first = person.get(path)
        saved = person.put(path, {"markdown": "# Grace\n\n- my own words\n"}, If_Match=first.headers["ETag"])
        self.assertEqual(saved.status, 200, saved)
        self.assertEqual(saved.json["version"], first.json["version"] + 1)
        self.problem(person.put(path, {"markdown": "late"}, If_Match=first.headers["ETag"]), 412)
        self.assertIn("my own words", person.get(f"/applications/{application}/kit/resume.md").body.decode())
        # A new letter leaves the edited résumé alone.
        again = self.make(person, application, {"from_step": "generate_cover_letter"})
        self.assertEqual(again.status, 200, again)
        self.assertIn("my own words", self.document(again.json, "resume")["markdown"])
        self.assertEqual(again.json["run"], kit["run"] + 1)

    def test_a_run_from_a_step_asks_nothing_before_it_again(self):
        person, application, before = self.made()
        self.sandbox.reset()
        after = self.make(person, application, {"from_step": "generate_cover_letter"})
        self.assertEqual(after.status, 200, after)
        self.assertEqual(self.asked("optimize_resume"), [])
        self.assertEqual(len(self.asked("cover_letter")), 1)
        for step in (0, 1):
            self.assertEqual(after.json["steps"][step], before["steps"][step])

    def test_an_invented_employer_is_repaired(self):
        self.sandbox.reset()
        self.fault_in("invented_employer", "optimize_resume", times=1)
        _, _, kit = self.made()
        self.assertEqual(kit["status"], "done")
        self.assertEqual(len(self.asked("optimize_resume")), 2)
        self.assertIn("Globex Dynamics", self.asked("optimize_resume")[1]["body"])
        self.assertNotIn("Globex", json.dumps(kit["documents"]))

    def test_one_that_comes_back_is_refused(self):
        person = self.seeker()
        application = self.application(person)
        self.fault_in("invented_employer", "optimize_resume", times=-1)
        problem = self.problem(self.make(person, application), 502)
        self.assertIn("Globex Dynamics", problem["detail"])
        kit = person.get(f"/applications/{application}/kit").json
        self.assertEqual(kit["status"], "failed")
        self.assertEqual([s["status"] for s in kit["steps"]], ["done", "failed", "pending", "pending"])
        violation = kit["steps"][1]["error"]["violations"][0]
        self.assertEqual((violation["pointer"], violation["kind"]), ("/experience/0/bullets/0", "name"))
        self.assertEqual(kit["documents"], [])
        # Once the model behaves, the run goes on from there.
        self.sandbox.calm()
        again = self.make(person, application, {"from_step": "optimize_resume"})
        self.assertEqual(again.status, 200, again)
        self.assertEqual(len(again.json["documents"]), 2)

    def test_a_letter_with_an_invented_employer_is_refused(self):
        person = self.seeker()
        application = self.application(person)
        self.fault_in("invented_employer", "cover_letter", times=-1)
        self.assertIn("Globex Dynamics", self.problem(self.make(person, application), 502)["detail"])

    def test_a_server_that_ends_goes_on_where_it_was(self):
        for how, operation, done in (
            (signal.SIGKILL, "analyze_job", 0),
            (signal.SIGKILL, "optimize_resume", 1),
            (signal.SIGKILL, "cover_letter", 2),
            (signal.SIGTERM, "optimize_resume", 1),
        ):
            person = self.seeker()
            application = self.application(person)
            self.fault_in("hang", operation, times=1, ms=60_000)
            begun = self.make(person, application, wait=0)
            self.assertEqual(begun.status, 202, begun)
            # A fault is gone from the list once a call has met it: the model has been asked, and does not answer.
            wait_until(lambda: not self.sandbox.control("GET", "/control/faults").json["faults"], f"{operation} to be asked")
            self.assertEqual(self.running(application), STEPS[done])
            self.restart(how)
            person.server = self.server
            task = person.task_end(begun.headers["Location"])
            self.assertEqual(task["status"], "done", task)
            kit = person.get(f"/applications/{application}/kit").json
            self.assertEqual(kit["status"], "done")
            self.assertEqual(kit["steps"][done]["attempts"], 2)
            for step in range(done):
                self.assertEqual(kit["steps"][step]["attempts"], 1, "what was done is not done again")

    def running(self, application):
        return self.database.query(
            "select step from workflow_steps s join workflows w on w.id = s.workflow_id "
            f"where application_id = '{application}' and s.state = 'running'"
        )

    def test_asking_twice_makes_one_kit(self):
        person = self.seeker()
        application = self.application(person)
        self.fault_in("latency", "analyze_job", times=1, ms=1500)
        first = self.make(person, application, wait=0)
        second = self.make(person, application, wait=0)
        self.assertEqual((first.status, second.status), (202, 202))
        self.assertEqual(first.json["id"], second.json["id"])
        self.problem(self.make(person, application, {"from_step": "finalize"}, wait=0), 409)
        self.assertEqual(person.task_end(first.headers["Location"])["status"], "done")

    def test_no_kit_without_consent(self):
        person = self.seeker()
        application = self.application(person)
        self.consent(person, False)
        self.sandbox.reset()
        problem = self.problem(self.make(person, application), 403, "forbidden")
        self.assertIn("ai_chat", problem["detail"])
        self.problem(person.get(f"/applications/{application}/kit"), 404)
        # An administrator may start it, and cannot consent for the person.
        self.problem(self.make(self.admin(), application), 403, "forbidden")
        self.assertEqual(self.asked("analyze_job"), [])
        self.consent(person)
        self.assertEqual(self.make(person, application).status, 200)

    def test_a_withdrawn_consent_stops_a_kit_before_the_next_call(self):
        for begun, done in (("analyze_job", 1), ("optimize_resume", 2)):
            person = self.seeker()
            application = self.application(person)
            self.sandbox.reset()
            self.fault_in("latency", begun, times=1, ms=4000)
            answer = self.make(person, application, wait=0)
            self.assertEqual(answer.status, 202, answer)
            wait_until(lambda: not self.sandbox.control("GET", "/control/faults").json["faults"], f"{begun} to be asked")
            self.consent(person, False)
            task = person.task_end(answer.headers["Location"])
            self.assertEqual((task["status"], task["error"]["code"]), ("failed", "forbidden"), task)
            self.assertIn("ai_chat", task["error"]["detail"])
            kit = person.get(f"/applications/{application}/kit").json
            self.assertEqual([s["status"] for s in kit["steps"]], ["done"] * done + ["failed"] + ["pending"] * (3 - done))
            self.assertEqual(self.asked(["optimize_resume", "cover_letter"][done - 1]), [])
            self.assertEqual(kit["documents"], [])
            self.problem(self.make(person, application, {"from_step": STEPS[done]}), 403, "forbidden")
            # What was done is not done again once the person agrees.
            self.consent(person)
            again = self.make(person, application, {"from_step": STEPS[done]})
            self.assertEqual(again.status, 200, again)
            self.assertEqual(len(self.asked(begun)), 1)

    def test_a_repair_is_a_call_of_its_own(self):
        person = self.seeker()
        application = self.application(person)
        self.sandbox.reset()
        self.fault_in("invented_employer", "optimize_resume", times=-1)
        self.fault_in("latency", "optimize_resume", times=1, ms=4000)
        answer = self.make(person, application, wait=0)
        wait_until(lambda: len(self.sandbox.control("GET", "/control/faults").json["faults"]) < 2, "the résumé to be asked for")
        self.consent(person, False)
        task = person.task_end(answer.headers["Location"])
        self.assertEqual((task["status"], task["error"]["code"]), ("failed", "forbidden"), task)
        self.assertEqual(len(self.asked("optimize_resume")), 1)

    def test_somebody_elses_application_is_not_found(self):
        _, application, _ = self.made()
        stranger = self.seeker()
        for path in ("kit", "kit/resume.pdf", "documents/resume"):
            self.problem(stranger.get(f"/applications/{application}/{path}"), 404)
        self.problem(self.make(stranger, application), 404)
        self.problem(stranger.put(f"/applications/{application}/documents/resume", {"markdown": "x"}), 404)

    def test_what_is_missing_is_said(self):
        person = self.person()
        self.consent(person)
        application = self.application(person)
        self.assertIn("no profile", self.problem(self.make(person, application), 422)["detail"])
        self.problem(person.get(f"/applications/{application}/kit"), 404)
        seeker = self.seeker()
        tracked = seeker.post("/applications", {"company": "Acme", "job_title": "Engineer"}).json["id"]
        self.assertIn("job_id", self.problem(self.make(seeker, tracked), 422)["detail"])
        stored = self.application(seeker)
        self.problem(self.make(seeker, stored, {"from_step": "finalize"}), 409)
        self.problem(self.make(seeker, stored, {"from_step": "nonsense"}), 422)


class KitByTwoMakers(Kit):
    """With a key for Anthropic the letter is written there, and nothing else is."""

    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.restart(anthropic_api_key="sk-ant-test", anthropic_base_url=f"http://127.0.0.1:{cls.sandbox.port}")

    def test_the_letter_is_anthropics(self):
        self.sandbox.reset()
        _, _, kit = self.made()
        models = {step["name"]: step["model"] for step in kit["steps"]}
        self.assertTrue(models["generate_cover_letter"].startswith("claude"), models)
        self.assertFalse(models["optimize_resume"].startswith("claude"), models)


def load_tests(loader, _tests, _pattern):
    suite = loader.loadTestsFromTestCase(Kit)
    suite.addTest(KitByTwoMakers("test_the_letter_is_anthropics"))
    return suite


if __name__ == "__main__":
    main()
