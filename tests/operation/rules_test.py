"""Alerts fire when they should and not otherwise; what the dashboards ask can be asked. What promtool knows, it is asked."""
import json
import os
import shutil
import subprocess
import tempfile
import unittest

import figures_used

PROMTOOL = shutil.which("promtool")
HERE = os.path.dirname(os.path.abspath(__file__))


def promtool(*args):
    return subprocess.run([PROMTOOL, *args], capture_output=True, text=True, timeout=120)


@unittest.skipUnless(PROMTOOL, "promtool is missing: tools/dev/setup --tests")
class Alerts(unittest.TestCase):
    def test_prometheus_takes_them(self):
        done = promtool("check", "config", os.path.join(figures_used.SOURCE, "docker", "prometheus", "prometheus.yml"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_they_fire_when_they_should_and_not_otherwise(self):
        done = promtool("test", "rules", os.path.join(HERE, "rules_cases.yml"))
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)

    def test_each_is_among_the_cases(self):
        with open(os.path.join(HERE, "rules_cases.yml"), encoding="utf-8") as text:
            cases = text.read()
        for where, _ in figures_used.rules():
            self.assertIn(f"alertname: {where.removeprefix('alert ')}\n", cases)


class Dashboards(unittest.TestCase):
    def test_there_are_the_four_of_the_readme(self):
        self.assertEqual([os.path.basename(path) for path in figures_used.DASHBOARDS],
                         ["actors.json", "events.json", "models.json", "overview.json"])

    def test_they_are_whole(self):
        seen = set()
        for name, dashboard in figures_used.dashboards():
            self.assertNotIn(dashboard["uid"], seen, name)
            seen.add(dashboard["uid"])
            ids = [panel["id"] for panel in dashboard["panels"]]
            self.assertEqual(len(ids), len(set(ids)), name)
            taken = set()
            for panel in dashboard["panels"]:
                self.assertEqual(panel["datasource"]["uid"], "prometheus", panel["title"])
                self.assertTrue(panel["targets"], panel["title"])
                at = panel["gridPos"]
                self.assertLessEqual(at["x"] + at["w"], 24, panel["title"])
                cells = {(x, y) for x in range(at["x"], at["x"] + at["w"]) for y in range(at["y"], at["y"] + at["h"])}
                self.assertFalse(cells & taken, f"{name}: {panel['title']} lies over another")
                taken |= cells

    @unittest.skipUnless(PROMTOOL, "promtool is missing: tools/dev/setup --tests")
    def test_what_they_ask_can_be_asked(self):
        rules = [{"record": f"query:{n}", "expr": expression} for n, (_, expression) in enumerate(figures_used.panels())]
        self.assertGreater(len(rules), 50)
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump({"groups": [{"name": "dashboards", "rules": rules}]}, file)
            file.flush()
            done = promtool("check", "rules", file.name)
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)


if __name__ == "__main__":
    unittest.main(verbosity=2)
