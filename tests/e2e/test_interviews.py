"""Slots, interviews, their calendar files, and what people are told, over HTTP and live."""
import concurrent.futures
import datetime
import re
import signal
import socket
import uuid
import zoneinfo

import harness
from harness import Client, wait_until
from live import Chat
from test_assistant import AssistantCase, in_days

UTC = datetime.timezone.utc


def moment(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def stamp(time):
    return time.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")


class Calendar:
    """An iCalendar object read as RFC 5545 says; refuses what is not well-formed."""

    def __init__(self, data):
        assert data.endswith(b"\r\n") and b"\n" not in data.replace(b"\r\n", b""), "lines end in CR LF"
        lines = []
        for line in data.split(b"\r\n")[:-1]:
            assert len(line) <= 75, f"{len(line)} octets: {line}"
            line.decode("utf-8")  # folded between characters
            if line.startswith(b" "):
                lines[-1] += line[1:]
            else:
                lines.append(line)
        self.values, open_parts = {}, []
        for line in lines:
            head, value = re.fullmatch(r'((?:"[^"]*"|[^":])+):(.*)', line.decode("utf-8"), re.S).groups()
            name, *parameters = head.split(";")
            if name == "BEGIN":
                open_parts.append(value)
            elif name == "END":
                assert open_parts.pop() == value
            else:
                assert (open_parts[-1], name) not in self.values, f"{name} twice"
                self.values[open_parts[-1], name] = (value, parameters)
        assert not open_parts

    def __getitem__(self, name):
        return self.values["VEVENT", name][0]

    def text(self, name):
        return re.sub(r"\\(.)", lambda m: "\n" if m.group(1) in "nN" else m.group(1), self[name], flags=re.S)

    @property
    def method(self):
        return self.values["VCALENDAR", "METHOD"][0]


class InterviewCase(AssistantCase):
    def slot(self, employer, day, hour=10, zone=None, minutes=30):
        """One slot of an employer; with a zone, at that hour on clocks there."""
        text = in_days(day, hour).removesuffix(":00Z")
        body = {"slots": [{"starts_at": text, "ends_at": text.removesuffix("00") + f"{minutes:02}"}], "time_zone": zone or "UTC"}
        made = employer.post("/calendar/slots", body)
        self.assertEqual(made.status, 201, made)
        return made.json["items"][0]

    def book(self, person, slot, **more):
        made = person.post("/interviews", {"slot_id": slot["id"], **more})
        self.assertEqual(made.status, 201, made)
        return made.json

    def patch(self, person, interview, body, **headers):
        return person.call("PATCH", f"/interviews/{interview['id']}", body, {k.replace("_", "-"): v for k, v in headers.items()})

    def changed(self, person, interview, body):
        answer = self.patch(person, interview, body)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def notices(self, person, **query):
        page = person.get("/notifications?" + "&".join(f"{k}={v}" for k, v in query.items()))
        self.assertEqual(page.status, 200, page)
        return page.json["items"]


class Booking(InterviewCase):
    def test_one_of_many_who_ask_again_and_again(self):
        employer = self.employer("Merribrook")
        people = [self.person() for _ in range(8)]
        ids = []
        for round in range(3):
            slot = self.slot(employer, 3 + round)
            with concurrent.futures.ThreadPoolExecutor(24) as pool:
                asked = [pool.submit(p.post, "/interviews", {"slot_id": slot["id"], "notes": "Me, please."}) for p in people for _ in range(6)]
                answers = [a.result() for a in asked]
            self.assertEqual({a.status for a in answers}, {201, 409})
            won = [a.json for a in answers if a.status == 201]
            self.assertEqual(len({i["id"] for i in won}), 1, won)
            self.assertEqual(len({i["user_id"] for i in won}), 1)
            self.assertEqual(len(won), 6, "each request of the winner is answered the same")
            self.assertEqual(self.database.query(f"select count(*) from interviews where slot_id = '{slot['id']}'"), "1")
            ids.append(won[0]["id"])
        self.assertEqual(employer.get("/calendar/slots").json["items"][0]["taken"], True)
        # Each was told once.
        listed = ",".join(f"'{i}'" for i in ids)
        told = self.database.query(f"select count(*), count(distinct user_id) from notifications where subject_id in ({listed}) group by subject_id")
        self.assertEqual(told.split(), ["2|2"] * 3, "the person and the employer of each")

    def test_a_retry_after_the_connection_broke_is_the_same_interview(self):
        person, slot = self.person(), self.slot(self.employer("Quarrington"), 4)
        body = b'{"slot_id":"' + slot["id"].encode() + b'"}'
        head = (f"POST /api/v1/interviews HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {person.tokens['access_token']}\r\n"
                f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n").encode()
        with socket.create_connection(("127.0.0.1", self.server.port)) as broken:
            broken.sendall(head + body)  # and is gone before the answer
        wait_until(lambda: person.get("/interviews").json["items"], "the first request's interview")
        again = self.book(person, slot)
        self.assertEqual([again["id"]], [i["id"] for i in person.get("/interviews").json["items"]])

    def test_requests_with_a_key(self):
        person, other, employer = self.person(), self.person(), self.employer("Tillingham")
        slot, key = self.slot(employer, 5), {"Idempotency_Key": str(uuid.uuid4())}
        first = person.post("/interviews", {"slot_id": slot["id"]}, **key)
        self.assertEqual(first.status, 201, first)
        self.changed(person, first.json, {"status": "cancelled"})
        again = person.post("/interviews", {"slot_id": slot["id"]}, **key)
        self.assertEqual((again.status, again.json["id"], again.json["status"]), (201, first.json["id"], "cancelled"))
        self.problem(person.post("/interviews", {"slot_id": slot["id"], "notes": "x"}, **key), 409)
        self.assertNotEqual(other.post("/interviews", {"slot_id": slot["id"]}, **key).json["id"], first.json["id"])
        own = {"company": "Elsewhere", "starts_at": in_days(6), "ends_at": in_days(6, 11)}
        keyed = {"Idempotency_Key": "own"}
        made = [person.post("/interviews", own, **keyed).json["id"] for _ in range(3)]
        self.assertEqual(len(set(made)), 1)
        self.problem(person.post("/interviews", own), 409)
        self.problem(person.post("/interviews", own, Idempotency_Key="x" * 201), 422)

    def test_nobody_is_in_two_places(self):
        person = self.person()
        self.book(person, self.slot(self.employer("Ashcombe"), 7))
        elsewhere = self.employer("Birchley")
        same = self.slot(elsewhere, 7)
        self.assertIn("another interview", self.problem(person.post("/interviews", {"slot_id": same["id"]}), 409)["detail"])
        self.assertFalse(elsewhere.get("/calendar/slots").json["items"][0]["taken"])
        self.book(self.person(), same)

    def test_reschedule_and_cancel(self):
        employer, person, rival = self.employer("Underhill"), self.person(), self.person()
        slots = [self.slot(employer, 3 + i) for i in range(3)]
        made = self.book(person, slots[0])
        moved = self.changed(person, made, {"slot_id": slots[1]["id"]})
        self.assertEqual((moved["status"], moved["starts_at"], moved["version"]), ("rescheduled", slots[1]["starts_at"], 2))
        self.assertEqual(self.changed(person, made, {"slot_id": slots[1]["id"]})["version"], 2, "again is nothing")
        self.book(rival, slots[0])
        self.problem(self.patch(person, made, {"slot_id": slots[0]["id"]}), 409)
        # Many want the last one, by booking and by moving.
        with concurrent.futures.ThreadPoolExecutor(12) as pool:
            people = [self.person() for _ in range(5)]
            asked = [pool.submit(p.post, "/interviews", {"slot_id": slots[2]["id"]}) for p in people]
            asked += [pool.submit(self.patch, person, made, {"slot_id": slots[2]["id"]})]
            good = [a.result() for a in asked if a.result().status < 300]
        self.assertEqual(len(good), 1)
        gone = self.changed(person, made, {"status": "cancelled"})
        self.assertEqual(gone["slot_id"], None)
        self.assertEqual(self.changed(person, made, {"status": "cancelled"})["version"], gone["version"])
        self.problem(self.patch(person, made, {"status": "done"}), 409)
        # Freed, it can be had again.
        free = [s["id"] for s in person.get("/calendar/slots?company=Underhill").json["items"]]
        self.assertTrue(free)
        self.assertNotEqual(self.book(person, {"id": free[0]})["id"], made["id"])

    def test_versions(self):
        person = self.person()
        made = self.book(person, self.slot(self.employer("Ferncliff"), 9))
        got = person.get(f"/interviews/{made['id']}")
        self.assertEqual(got.headers["ETag"], '"v1"')
        self.assertEqual(person.get(f"/interviews/{made['id']}", If_None_Match='"v1"').status, 304)
        changed = self.patch(person, made, {"notes": "A"}, If_Match='"v1"')
        self.assertEqual((changed.status, changed.headers["ETag"]), (200, '"v2"'))
        self.problem(self.patch(person, made, {"notes": "B"}, If_Match='"v1"'), 412)
        self.assertEqual(person.get(f"/interviews/{made['id']}").json["notes"], "A")

    def test_both_sides_see_it_and_nobody_else(self):
        employer, person, other = self.employer("Larkhill"), self.person(), self.person()
        made = self.book(person, self.slot(employer, 4))
        for who in (person, employer, self.admin()):
            self.assertEqual(who.get(f"/interviews/{made['id']}").json["id"], made["id"])
        self.assertEqual([i["id"] for i in employer.get("/interviews").json["items"]], [made["id"]])
        for path in (f"/interviews/{made['id']}", f"/interviews/{made['id']}.ics"):
            self.problem(other.get(path), 404)
        self.problem(self.patch(other, made, {"status": "cancelled"}), 404)
        self.assertEqual(other.get("/interviews").json["items"], [])
        self.problem(person.post("/calendar/slots", {"slots": [{"starts_at": in_days(3), "ends_at": in_days(3, 11)}]}), 403)
        self.assertEqual(self.changed(employer, made, {"status": "cancelled"})["status"], "cancelled")

    def test_killed_right_after_the_request_there_is_one_interview(self):
        employer, person = self.employer("Netherby"), self.person()
        for day in (3, 4, 5):
            slot = self.slot(employer, day)
            with concurrent.futures.ThreadPoolExecutor(4) as pool:
                asked = [pool.submit(person.post, "/interviews", {"slot_id": slot["id"]}) for _ in range(4)]
                self.server.stop(signal.SIGKILL)
                for a in asked:
                    a.exception()  # answered or cut off, either is fine
            self.restart()
            for client in (employer, person):
                client.server = self.server
            self.assertEqual(self.book(person, slot)["id"], self.book(person, slot)["id"])
            self.assertEqual(self.database.query(f"select count(*) from interviews where slot_id = '{slot['id']}'"), "1")
        # Told once for each, by whichever request it was.
        self.assertEqual(len(self.notices(person)), 3)


class Zones(InterviewCase):
    def test_times_are_read_and_shown_where_people_are(self):
        employer, person = self.employer("Oakhurst"), self.person()
        slot = self.slot(employer, 10, 10, "America/New_York")
        there = zoneinfo.ZoneInfo("America/New_York")
        wall = datetime.datetime.fromisoformat(in_days(10).removesuffix("Z")).replace(tzinfo=there)
        self.assertEqual(moment(slot["starts_at"]), wall)
        self.assertEqual(slot["time_zone"], "America/New_York")
        self.assertEqual(slot["starts_at_local"], wall.isoformat())
        listed = person.get("/calendar/slots?company=Oakhurst&time_zone=Asia/Kathmandu").json["items"][0]
        self.assertEqual(listed["starts_at_local"], wall.astimezone(zoneinfo.ZoneInfo("Asia/Kathmandu")).isoformat())
        made = self.book(person, slot, time_zone="Asia/Tokyo")
        tokyo = wall.astimezone(zoneinfo.ZoneInfo("Asia/Tokyo")).isoformat()
        self.assertEqual((made["time_zone"], made["starts_at_local"]), ("Asia/Tokyo", tokyo))
        path = f"/interviews/{made['id']}"
        self.assertEqual(person.get(path).json["starts_at_local"], tokyo)
        self.assertEqual(employer.get(path).json["starts_at_local"], wall.isoformat(), "the employer thinks in his")
        self.assertEqual(employer.get("/interviews").json["items"][0]["time_zone"], "America/New_York")
        self.assertEqual(person.get(path + "?time_zone=Europe/Berlin").json["starts_at_local"],
                         wall.astimezone(zoneinfo.ZoneInfo("Europe/Berlin")).isoformat())
        # Each is told in their own zone.
        self.assertIn("(Asia/Tokyo)", self.notices(person)[0]["text"])
        self.assertIn("10:00 to 10:30 (America/New_York)", self.notices(employer)[0]["text"])

    def test_when_clocks_change(self):
        employer = self.employer("Pinecrest")
        zone = zoneinfo.ZoneInfo("Europe/Berlin")
        year = datetime.datetime.now(UTC).year + 1
        # The last Sundays of March and October.
        spring, autumn = (max(d for d in (datetime.date(year, month, day) for day in range(25, 32)) if d.weekday() == 6) for month in (3, 10))

        def offered(day, start, end, **more):
            return employer.post("/calendar/slots", {"slots": [{"starts_at": f"{day}T{start}", "ends_at": f"{day}T{end}"}], "time_zone": "Europe/Berlin", **more})

        for day, time in ((spring, "01:30"), (spring, "03:30"), (autumn, "01:30"), (autumn, "03:30")):
            made = offered(day, time, time[:3] + "45")
            self.assertEqual(made.status, 201, made)
            wall = datetime.datetime.fromisoformat(f"{day}T{time}").replace(tzinfo=zone)
            self.assertEqual(moment(made.json["items"][0]["starts_at"]), wall)
            self.assertEqual(made.json["items"][0]["starts_at_local"], wall.isoformat())
        skipped = self.problem(offered(spring, "02:30", "02:45"), 422)
        self.assertEqual([e["pointer"] for e in skipped["errors"]], ["/slots/0/starts_at", "/slots/0/ends_at"])
        self.assertIn("twice", self.problem(offered(autumn, "02:30", "02:45"), 422)["errors"][0]["detail"])
        for offset, utc in (("+02:00", 0), ("+01:00", 1)):
            made = offered(autumn, "02:30:00" + offset, "02:45:00" + offset)
            self.assertEqual(made.status, 201, made)
            self.assertEqual(made.json["items"][0]["starts_at"], f"{autumn}T{utc:02}:30:00Z")
            self.assertEqual(made.json["items"][0]["starts_at_local"], f"{autumn}T02:30:00{offset}")

    def test_what_is_no_time_or_zone(self):
        employer, person = self.employer("Redfern"), self.person()
        span = {"starts_at": "2027-03-01T10:00", "ends_at": "2027-03-01T11:00"}
        for zone in ("", "Berlin", "../../etc/passwd", "Europe/Berlin\u0000", "x" * 65):
            self.assertIn(employer.post("/calendar/slots", {"slots": [span], "time_zone": zone}).status, (400, 422), zone)
        self.assertIn("offset", self.problem(employer.post("/calendar/slots", {"slots": [span]}), 422)["errors"][0]["detail"])
        for bad in ("tomorrow", "2027-03-01", "2027-02-30T10:00", "", "2027-03-01T10:00:00Zz"):
            body = {"company": "X", "starts_at": bad, "ends_at": "2027-03-01T11:00", "time_zone": "UTC"}
            self.problem(person.post("/interviews", body), 422)
        for path in ("/interviews?time_zone=Mars/Phobos", "/calendar/slots?time_zone=Mars", f"/interviews/{uuid.uuid4()}?time_zone=Mars"):
            self.problem(person.get(path), 422)


class Files(InterviewCase):
    def test_a_calendar_file_follows_its_interview(self):
        employer, person = self.employer('Wick; "Sons", Co'), self.person()
        slots = [self.slot(employer, 5 + i, 10, "Asia/Kolkata") for i in range(2)]
        place = "Hall 3, left; then\nup the stairs ü€🦀 " + "and on " * 20 + "."
        made = self.book(person, slots[0], job_title="Welder", location=place, notes="Bring:\\a pen,\r\nand paper")
        path = f"/interviews/{made['id']}"
        answer = person.get(path + ".ics")
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.headers["Content-Type"].startswith("text/calendar; charset=utf-8"))
        self.assertIn("interview.ics", answer.headers["Content-Disposition"])
        first = Calendar(answer.body)
        self.assertEqual(first["UID"], made["id"])
        self.assertEqual((first["SEQUENCE"], first["STATUS"], first.method), ("0", "CONFIRMED", "PUBLISH"))
        self.assertEqual(first["DTSTART"], stamp(moment(made["starts_at"])))
        self.assertEqual(first["DTEND"], stamp(moment(made["ends_at"])))
        self.assertEqual(first.text("SUMMARY"), 'Interview: Welder, Wick; "Sons", Co')
        self.assertEqual(first.text("LOCATION"), place)
        self.assertEqual(first.text("DESCRIPTION"), "Bring:\\a pen,\nand paper")
        accepted = person.get(path, Accept="text/calendar")
        self.assertEqual(accepted.body, answer.body)
        self.assertEqual(person.get(path + ".ics", If_None_Match=answer.headers["ETag"]).status, 304)
        self.assertEqual(Calendar(employer.get(path + ".ics").body)["UID"], made["id"])
        moved = self.changed(person, made, {"slot_id": slots[1]["id"]})
        second = Calendar(person.get(path + ".ics").body)
        self.assertEqual((second["UID"], second["STATUS"], second["DTSTART"]), (made["id"], "CONFIRMED", stamp(moment(moved["starts_at"]))))
        self.assertGreater(int(second["SEQUENCE"]), int(first["SEQUENCE"]))
        self.changed(employer, made, {"status": "cancelled"})
        gone = Calendar(person.get(path + ".ics").body)
        self.assertEqual((gone["UID"], gone["STATUS"], gone.method), (made["id"], "CANCELLED", "CANCEL"))
        self.assertGreater(int(gone["SEQUENCE"]), int(second["SEQUENCE"]))
        self.problem(person.get("/interviews/nonsense.ics"), 404)
        self.problem(person.get(f"/interviews/{uuid.uuid4()}.ics"), 404)
        self.problem(Client(self.server).get(path + ".ics"), 401)


class Told(InterviewCase):
    def frame(self, chat, kind="interview"):
        return chat.until(lambda f: f["type"] == "notification" and f["kind"] == kind)

    def test_both_sides_are_told_live_and_nobody_else(self):
        employer, person, other = self.employer("Silverdale"), self.person(), self.person()
        slots = [self.slot(employer, 6 + i) for i in range(2)]
        devices = [Chat(person).connect(), Chat(person).connect()]
        boss, stranger = Chat(employer).connect(), Chat(other).connect()
        made = self.book(person, slots[0], job_title="Welder")
        for chat in (*devices, boss):
            told = self.frame(chat)
            self.assertEqual((told["subject_type"], told["subject_id"]), ("interview", made["id"]))
            self.assertEqual(told["title"], "Interview booked: Welder, Silverdale")
        self.book(person, slots[0], job_title="Welder")  # nothing new
        self.changed(person, made, {"slot_id": slots[1]["id"]})
        self.changed(employer, made, {"notes": "nobody needs to know"})
        self.changed(employer, made, {"status": "cancelled"})
        for chat, titles in ((devices[0], ["moved", "cancelled"]), (devices[1], ["moved", "cancelled"]), (boss, ["moved"])):
            for title in titles:
                self.assertEqual(self.frame(chat)["title"], f"Interview {title}: Welder, Silverdale")
        # What comes next on each connection is the answer to a ping: nothing was sent beside.
        for chat in (*devices, boss, stranger):
            chat.send({"type": "ping"})
            self.assertEqual(chat.next()["type"], "pong")
        self.assertEqual(self.notices(other), [])
        self.assertEqual([n["title"].split(":")[0] for n in self.notices(person)], ["Interview cancelled", "Interview moved", "Interview booked"])
        self.assertEqual([n["title"].split(":")[0] for n in self.notices(employer)], ["Interview moved", "Interview booked"])
        for chat in (*devices, boss, stranger):
            chat.close()

    def test_reading(self):
        employer, person = self.employer("Thornbury"), self.person()
        for day in range(5):
            self.book(person, self.slot(employer, 3 + day))
        everything = self.notices(person)
        self.assertEqual(len(everything), 5)
        page = person.get("/notifications?limit=2").json
        seen = page["items"]
        while page["next"]:
            page = person.get(f"/notifications?limit=2&cursor={page['next']}").json
            seen += page["items"]
        self.assertEqual(seen, everything)
        chat = Chat(person).connect()
        self.assertEqual(self.frame(chat, "unread")["unread"], 5)
        path = f"/notifications/{everything[1]['id']}/read"
        read = person.post(path)
        self.assertEqual(read.status, 200, read)
        self.assertEqual(self.frame(chat, "unread")["unread"], 4)
        self.assertEqual(person.post(path).json, read.json, "reading twice is reading once")
        self.problem(employer.post(path), 404)
        self.problem(person.post(f"/notifications/{uuid.uuid4()}/read"), 404)
        self.assertEqual([n["id"] for n in self.notices(person, unread="true")], [n["id"] for n in everything if n["id"] != everything[1]["id"]])
        self.assertEqual(person.post("/notifications/read-all").json, {"unread": 0})
        self.assertEqual(self.notices(person, unread="true"), [])
        self.assertEqual(len(self.notices(person)), 5)
        self.assertEqual(len(self.notices(employer, unread="true")), 5)
        chat.close()
        for query in ("limit=0", "limit=101", "cursor=x", "unread=perhaps", "shoe=1"):
            self.problem(person.get("/notifications?" + query), 422)
        self.problem(Client(self.server).get("/notifications"), 401)

    def test_the_assistant_books_shows_local_times_and_tells(self):
        employer, person = self.employer("Vale Ridge"), self.talker()
        slot = self.slot(employer, 2, 10, "Europe/Berlin")
        chat, boss = Chat(person).connect(), Chat(employer).connect()
        turn = self.done(chat, "Which interview slots are there at Vale Ridge?")
        offered = turn.result("getInterviewSlots")["result"]["slots"]
        self.assertEqual([(s["slotId"], s["timeZone"], s["startsAtLocal"]) for s in offered], [(slot["id"], "Europe/Berlin", slot["starts_at_local"])])
        day = in_days(2)[:10]
        turn = self.done(chat, f"Schedule an interview with Vale Ridge on {day} at 10:00", turn.conversation, accept=True)
        self.assertIn("10:00 to 10:30 (Europe/Berlin)", turn.confirms[0]["text"])
        result = turn.result("scheduleInterview")["result"]
        self.assertEqual(result["startsAtLocal"], slot["starts_at_local"])
        for frames in (turn.frames, [self.frame(boss)]):
            told = [f for f in frames if f["type"] == "notification" and f["kind"] == "interview"]
            if frames is turn.frames and not told:
                told = [self.frame(chat)]
            self.assertEqual([f["subject_id"] for f in told], [result["interviewId"]])
        # The same through the other door is the same interview.
        listed = person.get("/interviews").json["items"]
        self.assertEqual([i["id"] for i in listed], [result["interviewId"]])
        chat.close()
        boss.close()

    def test_a_stream_of_events_is_told_too(self):
        employer, person = self.employer("Westmere"), self.talker()
        conversation = person.post("/conversations", {}).json["id"]
        with socket.create_connection(("127.0.0.1", self.server.port), harness.PATIENCE) as stream:
            stream.sendall((f"GET /api/v1/conversations/{conversation}/stream HTTP/1.1\r\nHost: x\r\n"
                            f"Authorization: Bearer {person.tokens['access_token']}\r\nAccept: text/event-stream\r\n\r\n").encode())
            got = stream.recv(65536)
            made = self.book(person, self.slot(employer, 3))
            while made["id"].encode() not in got:
                piece = stream.recv(65536)
                self.assertTrue(piece, got)
                got += piece
        self.assertIn(b"event: notification", got)


if __name__ == "__main__":
    harness.main()
