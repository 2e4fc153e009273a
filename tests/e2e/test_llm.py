"""The gateway to language models: every token accounted for, budgets that hold, faults that do not show."""
import concurrent.futures
import os
import signal
import time
import tomllib

import harness
from harness import wait_until
from live import Chat
from test_chat import ChatCase

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
RESUME = ("Ada Byron\nada.byron@example.com\n+44 20 7946 0000\nLondon\n\nExperience\n2019-2024 Senior C++ Engineer, Acme Ltd\n"
          "Built trading systems in C++ and PostgreSQL.\n\nSkills\nC++, Python, PostgreSQL, Kafka\n\nEducation\nBSc Mathematics, "
          "University of London, 2015\n")


def prices():
    """Nano-dollars a token by model, from the product's own table of prices."""
    with open(os.path.join(ROOT, "config", "models.toml"), "rb") as file:
        models = tomllib.load(file)
    table = {}
    for name, model in models.items():
        last = model["prices"][-1]
        nano = [round(float(last[kind]) * 1000) if kind in last else None for kind in ("input", "cached", "output")]
        nano = [nano[0] or 0, nano[1] if nano[1] is not None else nano[0] or 0, nano[2] or 0]
        for alias in [name, *model.get("snapshots", [])]:
            table[alias] = nano
    return table


class Money(ChatCase):
    def metrics(self, admin, query=""):
        answer = admin.get("/admin/llm/metrics" + query)
        self.assertEqual(answer.status, 200, answer)
        return answer.json

    def served_cost(self):
        served = self.sandbox.control("GET", "/control/served").json
        table, cost, tokens = prices(), 0, [0, 0, 0]
        for model, tally in served["models"].items():
            price, usage = table[model], tally.get("usage", tally)
            prompt, cached, out = usage["prompt_tokens"], usage["cached_tokens"], usage["completion_tokens"]
            cost += (prompt - cached) * price[0] + cached * price[1] + out * price[2]
            tokens = [tokens[0] + prompt, tokens[1] + cached, tokens[2] + out]
        return cost, tokens

    def test_sums_equal_what_was_served_with_one_call_in_five_failing(self):
        admin = self.admin()
        self.with_jobs(admin)
        people = [self.talker() for _ in range(4)]
        self.sandbox.fault("status", "/v1/chat/completions", status=500, probability=0.08)
        self.sandbox.fault("cut_stream", "/v1/chat/completions", after=5, probability=0.06)
        self.sandbox.fault("status", "/v1/chat/completions", status=429, probability=0.04, headers={"retry-after-ms": "20"})
        self.sandbox.fault("status", "/v1/embeddings", status=503, probability=0.2)
        self.sandbox.fault("status", "/v1/moderations", status=500, probability=0.1)
        for person in people:
            person.call("POST", "/profiles/parse-text/me", {"resume_text": RESUME}, {"Prefer": "wait=60"})

        def talk(person):
            chat = Chat(person).connect()
            for question in ("What is a good CV?", "Find engineer jobs in London", "What skills am I missing?", "Thanks, write at length about interviews"):
                chat.answer(question)
            chat.close()

        with concurrent.futures.ThreadPoolExecutor(len(people)) as pool:
            list(pool.map(talk, people))
        self.sandbox.calm()
        wait_until(lambda: self.sandbox.control("GET", "/control/served").json["in_flight"] == 0, "the last call")
        time.sleep(0.5)  # background work after the answers (summaries, passages) has been asked for
        try:
            wait_until(lambda: self.metrics(admin)["totals"]["cost_nano_usd"] == self.served_cost()[0], "equal sums", 15)
        except AssertionError:
            for row in self.metrics(admin, "?group_by=operation,model")["items"]:
                print(row)
            print(self.sandbox.control("GET", "/control/served").json)
            raise
        mine = self.metrics(admin)["totals"]
        cost, (prompt, cached, out) = self.served_cost()
        self.assertEqual(mine["cost_nano_usd"], cost)
        self.assertEqual([mine["tokens_in"], mine["tokens_cached"], mine["tokens_out"]], [prompt, cached, out])
        self.assertGreater(mine["errors"], 0)
        # Whatever it is grouped by, it is the same money.
        for group in ("operation", "model", "user", "day", "hour", "operation,model", "user,day"):
            rows = self.metrics(admin, "?group_by=" + group)["items"]
            self.assertEqual(sum(row["cost_nano_usd"] for row in rows), cost, group)
        operations = {row["operation"] for row in self.metrics(admin, "?group_by=operation")["items"]}
        self.assertLessEqual({"chat", "embed", "moderate", "parse_cv"}, operations)
        # What budgets count as spent is the same, too.
        spent = self.database.query("select sum(spent_nano), sum(reserved_nano) from llm.spending where scope = 'global' and period = 'day'")
        self.assertEqual(spent, f"{cost}|0")

    def test_metrics_are_for_admins(self):
        self.problem(self.person().get("/admin/llm/metrics"), 403)
        self.problem(self.admin().get("/admin/llm/metrics?group_by=shoe"), 422)


class Budgets(ChatCase):
    # Refusals come faster than a connection may ask.
    settings = {**ChatCase.settings, "CHAT_FRAMES_PER_SECOND": "1000"}

    def test_a_budget_is_never_exceeded(self):
        admin = self.admin()
        person = self.talker()
        me = person.get("/users/me").json["id"]
        limit = 0.04
        answer = admin.put("/admin/llm/budgets", {"scope": "user", "scope_id": me, "period": "day", "limit_usd": limit})
        self.assertEqual(answer.status, 200, answer)

        def talk(_):
            chat = Chat(person).connect()
            ends = [chat.answer("What is a good CV?") for _ in range(6)]
            chat.close()
            return [end.get("code", end["state"]) for end in ends]

        with concurrent.futures.ThreadPoolExecutor(4) as pool:
            outcomes = sum(pool.map(talk, range(4)), [])
        budget = admin.get(f"/admin/llm/budgets?scope=user&scope_id={me}").json
        mine = budget["items"][0]
        self.assertLessEqual(mine["spent_usd"] + mine["reserved_usd"], limit)
        spent = admin.get("/admin/llm/metrics?group_by=user").json["items"]
        cost = [row["cost_nano_usd"] for row in spent if row.get("user_id") == me][0]
        self.assertLessEqual(cost, limit * 1e9)
        self.assertTrue(set(outcomes) <= {"done", "rate_limited"}, outcomes)

    def test_what_is_left_and_when_it_resets_is_said(self):
        admin, person = self.admin(), self.talker()
        me = person.get("/users/me").json["id"]
        admin.put("/admin/llm/budgets", {"scope": "user", "scope_id": me, "period": "day", "limit_usd": 0.0000001})
        chat = Chat(person).connect()
        chat.ask("What is a good CV?")
        error = chat.turn_end()
        self.assertEqual((error["type"], error["code"]), ("error", "rate_limited"), error)
        self.assertIn("left", error["detail"])
        self.assertIn("starts anew", error["detail"])
        self.assertGreater(error["retry_in_ms"], 0)
        alerts = admin.get("/admin/llm/budgets").json["alerts"]
        self.assertIn(100, [a["threshold"] for a in alerts if a.get("scope_id") == me])
        # Without the budget it goes on.
        admin.put("/admin/llm/budgets", {"scope": "user", "scope_id": me, "period": "day", "limit_usd": None})
        self.assertEqual(chat.answer("What is a good CV?", error["conversation_id"])["state"], "done")
        chat.close()
        changes = [row for row in admin.get("/admin/audit?action=budget.set").json["items"] if row["target"] == f"budgets/user/{me}/day"]
        self.assertEqual([row["detail"] for row in changes], ["no limit", "1e-07 USD"])
        self.assertEqual({row["who"] for row in changes}, {admin.get("/users/me").json["id"]})

    def test_a_budget_that_runs_low_gets_the_cheaper_model(self):
        admin, person = self.admin(), self.talker()
        me = person.get("/users/me").json["id"]
        chat = Chat(person).connect()
        limit, outcome = 0.001, "rate_limited"
        while outcome == "rate_limited" and limit < 1:
            limit *= 1.04
            admin.put("/admin/llm/budgets", {"scope": "user", "scope_id": me, "period": "day", "limit_usd": limit})
            turn = chat.answer("What is a good CV?")
            outcome = turn.get("code", turn["state"])
        self.assertEqual(outcome, "done")
        rows = admin.get(f"/admin/llm/metrics?user_id={me}&operation=chat&group_by=model").json["items"]
        self.assertEqual({row["model"] for row in rows}, {"gpt-6-luna"})
        chat.close()

    def test_bad_budgets_are_refused(self):
        admin = self.admin()
        for body in ({"scope": "planet", "period": "day", "limit_usd": 1}, {"scope": "user", "period": "day", "limit_usd": 1},
                     {"scope": "global", "period": "week", "limit_usd": 1}, {"scope": "global", "period": "day", "limit_usd": -1}):
            self.assertIn(admin.put("/admin/llm/budgets", body).status, (400, 422), body)
        self.problem(self.person().put("/admin/llm/budgets", {"scope": "global", "period": "day", "limit_usd": 1}), 403)


class Sharing(ChatCase):
    def test_the_same_question_at_the_same_time_is_one_call(self):
        admin, person, other = self.admin(), self.talker(), self.talker()
        for who in (person, other):
            done = who.call("POST", "/profiles/parse-text/me", {"resume_text": RESUME}, {"Prefer": "wait=60"})
            self.assertEqual(done.status, 200, done)
        self.sandbox.fault("latency", "/v1/chat/completions", ms=300)
        with concurrent.futures.ThreadPoolExecutor(6) as pool:
            answers = list(pool.map(lambda _: person.post("/profiles/me/resume-feedback", {}), range(6)))
        self.assertEqual({a.status for a in answers}, {200}, answers)
        self.assertEqual(len({a.body for a in answers}), 1)
        self.assertEqual(person.post("/profiles/me/resume-feedback", {}).body, answers[0].body)

        def rows(who):
            me = who.get("/users/me").json["id"]
            return admin.get(f"/admin/llm/metrics?user_id={me}&operation=resume_feedback").json["totals"]

        mine = rows(person)
        self.assertEqual((mine["calls"], mine["cache_hits"]), (7, 6), mine)
        # Somebody else's answer is never given, the same though the words are.
        self.assertEqual(other.post("/profiles/me/resume-feedback", {}).status, 200)
        self.assertEqual((rows(other)["calls"], rows(other)["cache_hits"]), (1, 0))


class Faults(ChatCase):
    def test_a_stream_cut_anywhere_ends_in_one_whole_answer(self):
        person = self.talker()
        chat = Chat(person).connect()
        for after in (0, 1, 2, 3, 5, 8, 13):
            self.sandbox.fault("cut_stream", "/v1/chat/completions", after=after, times=1)
            turn = chat.answer("How do I write a letter of motivation?")
            self.assertEqual(turn["state"], "done", (after, turn))
            self.same(person, chat.transcripts[turn["conversation"]])
        chat.close()

    def test_quota_errors_are_not_retried_and_say_so(self):
        person = self.talker()
        chat = Chat(person).connect()
        turn = chat.answer("Hello, who are you?")
        before = self.sandbox.control("GET", "/control/served").json["calls"]
        body = '{"error":{"message":"You exceeded your quota","type":"insufficient_quota","code":"insufficient_quota","param":null}}'
        self.sandbox.fault("status", "/v1/chat/completions", status=429, body=body)
        chat.ask("And now?", turn["conversation"])
        error = chat.turn_end()
        self.assertEqual(error["type"], "error", error)
        chat.close()


if __name__ == "__main__":
    harness.main()
