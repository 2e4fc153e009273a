#!/usr/bin/env python3
"""Checks that the floors of the tree hold: check_floors.py ROOT, or check_floors.py --self-test

Includes go down only (tools > actors > net | storage > messages > config; net and storage do not know each other), and
each third-party library stays in the rooms that the tables below name. Prints one line per violation; exits 1 when
there is one."""
import os
import re
import sys
import tempfile

FLOORS = {  # floor: the floors it may include from, its own among them
    "config": {"config"},
    "messages": {"messages", "config"},
    "storage": {"storage", "messages", "config"},
    "net": {"net", "messages", "config"},
    "actors": {"actors", "net", "storage", "messages", "config"},
    "tools": {"tools", "actors", "net", "storage", "messages", "config"},
}
TOP = {*FLOORS, "tests", "docker", "CMakeLists.txt", "CMakePresets.json", "README.md", "LICENSE"}
# What git does not hold: the build, a state folder, an editor's index.
UNTRACKED = {"build", "compile_commands.json", "node_modules"}

# Third-party headers: (prefix of the header, rooms whose .cpp files may include it, rooms whose .hpp files may).
# A room is a folder, a file, or a pattern with * for one name. A header that no line knows is a violation: decide
# where it lives, then say so here.
LIBRARIES = [
    ("tl/expected.hpp", ["messages/", "storage/", "net/", "actors/", "tools/"],
     ["messages/", "storage/", "net/", "actors/", "tools/"]),
    ("boost/asio/impl/src.hpp", ["config/cmake/asio.cpp"], []),
    ("boost/asio/ssl/impl/src.hpp", ["config/cmake/asio.cpp"], []),
    ("boost/asio/ssl/", ["net/client/"], ["net/client/"]),
    ("boost/asio/", ["storage/", "net/", "actors/", "tools/"],
     ["messages/task.hpp", "messages/together.hpp", "storage/pq/", "net/", "actors/system/", "tools/bench/chat/", "tools/chat/client.hpp",
      "tools/server/machine.hpp"]),
    ("boost/beast/", ["net/"], []),
    ("caf/", ["messages/", "net/ask.cpp", "actors/", "tools/"],
     ["messages/actor.hpp", "net/ask.hpp", "actors/system/"]),
    ("libpq-fe.h", ["storage/"], ["storage/pq/"]),
    ("rapidjson/", ["messages/json.cpp", "messages/json_schema.cpp"], []),
    ("toml++/", ["config/config.cpp", "config/llm_toml.cpp"], []),
    ("spdlog/", ["storage/", "net/", "actors/", "tools/"], ["actors/system/"]),
    ("sodium.h", ["messages/", "storage/", "net/", "actors/", "tools/"], []),
    ("openssl/", ["net/client/"], []),
    ("jwt.h", ["actors/accounts/"], []),
    ("utf8proc.h", ["actors/*/core/", "tools/ctl/text.cpp"], []),
    ("iconv.h", ["actors/jobs/core/", "tools/doctext/"], []),
    ("date/tz.h", ["actors/interviews/core/", "actors/schedules/core/"], []),
    ("libical/", ["actors/interviews/core/"], []),
    ("libxml/", ["actors/jobs/core/", "actors/workflows/export/", "tools/doctext/"], []),
    ("archive.h", ["actors/workflows/export/", "tools/doctext/"], []),
    ("archive_entry.h", ["actors/workflows/export/", "tools/doctext/"], []),
    ("cairo-pdf.h", ["actors/workflows/export/"], []),
    ("pango/", ["actors/workflows/export/"], []),
    ("cblas.h", ["actors/matching/core/", "tools/bench/"], []),
    ("librdkafka/", ["net/kafka/"], []),
    ("prometheus/", ["actors/operation/core/"], ["actors/operation/core/"]),
    ("CLI/", ["tools/"], ["tools/ctl/commands.hpp"]),
    ("benchmark/", ["tools/bench/"], []),
]
# Of the operating system and the compiler, not third-party.
SYSTEM = re.compile(r"(sys|linux|netinet|arpa|sanitizer)/\w+\.h$|(cpuid|cxxabi|dlfcn|fcntl|malloc|netdb|poll|pthread|sched|signal|"
                    r"spawn|termios|unistd)\.h$|[a-z_0-9]+$|[a-z0-9]*intrin\.h$")
# The pure logic of a capability: tested without CAF, Asio, a socket or a database.
CORE = re.compile(r"actors/\w+/core/")
NOT_IN_CORE = ("caf/", "boost/asio/", "spdlog/", "net/", "storage/")

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*[<"]([^>"\n]+)[>"]', re.M)
COMMENT = re.compile(r'//[^\n]*|/\*.*?\*/|("(?:\\.|[^"\\\n])*")', re.S)
ENVIRONMENT = re.compile(r"\b(secure_getenv|getenv|setenv|putenv|environ)\b")


def in_room(path, rooms):
    for room in rooms:
        pattern = re.escape(room).replace(r"\*", "[^/]+")
        if re.match(pattern + ("" if room.endswith("/") else "$"), path):
            return True
    return False


def check_file(path, text):
    """Violations of one source file outside tests/, `path` relative to the root."""
    floor = path.split("/")[0]
    header = path.endswith(".hpp")
    for name in INCLUDE.findall(text):
        target = name.split("/")[0]
        if "/" in name and target in TOP:
            if target not in FLOORS[floor]:
                yield f"{path} includes {name}: {floor}/ must not know {target}/"
            elif floor == "tools" and target == "tools" and name.split("/")[1] != path.split("/")[1]:
                yield f"{path} includes {name}: programs share nothing but the floors below"
            elif CORE.match(path) and name.startswith(NOT_IN_CORE):
                yield f"{path} includes {name}: a core is pure"
            continue
        if name.startswith("embedded/"):  # made by embed() in CMake
            continue
        if SYSTEM.match(name) and not any(name == known for known, _, _ in LIBRARIES):
            continue
        rule = next((rule for rule in LIBRARIES if name.startswith(rule[0])), None)
        if rule is None:
            yield f"{path} includes {name}: no rule says where this library lives"
        elif not in_room(path, rule[2] if header else rule[1]):
            yield f"{path} includes {name}: it does not live in {'headers' if header else 'sources'} here"
        elif CORE.match(path) and name.startswith(NOT_IN_CORE):
            yield f"{path} includes {name}: a core is pure"
    if floor != "config" and not path.startswith("tools/bench/"):
        code = COMMENT.sub(lambda match: match.group(1) or " ", text)
        for found in ENVIRONMENT.findall(code):
            yield f"{path} uses {found}: only config/ looks at the environment"


def check_tree(root):
    for name in sorted(os.listdir(root)):
        if name not in TOP and not name.startswith(".") and name not in UNTRACKED:
            yield f"{name} stands at the top of the tree, where only {', '.join(sorted(TOP))} may"
    seen = 0
    for floor in FLOORS:
        for folder, folders, names in os.walk(os.path.join(root, floor)):
            # What npm fetched is not ours.
            folders[:] = [name for name in folders if name != "node_modules"]
            for name in sorted(names):
                if name.endswith((".cpp", ".hpp", ".h", ".cc")):
                    full = os.path.join(folder, name)
                    with open(full, encoding="utf-8", errors="replace") as file:
                        yield from check_file(os.path.relpath(full, root), file.read())
                    seen += 1
    if seen == 0:
        yield f"{root} holds no source file"


GOOD = {
    "config/config.cpp": '#include <toml++/toml.h>\n#include <cstdlib>\nauto x = std::getenv("A");\n',
    "messages/json.cpp": '#include <rapidjson/document.h>\n#include "config/config.hpp"\n',
    "messages/task.hpp": "#include <boost/asio/awaitable.hpp>\n",
    "storage/pq/connection.hpp": '#include <libpq-fe.h>\n#include "messages/task.hpp"\n',
    "net/http/reader.cpp": '#include <boost/beast/http.hpp>\n#include "net/http/reader.hpp"\n',
    "actors/jobs/core/feed.cpp": '#include <libxml/parser.h>\n// not getenv\nauto s = "//"; int t = 1;\n',
    "actors/jobs/jobs_actor.cpp": '#include <caf/send.hpp>\n#include "storage/jobs.hpp"\n#include "net/ask.hpp"\n',
    "tools/server/main.cpp": '#include <CLI/CLI.hpp>\n#include <sys/types.h>\n#include "actors/jobs/jobs_actor.hpp"\n',
    "tests/net/server_test.cpp": '#include <rapidjson/document.h>\n#include "storage/pool.hpp"\n',
    "tools/web/node_modules/some/binding.cc": "#include <v8.h>\n",
    "README.md": "",
}
BAD = {  # file: content that must be reported
    "config/a.cpp": '#include "messages/json.hpp"',
    "messages/a.cpp": '#include "storage/pool.hpp"',
    "messages/b.hpp": '  #  include "net/ask.hpp"',
    "storage/a.cpp": '#include "net/http/url.hpp"',
    "storage/b.cpp": '#include "actors/jobs/ingest.hpp"',
    "net/a.cpp": '#include "storage/pool.hpp"',
    "net/b.hpp": '#include "actors/system/registry.hpp"',
    "actors/a.cpp": '#include "tools/server/app.hpp"',
    "tools/server/a.cpp": '#include "tools/sandbox/app.hpp"',
    "actors/jobs/core/a.cpp": '#include "net/ask.hpp"',
    "actors/jobs/core/b.cpp": "#include <caf/send.hpp>",
    "net/c.cpp": "#include <libpq-fe.h>",
    "storage/c.hpp": "#include <libpq-fe.h>",
    "actors/c.cpp": "#include <boost/beast/http.hpp>",
    "net/http/c.hpp": "#include <boost/beast/http.hpp>",
    "net/d.cpp": "#include <rapidjson/document.h>",
    "messages/json.hpp": "#include <rapidjson/document.h>",
    "actors/d.cpp": "#include <libxml/parser.h>",
    "actors/jobs/core/d.hpp": "#include <libxml/parser.h>",
    "actors/jobs/core/e.cpp": "#include <archive.h>",
    "config/keys.cpp": "#include <toml++/toml.h>",
    "actors/jobs/e.hpp": "#include <boost/asio/post.hpp>",
    "storage/e.cpp": "#include <caf/send.hpp>",
    "tools/server/e.cpp": "#include <unheard/of.hpp>",
    "actors/f.cpp": 'auto x = std::getenv("A");',
    "tools/server/f.cpp": "extern char** environ;",
    "src/main.cpp": "",
    "notes.txt": "",
}


def write(root, files):
    for path, text in files.items():
        full = os.path.join(root, path)
        os.makedirs(os.path.dirname(full), exist_ok=True)
        with open(full, "w", encoding="utf-8") as file:
            file.write(text)


def self_test():
    """A tree that keeps the rules passes; each violation planted in it, alone, is found."""
    failures = []
    with tempfile.TemporaryDirectory() as root:
        write(root, GOOD)
        failures += [f"wrongly reported: {line}" for line in check_tree(root)]
    for path, text in BAD.items():
        with tempfile.TemporaryDirectory() as root:
            write(root, {**GOOD, path: text})
            found = list(check_tree(root))
            if len(found) != 1 or not found[0].startswith(path.split("/")[0]):
                failures.append(f"planted in {path}: {text!r}, reported: {found}")
    with tempfile.TemporaryDirectory() as root:
        if not list(check_tree(root)):
            failures.append("an empty tree passes")
    return failures


if __name__ == "__main__":
    if len(sys.argv) != 2 or sys.argv[1] in ("-h", "--help"):
        sys.exit(__doc__)
    problems = self_test() if sys.argv[1] == "--self-test" else list(check_tree(sys.argv[1]))
    for problem in problems:
        print(problem)
    sys.exit(1 if problems else 0)
