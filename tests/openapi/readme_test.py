"""Every curl of README.md is run as it stands: its exit code is 0 and its answer 2xx."""

import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "e2e"))
from harness import SOURCE, main  # noqa: E402
from world import World  # noqa: E402

# Where the page says that things are.
SERVER_AT = re.compile(r"http://127\.0\.0\.1:8080\b")
SANDBOX_AT = re.compile(r"\blocalhost:9901\b")

SHIM = """#!/bin/bash
{curl} --max-time 120 --write-out '%{{stderr}}status %{{http_code}} %{{url}}\\n' "$@" 2>> "$CURL_LOG"
code=$?
echo "exit $code" >> "$CURL_LOG"
exit $code
"""


def blocks(text):
    """The code of a Markdown page: fenced blocks with their language, and indented ones."""
    language, fenced, indented, blank = None, [], [], True
    for line in text.splitlines() + [""]:
        if indented and line.strip() and not line.startswith("    "):
            yield "", indented
            indented = []
        if fence := re.match(r"```(\S*)\s*$", line):
            if language is None:
                language = fence.group(1)
            else:
                yield language, fenced
                language, fenced = None, []
        elif language is not None:
            fenced.append(line)
        elif line.startswith("    ") and (blank or indented):
            indented.append(line[4:])
        blank = not line.strip()
    if indented:
        yield "", indented


def commands(text):
    """Each curl of the page: lines that end in a backslash are joined."""
    found = []
    for _, lines in blocks(text):
        whole = ""
        for line in lines:
            whole += line
            if whole.endswith("\\"):
                whole = whole[:-1]
                continue
            if re.search(r"(^|[\s(|])curl\s", whole) and not whole.lstrip().startswith("#"):
                found.append(re.sub(r"^\s*(\$ )?", "", whole))
            whole = ""
    return found


class Readme(World):
    def test_every_curl_works(self):
        with open(os.path.join(SOURCE, "README.md"), encoding="utf-8") as page:
            found = commands(page.read())
        self.assertGreater(len(found), 5)
        self.before_get_matches()
        with tempfile.TemporaryDirectory(prefix="jobraker-readme-") as folder:
            account = os.path.join(folder, "demo.json")
            with open(account, "w", encoding="utf-8") as out:
                json.dump({"email": self.seeker.email, "password": "a good password"}, out)
            # What quickstart printed is shortened where it names a path, and how it reads the token.
            found = [line.replace("…/.local/demo.json", account).replace("sed …", "sed 's/.*\"access_token\":\"\\([^\"]*\\)\".*/\\1/'") for line in found]
            self.assertEqual([line for line in found if "…" in line], [])
            self.run_all(found, folder)

    def run_all(self, lines, folder):
        shim = os.path.join(folder, "bin")
        os.mkdir(shim)
        with open(os.path.join(shim, "curl"), "w", encoding="utf-8") as out:
            out.write(SHIM.format(curl=shutil.which("curl")))
        os.chmod(os.path.join(shim, "curl"), 0o755)
        log = os.path.join(folder, "log")
        shell = subprocess.Popen(["bash", "--norc", "-s"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                 text=True, env={"PATH": shim + ":" + os.environ["PATH"], "HOME": folder, "CURL_LOG": log, "LC_ALL": "C.UTF-8",
                                                 "BASE": f"http://127.0.0.1:{self.server.port}/api/v1",
                                                 "ADMIN": self.boss.tokens["access_token"], "TOKEN": self.seeker.tokens["access_token"], "JOB": self.job()})
        for line in lines:
            line = SERVER_AT.sub(f"http://127.0.0.1:{self.server.port}", line)
            line = SANDBOX_AT.sub(f"127.0.0.1:{self.sandbox.port}", line)
            with self.subTest(line):
                open(log, "w", encoding="utf-8").close()
                output, code = self.enter(shell, line)
                with open(log, encoding="utf-8") as told:
                    calls = told.read()
                self.assertEqual(code, 0, output + calls)
                self.assertEqual(set(re.findall(r"^exit (\d+)", calls, re.M)), {"0"}, output + calls)
                self.assertTrue(re.search(r"^status 2\d\d ", calls, re.M), output + calls)
                self.assertIsNone(re.search(r"^status [^2]", calls, re.M), output + calls)
        shell.stdin.close()
        shell.wait(60)
        shell.stdout.close()

    def enter(self, shell, line):
        """Gives a line to the shell; its output and exit code."""
        mark = "--done--"
        shell.stdin.write(f"{line}\ncode=$?; echo; echo {mark} $code\n")
        shell.stdin.flush()
        output = []
        for text in shell.stdout:
            if text.startswith(mark):
                return "".join(output), int(text.split()[1])
            output.append(text)
        raise AssertionError("the shell has ended: " + "".join(output))


class ReadingThePage(unittest.TestCase):
    def test_commands_are_found(self):
        page = "a curl in words\n\n```\nA=$(curl -s x | sed y)\necho curl\nls\ncurl a \\\n  -d b\n```\n\n    $ curl z\n    # curl no\n\n```text\n  curl … w\n```\n"
        self.assertEqual(commands(page), ["A=$(curl -s x | sed y)", "curl a   -d b", "curl z", "curl … w"])


if __name__ == "__main__":
    main()
