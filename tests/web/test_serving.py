"""How the pages are served: types, tags, compression, what browsers may keep and load."""

import contextlib
import gzip
import http.client
import re

from support import Case, main
from harness import PATIENCE, Answer


class Serving(Case):
    def get(self, path, method="GET", **headers):
        """Spoken plainly: the pages are no part of what openapi.json promises."""
        with contextlib.closing(http.client.HTTPConnection("127.0.0.1", self.server.port, timeout=PATIENCE)) as connection:
            connection.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())

    def page(self, path):
        answer = self.get(path)
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "text/html; charset=utf-8")
        return answer

    def parts(self, path):
        """The scripts and styles that a page names."""
        return re.findall(r'(?:src|href)="(/[^"]+)"', self.page(path).body.decode())

    def test_both_pages_are_there_and_name_only_what_is_there(self):
        for path in ("/", "/console"):
            parts = self.parts(path)
            self.assertTrue(any(p.endswith(".js") for p in parts) and any(p.endswith(".css") for p in parts), parts)
            for part in parts:
                self.assertEqual(self.get(part).status, 200, part)

    def test_a_page_may_load_nothing_from_elsewhere_and_run_nothing_inline(self):
        for path in ("/", "/console"):
            answer = self.page(path)
            policy = answer.headers["Content-Security-Policy"]
            for rule in ("default-src 'self'", "object-src 'none'", "base-uri 'none'", "frame-ancestors 'none'"):
                self.assertIn(rule, policy)
            self.assertNotIn("unsafe", policy)
            self.assertEqual(answer.headers["X-Content-Type-Options"], "nosniff")
            self.assertEqual(answer.headers["Referrer-Policy"], "no-referrer")
            text = answer.body.decode()
            self.assertEqual(re.findall(r"<script(?![^>]*\ssrc=)[^>]*>", text), [])
            self.assertEqual(re.findall(r"\sstyle=|\son\w+=|https?://", text), [])

    def test_pages_are_asked_for_anew_and_named_files_are_kept(self):
        page = self.page("/")
        self.assertEqual(page.headers["Cache-Control"], "no-cache")
        for part in self.parts("/"):
            answer = self.get(part)
            if part.startswith("/assets/"):
                self.assertEqual(answer.headers["Cache-Control"], "public, max-age=31536000, immutable")
                self.assertRegex(part, r"-[\w-]{8}\.\w+$")
            else:
                self.assertEqual(answer.headers["Cache-Control"], "no-cache", part)
            self.assertTrue(answer.headers["ETag"])

    def test_who_has_it_already_gets_nothing_again(self):
        for coding in ("identity", "gzip"):
            first = self.get("/", Accept_Encoding=coding)
            again = self.get("/", Accept_Encoding=coding, If_None_Match=first.headers["ETag"])
            self.assertEqual((again.status, again.body), (304, b""))
            self.assertEqual(again.headers["ETag"], first.headers["ETag"])
        self.assertEqual(self.get("/", If_None_Match='"other"').status, 200)

    def test_it_is_compressed_for_who_understands_that(self):
        script = next(p for p in self.parts("/") if p.endswith(".js"))
        plain = self.get(script)
        self.assertIsNone(plain.headers["Content-Encoding"])
        self.assertEqual(plain.headers["Vary"], "Accept-Encoding")
        for wanted in ("gzip", "br;q=1, gzip;q=0.5", "GZIP", "*", "x-gzip"):
            packed = self.get(script, Accept_Encoding=wanted)
            self.assertEqual(packed.headers["Content-Encoding"], "gzip", wanted)
            self.assertEqual(gzip.decompress(packed.body), plain.body)
            self.assertLess(len(packed.body), len(plain.body))
            self.assertNotEqual(packed.headers["ETag"], plain.headers["ETag"])
        for unwanted in ("identity", "gzip;q=0", "br", "*;q=0", "gzip;q=0.000, *", ""):
            self.assertIsNone(self.get(script, Accept_Encoding=unwanted).headers["Content-Encoding"], unwanted)

    def test_types_are_right_and_other_paths_and_methods_are_refused(self):
        types = {".js": "text/javascript; charset=utf-8", ".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
        for part in self.parts("/"):
            self.assertEqual(self.get(part).headers["Content-Type"], types[part[part.rindex("."):]])
        head = self.get("/", "HEAD")
        self.assertEqual((head.status, head.body), (200, b""))
        self.assertGreater(int(head.headers["Content-Length"]), 100)
        self.assertEqual(self.get("/", "POST").status, 405)
        for path in ("/nothing", "/assets/", "/assets/../index.html", "/index.html", "/console/x"):
            self.assertEqual(self.get(path).status, 404, path)
        self.assertEqual(self.get("/api/v1/nothing").headers["Content-Type"], "application/problem+json")

    def test_a_slash_behind_a_page_leads_to_the_page(self):
        for path, to in (("/console/", "/console"), ("/docs/", "/docs"), ("/docs/?a=b%20c", "/docs?a=b%20c")):
            answer = self.get(path)
            self.assertEqual((answer.status, answer.headers["Location"], answer.body), (308, to, b""), path)
            self.assertEqual(self.get(to).status, 200)


if __name__ == "__main__":
    main()
