"""Postings: four kinds of sources, and what they may throw at us."""

import http.server
import json
import signal
import threading
import unittest

from harness import Case, Client, call, main


class FeedServer:
    """Somebody's web server with feeds of our making."""

    def __init__(self):
        pages = self.pages = {}

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):
                page = pages.get(self.path)
                if callable(page):
                    return page(self)
                status, kind, body = page or (404, "text/plain", b"no such feed")
                self.send_response(status)
                self.send_header("Content-Type", kind)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *args):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def stop(self):
        self.server.shutdown()
        self.server.server_close()


def rss(items, encoding="utf-8", declared=None):
    text = f'<?xml version="1.0" encoding="{declared or encoding}"?><rss version="2.0"><channel><title>Jobs</title><link>http://x.example/</link>{"".join(items)}</channel></rss>'
    return text.encode(encoding)


def item(number, title="Acme: Engineer", description="We build useful machines and need a person who likes C++ and Linux.", extra=""):
    return f"<item><guid>job-{number}</guid><link>http://x.example/{number}</link><title>{title} {number}</title><description>{description}</description>{extra}</item>"


class Jobs(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        cls.feeds = FeedServer()

    @classmethod
    def tearDownClass(cls):
        cls.feeds.stop()
        super().tearDownClass()

    def setUp(self):
        super().setUp()
        self.database.query("truncate saved_searches, jobs cascade")
        self.chief = self.admin()

    def search(self, **body):
        answer = self.chief.post("/searches", body)
        self.assertEqual(answer.status, 201, answer)
        return answer.json

    def refresh(self):
        answer = self.chief.post("/jobs/refresh", Prefer="wait=60")
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def one(self, report):
        self.assertEqual(len(report["sources"]), 1)
        return report["sources"][0]

    def boards(self, source):
        postings = self.sandbox.control("GET", f"/control/postings?source={source}").json["postings"]
        return sorted({p["board"] for p in postings}), postings

    def test_four_kinds_of_sources_bring_postings(self):
        greenhouse, _ = self.boards("greenhouse")
        lever, _ = self.boards("lever")
        self.search(kind="adzuna", country="gb", query="engineer")
        self.search(kind="feed", url=f"http://127.0.0.1:{self.sandbox.port}/feeds/jobs.rss")
        self.search(kind="greenhouse", board=greenhouse[0])
        self.search(kind="lever", board=lever[0])
        report = self.refresh()
        for source in report["sources"]:
            with self.subTest(source["kind"]):
                self.assertIsNone(source["failure"])
                self.assertGreater(source["inserted"], 0)
                self.assertEqual(source["problems"], [])
                self.assertEqual(source["fetched"], source["inserted"])
        kinds = set(self.database.query("select distinct source from jobs").split())
        self.assertEqual(kinds, {"adzuna", "feed", "greenhouse", "lever"})
        again = self.refresh()
        for source in again["sources"]:
            self.assertEqual((source["inserted"], source["updated"]), (0, 0), source)

    def test_a_posting_is_normalised(self):
        self.search(kind="adzuna", country="de", query="engineer")
        self.refresh()
        jobs = self.chief.get("/jobs?limit=50").json["items"]
        self.assertTrue(jobs)
        for job in jobs:
            self.assertEqual(job["country"], "DE")
            self.assertNotIn("<", job["title"])
            self.assertTrue(job["posted_at"])
            if job["salary_min"] is not None:
                self.assertEqual(job["salary_currency"], "EUR")
        self.assertTrue(any(job["skills"] for job in jobs))
        self.assertTrue(any(job["company"] for job in jobs))
        one = self.chief.get("/jobs/" + jobs[0]["id"])
        self.assertEqual(one.json, jobs[0])
        self.assertEqual(self.chief.get("/jobs/" + jobs[0]["id"], If_None_Match=one.headers["ETag"]).status, 304)

    def test_lists_page_and_filter(self):
        self.search(kind="feed", url=f"http://127.0.0.1:{self.sandbox.port}/feeds/jobs.rss")
        self.refresh()
        seen = []
        path = "/jobs?limit=7"
        while path:
            page = self.chief.get(path).json
            seen += [job["id"] for job in page["items"]]
            path = page["next"] and f"/jobs?limit=7&cursor={page['next']}"
        self.assertEqual(len(seen), len(set(seen)))
        self.assertEqual(len(seen), int(self.database.query("select count(*) from jobs where status = 'active'")))
        remote = self.chief.get("/jobs?remote=true&limit=100").json["items"]
        self.assertTrue(all(job["workplace"] == "remote" for job in remote))
        found = self.chief.get("/jobs?q=nurse&limit=100").json["items"]
        self.assertTrue(found)
        self.problem(self.chief.get("/jobs?limit=0"), 422)
        self.problem(self.chief.get("/jobs?limit=ten"), 422)
        self.problem(self.chief.get("/jobs?colour=red"), 422)
        self.problem(self.chief.get("/jobs?cursor=nonsense"), 422)
        self.problem(self.chief.get("/jobs/01a1fa96-a177-7590-b313-b072e688ddba"), 404)

    def test_duplicates_of_two_sources_are_one_posting(self):
        text = "We build a payments platform for small shops. You design services in C++ and Go, run them on Kubernetes and carry a pager one week in six. Four years of experience with distributed systems wanted."
        employer = self.person("employer")
        body = {"title": "Payments Engineer", "company": "Tallow GmbH", "location": "Berlin, Germany", "description": text}
        self.assertEqual(employer.post("/jobs", body).status, 201)
        self.feeds.pages["/dup"] = (200, "application/rss+xml", rss([f"<item><guid>dup-1</guid><link>http://x.example/d</link><title>Tallow: Payments Engineer</title><region>Berlin, Germany</region><description>{text}</description></item>"]))
        self.search(kind="feed", url=self.feeds.url("/dup"))
        self.assertEqual(self.one(self.refresh())["merged"], 1)
        listed = self.chief.get("/jobs?q=Payments").json["items"]
        self.assertEqual(len(listed), 1)
        self.assertEqual(self.database.query("select count(*) from jobs"), "2")
        # Anyone may register as an employer: their entry never hides a posting from elsewhere.
        self.assertEqual(listed[0]["source"], "feed")

    def test_what_is_gone_from_a_board_expires_and_comes_back(self):
        names, postings = self.boards("greenhouse")
        board = names[0]
        self.search(kind="greenhouse", board=board)
        self.refresh()
        gone = next(p for p in postings if p["board"] == board)
        self.assertEqual(self.sandbox.control("DELETE", "/control/postings/" + gone["key"]).status, 204)
        self.assertEqual(self.one(self.refresh())["expired"], 1)
        row = self.database.query("select status, expiry_reason from jobs where status <> 'active'")
        self.assertEqual(row, "expired|gone_from_source")
        self.sandbox.reset()
        self.refresh()
        self.assertEqual(self.database.query("select count(*) from jobs where status <> 'active'"), "0")

    def test_one_bad_item_costs_that_item_only(self):
        self.feeds.pages["/bad"] = (200, "application/rss+xml", rss([item(1), "<item><guid>job-2</guid><title></title><description></description></item>", item(3), item(4, extra="<pubDate>the day before yesterday</pubDate>")]))
        self.search(kind="feed", url=self.feeds.url("/bad"))
        report = self.one(self.refresh())
        self.assertEqual(report["fetched"], 4)
        self.assertEqual(report["inserted"], 3)
        self.assertEqual(len(report["problems"]), 1)
        self.assertIn(report["problems"][0]["item"], ("job-2", "#2"))

    def test_a_feed_in_a_wrong_encoding_is_read(self):
        self.feeds.pages["/latin"] = (200, "application/rss+xml", rss([item(1, title="Café Zürich: Köchin", extra="<region>Zürich, Switzerland</region>")], "latin-1", "utf-8"))
        self.search(kind="feed", url=self.feeds.url("/latin"))
        self.assertEqual(self.one(self.refresh())["inserted"], 1)
        job = self.chief.get("/jobs").json["items"][0]
        self.assertIn("Köchin", job["title"])
        self.assertEqual(job["company"], "Café Zürich")

    def test_nul_bytes_and_controls_in_a_feed_do_no_harm(self):
        self.feeds.pages["/nul"] = (200, "application/rss+xml", rss([item(1)]).replace(b"useful", b"use\0ful\x01\x02"))
        self.search(kind="feed", url=self.feeds.url("/nul"))
        report = self.one(self.refresh())
        self.assertEqual(report["inserted"] + len(report["problems"]), 1)

    def test_a_feed_of_100_megabytes_is_refused_while_it_arrives(self):
        def endless(handler):
            handler.send_response(200)
            handler.send_header("Content-Type", "application/rss+xml")
            handler.end_headers()
            chunk = b"<!-- padding -->" * 65536
            try:
                for _ in range(100):
                    handler.wfile.write(chunk)
            except OSError:
                pass

        self.feeds.pages["/huge"] = endless
        self.feeds.pages["/fine"] = (200, "application/rss+xml", rss([item(1)]))
        self.search(kind="feed", url=self.feeds.url("/huge"))
        self.search(kind="feed", url=self.feeds.url("/fine"))
        reports = {r["source"]: r for r in self.refresh()["sources"]}
        failures = [r["failure"] for r in reports.values() if r["failure"]]
        self.assertEqual(len(failures), 1)
        self.assertRegex(failures[0], "bytes|larg|long")
        self.assertEqual(sum(r["inserted"] for r in reports.values()), 1)

    def test_entity_bombs_and_html_are_no_feeds(self):
        bomb = b'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><rss><channel><item><guid>1</guid><title>&c;</title><description>&c;</description></item></channel></rss>'
        self.feeds.pages["/bomb"] = (200, "application/rss+xml", bomb)
        self.feeds.pages["/html"] = (200, "text/html", b"<!doctype html><html><body><h1>Sign in</h1></body></html>")
        self.search(kind="feed", url=self.feeds.url("/bomb"))
        self.search(kind="feed", url=self.feeds.url("/html"))
        self.search(kind="feed", url=self.feeds.url("/nowhere"))
        reports = self.refresh()["sources"]
        self.assertEqual(self.database.query("select count(*) from jobs where length(title || description) > 100"), "0")
        by_name = {r["source"]: r for r in reports}
        self.assertTrue(by_name["feed " + self.feeds.url("/html")]["failure"])
        self.assertIn("404", by_name["feed " + self.feeds.url("/nowhere")]["failure"])

    def test_bad_searches_are_told_why(self):
        for body, pointer in (
            ({"kind": "adzuna", "country": "xx", "query": "a"}, "/country"),
            ({"kind": "adzuna", "country": "gb"}, "/query"),
            ({"kind": "feed", "url": "ftp://x.example/"}, "/url"),
            ({"kind": "greenhouse", "board": "../etc"}, "/board"),
            ({"kind": "monster"}, "/kind"),
            ({"kind": "feed", "url": "http://x.example/", "quary": "a"}, "/quary"),
        ):
            with self.subTest(body):
                problem = self.problem(self.chief.post("/searches", body), 422, "invalid")
                self.assertIn(pointer, [e["pointer"] for e in problem["errors"]])
        made = self.search(kind="feed", url="http://x.example/feed")
        self.problem(self.chief.post("/searches", {"kind": "feed", "url": "http://x.example/feed"}), 409)
        stranger = self.person()
        self.problem(stranger.call("DELETE", "/searches/" + made["id"]), 404)
        self.assertEqual(self.chief.call("DELETE", "/searches/" + made["id"]).status, 204)

    def test_employers_post_and_seekers_do_not(self):
        body = {"title": "Baker", "company": "Oven & Sons", "location": "Leeds, UK", "description": "Bread at four in the morning, every day but Sunday.", "salary_min": 14.5, "salary_max": 16, "salary_currency": "GBP", "salary_period": "hour"}
        self.problem(self.person().post("/jobs", body), 403)
        employer = self.person("employer")
        made = employer.post("/jobs", body)
        self.assertEqual(made.status, 201, made)
        self.assertEqual(made.json["salary_min"], 30160)  # 2080 hours a year
        self.assertEqual(made.json["country"], "GB")
        self.assertEqual(made.headers["Location"], "/api/v1/jobs/" + made.json["id"])
        again = employer.post("/jobs", body)
        self.assertEqual(again.json["id"], made.json["id"])
        self.problem(employer.post("/jobs", {**body, "salary_max": 3}), 422)
        self.problem(employer.post("/jobs", {**body, "workplace": "moon"}), 422)
        self.problem(employer.post("/jobs", {**body, "title": "Ba\0ker"}), 400)
        self.problem(employer.call("POST", "/jobs", "{not json", {"Content-Type": "application/json"}), 400, "malformed")
        self.problem(employer.call("POST", "/jobs", "[]", {"Content-Type": "application/json"}), 422)


class Quota(Case):
    settings = {"adzuna_per_minute": 3, "adzuna_pages_max": 1}

    def setUp(self):
        super().setUp()
        self.database.query("truncate saved_searches, source_hits cascade")
        self.sandbox.reset()

    def test_adzunas_windows_hold_across_restarts(self):
        admin = self.admin()
        for query in ("engineer", "nurse"):
            admin.post("/searches", {"kind": "adzuna", "country": "gb", "query": query})
        first = admin.post("/jobs/refresh", Prefer="wait=60").json
        self.assertEqual([s["failure"] for s in first["sources"]], [None, None])
        self.restart(signal.SIGKILL)
        admin = Client(self.server, admin.tokens)
        second = admin.post("/jobs/refresh", Prefer="wait=60").json
        self.assertEqual(sum(s["failure"] is None for s in second["sources"]), 1)
        hits = [r for r in json.loads(self.sandbox.control("GET", "/control/requests").body)["requests"] if "/v1/api/jobs" in json.dumps(r)]
        self.assertEqual(len(hits), 3)

    def test_adzunas_errors_are_told_without_the_key(self):
        admin = self.admin()
        admin.post("/searches", {"kind": "adzuna", "country": "gb", "query": "cook"})
        self.sandbox.fault("status", "/v1/api", status=401, body='{"exception":"AUTH_FAIL"}')
        report = admin.post("/jobs/refresh", Prefer="wait=60").json["sources"][0]
        self.assertIn("key", report["failure"])
        self.assertNotIn("app_key=key", self.server.text())


class PrivateAddresses(Case):
    settings = {"feeds_allow_private_addresses": "false"}

    def test_a_saved_search_cannot_reach_into_our_network(self):
        admin = self.admin()
        before = len(json.loads(self.sandbox.control("GET", "/control/requests").body)["requests"])
        self.assertEqual(admin.post("/searches", {"kind": "feed", "url": f"http://localhost:{self.sandbox.port}/feeds/jobs.rss"}).status, 201)
        report = admin.post("/jobs/refresh", Prefer="wait=60").json["sources"][0]
        self.assertEqual(report["inserted"], 0)
        self.assertTrue(report["failure"])
        after = len(json.loads(self.sandbox.control("GET", "/control/requests").body)["requests"])
        self.assertEqual(before, after)


if __name__ == "__main__":
    main()
