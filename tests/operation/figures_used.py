"""The expressions of the alerts and dashboards in docker/, and the metrics they name."""
import glob
import json
import os
import re

import yaml

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
RULES = os.path.join(SOURCE, "docker", "prometheus", "rules.yml")
DASHBOARDS = sorted(glob.glob(os.path.join(SOURCE, "docker", "grafana", "dashboards", "*.json")))
# Ours begin with one of these; labels of the conventions begin with gen_ai_, too, but not with gen_ai_client_.
NAME = re.compile(r"\b(?:jobraker|gen_ai_client|process)_[a-z0-9_]+\b")
QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


def rules():
    """(where, expression) of each alert."""
    with open(RULES, encoding="utf-8") as text:
        for group in yaml.safe_load(text)["groups"]:
            for rule in group["rules"]:
                yield f"alert {rule['alert']}", rule["expr"]


def dashboards():
    """(file, dashboard) of each."""
    for path in DASHBOARDS:
        with open(path, encoding="utf-8") as text:
            yield os.path.basename(path), json.load(text)


def panels():
    """(where, expression) of each query."""
    for name, dashboard in dashboards():
        for panel in dashboard["panels"]:
            for target in panel["targets"]:
                yield f"{name}: {panel['title']}", target["expr"].replace("$instance", ".*")


def names_in(expression):
    return set(NAME.findall(QUOTED.sub('""', expression)))


def used():
    """Where each metric is used, by its name."""
    places = {}
    for where, expression in [*rules(), *panels()]:
        for name in names_in(expression):
            places.setdefault(name, []).append(where)
    return places
