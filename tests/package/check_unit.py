#!/usr/bin/env python3
"""The systemd unit as systemd reads it: check_unit.py ROOT

`systemd-analyze verify` must have nothing to say, with the programs of the unit where it expects them and with nothing
else installed; it must find a key that is misspelt; and `systemd-analyze security` must not call the service exposed.
Needs no running systemd."""

import os
import re
import shutil
import subprocess
import sys
import tempfile
import tomllib

from unit import Unit

NAME = "jobraker.service"
EXPOSURE_MAX = 15  # tenths: 1.5 of 10, which systemd calls OK
# After the drain, the server's own bounds add up to this (App::stop in tools/server/app.cpp), and some air.
AFTER_DRAIN_SECONDS = 15


def analyze(*arguments):
    done = subprocess.run(["systemd-analyze", *arguments], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    return done.returncode, done.stdout


def verify(text, unit):
    """What systemd says of a unit in a root where its programs are."""
    with tempfile.TemporaryDirectory() as root:
        folder = root + "/usr/lib/systemd/system"
        os.makedirs(folder)
        for name in ("ExecStartPre", "ExecStart"):
            program = root + unit.command(name)[0]
            os.makedirs(os.path.dirname(program), exist_ok=True)
            os.close(os.open(program, os.O_CREAT, 0o755))
        with open(f"{folder}/{NAME}", "w", encoding="utf-8") as file:
            file.write(text)
        return analyze("verify", "--man=no", "--recursive-errors=no", "--root=" + root, f"/usr/lib/systemd/system/{NAME}")


def problems(root):
    path = f"{root}/config/systemd/{NAME}"
    unit = Unit(path)
    with open(path, encoding="utf-8") as file:
        text = file.read()
    code, said = verify(text, unit)
    if code or said.strip():
        yield "systemd-analyze verify: " + said.strip()
    _, said = verify(text.replace("ProtectSystem=", "ProtectSytem="), unit)
    if "ProtectSytem" not in said:
        yield "systemd-analyze verify does not find a misspelt key, so its silence says nothing: " + said.strip()
    code, said = analyze("security", "--offline=true", f"--threshold={EXPOSURE_MAX}", "--no-pager", path)
    if code or "Overall exposure level" not in said:
        yield "systemd-analyze security: " + "\n".join(line for line in said.splitlines() if not line.startswith("✓"))
    with open(f"{root}/config/jobraker.example.toml", "rb") as file:
        drain = tomllib.load(file)["server"]["drain_timeout_ms"] / 1000
    if unit.seconds("TimeoutStopSec") < drain + AFTER_DRAIN_SECONDS:
        yield f"TimeoutStopSec={unit.one('TimeoutStopSec')}: the server may take {drain} s to drain and {AFTER_DRAIN_SECONDS} s more"
    with open(f"{root}/config/cmake/Package.cmake", encoding="utf-8") as file:
        package = file.read()
    if not re.search(rf"systemd/{NAME} DESTINATION lib/systemd/system\b", package):
        yield "Package.cmake does not install the unit"


def main():
    if len(sys.argv) != 2 or sys.argv[1].startswith("-"):
        sys.exit(__doc__)
    if not shutil.which("systemd-analyze"):
        print("check_unit: skipped: systemd-analyze is not here (tools/dev/setup --tests)")
        sys.exit(77)
    found = list(problems(sys.argv[1]))
    print("\n".join(found) or "check_unit: all is well")
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
