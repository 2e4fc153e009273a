"""Operators see every actor, and what they do to one is confirmed, written down, and done."""
import datetime
import threading
import time
import urllib.parse

from harness import Case, main, wait_until
from live import Chat, Closed, Refused, Socket


class Console:
    """The live figures of an administrator."""

    def __init__(self, client):
        headers = {"Authorization": "Bearer " + client.tokens["access_token"], "Sec-WebSocket-Protocol": "jobraker.v1"}
        self.socket = Socket(client.server.port, "/api/v1/admin/actors/stream", headers)

    def watch(self, interval_ms=250, **query):
        self.socket.send({"type": "watch", "query": query, "interval_ms": interval_ms})
        return self

    def frame(self, type, check=lambda frame: True):
        end = time.monotonic() + 60
        while time.monotonic() < end:
            frame = self.socket.receive()
            if frame["type"] == type and check(frame):
                return frame
        raise AssertionError(f"no frame {type}")


class Inspection(Case):
    @classmethod
    def setUpClass(cls):
        super().setUpClass()
        self = cls()
        cls.boss = self.admin()
        cls.seeker = self.person()
        answer = cls.seeker.get("/users/me")
        cls.user = answer.json["id"]
        assert cls.seeker.get("/profiles/profile/me").status == 200

    def rows(self, **query):
        answer = self.boss.get("/admin/actors?" + urllib.parse.urlencode(query))
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def act(self, path, action, **body):
        return self.boss.post(f"/admin/actors{path}/{action}", {"confirm": path, **body})

    def audit(self, **query):
        answer = self.boss.get("/admin/audit?" + urllib.parse.urlencode(query))
        self.assertEqual(answer.status, 200, answer)
        return answer.json["items"]

    def test_every_actor_is_listed_once_whatever_the_page(self):
        whole = self.rows(limit=1000)
        paths = [row["path"] for row in whole["items"]]
        self.assertEqual(whole["total"], len(paths))
        self.assertIn("/system/inspector", paths)
        self.assertIn(f"/users/{self.user}", paths)
        for sort in ("path", "messages", "busy", "running", "restarts", "bytes"):
            met, cursor = [], {}
            while True:
                page = self.rows(limit=3, sort=sort, **cursor)
                met += [row["path"] for row in page["items"]]
                if not page["next"]:
                    break
                cursor = {"cursor": page["next"]}
            # A figure may grow between two pages, but paths stay.
            if sort == "path":
                self.assertEqual([path for path in met if path in paths], paths)
            self.assertTrue(set(paths) & set(met))
        self.assertEqual(self.rows(sort="path", limit=2, skip=1)["items"][0]["path"], paths[1])
        self.problem(self.boss.get("/admin/actors?skip=-1"), 422)
        self.assertEqual({row["kind"] for row in self.rows(kind="user")["items"]}, {"user"})
        self.assertEqual([row["path"] for row in self.rows(q=self.user)["items"]], [f"/users/{self.user}"])
        self.assertIn(f"/users/{self.user}", [row["path"] for row in self.rows(path="users")["items"]], "with or without the first slash")
        self.problem(self.boss.get("/admin/actors?sort=beauty"), 422)
        self.problem(self.boss.get("/admin/actors?limit=1001"), 422)
        self.problem(self.boss.get("/admin/actors?cursor=x"), 422)

    def test_the_tree_sums_up_what_is_below(self):
        tree = self.boss.get("/admin/actors/tree").json
        branches = {child["name"]: child for child in tree["children"]}
        self.assertIn("system", branches)
        self.assertFalse(branches["system"]["leaf"])
        below = self.boss.get("/admin/actors/tree?path=/system").json
        self.assertEqual(branches["system"]["actors"], sum(child["actors"] for child in below["children"]))
        inspector = next(child for child in below["children"] if child["name"] == "inspector")
        self.assertEqual((inspector["leaf"], inspector["kind"], inspector["path"]), (True, "inspector", "/system/inspector"))

    def test_one_actor_is_shown_with_its_messages_and_summary(self):
        self.assertEqual(self.seeker.get("/profiles/profile/me").status, 200)
        for path in (f"/admin/actors/users/{self.user}", f"/admin/actors/show/users/{self.user}"):
            look = self.boss.get(path)
            self.assertEqual(look.status, 200, look)
            self.assertEqual(look.json["actor"]["path"], f"/users/{self.user}")
            self.assertGreater(len(look.json["messages"]), 0)
            self.assertTrue(any(message["type"] for message in look.json["messages"]))
            self.assertIsNotNone(look.json["summary"], look)
            self.assertGreater(look.json["actor"]["bytes"], 100, "it says what its profile takes")
        self.assertNotIn(self.seeker.email, look.body.decode())
        self.problem(self.boss.get("/admin/actors/nobody/here"), 404)

    def test_nobody_else_sees_or_does_anything(self):
        for path in ("", "/tree", "/dead", f"/users/{self.user}"):
            self.problem(self.seeker.get("/admin/actors" + path), 403)
        for path in ("/traces", "/alarms", "/audit", "/overview"):
            self.problem(self.seeker.get("/admin" + path), 403)
        self.problem(self.seeker.post("/admin/actors/system/tasks/stop", {"confirm": "/system/tasks"}), 403)
        with self.assertRaises(Refused) as refused:
            Console(self.seeker)
        self.assertEqual(refused.exception.status, 403)

    def test_actions_are_confirmed_and_written_down(self):
        path = f"/users/{self.user}"
        self.problem(self.boss.post(f"/admin/actors{path}/restart", {"confirm": "/users/another"}), 422)
        self.problem(self.boss.post(f"/admin/actors{path}/restart", {}), 422)
        self.problem(self.boss.post(f"/admin/actors{path}/dance", {"confirm": path}), 404)
        self.problem(self.act("/users/nobody", "stop"), 404)
        for action in ("stop", "restart", "drain", "pause"):
            self.problem(self.act("/system/inspector", action), 409)
            self.problem(self.act("/system", action, subtree=True), 409)
        self.assertEqual(self.audit(actor=path), [])
        self.assertEqual(self.seeker.get("/profiles/profile/me").status, 200)
        born = self.boss.get("/admin/actors" + path).json["actor"]
        done = self.act(path, "restart", reason="a test")
        self.assertEqual((done.status, done.json), (200, {"action": "restart", "paths": [path], "count": 1}))
        self.assertEqual(self.seeker.get("/profiles/profile/me").status, 200, "a successor answers")
        after = wait_until(lambda: self.boss.get("/admin/actors" + path).json.get("actor"), "the successor")
        self.assertEqual(after["restarts"], born["restarts"] + 1)
        listed = self.rows(path=path, sort="restarts")["items"]
        self.assertEqual([(row["path"], row["restarts"]) for row in listed], [(path, after["restarts"])], "the list knows it at once")
        entry = self.audit(actor=path)[0]
        self.assertEqual((entry["action"], entry["target"], entry["detail"]), ("actor.restart", path, "1 actor: a test"))
        self.assertEqual(entry["ip"], "127.0.0.1")
        self.assertEqual(self.audit(action="actor.restart")[0]["id"], entry["id"])
        dead = self.boss.get("/admin/actors/dead").json["items"]
        self.assertIn((path, False), [(one["path"], one["crashed"]) for one in dead])

    def test_a_paused_actor_waits_and_goes_on(self):
        person = self.person()
        path = "/users/" + person.get("/users/me").json["id"]
        self.assertEqual(person.get("/profiles/profile/me").status, 200)
        self.assertEqual(self.act(path, "pause").status, 200)
        wait_until(lambda: self.boss.get("/admin/actors" + path).json["actor"]["state"] == "paused", "the pause")
        self.assertEqual(self.act(path, "resume").status, 200)
        self.assertEqual(person.get("/profiles/profile/me").status, 200)
        self.assertEqual(self.act(path, "drain").status, 200)
        wait_until(lambda: self.boss.get("/admin/actors" + path).status == 404, "its end")
        self.assertEqual(person.get("/profiles/profile/me").status, 200)

    def state(self, path):
        return self.boss.get("/admin/actors" + path).json["actor"]["state"]

    def ended_with(self, receive):
        """The code with which a connection is closed, whatever comes before."""
        with self.assertRaises(Closed) as closed:
            while True:
                receive()
        return closed.exception.code

    def test_a_pause_ends_by_itself(self):
        person = self.person()
        path = "/users/" + person.get("/users/me").json["id"]
        self.assertEqual(person.get("/profiles/profile/me").status, 200)
        self.problem(self.act(path, "pause", seconds=0), 422)
        self.problem(self.act(path, "pause", seconds=3601), 422)
        self.assertEqual(self.act(path, "pause", seconds=1).status, 200)
        self.assertEqual(person.get("/profiles/profile/me").status, 200, "it waited for the end of the pause")
        self.assertEqual(self.audit(actor=path)[0]["detail"], "1 actor, 1 s")
        # One that is over leaves the next alone.
        self.assertEqual(self.act(path, "pause", seconds=1).status, 200)
        self.assertEqual(self.act(path, "resume").status, 200)
        self.assertEqual(self.act(path, "pause").status, 200)
        other = self.person()
        other_path = "/users/" + other.get("/users/me").json["id"]
        self.assertEqual(other.get("/profiles/profile/me").status, 200)
        self.assertEqual(self.act(other_path, "pause", seconds=2).status, 200)
        wait_until(lambda: self.state(other_path) == "paused", "its pause")
        wait_until(lambda: self.state(other_path) != "paused", "the end of a later pause")
        self.assertEqual(self.state(path), "paused")
        self.assertEqual(self.act(path, "resume").status, 200)

    def test_who_signs_operators_in_is_not_paused(self):
        self.problem(self.act("/system/accounts", "pause"), 409)
        self.problem(self.act("/system", "pause", subtree=True), 409)
        self.problem(self.act("/", "pause", subtree=True), 409)
        self.assertEqual(self.audit(actor="/system/accounts"), [])
        self.assertEqual(self.act("/system/accounts", "restart").status, 200)
        self.assertEqual(wait_until(lambda: (back := self.seeker.get("/users/me")).status == 200 and back, "its successor").status, 200)

    def test_a_drain_ends_a_pause(self):
        person = self.person()
        path = "/users/" + person.get("/users/me").json["id"]
        self.assertEqual(person.get("/profiles/profile/me").status, 200)
        self.assertEqual(self.act(path, "pause").status, 200)
        wait_until(lambda: self.state(path) == "paused", "the pause")
        self.assertEqual(self.act(path, "drain").status, 200)
        wait_until(lambda: self.boss.get("/admin/actors" + path).status == 404, "its end")
        dead = self.boss.get("/admin/actors/dead").json["items"]
        self.assertEqual([one["reason"] for one in dead if one["path"] == path], ["stopped by an operator"])

    def test_who_is_connected_learns_that_the_session_was_stopped(self):
        chat = Chat(self.seeker).connect()
        path = self.rows(path="/sessions")["items"][0]["path"]
        self.assertEqual(self.act(path, "stop").status, 200)
        self.assertEqual(self.ended_with(chat.socket.receive), 1012)
        console = Console(self.boss).watch()
        console.frame("figures")
        path = self.rows(path="/consoles")["items"][0]["path"]
        self.assertEqual(self.act(path, "stop").status, 200)
        self.assertEqual(self.ended_with(console.socket.receive), 1012)
        wait_until(lambda: self.rows(path="/consoles")["total"] == 0, "the console's end")

    def test_a_stream_of_events_ends_with_its_session(self):
        conversation = self.seeker.post("/conversations", {}).json["id"]
        heard = []
        reader = threading.Thread(target=lambda: heard.append(self.seeker.get(f"/conversations/{conversation}/stream")))
        reader.start()
        path = wait_until(lambda: self.rows(path="/sessions")["items"], "the stream")[0]["path"]
        self.assertEqual(self.act(path, "stop").status, 200)
        reader.join(60)
        self.assertEqual(heard[0].status, 200)
        self.assertIn('"type":"closed","code":1012', heard[0].body.decode())

    def test_a_subtree_is_stopped_as_a_whole(self):
        people = [self.person() for _ in range(3)]
        for person in people:
            self.assertEqual(person.get("/profiles/profile/me").status, 200)
        count = self.rows(path="/users")["total"]
        done = self.act("/users", "stop", subtree=True)
        self.assertEqual(done.status, 200, done)
        self.assertEqual(done.json["count"], count)
        self.assertIn("subtree", self.audit(actor="/users")[0]["detail"])
        for person in people:
            self.assertEqual(person.get("/profiles/profile/me").status, 200)

    def test_a_request_is_followed_through_actors_and_sql(self):
        answer = self.seeker.put("/profiles/profile/me", {"summary": {"professional_summary": "Backend engineer"}})
        self.assertEqual(answer.status, 200, answer)
        trace = answer.headers["X-Request-Id"]
        view = wait_until(lambda: (found := self.boss.get(f"/admin/traces/{trace}")).status == 200
                          and any(span["kind"] == "request" for span in found.json["spans"]) and found.json, "the trace")
        kinds = {span["kind"] for span in view["spans"]}
        self.assertLessEqual({"request", "message", "statement"}, kinds)
        self.assertEqual(view["spans"][0]["kind"], "request")
        ids = set()
        for span in view["spans"]:
            self.assertTrue(span["parent"] is None or span["parent"] in ids, span)
            ids.add(span["id"])
        self.assertIn(f"/users/{self.user}", {span["actor"] for span in view["spans"]})
        self.assertIn("profile-updated", [event["topic"] for event in view["events"]])
        listed = self.boss.get("/admin/traces?slowest=true&name=PUT&limit=1000").json["items"]
        self.assertIn(trace, [row["trace_id"] for row in listed])
        self.problem(self.boss.get("/admin/traces/" + "0" * 31 + "1"), 404)
        self.problem(self.boss.get("/admin/traces/nonsense"), 404)

    def test_the_overview_has_figures_of_everything(self):
        view = self.boss.get("/admin/overview")
        self.assertEqual(view.status, 200, view)
        self.assertGreater(view.json["actors"]["live"], 5)
        self.assertGreater(view.json["http"]["requests"], 0)
        self.assertGreater(view.json["sql"]["statements"], 0)
        self.assertEqual(view.json["sql"]["connections_up"], view.json["sql"]["connections"])
        self.assertIsNotNone(view.json["events"]["outbox"])
        self.assertEqual((view.json["events"]["dead_letters"], view.json["events"]["dead_letters_since_start"]), (0, 0))
        self.assertIsNotNone(view.json["cost"]["today_usd"])
        upstreams = {one["name"]: one for one in view.json["upstreams"]}
        self.assertEqual(upstreams["openai"]["state"], "closed")
        since = datetime.datetime.fromisoformat(upstreams["openai"]["since"].replace("Z", "+00:00"))
        age = datetime.datetime.fromisoformat(view.json["at"].replace("Z", "+00:00")) - since
        self.assertTrue(-1 <= age.total_seconds() <= view.json["uptime_s"] + 2, upstreams)
        self.assertEqual(self.boss.get("/admin/alarms").json, {"items": []})

    def test_a_console_watches(self):
        console = Console(self.boss).watch(path="/users", sort="messages", limit=5)
        first = console.frame("figures")
        self.assertGreater(first["totals"]["actors"], 5)
        self.assertLessEqual(len(first["rows"]), 5)
        self.assertTrue(all(row["path"].startswith("/users") for row in first["rows"]))
        self.assertIsNotNone(console.frame("figures", lambda frame: frame["totals"]["rate"] is not None))
        self.assertEqual(len(self.rows(path="/consoles")["items"]), 1)
        for wrong in ("no JSON", '{"type":"dance"}', '{"type":"watch","interval_ms":1}', '{"type":"watch","query":{"limit":0}}',
                      '{"type":"watch","query":{"cursor":"x"}}'):
            console.socket.raw(1, wrong.encode())
            self.assertIn(console.frame("error")["code"], ("malformed", "invalid"), wrong)
        console.watch(kind="console")
        self.assertEqual(console.frame("figures", lambda frame: frame["total"] == 1)["rows"][0]["kind"], "console")
        console.socket.close()
        wait_until(lambda: self.rows(path="/consoles")["total"] == 0, "the console's end")


    def test_work_that_stands_still_is_an_alarm_until_it_goes_on(self):
        made = self.seeker.post("/applications", {"company": "Acme", "job_title": "Engineer"})
        self.assertEqual(made.status, 201, made)
        path = "/applications/" + made.json["id"]
        self.database.query(
            "insert into submissions (application_id, user_id, subject, phase, send_right, fence, attempt, refusals, look_ups, polls, failures, cancel_wanted, "
            "in_vain, stale, run_id, run_state, steps, instructions, heard_at, wake_at, updated_at) values "
            f"('{made.json['id']}', '{self.user}', 'a test', 'running', 'spent', 1, 1, 0, 0, 9, 0, false, false, true, 'tsk_1', 'running', 3, '', "
            "now() - interval '3 hours', now() + interval '1 hour', now())")
        self.assertEqual([one["id"] for one in self.boss.get("/admin/applications?stuck=true").json["items"]], [made.json["id"]])
        console = Console(self.boss).watch()
        alarm = console.frame("alarm")["alarm"]
        self.assertEqual((alarm["kind"], alarm["path"], alarm["level"]), ("stale_workflow", path, "warning"))
        self.assertTrue(alarm["detail"].startswith("nothing is heard of its run"), alarm)
        self.assertEqual(self.boss.get("/admin/alarms").json["items"], [alarm])
        self.assertEqual(self.boss.get("/admin/overview").json["alarms"], [alarm])
        self.database.query(f"update submissions set stale = false where application_id = '{made.json['id']}'")
        self.assertEqual(console.frame("alarm_over")["id"], alarm["id"])
        self.assertEqual(self.boss.get("/admin/alarms").json["items"], [])


class AtTheEnd(Case):
    def test_an_open_console_does_not_hold_the_server_up(self):
        console = Console(self.admin()).watch()
        console.frame("figures")
        self.assertEqual(self.server.stop(), 0)
        with self.assertRaises(Closed) as closed:
            console.frame("never")
        self.assertEqual(closed.exception.code, 1012)


if __name__ == "__main__":
    main()
