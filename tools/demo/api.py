"""A small client of Jobraker's HTTP surface; the standard library only."""
import http.client
import json
import socket
import time
import urllib.parse


class DemoError(Exception):
    """What went wrong, in words for the person at the terminal."""


class Refused(DemoError):
    """The server answered with an error status."""

    def __init__(self, what, status, problem):
        detail = problem.get("detail") or problem.get("title") or "no reason given"
        for fault in problem.get("errors") or []:
            if isinstance(fault, dict):
                detail += f"; {fault.get('pointer', '')} {fault.get('detail', '')}".rstrip()
        trace = problem.get("trace_id")
        super().__init__(f"{what}: {status} {detail}" + (f" (trace {trace})" if trace else ""))
        self.status = status


class Api:
    """Calls to one server, as one person. Tokens live 15 minutes; the demo is shorter."""

    def __init__(self, base, timeout_s=60):
        parts = urllib.parse.urlsplit(base)
        if parts.scheme != "http" or not parts.hostname:
            raise DemoError(f"{base} is not an http address")
        self.host, self.port, self.timeout_s = parts.hostname, parts.port or 80, timeout_s
        self.token = None

    def call(self, method, path, body=None, headers=None):
        """Status, headers and decoded JSON of one request; Refused when the status is an error."""
        headers = {"accept": "application/json", **(headers or {})}
        if self.token:
            headers["authorization"] = "Bearer " + self.token
        if isinstance(body, (dict, list)):
            body = json.dumps(body)
            headers["content-type"] = "application/json"
        what = f"{method} {path}"
        connection = http.client.HTTPConnection(self.host, self.port, timeout=self.timeout_s)
        try:
            connection.request(method, "/api/v1" + path, body=body, headers=headers)
            answer = connection.getresponse()
            text = answer.read()
        except socket.timeout:
            raise DemoError(f"{what}: no answer within {self.timeout_s} s") from None
        except (OSError, http.client.HTTPException) as error:
            raise DemoError(f"{what}: {error or type(error).__name__}") from None
        finally:
            connection.close()
        try:
            value = json.loads(text) if text else None
        except ValueError:
            raise DemoError(f"{what}: {answer.status} and a body that is not JSON") from None
        if answer.status >= 400:
            raise Refused(what, answer.status, value if isinstance(value, dict) else {})
        return answer.status, answer.headers, value

    def get(self, path):
        return self.call("GET", path)[2]

    def post(self, path, body=None, headers=None):
        return self.call("POST", path, body, headers)[2]

    def run(self, path, show, body=None, headers=None, limit_s=300):
        """Starts long work and watches its task; returns its result. show(stage, done, total)."""
        headers = {"prefer": "respond-async, wait=0", **(headers or {})}
        status, answer, value = self.call("POST", path, body, headers)
        if status != 202:
            return value
        place = urllib.parse.urlsplit(answer.get("location", "")).path
        if not place.startswith("/api/v1/"):
            raise DemoError(f"POST {path}: 202 without a place to look at")
        end = time.monotonic() + limit_s
        while time.monotonic() < end:
            task = self.get(place[len("/api/v1"):])
            if task["status"] == "done":
                return task["result"]
            if task["status"] == "failed":
                raise DemoError(f"POST {path}: {(task.get('error') or {}).get('detail', 'failed')}")
            show(task.get("stage") or task["status"], task["done"], task["total"])
            time.sleep(0.1)
        raise DemoError(f"POST {path}: not done after {limit_s} s")


def multipart(name, file_name, content_type, data):
    """Body and header of a form with one file (RFC 7578)."""
    boundary = "jobraker-demo-7d1f3c0a9b"
    assert boundary.encode() not in data
    head = (f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; '
            f'filename="{file_name}"\r\nContent-Type: {content_type}\r\n\r\n')
    body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
    return body, {"content-type": f"multipart/form-data; boundary={boundary}"}
