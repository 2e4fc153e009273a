#!/usr/bin/env python3
"""compatible_test.py ROOT: what tools/events/check-compatible lets pass and what it refuses, kind by kind."""
import copy
import importlib.machinery
import importlib.util
import json
import pathlib
import subprocess
import sys
import tempfile
import unittest

ROOT = pathlib.Path(sys.argv.pop(1) if len(sys.argv) > 1 else __file__).resolve()
PROGRAM = ROOT / "tools" / "events" / "check-compatible"

RELEASED = {
    "$schema": "https://json-schema.org/draft/2020-12/schema", "$id": "urn:x:a.v1", "title": "A", "description": "a",
    "x-topic": "as", "x-key": ["id"], "type": "object", "required": ["id", "count"], "additionalProperties": True,
    "properties": {
        "id": {"type": "string", "format": "uuid", "pattern": "^[0-9a-f-]{36}$"},
        "count": {"type": "integer", "minimum": 1, "maximum": 10, "description": "how many"},
        "word": {"type": ["string", "null"], "enum": ["red", "blue", None]},
        "name": {"type": "string", "minLength": 1, "maxLength": 100},
        "tags": {"type": "array", "items": {"type": "string", "maxLength": 20}, "maxItems": 5},
        "place": {"type": "object", "required": ["city"], "properties": {"city": {"type": "string"}}},
    },
}


def put(path, value):
    """An edit that sets what the path leads to."""
    def edit(schema):
        *parents, last = path.split("/")
        for parent in parents:
            schema = schema[parent]
        schema[last] = value
    return edit


def drop(path):
    def edit(schema):
        *parents, last = path.split("/")
        for parent in parents:
            schema = schema[parent]
        del schema[last]
    return edit


def rename(schema):
    schema["properties"]["title"] = schema["properties"].pop("name")


PERMITTED = {
    "nothing": lambda schema: None,
    "another description": put("properties/count/description", "the number"),
    "a description where there was none": put("properties/name/description", "the name"),
    "another title": put("title", "An A"),
    "other examples": put("examples", [{}]),
    "a new member that may be absent": put("properties/colour", {"type": "string"}),
    "a new member inside a member": put("properties/place/properties/zip", {"type": "string"}),
    "a lower minimum": put("properties/count/minimum", 0),
    "a higher maximum": put("properties/count/maximum", 11),
    "no maximum": drop("properties/count/maximum"),
    "a greater maxLength": put("properties/name/maxLength", 101),
    "a smaller minLength": put("properties/name/minLength", 0),
    "more items": put("properties/tags/maxItems", 6),
    "longer items": put("properties/tags/items/maxLength", 21),
    "one word more": put("properties/word/enum", ["red", "blue", "green", None]),
    "words in another order": put("properties/word/enum", [None, "blue", "red"]),
    "any word": drop("properties/word/enum"),
    "any spelling": drop("properties/id/pattern"),
}

REFUSED = {  # what is edited: (the edit, where it is found)
    "a removed member": (drop("properties/name"), "a.v1/name"),
    "a renamed member": (rename, "a.v1/name"),
    "a removed member inside a member": (drop("properties/place/properties/city"), "a.v1/place/city"),
    "a new required member": (lambda s: (put("properties/more", {"type": "string"})(s), s["required"].append("more")),
                              "a.v1/more"),
    "an old member that becomes required": (put("required", ["id", "count", "name"]), "a.v1/name"),
    "a member that is no longer required": (put("required", ["id"]), "a.v1/count"),
    "another type": (put("properties/count/type", "number"), "a.v1/count"),
    "null where there was none": (put("properties/count/type", ["integer", "null"]), "a.v1/count"),
    "no null any more": (put("properties/word/type", "string"), "a.v1/word"),
    "another type of items": (put("properties/tags/items/type", "integer"), "a.v1/tags/[]"),
    "one word less": (put("properties/word/enum", ["red", None]), "a.v1/word"),
    "no null among the words": (put("properties/word/enum", ["red", "blue"]), "a.v1/word"),
    "an enumeration where there was none": (put("properties/name/enum", ["x"]), "a.v1/name"),
    "a higher minimum": (put("properties/count/minimum", 2), "a.v1/count"),
    "a lower maximum": (put("properties/count/maximum", 9), "a.v1/count"),
    "a maximum where there was none": (put("properties/place/maxProperties", 4), "a.v1/place"),
    "a smaller maxLength": (put("properties/name/maxLength", 99), "a.v1/name"),
    "a greater minLength": (put("properties/name/minLength", 2), "a.v1/name"),
    "fewer items": (put("properties/tags/maxItems", 4), "a.v1/tags"),
    "shorter items": (put("properties/tags/items/maxLength", 19), "a.v1/tags/[]"),
    "no repeated items": (put("properties/tags/uniqueItems", True), "a.v1/tags"),
    "another pattern": (put("properties/id/pattern", "^.*$"), "a.v1/id"),
    "a pattern where there was none": (put("properties/name/pattern", "^.*$"), "a.v1/name"),
    "another format": (put("properties/id/format", "uri"), "a.v1/id"),
    "no format any more": (drop("properties/id/format"), "a.v1/id"),
    "a closed object": (put("additionalProperties", False), "a.v1/*"),
    "additional members of one type": (put("additionalProperties", {"type": "string"}), "a.v1/*"),
    "another topic": (put("x-topic", "bs"), "a.v1"),
    "another key": (put("x-key", ["name"]), "a.v1"),
    "no key any more": (drop("x-key"), "a.v1"),
    "another $id": (put("$id", "urn:x:b.v1"), "a.v1"),
    "a word that is not known": (put("properties/name/contentEncoding", "base64"), "a.v1/name"),
    "a condition": (put("if", {"required": ["name"]}), "a.v1"),
}


def load():
    loader = importlib.machinery.SourceFileLoader("check_compatible", str(PROGRAM))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader("check_compatible", loader))
    sys.dont_write_bytecode = True
    loader.exec_module(module)
    return module


class Compatible(unittest.TestCase):
    module = load()

    def violations(self, edit):
        new = copy.deepcopy(RELEASED)
        edit(new)
        return list(self.module.compare(RELEASED, new, "a.v1"))

    def test_permitted(self):
        for name, edit in PERMITTED.items():
            with self.subTest(name):
                self.assertEqual(self.violations(edit), [])

    def test_refused(self):
        for name, (edit, where) in REFUSED.items():
            with self.subTest(name):
                found = self.violations(edit)
                self.assertEqual(len(found), 1, found)
                self.assertEqual(found[0].split(":")[0], where)

    def test_the_program(self):
        with tempfile.TemporaryDirectory() as folder:
            schemas, released = pathlib.Path(folder), pathlib.Path(folder) / "released"
            released.mkdir()
            self.assertEqual(self.run_on(schemas).returncode, 2, "nothing to compare with")
            (released / "a.v1.json").write_text(json.dumps(RELEASED))
            gone = self.run_on(schemas)
            self.assertEqual((gone.returncode, gone.stdout), (1, "a.v1: is gone, and its readers wait for it\n"))
            (schemas / "a.v1.json").write_text(json.dumps(RELEASED))
            (schemas / "a.v2.json").write_text(json.dumps({**RELEASED, "x-topic": "other"}))
            self.assertEqual(self.run_on(schemas).returncode, 0, "an unreleased version may be anything")
            (schemas / "a.v1.json").write_text(json.dumps({**RELEASED, "x-topic": "other"}))
            self.assertEqual(self.run_on(schemas, released).returncode, 1)
        self.assertEqual(subprocess.run([PROGRAM, "--nonsense"], capture_output=True).returncode, 2)

    def run_on(self, *folders):
        return subprocess.run([PROGRAM, *map(str, folders)], capture_output=True, text=True)


if __name__ == "__main__":
    unittest.main()
