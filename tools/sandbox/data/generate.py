#!/usr/bin/env python3
"""Writes postings.jsonl from the hand-written fragments. Same fragments, same file: the seed is fixed.

Ages and closing dates are in days relative to when the sandbox runs, so that the feed never grows old.
"""
import json
import random
import re
import unicodedata
from pathlib import Path

HERE = Path(__file__).parent
RANDOM = random.Random(20261120)

# Yearly pay relative to a British one, and the currency.
MONEY = {"gb": (1.0, "GBP"), "us": (1.75, "USD"), "de": (1.12, "EUR"), "fr": (0.98, "EUR"), "ca": (1.6, "CAD"),
         "au": (1.85, "AUD"), "nl": (1.15, "EUR"), "in": (24.0, "INR"), "at": (1.08, "EUR"), "pl": (3.4, "PLN"),
         "es": (0.78, "EUR"), "sg": (1.65, "SGD"), "ch": (2.0, "CHF"), "it": (0.82, "EUR"), "nz": (1.7, "NZD"),
         "za": (9.0, "ZAR"), "br": (2.6, "BRL"), "mx": (9.5, "MXN"), "be": (1.08, "EUR")}
TECH = {"backend", "frontend", "mobile", "cpp", "embedded", "data", "ml", "devops", "security", "design",
        "entwickler_de", "developpeur_fr"}
LEVELS = {"junior": ("Junior ", "1+", 0.72), "mid": ("", "3+", 1.0), "senior": ("Senior ", "5+", 1.28),
          "lead": ("Lead ", "8+", 1.55)}
HEADINGS = {"en": [("What you will do", "What you bring", "Nice to have", "What we offer"),
                   ("Responsibilities", "Requirements", "Preferred", "Benefits"),
                   ("The role", "About you", "It would help if you have", "In return"),
                   ("Your duties", "Qualifications", "Desirable", "Benefits and perks"),
                   ("Day to day", "Must have", "Bonus points", "Why join us")],
            "de": [("Ihre Aufgaben", "Ihr Profil", "Von Vorteil", "Wir bieten"),
                   ("Das erwartet Sie", "Das bringen Sie mit", "Schön wäre", "Unsere Leistungen")],
            "fr": [("Vos missions", "Votre profil", "Un plus", "Nous offrons"),
                   ("Missions", "Profil recherché", "Serait apprécié", "Avantages")]}


def lines(name):
    for line in (HERE / "fragments" / name).read_text(encoding="utf-8").splitlines():
        if line.strip() and not line.startswith("#"):
            yield line


def read_trades():
    trades, trade = {}, None
    for name in ("software.txt", "people.txt", "trades.txt", "other_languages.txt"):
        for line in lines(name):
            if line.startswith("@trade "):
                trade = trades.setdefault(line[7:].strip(), {"stack": [], "duty": [], "req": [], "nice": [], "lang": "en"})
                continue
            key, value = (part.strip() for part in line.split(":", 1))
            if key == "stack":
                trade["stack"].append([s.strip() for s in value.split(",")])
            elif key == "titles":
                trade["titles"] = [s.strip() for s in value.split(";")]
            elif key in ("duty", "req", "nice"):
                trade[key].append(value)
            else:
                trade[key] = value
    return trades


def read_companies():
    keys = ("name", "country", "place", "area", "trades", "about", "now")
    return [dict(zip(keys, line.split("|"))) for line in lines("companies.txt")]


def slug(text):
    plain = unicodedata.normalize("NFKD", text.replace("ł", "l").replace("ß", "ss")).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "", plain)


def fill(text, stack, years):
    for i in range(6):
        text = text.replace("{s%d}" % i, stack[i % len(stack)])
    text = text.replace("{years}", years)
    return text[0].upper() + text[1:]


def sample(pool, low, high):
    return RANDOM.sample(pool, min(len(pool), RANDOM.randint(low, high)))


def money(trade, country, factor):
    base = int(trade["pay"])
    if base == 0 or RANDOM.random() < 0.22:
        return None
    rate, currency = MONEY[country]
    middle = base * rate * factor * RANDOM.uniform(0.92, 1.12)
    if trade.get("hourly") and country in ("gb", "us", "au", "ca", "nz") and RANDOM.random() < 0.6:
        hour = middle / 1950
        return {"min": round(hour * 0.94, 2), "max": round(hour * 1.1, 2), "currency": currency, "interval": "hour"}
    step = 500 if middle < 200000 else 5000
    low = round(middle * 0.9 / step) * step
    high = round(middle * RANDOM.choice([1.05, 1.15, 1.25]) / step) * step
    pay = {"min": low, "max": high, "currency": currency, "interval": "year"}
    if RANDOM.random() < 0.12:
        pay["predicted"] = True
        pay["max"] = pay["min"]
    return pay


def title_for(trade_name, trade, stack, level):
    titles = trade["titles"]
    if trade_name == "mobile":
        by_stack = {"Swift": "iOS Developer", "Kotlin": "Android Developer", "React Native": "React Native Developer",
                    "Flutter": "Mobile Engineer"}
        title = by_stack[stack[0]]
    elif trade_name in ("entwickler_de", "developpeur_fr"):
        match = [t for t in titles if stack[0].split()[0] in t]
        title = RANDOM.choice(match or [titles[0]])
    elif trade_name == "cpp" and "CUDA" in stack:
        title = "C++ Engineer (GPU)"
    else:
        title = RANDOM.choice([t for t in titles if t != "React Developer" or "React" in stack])
    if trade_name in ("backend", "frontend") and RANDOM.random() < 0.3:
        title += f" ({stack[0]})"
    prefix = LEVELS[level][0]
    if trade["lang"] != "en" and prefix == "Lead ":
        prefix = "Senior "
    if trade["lang"] == "fr" or trade_name in ("chef", "hospitality", "teaching", "spam"):
        prefix = ""
    if any(word in title for word in ("Manager", "Senior", "Charge", "Supervisor", "Head ", "Clerk", "Assistant")):
        prefix = ""
    return prefix + title


def workplace_for(company, trade_name):
    if "Remote" in company["place"] or company["place"] == "Anywhere":
        return "remote"
    if trade_name in TECH or trade_name in ("marketing", "marketing_de", "support", "hr", "legal", "accounting", "sales"):
        return RANDOM.choices(["on_site", "hybrid", "remote"], [3, 5, 2])[0]
    return "on_site"


def place_sentence(company, workplace, lang):
    place = company["place"]
    if workplace == "remote":
        return {"en": RANDOM.choice(["This role is fully remote; we ask for four hours a day of overlap with the team.",
                                     "You can work from home anywhere in the country. We meet twice a year.",
                                     "Remote first: the office exists for those who like one."]),
                "de": "Sie können vollständig von zu Hause arbeiten.", "fr": "Poste en télétravail complet."}[lang]
    if workplace == "hybrid":
        return {"en": RANDOM.choice([f"Hybrid: two days a week in our {place} office, the rest where you work best.",
                                     f"We are in {place} on Tuesdays and Thursdays; other days are yours to choose."]),
                "de": f"Hybrid: zwei Tage in der Woche in {place}, sonst von zu Hause.",
                "fr": f"Hybride : deux jours par semaine à {place}."}[lang]
    return {"en": RANDOM.choice([f"The job is on site in {place}.", f"You will work at our site in {place}.", ""]),
            "de": f"Arbeitsort ist {place}.", "fr": f"Le poste est basé à {place}."}[lang]


def posting(number, company, trade_name, trade, benefits, coordinates):
    spam = trade_name == "spam"
    level = "mid" if spam else RANDOM.choices(list(LEVELS), [2, 4, 4, 1])[0]
    stack = RANDOM.choice(trade["stack"])
    if trade_name == "developpeur_fr" and company["name"] == "Pixel & Marée":
        stack = trade["stack"][RANDOM.choice([1, 3])]
    lang, years = trade["lang"], LEVELS[level][1]
    workplace = workplace_for(company, trade_name)
    title = title_for(trade_name, trade, stack, level)
    intro = [company["about"], company["now"], place_sentence(company, workplace, lang)]
    if RANDOM.random() < 0.3:
        intro[0], intro[1] = intro[1], intro[0]
    length = RANDOM.random()
    duties = [fill(d, stack, years) for d in sample(trade["duty"], *((2, 3) if length < 0.15 else (4, 7)))]
    required = [fill(r, stack, years) for r in trade["req"][:7] if RANDOM.random() < (0.4 if length < 0.15 else 0.85)]
    if not required:
        required = [fill(trade["req"][0], stack, years)]
    nice = [] if length < 0.3 else [fill(n, stack, years) for n in trade["nice"]]
    if trade_name in TECH and RANDOM.random() < 0.8:
        words = {"en": "Our stack: ", "de": "Unsere Technik: ", "fr": "Notre environnement : "}[lang]
        duties.append(words + ", ".join(stack))
    region = {"de": "DE", "fr": "FR"}.get(lang)
    pool = benefits.get(region or company["country"], []) + (benefits["*"] if lang == "en" else [])
    offers = [] if length < 0.15 or spam else sample(pool, 2, 5)
    kind = RANDOM.choices(["full_time", "part_time", "contract"], [16, 2, 2])[0]
    sections = dict(zip(("duties", "required", "nice", "offers"), RANDOM.choice(HEADINGS[lang])))
    spot = coordinates.get(company["place"])
    out = {"key": f"p{number:04d}", "title": title, "company": company["name"], "country": company["country"],
           "place": company["place"], "area": [a for a in company["area"].split(",") if a], "lang": lang, "trade": trade_name,
           "team": trade["team"], "category": trade["category"], "category_label": trade["label"], "level": level,
           "workplace": workplace, "job_type": kind, "skills": stack, "salary": money(trade, company["country"], LEVELS[level][2]),
           "intro": " ".join(part for part in intro if part),
           "sections": [[sections[k], v] for k, v in (("duties", duties), ("required", required), ("nice", nice), ("offers", offers)) if v],
           "age_days": round(RANDOM.choices([RANDOM.uniform(0.05, 3), RANDOM.uniform(3, 14), RANDOM.uniform(14, 27)], [4, 4, 2])[0], 2),
           "closes_in_days": RANDOM.choice([None, None, None, 7, 14, 21, 30])}
    if spot and RANDOM.random() < 0.85:
        out["lat"], out["lon"] = spot
    if spam:
        out["intro"], out["sections"] = RANDOM.choice(
            [("Be your own boss. No experience. Unlimited income!!! Reply now, limited places. Buy the starter kit for only $49.", []),
             ("EARN BIG from your phone. 5 minutes a day. Send us a message with your bank details to begin.", [])])
    return out


def assign_sources(postings):
    """Boards belong to companies; feeds carry what is remote; Adzuna carries most of the rest."""
    tech = sorted({p["company"] for p in postings if p["trade"] in TECH})
    boards = {name: ("greenhouse", "lever")[i % 2] for i, name in enumerate(tech) if i % 5 in (0, 1, 3)}
    for p in postings:
        board = boards.get(p["company"])
        sources = []
        if board and p["trade"] != "spam":
            sources.append(board)
            p["board"] = slug(p["company"])
        if p["workplace"] == "remote" or RANDOM.random() < 0.08:
            sources.append("rss")
        if not sources or RANDOM.random() < 0.25:
            sources.append("adzuna")
        p["sources"] = sources


def reworded(postings, count):
    """The same opening again as an agency would advertise it: other key, other words, Adzuna only."""
    chosen = RANDOM.sample([p for p in postings if p["sources"] != ["adzuna"] and p["trade"] != "spam" and p["lang"] == "en"], count)
    copies = []
    for i, p in enumerate(chosen):
        copy = json.loads(json.dumps(p))
        copy["key"] = "d" + p["key"][1:]
        copy["duplicate_of"] = p["key"]
        copy["company"] = p["company"] + (" Ltd" if p["country"] == "gb" else " Inc." if p["country"] == "us" else "")
        copy["title"] = p["title"] + RANDOM.choice(["", f" - {p['place']}", " (permanent)"])
        copy["intro"] = RANDOM.choice(["We are hiring. ", "Great opportunity. ", f"{p['company']} is looking for a new colleague. "]) + p["intro"]
        copy["age_days"] = round(p["age_days"] + RANDOM.uniform(-0.04, 2), 2)
        copy["sources"] = ["adzuna"]
        copy.pop("board", None)
        copies.append(copy)
    return copies


def main():
    trades, companies = read_trades(), read_companies()
    benefits, coordinates = {}, {}
    for line in lines("benefits.txt"):
        region, text = line.split("|", 1)
        benefits.setdefault(region, []).append(text)
    for line in lines("places.txt"):
        place, lat, lon = line.split("|")
        coordinates[place] = (float(lat), float(lon))
    postings, number = [], 0
    for company in companies:
        for name in company["trades"].split(","):
            twice = name not in TECH or name == "cpp"
            copies = 4 if name == "spam" else 2 if twice and RANDOM.random() < 0.5 else 1
            used = set()
            for _ in range(copies):
                for _attempt in range(6):
                    p = posting(number + 1, company, name, trades[name], benefits, coordinates)
                    if p["title"] not in used:
                        break
                used.add(p["title"])
                number += 1
                postings.append(p)
    assign_sources(postings)
    postings += reworded(postings, 28)
    with open(HERE / "postings.jsonl", "w", encoding="utf-8") as out:
        for p in postings:
            out.write(json.dumps(p, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
