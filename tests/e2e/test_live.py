"""Live conversations on bad networks: nothing lost, nothing twice, whatever breaks."""
import random
import signal
import threading
import time
import uuid

import harness
from harness import Client, wait_until
from live import Chat, Closed, Transcript
from test_chat import ChatCase

LONG = "Write at length, 300 words, about how to prepare for a job interview"


class Device(threading.Thread):
    """A client whose connection breaks at random; it comes back with its last pair each time."""

    def __init__(self, client, conversation, seed, done):
        super().__init__()
        self.chat = Chat(client)
        self.chat.transcripts[conversation] = Transcript(conversation)
        self.random = random.Random(seed)
        self.done = done
        self.cuts = 0
        self.failure = None

    def run(self):
        try:
            while True:
                self.chat.connect()
                left = self.random.randrange(1, 9)
                try:
                    while left:
                        if self.done.is_set() and self.quiet():
                            return
                        try:
                            self.chat.next(0.3)
                            left -= 1
                        except TimeoutError:
                            left -= 1 if not self.done.is_set() else 0
                except Closed:
                    pass
                self.chat.cut()
                self.cuts += 1
        except BaseException as failure:  # the thread's failure is the test's
            self.failure = failure

    def quiet(self):
        transcript = next(iter(self.chat.transcripts.values()))
        return bool(transcript.turns) and all(t["state"] != "running" for t in transcript.turns.values()) \
            and len(transcript.turns) >= self.done.turns


class Counted(threading.Event):
    turns = 0


class Disconnects(ChatCase):
    settings = {**ChatCase.settings, "CHAT_SESSIONS_PER_USER_MAX": "50", "CHAT_MODERATION": "input"}

    def test_devices_that_come_and_go_have_the_stored_transcript(self):
        person = self.talker()
        conversation = person.post("/conversations", {}).json["id"]
        done = Counted()
        devices = [Device(person, conversation, seed, done) for seed in range(6)]
        writer = Chat(person).connect()
        writer.resume(conversation)
        for device in devices:
            device.start()
        questions = [LONG, "Find engineer jobs in London", LONG, "What skills am I missing?", LONG, "Thank you"] * 3
        for question in questions:
            writer.answer(question, conversation)
        done.turns = len(questions)
        done.set()
        for device in devices:
            device.join(120)
            self.assertFalse(device.is_alive(), "a device never came to rest")
            if device.failure:
                raise device.failure
        self.assertGreater(sum(device.cuts for device in devices), 100)
        for device in devices:
            self.same(person, device.chat.transcripts[conversation])
            self.assertEqual(len(device.chat.transcripts[conversation].turns), len(questions))
        self.same(person, writer.transcripts[conversation])
        writer.close()

    def test_two_devices_and_a_duplicate_tab_see_the_same(self):
        person = self.talker()
        conversation = person.post("/conversations", {}).json["id"]
        tabs = [Chat(person).connect() for _ in range(3)]
        for tab in tabs:
            tab.resume(conversation)
        # Two tabs send the same message; one question comes of it.
        tabs[0].ask(LONG, conversation, client_msg_id="same")
        tabs[1].ask(LONG, conversation, client_msg_id="same")
        for tab in tabs:
            tab.turn_end()
        texts = {tab.transcripts[conversation].turns[tab.transcripts[conversation].order[0]]["text"] for tab in tabs}
        self.assertEqual(len(texts), 1)
        self.assertEqual(len(self.stored(person, conversation)), 1)
        for tab in tabs:
            self.same(person, tab.transcripts[conversation])
            tab.close()

    def test_a_late_device_gets_everything_from_the_start(self):
        person = self.talker()
        chat = Chat(person).connect()
        conversation = chat.answer("What is a CV?")["conversation"]
        for _ in range(3):
            chat.answer("And then?", conversation)
        late = Chat(person).connect()
        late.resume(conversation)
        for _ in range(4):
            late.turn_end()
        self.same(person, late.transcripts[conversation])
        self.assertEqual(len(late.transcripts[conversation].turns), 4)
        chat.close()
        late.close()

    def test_cancel_stops_the_upstream_call_and_disconnect_does_not(self):
        person = self.talker()
        self.sandbox.fault("latency", "/v1/chat/completions", ms=1, times=1)
        chat = Chat(person).connect()
        conversation = person.post("/conversations", {}).json["id"]
        chat.resume(conversation)
        chat.ask("Write at length, 3000 words, about salaries", conversation)
        chat.until(lambda f: f["type"] == "token")
        chat.send({"type": "cancel", "conversation_id": conversation})
        chat.turn_end()
        transcript = chat.transcripts[conversation]
        self.assertEqual(transcript.turns[transcript.order[0]]["state"], "cancelled")
        self.same(person, transcript)
        wait_until(lambda: self.sandbox.control("GET", "/control/served").json["in_flight"] == 0, "the upstream call to end")
        # A connection that goes leaves the answer alone.
        chat.ask(LONG, conversation)
        chat.until(lambda f: f["type"] == "token")
        chat.cut()
        wait_until(lambda: len([t for t in self.stored(person, conversation).values() if t.get("state") == "done"]) == 1, "the answer")
        chat.connect()
        chat.turn_end()
        self.same(person, chat.transcripts[conversation])
        chat.close()

    def test_a_slow_reader_holds_nobody_up_and_misses_nothing(self):
        person = self.talker()
        conversation = person.post("/conversations", {}).json["id"]
        fast, slow = Chat(person).connect(), Chat(person).connect()
        for chat in (fast, slow):
            chat.resume(conversation)
        for _ in range(8):  # the slow one reads nothing meanwhile
            turn = fast.answer("Write at length, 3000 words, about salaries", conversation)
            self.assertEqual(turn["state"], "done")
        while len(slow.transcripts[conversation].turns) < 8 or any(
                t["state"] == "running" for t in slow.transcripts[conversation].turns.values()):
            slow.next()
        self.same(person, slow.transcripts[conversation])
        self.assertLess(slow.transcripts[conversation].frames, fast.transcripts[conversation].frames)
        fast.close()
        slow.close()

    def test_sessions_of_a_person_are_bounded(self):
        person = self.talker()
        open_ones = [Chat(person).connect() for _ in range(50)]
        from live import Refused
        with self.assertRaises(Refused) as refused:
            Chat(person).connect()
        self.assertEqual(refused.exception.status, 429)
        for chat in open_ones:
            chat.close()
        wait_until(lambda: self.try_connect(person), "a place")

    def try_connect(self, person):
        from live import Refused
        try:
            Chat(person).connect().close()
            return True
        except Refused:
            return False


class Kills(ChatCase):
    settings = {**ChatCase.settings, "CHAT_MODERATION": "off"}

    def setUp(self):
        super().setUp()
        self.sandbox.reset()

    def come_back(self, person, chat):
        person.server = self.server
        chat.client = person
        chat.connect()

    def test_kill_in_mid_answer_ends_in_interrupted_and_can_be_run_again(self):
        person = self.talker()
        chat = Chat(person).connect()
        first = chat.answer("What is a CV?")
        conversation = first["conversation"]
        self.sandbox.fault("latency", "/v1/embeddings", ms=10)
        # It does not end before the kill, however late that comes.
        self.sandbox.fault("stall_stream", "/v1/chat", ms=60000)
        chat.ask("Write at length, 2000 words, about interviews", conversation, client_msg_id="long")
        chat.until(lambda f: f["type"] == "token")
        type(self).restart(signal.SIGKILL)
        self.sandbox.calm()
        self.come_back(person, chat)
        end = chat.turn_end()
        self.assertEqual(end["type"], "interrupted", end)
        self.assertEqual(self.stored(person, conversation)[end["turn_id"]]["question"], "Write at length, 2000 words, about interviews")
        self.same(person, chat.transcripts[conversation])
        chat.send({"type": "rerun", "conversation_id": conversation, "turn_id": end["turn_id"]})
        again = chat.turn_end(end["turn_id"])
        self.assertEqual(again["type"], "usage", again)
        self.same(person, chat.transcripts[conversation])
        chat.close()

    def test_killed_again_and_again_what_was_acknowledged_is_there(self):
        person = self.talker()
        chat = Chat(person).connect()
        conversation = person.post("/conversations", {}).json["id"]
        chat.resume(conversation)
        acknowledged = []
        dice = random.Random(7)
        for i in range(6):
            sent = chat.ask(f"Question {i}: write 300 words about CVs", conversation)
            chat.until(lambda f: f["type"] == "accepted" and f["client_msg_id"] == sent)
            acknowledged.append(f"Question {i}: write 300 words about CVs")
            for _ in range(dice.randrange(0, 12)):
                chat.next()
            type(self).restart(signal.SIGKILL)
            self.come_back(person, chat)
            chat.turn_end()
        stored = self.stored(person, conversation)
        self.assertEqual([t["question"] for t in stored.values()], acknowledged)
        self.same(person, chat.transcripts[conversation])
        chat.close()

    def test_a_calm_end_says_goodbye(self):
        person = self.talker()
        chat = Chat(person).connect()
        conversation = chat.answer("What is a CV?")["conversation"]
        type(self).restart(signal.SIGTERM)
        goodbye = chat.until(lambda f: f["type"] == "goodbye")
        self.assertGreaterEqual(goodbye["retry_in_ms"], 0)
        with self.assertRaises(Closed) as closed:
            chat.next()
        self.assertEqual(closed.exception.code, 1012)
        self.come_back(person, chat)
        self.assertEqual(chat.answer("And a letter?", conversation)["state"], "done")
        chat.close()


if __name__ == "__main__":
    harness.main()
