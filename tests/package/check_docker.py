#!/usr/bin/env python3
"""What can be known of docker/ without an engine: check_docker.py ROOT, or check_docker.py --self-test ROOT

Reads the image's description, the compose file and what they name, and compares them with the rest of the tree: files
that are copied, targets, packages, settings, addresses, versions. With the compose plug-in at hand it is asked, too.
Prints one line per problem; exits 1 when there is one."""

import fnmatch
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

import yaml

from unit import Unit

# Of libpq, which reads it itself.
NOT_OURS = {"PGPASSWORD"}
# In every Debian, and so in no list of ours.
ALWAYS_THERE = {"adduser"}
SECRET = re.compile(r"PASSWORD|SECRET|KEY")


class Strict(yaml.SafeLoader):
    """YAML that may not say the same key twice."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key) for key, _ in node.value if key.tag != "tag:yaml.org,2002:merge"]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key} is there twice", node.start_mark)
        return super().construct_mapping(node, deep)


class Tree:
    """The files of a checkout."""

    def __init__(self, root):
        self.root = root

    def path(self, name):
        return os.path.normpath(os.path.join(self.root, name))

    def exists(self, name):
        return os.path.exists(self.path(name))

    def read(self, name):
        with open(self.path(name), encoding="utf-8") as file:
            return file.read()

    def yaml(self, name):
        return yaml.load(self.read(name), Strict)


def settings(tree):
    """The names that the environment may have: of every key, and the short ones of keys.cpp."""
    names, section = set(), ""
    for line in tree.read("config/jobraker.example.toml").splitlines():
        if line.startswith("["):
            section = line.strip("[]")
        elif re.match(r"\w+ =", line):
            names.add(f"JOBRAKER_{section}_{line.split(' ')[0]}".upper())
    return names | set(re.findall(r'\{"([A-Z_]+)",\s*"[a-z]+\.[a-z_]+"\}', tree.read("config/keys.cpp")))


def listed_packages(tree):
    return {line.strip() for line in tree.read("tools/dev/packages").splitlines() if line.strip() and not line.startswith("#")}


def check_image(where, image):
    tag = image.rpartition(":")[2] if ":" in image else ""
    if not re.search(r"\d", tag) or "latest" in tag:
        yield f"{where}: {image} is not pinned to a version"


def instructions(text):
    """A Dockerfile as (INSTRUCTION, rest), continued lines joined."""
    text = "\n".join(line for line in text.splitlines() if not line.startswith("#"))
    for line in text.replace("\\\n", " ").splitlines():
        if line.strip():
            name, _, rest = line.strip().partition(" ")
            yield name.upper(), " ".join(rest.split())


def let_in(tree):
    """The top-level names that .dockerignore lets in."""
    lines = [line for line in tree.read(".dockerignore").splitlines() if line and not line.startswith("#")]
    if lines[0] != "*":
        return None
    return {line[1:] for line in lines if line.startswith("!")}


def check_context(tree):
    allowed = let_in(tree)
    if allowed is None:
        yield ".dockerignore: lets in what it does not name"
        return
    needed = {"CMakeLists.txt", "CMakePresets.json"}
    needed |= {name for name in re.findall(r"^add_subdirectory\((\w+)\)", tree.read("CMakeLists.txt"), re.M)}
    package = tree.read("config/cmake/Package.cmake")
    needed |= {name for name in re.findall(r"\$\{CMAKE_SOURCE_DIR\}/([\w.]+)", package)}
    for name in sorted(needed - allowed):
        yield f".dockerignore: the build needs {name}"
    for name in sorted(allowed):
        if not tree.exists(name):
            yield f".dockerignore: there is no {name}"


def check_copies(tree, rest, allowed):
    words = [word for word in rest.split() if not word.startswith("--")]
    if "--from" in rest:
        return
    for source in words[:-1]:
        if source != "." and not tree.exists(source):
            yield f"Dockerfile: COPY {source}: it is not there"
        elif source != "." and not any(fnmatch.fnmatch(source, name) or source.startswith(name + "/") for name in allowed):
            yield f"Dockerfile: COPY {source}: .dockerignore keeps it out"


def check_run(tree, rest):
    """Programs, targets and packages that a RUN names."""
    setup = re.search(r"tools/dev/setup (--\w+)", rest)
    if setup and setup.group(1) + ")" not in tree.read("tools/dev/setup"):
        yield f"Dockerfile: tools/dev/setup knows no {setup.group(1)}"
    for preset in re.findall(r"--preset (\w+)", rest):
        if preset not in [p["name"] for p in json.loads(tree.read("CMakePresets.json"))["configurePresets"]]:
            yield f"Dockerfile: there is no preset {preset}"
    for target in re.findall(r"--target ([\w-]+)", rest):
        if f"add_custom_target({target})" not in tree.read("config/cmake/Package.cmake"):
            yield f"Dockerfile: there is no target {target}"
    for option in re.findall(r"-D(JOBRAKER_\w+)=", rest):
        if f"option({option} " not in tree.read("CMakeLists.txt"):
            yield f"Dockerfile: there is no option {option}"
    for names in re.findall(r"apt-get install ([^&|;]*)", rest):
        for name in names.split():
            if not name.startswith("-") and not name.endswith(".deb") and name not in listed_packages(tree):
                yield f"Dockerfile: tools/dev/packages does not know {name}"


def check_health(tree, where, command):
    url = re.search(r"http://127\.0\.0\.1:(\d+)(/[\w/-]*)", command)
    if not url:
        return f"{where}: the health check names no address"
    if f'"{url.group(2)}"' not in tree.read("net/api/operation_api.cpp"):
        return f"{where}: the server has no {url.group(2)}"
    if url.group(1) != "8080":
        return f"{where}: the server does not listen on {url.group(1)}"
    return None


def check_dockerfile(tree):
    allowed = let_in(tree) or set()
    known = settings(tree)
    last, bases = {}, []
    for name, rest in instructions(tree.read("docker/Dockerfile")):
        last[name] = rest
        if name == "FROM":
            bases.append(rest.split()[0])
            last.pop("USER", None)
            yield from check_image("Dockerfile", bases[-1])
        elif name == "COPY":
            yield from check_copies(tree, rest, allowed)
        elif name == "RUN":
            yield from check_run(tree, rest)
        elif name == "ENV":
            for one in re.findall(r"(\w+)=", rest):
                if one.startswith("JOBRAKER_") and one not in known:
                    yield f"Dockerfile: there is no setting {one}"
                if SECRET.search(one):
                    yield f"Dockerfile: {one} must not be in an image"
    if len({base.removesuffix("-slim") for base in bases}) != 1:
        yield "Dockerfile: built on another Debian than it runs on"
    # adduser takes a user that is there only if its number is one of the system's.
    if not re.fullmatch(r"[1-9]\d\d(:[1-9]\d\d)?", last.get("USER", "")):
        yield "Dockerfile: does not end as a user with a number from 100 to 999"
    problem = check_health(tree, "Dockerfile", last.get("HEALTHCHECK", ""))
    if problem:
        yield problem
    program = json.loads(last["ENTRYPOINT"])[0]
    programs = re.search(r"set\(JOBRAKER_PROGRAMS ([^)]*)\)", tree.read("config/cmake/Package.cmake")).group(1).split()
    if program not in [f"/usr/bin/{one}" for one in programs]:
        yield f"Dockerfile: the package installs no {program}"


def check_package(tree):
    depends = re.search(r'CPACK_DEBIAN_PACKAGE_DEPENDS "([^"]*)"', tree.read("config/cmake/Package.cmake")).group(1)
    for name in depends.split(", "):
        if name not in listed_packages(tree) | ALWAYS_THERE:
            yield f"Package.cmake: tools/dev/packages does not know {name}"


def variables(text):
    """${NAME…} of a compose file: {name: whether it must be set}."""
    found = {}
    for name, how in re.findall(r"(?<!\$)\$\{(\w+)(:[-?])?", text):
        found[name] = found.get(name, False) or how == ":?"
    return found


def check_variables(tree, compose):
    used = variables(compose)
    example = tree.read("docker/env.example")
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.M))
    hinted = set(re.findall(r"^#([A-Z_]+)=", example, re.M))
    for name, must in sorted(used.items()):
        if name not in given and (must or name not in hinted):
            yield f"env.example: {name} is not in it"
    for name in sorted((given.keys() | hinted) - used.keys()):
        yield f"env.example: compose.yaml does not use {name}"
    for name, value in given.items():
        if value:
            yield f"env.example: {name} has a value"


def check_service(tree, name, service, services, volumes):
    where = f"compose.yaml: {name}"
    yield from check_image(where, service.get("image", ""))
    if not service.get("healthcheck", {}).get("test"):
        yield f"{where} has no health check"
    if not service.get("restart"):
        yield f"{where} is not restarted"
    for port in service.get("ports", []):
        if not re.fullmatch(r"127\.0\.0\.1:\d+:\d+", str(port)):
            yield f"{where} offers {port} to other machines"
    for volume in service.get("volumes", []):
        source, target = volume.split(":")[:2]
        if source.startswith("."):
            if not tree.exists(os.path.join("docker", source)):
                yield f"{where} mounts {source}, which is not there"
        elif source not in volumes:
            yield f"{where} uses the volume {source}, which nobody declares"
        if not target.startswith("/"):
            yield f"{where} mounts on {target}"
    for other, how in service.get("depends_on", {}).items():
        if other not in services:
            yield f"{where} depends on {other}"
        elif how["condition"] == "service_healthy" and "healthcheck" not in services[other]:
            yield f"{where} waits for the health of {other}"
    for key, value in service.get("environment", {}).items():
        if SECRET.search(key) and not re.match(r"\$\{\w+:[-?]", str(value)):
            yield f"{where} says {key}"


def inside_address(services, address):
    """Whether host:port is a service, and a port that it is known to have."""
    host, _, port = address.rpartition(":")
    if host == "127.0.0.1":
        return True
    service = services.get(host, {})
    known = [str(p).rsplit(":", 1)[1] for p in service.get("ports", [])] + re.findall(r":(\d+)", service.get("environment", {}).get("KAFKA_LISTENERS", ""))
    return port in known


def check_addresses(tree, services):
    """Names by which the containers know one another."""
    environment = services["server"]["environment"]
    named = [("DATABASE_URL", re.search(r"@([\w.]+:\d+)/", environment["DATABASE_URL"]).group(1)), ("KAFKA_BROKERS", environment["KAFKA_BROKERS"])]
    for job in tree.yaml("docker/prometheus/prometheus.yml")["scrape_configs"]:
        named += [("prometheus.yml", target) for config in job["static_configs"] for target in config["targets"]]
    for source in tree.yaml("docker/grafana/provisioning/datasources/prometheus.yaml")["datasources"]:
        named.append(("Grafana's data source", source["url"].removeprefix("http://")))
    for who, address in named:
        if not inside_address(services, address):
            yield f"{who}: nobody listens on {address}"
    mounted = {volume.split(":")[1] for volume in services["grafana"]["volumes"]}
    for provider in tree.yaml("docker/grafana/provisioning/dashboards/jobraker.yaml")["providers"]:
        if provider["options"]["path"] not in mounted:
            yield f"Grafana's dashboards: {provider['options']['path']} is not mounted"


def check_server(tree, service):
    known = settings(tree)
    for name in service["environment"]:
        if name not in known | NOT_OURS:
            yield f"compose.yaml: server: there is no setting {name}"
    dockerfile = os.path.join("docker", service["build"]["context"], service["build"]["dockerfile"])
    if not tree.exists(dockerfile):
        yield f"compose.yaml: server: there is no {dockerfile}"
    version = re.search(r"project\(jobraker VERSION ([\d.]+)", tree.read("CMakeLists.txt")).group(1)
    if service["image"] != f"jobraker:{version}":
        yield f"compose.yaml: server: the version is {version}, not {service['image']}"
    problem = check_health(tree, "compose.yaml: server", shlex.join(service["healthcheck"]["test"]))
    if problem:
        yield problem
    unit = Unit(tree.path("config/systemd/jobraker.service"))
    if service["stop_grace_period"] != unit.one("TimeoutStopSec"):
        yield "compose.yaml: server: has another time to end than the systemd unit"


def ask_compose(tree, compose):
    """What the compose plug-in says, where there is one; it needs no engine for this."""
    if subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode if shutil.which("docker") else 1:
        print("check_docker: no compose plug-in here, so it is not asked")
        return
    environment = {**os.environ, **{name: "x" * 32 for name, must in variables(compose).items() if must}}
    done = subprocess.run(["docker", "compose", "-f", tree.path("docker/compose.yaml"), "config", "--quiet"], capture_output=True, text=True, env=environment, check=False)
    if done.returncode:
        yield f"docker compose config: {done.stderr.strip()}"


def check(tree):
    for folder, _, names in os.walk(tree.path("docker")):
        for name in names:
            if name.endswith((".yml", ".yaml")):
                try:
                    tree.yaml(os.path.join(folder, name))
                except yaml.YAMLError as error:
                    yield f"{name}: {error}"
                    return
            elif name.endswith(".json"):
                json.loads(tree.read(os.path.join(folder, name)))
    yield from check_context(tree)
    yield from check_dockerfile(tree)
    yield from check_package(tree)
    text, compose = tree.read("docker/compose.yaml"), tree.yaml("docker/compose.yaml")
    services, volumes = compose["services"], compose["volumes"]
    yield from check_variables(tree, text)
    for name, service in services.items():
        yield from check_service(tree, name, service, services, volumes)
    yield from check_server(tree, services["server"])
    yield from check_addresses(tree, services)


BAD = [  # (file, what is there, what is put in its place): each must be reported
    (".dockerignore", "!messages\n", ""),
    (".dockerignore", "!messages\n", "!massages\n!messages\n"),
    ("docker/Dockerfile", "-slim\n", ":latest\n"),
    ("docker/Dockerfile", "20251229-slim", "20250520-slim"),
    ("docker/Dockerfile", "COPY tools/dev/setup ", "COPY tools/dev/set-up "),
    ("docker/Dockerfile", "COPY tools/dev/setup ", "COPY docker/env.example "),
    ("docker/Dockerfile", "setup --build", "setup --bild"),
    ("docker/Dockerfile", "--preset release -D", "--preset realese -D"),
    ("docker/Dockerfile", "--target jobraker-package", "--target jobraker-pakage"),
    ("docker/Dockerfile", "-DJOBRAKER_TESTS", "-DJOBRAKER_TEST"),
    ("docker/Dockerfile", "recommends curl", "recommends curl wget"),
    ("docker/Dockerfile", "USER 990:990", "USER jobraker"),
    ("docker/Dockerfile", "USER 990:990", "USER 0:0"),
    ("docker/Dockerfile", "USER 990:990", "USER 10001:10001"),
    ("docker/Dockerfile", "USER 990:990\n", ""),
    ("docker/Dockerfile", "JOBRAKER_SERVER_HOST", "JOBRAKER_SERVER_ADDRESS"),
    ("docker/Dockerfile", "XDG_CACHE_HOME=", "OPENAI_API_KEY="),
    ("docker/Dockerfile", "/healthz", "/health"),
    ("docker/Dockerfile", "/usr/bin/jobraker-server", "/usr/bin/jobraker"),
    ("config/cmake/Package.cmake", "poppler-utils", "poppler-tools"),
    ("docker/env.example", "OPENAI_API_KEY=\n", ""),
    ("docker/env.example", "OPENAI_API_KEY=\n", "OPENAI_API_KEY=sk-1\n"),
    ("docker/env.example", "#SKYVERN_API_KEY=\n", "#SKYVERN_KEY=\n"),
    ("docker/compose.yaml", "kafka:3.9.1", "kafka:latest"),
    ("docker/compose.yaml", "pgvector:0.8.0-pg15", "pgvector"),
    ("docker/compose.yaml", '"127.0.0.1:5432:5432"', '"5432:5432"'),
    ("docker/compose.yaml", "kafka:/var/lib", "kafak:/var/lib"),
    ("docker/compose.yaml", "./prometheus:", "./prometeus:"),
    ("docker/compose.yaml", "kafka: { condition", "kafak: { condition"),
    ("docker/compose.yaml", "${POSTGRES_PASSWORD:?set it in docker/.env}", "jobraker"),
    ("docker/compose.yaml", "JOBRAKER_LOG_LEVEL:", "JOBRAKER_LOG_LEVELS:"),
    ("docker/compose.yaml", "/readyz", "/ready"),
    ("docker/compose.yaml", "jobraker:0.1.0", "jobraker:0.0.9"),
    ("docker/compose.yaml", "stop_grace_period: 45s", "stop_grace_period: 10s"),
    ("docker/compose.yaml", "kafka:9092", "kafka:9095"),
    ("docker/compose.yaml", "    init: true\n", "    init: true\n    init: true\n"),
    ("docker/compose.yaml", "dockerfile: docker/Dockerfile", "dockerfile: Dockerfile"),
    ("docker/compose.yaml", "dashboards:/etc/grafana/dashboards", "dashboards:/etc/grafana/boards"),
    ("docker/prometheus/prometheus.yml", "server:8080", "jobraker:8080"),
    ("docker/grafana/provisioning/datasources/prometheus.yaml", "prometheus:9090", "prometheus:9091"),
]
READ = [".dockerignore", "CMakeLists.txt", "CMakePresets.json", "config/cmake/Package.cmake", "config/keys.cpp", "config/jobraker.example.toml",
        "config/systemd/jobraker.service", "docker", "net/api/operation_api.cpp", "tools/dev/packages", "tools/dev/setup"]


def self_test(root):
    """Each problem planted in a copy of the tree, alone, is found."""
    with tempfile.TemporaryDirectory() as copy:
        tree = Tree(copy)
        for name in let_in(Tree(root)) or []:
            if os.path.isdir(os.path.join(root, name)):
                os.makedirs(tree.path(name), exist_ok=True)
            else:
                shutil.copy(os.path.join(root, name), tree.path(name))
        for name in READ:
            os.makedirs(os.path.dirname(tree.path(name)), exist_ok=True)
            if os.path.isdir(os.path.join(root, name)):
                shutil.copytree(os.path.join(root, name), tree.path(name))
            else:
                shutil.copy(os.path.join(root, name), tree.path(name))
        yield from (f"wrongly reported: {line}" for line in check(tree))
        for name, there, instead in BAD:
            good = tree.read(name)
            if there not in good:
                yield f"self-test: {name} holds no {there!r}"
                continue
            with open(tree.path(name), "w", encoding="utf-8") as file:
                file.write(good.replace(there, instead))
            if not list(check(tree)):
                yield f"self-test: not found in {name}: {instead!r} instead of {there!r}"
            with open(tree.path(name), "w", encoding="utf-8") as file:
                file.write(good)


def main():
    if len(sys.argv) == 3 and sys.argv[1] == "--self-test":
        problems = list(self_test(sys.argv[2]))
    elif len(sys.argv) == 2 and not sys.argv[1].startswith("-"):
        tree = Tree(sys.argv[1])
        problems = list(check(tree)) or list(ask_compose(tree, tree.read("docker/compose.yaml")))
    else:
        sys.exit(__doc__)
    print("\n".join(problems) or "check_docker: all is well")
    sys.exit(bool(problems))


if __name__ == "__main__":
    main()
