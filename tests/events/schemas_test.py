#!/usr/bin/env python3
"""schemas_test.py ROOT: the event schemas are JSON Schema, their examples are valid, the AsyncAPI document conforms and
says of each event what its schema says."""
import copy
import json
import pathlib
import sys
import unittest

import jsonschema

sys.path.insert(0, str(pathlib.Path(__file__).parent))
sys.dont_write_bytecode = True
from asyncapi_rules import Reader  # noqa: E402

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else pathlib.Path(__file__).parents[2]).resolve()
EVENTS = ROOT / "messages" / "events"
SCHEMAS = {path.stem: json.loads(path.read_text()) for path in sorted(EVENTS.glob("jobraker.*.json"))}
RELEASED = {path.stem: json.loads(path.read_text()) for path in sorted((EVENTS / "released").glob("*.json"))}
ASYNCAPI = json.loads((EVENTS / "asyncapi.json").read_text())
Validator = jsonschema.Draft202012Validator


def problems(document):
    return Reader(document, EVENTS).read()


def inlined(schema):
    """A schema of the AsyncAPI document without references."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return inlined(Reader(ASYNCAPI, EVENTS).resolve(schema, "#"))
        return {name: inlined(value) for name, value in schema.items()}
    return [inlined(value) for value in schema] if isinstance(schema, list) else schema


def messages():
    """(channel, message) with what they refer to."""
    for channel in ASYNCAPI["channels"].values():
        for message in channel["messages"].values():
            yield channel, Reader(ASYNCAPI, EVENTS).resolve(message, "#")


class Schemas(unittest.TestCase):
    def test_there_are_some(self):
        self.assertGreater(len(SCHEMAS), 0)
        self.assertGreater(len(RELEASED), 0)

    def test_they_are_json_schemas(self):
        for name, schema in [*SCHEMAS.items(), *RELEASED.items()]:
            with self.subTest(name):
                Validator.check_schema(schema)
                self.assertEqual(schema["$schema"], "https://json-schema.org/draft/2020-12/schema")
                self.assertEqual(schema["$id"], f"urn:jobraker:event:{name}")
                self.assertIs(schema["additionalProperties"], True, "events may grow")
                self.assertLessEqual(set(schema["required"]), schema["properties"].keys())
                self.assertLessEqual(set(schema["x-key"]), schema["properties"].keys())
                self.assertTrue(all(p.get("description") for p in [schema, *schema["properties"].values()]))

    def test_examples_are_valid(self):
        for name, schema in SCHEMAS.items():
            with self.subTest(name):
                self.assertTrue(schema["examples"])
                for example in schema["examples"]:
                    Validator(schema).validate(example)
                for member in schema["properties"].values():
                    for example in member.get("examples", []):
                        Validator(member).validate(example)

    def test_examples_of_the_past_are_valid(self):
        for name, released in RELEASED.items():
            for example in released["examples"]:
                with self.subTest(name):
                    Validator(SCHEMAS[name]).validate(example)

    def test_a_broken_example_is_found(self):
        schema = SCHEMAS["jobraker.match.found.v1"]
        for member, wrong in (("score", 101), ("user_id", "me"), ("found_by", "luck"), ("job_id", None)):
            with self.subTest(member):
                self.assertFalse(Validator(schema).is_valid({**schema["examples"][0], member: wrong}))


class AsyncApi(unittest.TestCase):
    def test_it_conforms(self):
        self.assertEqual(problems(ASYNCAPI), [])

    def test_a_planted_fault_is_found(self):
        faults = [
            lambda d: d.pop("info"),
            lambda d: d.update(asyncapi="2.6.0"),
            lambda d: d.update(paths={}),
            lambda d: d["servers"]["plain"].pop("host"),
            lambda d: d["servers"]["plain"].pop("variables"),
            lambda d: d["components"]["securitySchemes"]["plain"].update(type="secret"),
            lambda d: d["channels"]["jobPosted"].update(address="{stage}job-posted"),
            lambda d: d["channels"]["jobPosted"].update(address="{prefix}llm-call"),
            lambda d: d["channels"]["jobPosted"]["bindings"]["kafka"].update(partitions=0),
            lambda d: d["channels"]["jobPosted"]["bindings"]["kafka"].update(groupId="x"),
            lambda d: d["channels"]["jobPosted"]["messages"]["jobPosted"].update({"$ref": "#/components/none"}),
            lambda d: d["channels"].update({"a b": {}}),
            lambda d: d["operations"]["sendJobPosted"].update(action="publish"),
            lambda d: d["operations"]["sendJobPosted"].pop("channel"),
            lambda d: d["operations"]["sendJobPosted"]["messages"].append({"$ref": "#/components/messages/jobPosted"}),
            lambda d: d["components"]["messages"]["jobPosted"]["payload"].pop("schemaFormat"),
            lambda d: d["components"]["messages"]["jobPosted"]["payload"]["schema"].update({"$ref": "./no.json"}),
            lambda d: d["components"]["messages"]["jobPosted"].update(key="job_id"),
        ]
        for number, plant in enumerate(faults):
            with self.subTest(number):
                document = copy.deepcopy(ASYNCAPI)
                plant(document)
                self.assertNotEqual(problems(document), [])

    def test_every_schema_has_its_topics(self):
        expected = set()
        for name, schema in SCHEMAS.items():
            expected |= {("{prefix}" + schema["x-topic"], name, f"./{name}.json"),
                         ("{prefix}" + schema["x-topic"] + ".dlq", name + ".dead", f"./{name}.json")}
        found = {(channel["address"], message["name"], message["payload"]["schema"]["$ref"])
                 for channel, message in messages()}
        self.assertEqual(found, expected)
        sent = {operation["channel"]["$ref"] for operation in ASYNCAPI["operations"].values()
                if operation["action"] == "send"}
        self.assertEqual(sent, {f"#/channels/{name}" for name in ASYNCAPI["channels"]})

    def test_examples_are_valid(self):
        for channel, message in messages():
            schema = inlined(message["payload"]["schema"])
            for example in message["examples"]:
                with self.subTest(channel["address"]):
                    Validator(schema).validate(example["payload"])
                    jsonschema.Draft7Validator(inlined(message["headers"])).validate(example["headers"])
                    key = next(v for v in map(example["payload"].get, schema["x-key"]) if v is not None)
                    self.assertEqual(example["headers"]["ce_partitionkey"], key)
                    self.assertEqual(example["headers"]["ce_type"], message["name"].removesuffix(".dead"))
                    jsonschema.Draft7Validator(message["bindings"]["kafka"]["key"]).validate(key)

    def test_headers_that_do_not_fit_are_found(self):
        for channel, message in messages():
            validator = jsonschema.Draft7Validator(inlined(message["headers"]))
            good = message["examples"][0]["headers"]
            for name in inlined(ASYNCAPI["components"]["schemas"]["cloudEvent"])["required"]:
                with self.subTest(f"{channel['address']} {name}"):
                    self.assertFalse(validator.is_valid({k: v for k, v in good.items() if k != name}))
            self.assertFalse(validator.is_valid({**good, "ce_type": "jobraker.other.v1"}))


if __name__ == "__main__":
    unittest.main()
