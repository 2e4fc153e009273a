"""How the demo prints: steps with progress, a table of matches. At most 100 columns; colour on a terminal only."""
import os
import shutil
import sys
import textwrap

TTY = sys.stdout.isatty()
COLOUR = TTY and "NO_COLOR" not in os.environ and os.environ.get("TERM") != "dumb"
WIDTH = max(60, min(100, shutil.get_terminal_size((100, 24)).columns))


def paint(code, text):
    return f"\033[{code}m{text}\033[0m" if COLOUR else text


def cut(text, width):
    return text if len(text) <= width else text[:width - 1] + "…"


class Step:
    """One line that grows: `[2/8] title … outcome`. On a terminal the progress is drawn over it."""
    count = 8
    number = 0

    def __init__(self, title):
        Step.number += 1
        self.head = f"[{Step.number}/{Step.count}] {title}"
        self.drawn = self.last = ""
        if TTY:
            self.draw("…")

    def draw(self, text):
        line = cut(f"{self.head} {text}", WIDTH - 1)
        print("\r" + line + " " * (len(self.drawn) - len(line)), end="", flush=True)
        self.drawn = line

    def progress(self, stage, done, total):
        text = f"{stage} {done}/{total}" if total else stage
        if text == self.last:
            return
        self.last = text
        if TTY:
            filled = int(20 * done / total) if total else 0
            self.draw(f"[{'█' * filled}{'·' * (20 - filled)}] {text}")
        else:
            print(f"{self.head}: {text}", flush=True)

    def done(self, outcome):
        if TTY:
            print("\r" + " " * len(self.drawn) + "\r", end="")
        print(f"{self.head}: {paint('32', outcome)}", flush=True)

    def note(self, text):
        for line in textwrap.wrap(text, WIDTH - 6):
            print("      " + line)


def money(job):
    low, high = job.get("salary_min"), job.get("salary_max")
    if not low and not high:
        return "pay not given"
    span = f"{low or high:,}" if not low or not high or low == high else f"{low:,}–{high:,}"
    return f"{job.get('salary_currency', '')} {span}".strip() + (" (estimated)" if job.get("salary_predicted") else "")


def matches(items):
    """The table: one line of figures a match, below it why and why not."""
    columns = (("skills", "skills_match_score"), ("exper.", "experience_match_score"),
               ("place", "location_match_score"), ("pay", "salary_match_score"),
               ("culture", "culture_match_score"))
    title_width = WIDTH - 4 - 7 - sum(len(name) + 2 for name, _ in columns)
    print(paint("1", f"{'#':>3} {'job':<{title_width}}{'total':>7}"
                + "".join(f"{name:>{len(name) + 2}}" for name, _ in columns)))
    print("─" * WIDTH)
    for place, match in enumerate(items, 1):
        job = match["job"]
        title = cut(f"{job['title']}, {job['company']}", title_width - 1)
        figures = "".join(f"{match[key]:>{len(name) + 2}.0f}" for name, key in columns)
        print(paint("1", f"{place:>3} {title:<{title_width}}")
              + paint("1;32", f"{match['compatibility_score']:>7.0f}") + figures)
        where = job.get("location") or job.get("country") or "place not given"
        workplace = (job.get("workplace") or "unknown").replace("_", "-")
        facts = [where] + ([workplace] if workplace != "unknown" else []) + [money(job), "via " + job["source"]]
        print("    " + paint("2", cut(" · ".join(facts), WIDTH - 4)))
        if match.get("ai_reasoning"):
            print(textwrap.fill(match["ai_reasoning"], WIDTH, initial_indent="    ", subsequent_indent="    "))
        for sign, colour, key in (("+", "32", "match_factors"), ("-", "33", "mismatch_factors")):
            if match[key]:
                text = textwrap.fill("; ".join(match[key]), WIDTH, initial_indent=f"    {sign} ",
                                     subsequent_indent="      ")
                print(paint(colour, text))
        print()
