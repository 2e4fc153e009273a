"""Holds every answer of the server against the API's document, `/openapi.json`.

The harness calls `check` with each answer; whoever gets one that the document does not promise fails at once. Objects are closed here
although the document leaves them open for later members: what the server sends today must be written down.
"""

import json
import re
import urllib.parse

import jsonschema

# What the response `default` stands for; every other status must be written at its operation.
REFUSED = {400, 405, 408, 413, 414, 417, 431, 499, 500, 501, 505}
PROBLEM = "application/problem+json"
METHODS = ("get", "put", "post", "delete", "patch")
FORMATS = jsonschema.FormatChecker(formats=())


@FORMATS.checks("uuid")
def is_uuid(text):
    return not isinstance(text, str) or bool(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", text))


@FORMATS.checks("date-time")
def is_time(text):
    return not isinstance(text, str) or bool(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", text))


class Broken(AssertionError):
    """An answer that the document does not promise."""


def closed(schema):
    """The schema with every object closed that does not say it is open."""
    if isinstance(schema, list):
        return [closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    out = {key: closed(value) if key not in ("enum", "const", "example", "examples") else value for key, value in schema.items()}
    if "properties" in out and isinstance(out["properties"], dict) and "type" in out:
        out.setdefault("additionalProperties", False)
    return out


def media_of(headers):
    return (headers.get("Content-Type") or "").split(";")[0].strip().lower()


def events_of(text):
    """The data of each server-sent event that has some; an unfinished last one is left out."""
    for block in text.split("\n\n")[:-1]:
        data = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
        if data:
            yield "\n".join(data)


class Contract:
    def __init__(self, document):
        self.document = document
        self.components = {"schemas": closed(document["components"]["schemas"])}
        self.validators = {}
        self.templates = []
        for path in document["paths"]:
            # A place in the tree of actors has slashes of its own.
            pattern = "/".join(".+" if part == "{path}" else "[^/]+" if part.startswith("{") else re.escape(part) for part in path.split("/"))
            # A fixed segment comes before a parameter, as in the router.
            self.templates.append(([part.startswith("{") for part in path.split("/")], re.compile(pattern), path))
        self.templates.sort(key=lambda template: template[0])

    def resolved(self, item):
        while "$ref" in item:
            at = self.document
            for part in item["$ref"].removeprefix("#/").split("/"):
                at = at[part]
            item = at
        return item

    def path_of(self, target):
        raw = target.split("?")[0]
        for _, pattern, path in self.templates:
            if pattern.fullmatch(raw):
                return path
        return None

    def operations(self):
        """(path, method, operation) of the whole document."""
        for path, methods in self.document["paths"].items():
            for method in METHODS:
                if method in methods:
                    yield path, method, methods[method]

    def problems(self, schema, value, name):
        """What is wrong with a value, in words; empty when nothing is."""
        key = json.dumps(schema, sort_keys=True)
        if key not in self.validators:
            whole = {**closed(schema), "components": self.components}
            self.validators[key] = jsonschema.Draft202012Validator(whole, format_checker=FORMATS)
        errors = sorted(self.validators[key].iter_errors(value), key=lambda error: list(map(str, error.path)))
        return [f"{name}{''.join(f'/{part}' for part in error.path)}: {error.message[:300]}" for error in errors[:5]]

    def check(self, method, target, answer):
        """Raises Broken unless the document promises this answer."""
        what = f"{method} {target.split('?')[0]} answered {answer.status}"
        path = self.path_of(urllib.parse.unquote(target.split("?")[0], errors="replace")) or self.path_of(target)
        operations = self.document["paths"].get(path, {})
        operation = operations.get("get" if method == "HEAD" else method.lower())
        if operation is None:
            return self._check_refusal(what, method, bool(operations), answer)
        responses = operation["responses"]
        response = responses.get(str(answer.status))
        if response is None and answer.status in REFUSED:
            response = responses.get("default")
        if response is None:
            raise Broken(f"{what}: the document does not know this status of {operation['operationId']}; see net/api/openapi/. {answer}")
        self._check_response(what, method, self.resolved(response), answer)

    def _check_refusal(self, what, method, known, answer):
        """Paths and methods that are not in the document must not be served."""
        if method == "OPTIONS" and answer.status == 204:
            return
        if answer.status in (REFUSED if known else REFUSED | {404}):
            return self._check_problem(what, method, answer)
        raise Broken(f"{what}: the document does not know this {'method' if known else 'path'}; describe it in net/api/openapi/. {answer}")

    def _check_problem(self, what, method, answer):
        if method == "HEAD":
            return
        if media_of(answer.headers) != PROBLEM:
            raise Broken(f"{what}: an error must be {PROBLEM}. {answer}")
        self._valid(what, {"$ref": "#/components/schemas/Problem"}, answer)

    def _check_response(self, what, method, response, answer):
        for name, header in response.get("headers", {}).items():
            if self.resolved(header).get("required") and answer.headers.get(name) is None:
                raise Broken(f"{what} without the header {name}")
        content = response.get("content", {})
        if method == "HEAD" or answer.status in (101, 204, 304):
            if answer.body:
                raise Broken(f"{what} with a body: {answer}")
            return
        media = media_of(answer.headers)
        if media not in content:
            raise Broken(f"{what} as {media or 'nothing'}; the document says {', '.join(content) or 'without a body'}. {answer}")
        if media.endswith("json"):
            self._valid(what, content[media]["schema"], answer)
        elif media == "text/event-stream":
            for data in events_of(answer.body.decode()):
                self.check_frame(json.loads(data))

    def _valid(self, what, schema, answer):
        wrong = self.problems(schema, json.loads(answer.body), "")
        if wrong:
            raise Broken(f"{what} and breaks its schema:\n  " + "\n  ".join(wrong) + f"\n{answer}")

    def check_frame(self, frame):
        """A frame of the chat, from a WebSocket or an event stream."""
        frames = self.document["components"]["schemas"]["ChatFrame"]["oneOf"]
        for one in frames:
            schema = self.resolved(one)
            if schema["properties"]["type"]["const"] == frame.get("type"):
                wrong = self.problems(one, frame, "")
                if wrong:
                    raise Broken(f"a frame {frame['type']} breaks its schema:\n  " + "\n  ".join(wrong) + f"\n{frame}")
                return
        raise Broken(f"the document does not know frames of the type {frame.get('type')}: {frame}")
