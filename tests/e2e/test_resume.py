"""From a document to a profile, and every way in which a document can be bad."""

import io
import json
import os
import struct
import subprocess
import tempfile
import threading
import unittest
import zipfile

from harness import DATA, RESUME, Case, Client, call, main, wait_until


def docx(paragraphs):
    body = "".join(f"<w:p><w:r><w:t xml:space=\"preserve\">{p}</w:t></w:r></w:p>" for p in paragraphs)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", '<?xml version="1.0"?><Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/word/document.xml" ContentType="application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>')
        archive.writestr("word/document.xml", f'<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>{body}</w:body></w:document>')
    return out.getvalue()


def pdf(lines):
    """A minimal one-page PDF (PDF 32000-1, annex H.3)."""
    text = "".join(f"({line.replace(chr(92), '').replace('(', '[').replace(')', ']')}) Tj T*\n" for line in lines)
    stream = f"BT /F1 10 Tf 12 TL 40 800 Td\n{text}ET".encode("latin-1", "replace")
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(stream), stream),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = b"%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, 1):
        offsets.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    xref = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % offset for offset in offsets)
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (len(objects) + 1, xref)


class Resume(Case):
    def read(self, answer):
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def check_grace(self, profile):
        self.assertEqual(profile["personal_info"]["full_name"], "Grace Example")
        self.assertEqual(profile["personal_info"]["email"], "grace@example.com")
        self.assertEqual(profile["experience"]["job_titles"], ["Senior Software Engineer", "Software Engineer"])
        self.assertEqual(profile["experience"]["companies"], ["Northwind Systems", "Contoso Ltd"])
        self.assertIn("C++", profile["skills"]["programming_languages"])
        self.assertIn(2014, profile["education"]["graduation_years"])
        self.assertGreater(profile["summary"]["years_of_experience"], 10)

    def test_every_format_gives_the_same_person(self):
        lines = RESUME.splitlines()
        rtf = "{\\rtf1\\ansi " + "".join(line.replace("\\", "\\\\") + "\\par\n" for line in lines) + "}"
        for name, data in (
            ("cv.txt", RESUME.encode()),
            ("cv.pdf", pdf(lines)),
            ("cv.docx", docx(lines)),
            ("cv.rtf", rtf.encode()),
        ):
            with self.subTest(name):
                self.check_grace(self.read(self.person().upload(name, data)))

    def test_pasted_text_gives_a_profile(self):
        person = self.person()
        answer = person.call("POST", "/profiles/parse-text/me", "resume_text=" + __import__("urllib.parse").parse.quote_plus(RESUME), {"Content-Type": "application/x-www-form-urlencoded"})
        self.check_grace(self.read(answer))
        stored = person.get("/profiles/profile/me")
        self.check_grace(stored.json)
        self.assertEqual(stored.headers["ETag"], '"v1"')
        self.assertTrue(stored.json["last_resume_upload"])

    def test_every_extracted_value_keeps_the_words_it_came_from(self):
        profile = self.read(self.person().upload("cv.txt", RESUME.encode()))
        evidence = {e["pointer"]: e for e in profile["evidence"]}
        for pointer in ("/personal_info/full_name", "/personal_info/email", "/experience/job_titles/0", "/skills/programming_languages/0"):
            self.assertIn(pointer, evidence)
            span = evidence[pointer]
            self.assertGreater(span["end"], span["begin"])
            self.assertIn(span["quote"].split("\n")[0], RESUME)

    def test_nothing_is_made_up(self):
        profile = self.read(self.person().upload("cv.txt", RESUME.encode()))
        self.assertIsNone(profile["personal_info"]["work_authorization"])
        self.assertIsNone(profile["preferences"]["salary_range_min"])
        self.assertEqual(profile["preferences"]["job_types"], [])

    def test_the_file_is_not_stored(self):
        marker = "Zyzzyva Quux Unmistakable"
        self.read(self.person().upload("cv.txt", (RESUME + "\nHobbies\n" + marker + "\n").encode()))
        dump = subprocess.run(["pg_dump", "--data-only", self.database.url], capture_output=True, text=True, check=True)
        self.assertNotIn(marker, dump.stdout)
        self.assertIn("Northwind Systems", dump.stdout)

    def test_long_work_can_be_watched(self):
        self.sandbox.fault("latency", "/v1/chat", ms=500, times=1)
        person = self.person()
        answer = person.upload("cv.txt", RESUME.encode(), prefer="respond-async")
        self.assertEqual(answer.status, 202, answer)
        self.assertTrue(answer.headers["Location"].startswith("/api/v1/tasks/"))
        self.problem(person.upload("cv.txt", RESUME.encode()), 409, "conflict")
        self.problem(self.person().call("GET", answer.headers["Location"].removeprefix("/api/v1")), 404)
        task = person.task_end(answer.headers["Location"])
        self.assertEqual(task["status"], "done")
        self.check_grace(task["result"])

    def test_the_task_ends_though_the_persons_actor_does_not_see_it(self):
        boss = self.admin()
        for what in ("stop", "restart"):
            with self.subTest(what):
                self.sandbox.fault("latency", "/v1/chat", ms=2000, times=1)
                person = self.person()
                path = "/users/" + person.get("/users/me").json["id"]
                answer = person.upload("cv.txt", RESUME.encode(), prefer="respond-async")
                self.assertEqual(answer.status, 202, answer)
                location = answer.headers["Location"]
                stage = lambda: person.get(location.removeprefix("/api/v1")).json["stage"]
                wait_until(lambda: stage() == "asking the model", "the model to be asked")
                ended = boss.post(f"/admin/actors{path}/{what}", {"confirm": path, "reason": "test"})
                self.assertLess(ended.status, 300, ended)
                # Looked at meanwhile, so that an actor of before the new profile is there.
                self.assertEqual(person.get("/profiles/profile/me").json["version"], 0)
                task = person.task_end(location)
                self.assertEqual(task["status"], "done", task)
                self.check_grace(task["result"])
                stored = person.get("/profiles/profile/me")
                self.check_grace(stored.json)
                self.assertEqual(stored.headers["ETag"], '"v1"')
                self.check_grace(self.read(person.upload("cv.txt", RESUME.encode())))

    def test_a_change_made_while_the_resume_is_read_stays(self):
        self.sandbox.fault("latency", "/v1/chat", ms=500, times=1)
        person = self.person()
        location = person.upload("cv.txt", RESUME.encode(), prefer="respond-async").headers["Location"]
        changed = person.put("/profiles/profile/me", {"preferences": {"desired_roles": ["Staff engineer"]}})
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual(person.task_end(location)["status"], "done")
        profile = person.get("/profiles/profile/me").json
        self.check_grace(profile)
        self.assertEqual(profile["preferences"]["desired_roles"], ["Staff engineer"])
        self.assertEqual(profile["version"], 2)
        again = person.put("/profiles/profile/me", {"preferences": {"desired_roles": ["Architect"]}})
        self.assertEqual(again.json["version"], 3, again)

    def test_a_hundred_people_upload_at_once(self):
        people = [self.person() for _ in range(100)]
        answers = []
        threads = [threading.Thread(target=lambda p=p: answers.append(p.upload("cv.txt", RESUME.encode()))) for p in people]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual([a for a in answers if a.status != 200], [])

    def test_what_the_user_changed_survives_the_next_resume(self):
        person = self.person()
        self.read(person.upload("cv.txt", RESUME.encode()))
        person.put("/profiles/profile/me", {"preferences": {"desired_roles": ["Staff engineer"], "salary_range_min": 90000, "salary_currency": "GBP"}})
        profile = self.read(person.upload("cv.txt", RESUME.encode()))
        self.assertEqual(profile["preferences"]["desired_roles"], ["Staff engineer"])
        self.assertEqual(profile["preferences"]["salary_range_min"], 90000)

    def test_broken_pictures_are_refused(self):
        for name, data in (("cv.png", b"\x89PNG\r\n\x1a\n" + b"\0" * 64), ("cv.jpg", b"\xff\xd8\xff\xe0" + b"\0" * 64), ("cv.webp", b"RIFF" + struct.pack("<I", 60) + b"WEBPVP8 " + b"\0" * 48)):
            with self.subTest(name):
                problem = self.problem(self.person().upload(name, data, "image/png"), 400, "malformed")
                self.assertIn("picture", problem["detail"])

    def test_bad_documents_get_a_clear_error_and_leave_the_profile_alone(self):
        bomb = io.BytesIO()
        with zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("[Content_Types].xml", "<Types/>")
            archive.writestr("word/document.xml", b"\0" * 200_000_000)
        with tempfile.TemporaryDirectory() as folder:
            plain = os.path.join(folder, "plain.pdf")
            with open(plain, "wb") as out:
                out.write(pdf(RESUME.splitlines()))
            locked = os.path.join(folder, "locked.pdf")
            subprocess.run(["qpdf", "--encrypt", "secret", "owner", "256", "--", plain, locked], check=True)
            with open(locked, "rb") as file:
                encrypted = file.read()
        person = self.person()
        self.read(person.upload("cv.txt", RESUME.encode()))
        before = person.get("/profiles/profile/me").body
        for name, data, status, words in (
            ("locked.pdf", encrypted, 422, "password"),
            ("broken.pdf", b"%PDF-1.7\nthis is no pdf at all\n" * 20, 400, ""),
            ("cut.docx", docx(RESUME.splitlines())[:400], 400, ""),
            ("bomb.docx", bomb.getvalue(), 413, ""),
            ("empty.txt", b"   \n\n ", 422, ""),
            ("noise.bin", bytes(range(256)) * 40, 415, ""),
        ):
            with self.subTest(name):
                answer = person.upload(name, data)
                problem = self.problem(answer, status)
                self.assertIn(words, problem["detail"])
        self.assertEqual(person.get("/profiles/profile/me").body, before)

    def test_bad_forms_get_a_clear_error(self):
        person = self.person()
        upload = lambda body, content_type: person.call("POST", "/profiles/upload-resume/me", body, {"Content-Type": content_type})
        self.problem(upload(b"x" * 100, "multipart/form-data"), 400, "malformed")
        self.problem(upload(b"--b\r\nContent-Disposition: form-data; name=\"file\"\r\n\r\nabc", "multipart/form-data; boundary=b"), 400, "malformed")
        self.problem(upload(b"--b\r\nContent-Disposition: form-data; name=\"other\"\r\n\r\nabc\r\n--b--\r\n", "multipart/form-data; boundary=b"), 422)
        self.problem(upload(b"{}", "application/json"), 415)
        self.problem(person.post("/profiles/parse-text/me", {"resume_text": ""}), 422)
        self.problem(person.upload("big.txt", b"a" * 11_000_000), 413, "too_large")

    def test_nul_bytes_do_not_reach_the_database(self):
        text = RESUME.replace("Northwind Systems", "North\0wind Systems")
        self.check_grace(self.read(self.person().upload("cv.txt", text.encode())))

    def test_text_is_cut_at_its_limit(self):
        self.read(self.person().upload("cv.txt", (RESUME + "\nNotes\n" + "Lorem ipsum dolor sit amet.\n" * 5000).encode()))
        requests = self.sandbox.control("GET", "/control/requests").json
        sizes = [len(json.dumps(r)) for r in (requests["requests"] if isinstance(requests, dict) else requests) if "/chat/" in json.dumps(r)]
        self.assertTrue(sizes)
        self.assertLess(max(sizes), 90_000)

    def test_a_model_that_answers_prose_or_garbage_is_a_clear_error(self):
        for kind in ("prose", "malformed_json", "cut_body"):
            with self.subTest(kind):
                person = self.person()
                self.sandbox.fault(kind, "/v1/chat")
                self.problem(person.upload("cv.txt", RESUME.encode()), 502, "upstream_failed")
                self.sandbox.calm()
                self.assertEqual(person.get("/profiles/profile/me").json["version"], 0)
                self.check_grace(self.read(person.upload("cv.txt", RESUME.encode())))

    def test_passing_faults_of_the_model_are_retried(self):
        self.sandbox.fault("status", "/v1/chat", times=2, status=503)
        self.check_grace(self.read(self.person().upload("cv.txt", RESUME.encode())))
        self.sandbox.fault("status", "/v1/chat", times=1, status=429, headers={"retry-after-ms": "20"})
        self.check_grace(self.read(self.person().upload("cv.txt", RESUME.encode())))

    def test_a_refused_key_is_told_and_not_retried(self):
        self.sandbox.fault("status", "/v1/chat", status=401)
        before = len(self.server.text().split("event=model.failed"))
        problem = self.problem(self.person().upload("cv.txt", RESUME.encode()), 502)
        self.assertIn("credentials", problem["detail"])
        self.assertEqual(len(self.server.text().split("event=model.failed")) - before, 1)


class HangingModel(Case):
    settings = {"llm_timeout_ms": 300, "llm_attempts_max": 1}

    def test_a_model_that_hangs_ends_in_a_time_out(self):
        self.sandbox.fault("hang", "/v1/chat")
        self.problem(self.person().upload("cv.txt", RESUME.encode()), 504, "upstream_timed_out")


class RealResumes(Case):
    """Every résumé of the shared data gives a profile."""

    def test_every_real_resume_gives_a_profile(self):
        folder = os.path.join(DATA, "resumes")
        if not os.path.isdir(folder):
            raise unittest.SkipTest(f"no shared data at {DATA}")
        files = []
        for place in (folder, os.path.join(DATA, "fit", "vacancy_resume_matching", "cv")):
            for top, _, names in os.walk(place):
                files += [os.path.join(top, name) for name in names if name.endswith((".pdf", ".docx"))]
        self.assertGreater(len(files), 40)
        good = 0
        failed = []
        for path in sorted(files):
            person = self.person()
            with open(path, "rb") as file:
                answer = person.upload(os.path.basename(path), file.read())
            if answer.status == 200:
                good += 1
            else:
                failed.append((os.path.relpath(path, DATA), answer.json["detail"]))
        print(f"real documents: {good} of {len(files)} gave a profile; refused: {failed}")
        # A one-line file is no résumé; everything else is.
        self.assertEqual([f for f in failed if "_minimal" not in f[0]], [])

    def test_every_real_text_gives_a_profile(self):
        path = os.path.join(DATA, "resumes", "updated_resume_dataset.jsonl.gz")
        if not os.path.exists(path):
            raise unittest.SkipTest(f"no shared data at {DATA}")
        import gzip

        skills = 0
        rows = [json.loads(line) for line in gzip.open(path, "rt", encoding="utf-8")]
        for row in rows:
            answer = self.person().post("/profiles/parse-text/me", {"resume_text": row["text"]})
            self.assertEqual(answer.status, 200, answer)
            skills += any(answer.json["skills"].values())
        print(f"real texts: {len(rows)} gave a profile, {skills} of them with skills")
        self.assertGreaterEqual(skills, len(rows) * 0.8)


if __name__ == "__main__":
    main()
