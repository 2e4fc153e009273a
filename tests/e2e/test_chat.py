"""Conversations over WebSocket, server-sent events and plain requests."""
import json
import random
import signal
import threading
import time
import unittest
import uuid

import harness
from harness import Case, Client, wait_until
from live import Chat, Closed, Refused, Socket, Transcript


class ChatCase(Case):
    settings = {"LLM_CONTINUOUS_USAGE": "true"}

    def talker(self, **kw):
        person = self.person(**kw)
        answer = person.put("/users/me/consents", {"ai_chat": True})
        self.assertEqual(answer.status, 200, answer)
        self.assertTrue(answer.json["ai_chat"])
        return person

    def stored(self, person, conversation):
        """The transcript as the rows have it: turn -> (question, answer)."""
        turns = {}
        path = f"/conversations/{conversation}/messages?limit=200"
        while path:
            page = person.get(path)
            self.assertEqual(page.status, 200, page)
            for message in page.json["items"]:
                turn = turns.setdefault(message["turn_id"], {})
                turn["question" if message["role"] == "user" else "text"] = message["content"]
                if message["role"] == "assistant":
                    turn["state"] = message["state"]
            cursor = page.json["next"]
            path = cursor and f"/conversations/{conversation}/messages?limit=200&cursor={cursor}"
        return turns

    def same(self, person, transcript):
        """What a client has equals what is stored."""
        stored = self.stored(person, transcript.conversation)
        for turn_id, turn in transcript.turns.items():
            self.assertEqual(turn["question"], stored[turn_id]["question"])
            if turn["state"] in ("done", "cancelled"):
                self.assertEqual(turn["text"], stored[turn_id]["text"])
                self.assertEqual(turn["state"], stored[turn_id]["state"])


class Talking(ChatCase):
    def test_a_question_is_streamed_and_stored(self):
        person = self.talker()
        chat = Chat(person).connect()
        turn = chat.answer("How do I prepare for a job interview?")
        self.assertEqual(turn["state"], "done")
        self.assertGreater(len(turn["text"]), 20)
        self.same(person, chat.transcripts[turn["conversation"]])
        listed = person.get("/conversations").json["items"]
        self.assertEqual([c["id"] for c in listed], [turn["conversation"]])
        self.assertTrue(wait_until(lambda: person.get("/conversations").json["items"][0]["title"], "a title"))
        chat.close()

    def test_consent_is_needed(self):
        person = self.person()
        chat = Chat(person).connect()
        chat.ask("Hello")
        error = chat.until(lambda f: f["type"] == "error")
        self.assertEqual(error["code"], "forbidden")
        self.assertIn("consents", error["detail"])
        chat.close()

    def test_consent_taken_back_holds_at_once(self):
        person = self.talker()
        chat = Chat(person).connect()
        turn = chat.answer("How long should a CV be?")
        self.assertEqual(turn["state"], "done")
        for given in (False, True, False):
            self.assertEqual(person.put("/users/me/consents", {"ai_chat": given}).status, 200)
            if given:
                self.assertEqual(chat.answer("And a letter?", turn["conversation"])["state"], "done")
            else:
                chat.ask("Hello", turn["conversation"])
                error = chat.until(lambda f: f["type"] == "error")
                self.assertEqual(error["code"], "forbidden")
        chat.close()

    def test_a_whole_answer_without_streaming(self):
        person = self.talker()
        made = person.post("/conversations", {})
        self.assertEqual(made.status, 201, made)
        answer = person.post(f"/conversations/{made.json['id']}/messages", {"content": "What is a good CV?"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.json["state"], "done")
        self.assertTrue(answer.json["message"]["content"])
        later = person.post(f"/conversations/{made.json['id']}/messages", {"content": "And a letter?"}, Prefer="respond-async")
        self.assertEqual(later.status, 202, later)

    def test_server_sent_events(self):
        person = self.talker()
        conversation = person.post("/conversations", {}).json["id"]
        answer = person.call("POST", f"/conversations/{conversation}/messages", {"content": "Tell me about CVs"},
                             {"Accept": "text/event-stream"})
        self.assertEqual(answer.status, 200, answer)
        self.assertEqual(answer.headers["Content-Type"], "text/event-stream")
        transcript = Transcript(conversation)
        for block in answer.body.decode().split("\n\n"):
            fields = dict(line.split(": ", 1) for line in block.split("\n") if ": " in line and not line.startswith(":"))
            if "data" not in fields or fields.get("event") in ("closed", "retry"):
                continue
            frame = json.loads(fields["data"])
            self.assertEqual(fields["event"], frame["type"])
            self.assertEqual(fields["id"], f"{frame['epoch']}-{frame['seq']}")
            if not transcript.epoch:
                transcript.epoch, transcript.seq = frame["epoch"], frame["seq"] - 1
            transcript.apply(frame)
        self.assertEqual(len(transcript.turns), 1)
        self.same(person, transcript)

    def test_a_resend_is_recognised(self):
        person = self.talker()
        chat = Chat(person).connect()
        turn = chat.answer("What is a notice period?", client_msg_id="once")
        conversation = turn["conversation"]
        chat.ask("What is a notice period?", conversation, client_msg_id="once")
        again = chat.until(lambda f: f["type"] == "accepted" and f.get("again"))
        self.assertEqual(again["turn_id"], turn["id"])
        self.assertEqual(len(self.stored(person, conversation)), 1)
        # The first message of a conversation, sent again without its id, begins no second one.
        chat.ask("What is a notice period?", client_msg_id="once")
        chat.until(lambda f: f["type"] == "accepted" and f.get("again"))
        self.assertEqual(len(person.get("/conversations").json["items"]), 1)
        chat.close()

    def test_strangers_see_nothing(self):
        person, stranger = self.talker(), self.talker()
        chat = Chat(person).connect()
        turn = chat.answer("What is a trial period?")
        conversation = turn["conversation"]
        for method, path, body in (("GET", "", None), ("GET", "/messages", None), ("PATCH", "", {"title": "mine"}),
                                   ("DELETE", "", None), ("POST", "/messages", {"content": "hello"})):
            self.problem(stranger.call(method, f"/conversations/{conversation}{path}", body), 404)
        other = Chat(stranger).connect()
        other.resume(conversation)
        self.assertEqual(other.until(lambda f: f["type"] == "error")["code"], "not_found")
        other.ask("hello", conversation)
        self.assertEqual(other.until(lambda f: f["type"] == "error")["code"], "not_found")
        chat.close()
        other.close()

    def test_the_handshake(self):
        person = self.talker()
        port = self.server.port
        with self.assertRaises(Refused) as refused:
            Socket(port)
        self.assertEqual(refused.exception.status, 401)
        bearer = {"Authorization": "Bearer " + person.tokens["access_token"]}
        with self.assertRaises(Refused) as refused:
            Socket(port, headers={**bearer, "Origin": "https://evil.example"})
        self.assertEqual(refused.exception.status, 403)
        ticket = person.post("/auth/ws-ticket")
        self.assertEqual(ticket.status, 201, ticket)
        path = "/api/v1/chat/ws?ticket=" + ticket.json["ticket"]
        Socket(port, path).close()
        with self.assertRaises(Refused) as refused:
            Socket(port, path)
        self.assertEqual(refused.exception.status, 401)
        protocols = "jobraker.v1, jobraker.auth." + person.tokens["access_token"]
        live = Socket(port, headers={"Sec-WebSocket-Protocol": protocols})
        self.assertEqual(live.headers["sec-websocket-protocol"], "jobraker.v1")
        live.close()
        self.assertNotIn(ticket.json["ticket"], self.server.text())

    def test_nonsense_is_answered(self):
        person = self.talker()
        chat = Chat(person).connect()
        for text in ("", "{", "[]", "{}", '{"type":"dance"}', '{"type":"send"}', '{"type":"resume","conversation_id":"x"}',
                     '{"type":"send","client_msg_id":"1","content":7}', '{"type":"confirm"}'):
            chat.socket.raw(1, text.encode())
            self.assertEqual(chat.until(lambda f: True)["type"], "error", text)
            time.sleep(0.06)
        chat.ask("", client_msg_id="empty")
        self.assertEqual(chat.until(lambda f: f["type"] == "error")["code"], "invalid")
        chat.send({"type": "ping"})
        chat.until(lambda f: f["type"] == "pong")
        chat.socket.raw(2, b"binary")
        with self.assertRaises(Closed) as closed:
            chat.next()
        self.assertEqual(closed.exception.code, 1003)

    def test_delete_and_archive(self):
        person = self.talker()
        chat = Chat(person).connect()
        conversation = chat.answer("What is a reference?")["conversation"]
        changed = person.call("PATCH", f"/conversations/{conversation}", {"title": "References", "archived": True})
        self.assertEqual(changed.status, 200, changed)
        self.assertEqual(changed.json["title"], "References")
        self.assertEqual(person.get("/conversations").json["items"], [])
        self.assertEqual(len(person.get("/conversations?archived=true").json["items"]), 1)
        self.assertEqual(person.call("DELETE", f"/conversations/{conversation}").status, 204)
        gone = chat.until(lambda f: f["type"] == "error")
        self.assertEqual(gone["code"], "not_found")
        self.problem(person.get(f"/conversations/{conversation}"), 404)
        chat.close()

    def test_reports_reach_the_reviewers(self):
        person, admin = self.talker(), self.admin()
        chat = Chat(person).connect()
        turn = chat.answer("Are older people worse at their jobs?")
        messages = person.get(f"/conversations/{turn['conversation']}/messages").json["items"]
        answer = [m for m in messages if m["role"] == "assistant"][0]
        sent = person.post(f"/messages/{answer['id']}/report", {"reason": "biased", "comment": "not true"})
        self.assertEqual(sent.status, 201, sent)
        self.problem(person.get("/admin/reports"), 403)
        queue = admin.get("/admin/reports?state=open").json["items"]
        mine = [r for r in queue if r["message_id"] == answer["id"]][0]
        self.assertEqual((mine["reason"], mine["message"]), ("biased", answer["content"]))
        decided = admin.post(f"/admin/reports/{mine['id']}/decide", {"decision": "upheld", "note": "agreed"})
        self.assertEqual(decided.status, 200, decided)
        self.assertEqual(decided.json["state"], "upheld")
        chat.close()


if __name__ == "__main__":
    harness.main()
