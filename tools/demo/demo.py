#!/usr/bin/env python3
"""Jobraker's main job, once, against a running server: a person registers, uploads a résumé, saves searches; the
administrator refreshes the jobs; they are scored; the matches are printed; documents for the best one are prepared and
sent. Run again, it goes on where it was."""
import argparse
import json
import mimetypes
import os
import secrets
import sys
import time

import show
from api import Api, DemoError, Refused, multipart

# What the person of the résumé would search for; feed and boards are the sandbox's.
ADZUNA = [("gb", "C++"), ("gb", "software engineer"), ("gb", "Linux"), ("us", "C++ remote"), ("de", "C++")]
BOARDS = [("greenhouse", "latticecompute"), ("greenhouse", "quillpay"), ("lever", "corvanemarkets")]


def credentials(path, email):
    """The account of an earlier run, or a new one; written before it is used, so that it cannot be lost."""
    if os.path.exists(path):
        try:
            with open(path, encoding="utf-8") as file:
                found = json.load(file)
            return {"email": found["email"], "password": found["password"]}
        except (OSError, ValueError, KeyError, TypeError):
            raise DemoError(f"{path} does not hold an e-mail and a password") from None
    fresh = {"email": email, "password": secrets.token_urlsafe(18)}
    beside = path + ".new"
    with open(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        json.dump(fresh, file)
        file.write("\n")
    os.replace(beside, path)
    return fresh


def sign_in(api, account):
    """Logs in, or registers who is not known yet; says which."""
    try:
        api.token = api.post("/auth/login", account)["access_token"]
        return "logged in again as"
    except Refused as error:
        if error.status != 401:
            raise
    try:
        api.token = api.post("/auth/register", account)["access_token"]
    except Refused as error:
        if error.status == 409:
            raise DemoError(f"{account['email']} exists with another password than the one on file") from None
        raise
    return "registered"


def current_profile(api):
    try:
        profile = api.get("/profiles/profile/me")
    except Refused as error:
        if error.status == 404:
            return None
        raise
    return profile if profile.get("last_resume_upload") else None


def upload(api, path, step):
    with open(path, "rb") as file:
        data = file.read()
    kind = mimetypes.guess_type(path)[0] or "application/octet-stream"
    body, headers = multipart("file", os.path.basename(path), kind, data)
    api.run("/profiles/upload-resume/me", step.progress, body, headers)
    return current_profile(api) or {}


def save_searches(api, sandbox):
    """Creates the searches that are missing; a feed at an address of an earlier sandbox is replaced."""
    feed = sandbox + "/feeds/jobs.rss"
    wanted = [{"kind": "adzuna", "country": country, "query": query, "name": f"Adzuna {country}: {query}"}
              for country, query in ADZUNA]
    wanted.append({"kind": "feed", "url": feed, "name": "Remote jobs (RSS)"})
    wanted += [{"kind": kind, "board": board, "name": f"{kind.capitalize()}: {board}"} for kind, board in BOARDS]
    present = api.get("/searches?limit=200")["items"]
    for search in present:
        if search["kind"] == "feed" and search["name"] == "Remote jobs (RSS)" and search["url"] != feed:
            api.call("DELETE", f"/searches/{search['id']}")
    keys = ("kind", "country", "query", "url", "board")
    known = {tuple(search.get(key) or "" for key in keys) for search in present}
    fresh = [search for search in wanted if tuple(search.get(key, "") for key in keys) not in known]
    for search in fresh:
        api.post("/searches", search)
    return len(wanted), len(fresh)


def refresh(admin, step):
    report = admin.run("/jobs/refresh", step.progress, {})
    sources = report["sources"]
    total = {key: sum(source[key] for source in sources)
             for key in ("fetched", "inserted", "updated", "unchanged", "merged", "expired")}
    step.done("{fetched} postings read, {inserted} new, {updated} changed, {unchanged} as before; "
              "{merged} duplicates merged".format(**total))
    for source in sources:
        if source.get("failure"):
            step.note(f"{source['source']}: {source['failure']}")
        for problem in source["problems"][:3]:
            step.note(f"{source['source']}, item {problem['item']}: {problem['detail']}")
    if sources and all(source.get("failure") for source in sources):
        raise DemoError("no source could be read")


def describe(profile):
    """One line that shows what was read: name, experience, skills."""
    personal, skills = profile.get("personal_info") or {}, profile.get("skills") or {}
    summary = profile.get("summary") or {}
    years = summary.get("years_of_experience")
    names = (skills.get("programming_languages") or []) + (skills.get("frameworks_libraries") or [])
    parts = [personal.get("full_name") or "no name"]
    if years is not None:
        parts.append(f"{years:g} years")
    if summary.get("career_level"):
        parts.append(summary["career_level"])
    return ", ".join(parts) + "; " + ", ".join(names[:8])


def application_for(api, job_id):
    """The draft for a posting, made when there is none; and whether it was sent by an earlier run."""
    try:
        return api.post(f"/jobs/{job_id}/auto-apply", {}), False
    except Refused as error:
        if error.status != 409:
            raise
    sent = [item for item in api.get("/applications?limit=100")["items"] if item.get("job_id") == job_id]
    if not sent:
        raise DemoError("the application of an earlier run is not there any more")
    return sent[0], True


def apply_to(api, match):
    """Prepares the documents for a posting, approves exactly these, and waits for the end of the submission."""
    api.call("PUT", "/users/me/consents", {"ai_chat": True, "auto_apply": True})
    step = show.Step("Documents")
    application, sent = application_for(api, match["job"]["id"])
    path = f"/applications/{application['id']}"
    if sent:
        step.done("those of an earlier run")
    else:
        api.run(path + "/kit", step.progress, {})
        step.done(f"a résumé and a letter for {application['job_title']} at {application['company']}")

    step = show.Step("Apply")
    if not sent:
        api.post(path + "/approve", {"hash": api.get(path)["submission"]["hash"]})
    end = time.monotonic() + 120
    while (application := api.get(path))["status"] in ("draft", "approved", "queued", "submitting") and time.monotonic() < end:
        step.progress(application["status"], 0, 0)
        time.sleep(0.3)
    step.done(application["status"])
    for event in api.get(path + "/events")["items"]:
        step.note(f"{event['at'][11:19]}  {event['status']:<12}{event['detail']}")
    for run in application["submission"]["runs"][:1]:
        step.note(f"evidence: {run.get('recording_url') or 'none'}")


def run(options):
    person, admin = Api(options.base, options.timeout), Api(options.base, options.timeout)
    began = time.monotonic()

    step = show.Step("Account")
    account = credentials(options.account, options.email)
    step.done(f"{sign_in(person, account)} {account['email']}")

    step = show.Step("Résumé")
    profile = current_profile(person)
    if profile is None:
        profile = upload(person, options.resume, step)
        step.done(f"read {os.path.basename(options.resume)}")
    else:
        step.done("the profile of an earlier run is kept")
    step.note(describe(profile))

    step = show.Step("Saved searches")
    total, fresh = save_searches(person, options.sandbox)
    step.done(f"{total}, {fresh} of them new")

    step = show.Step("Refresh jobs")
    admin.token = admin.post("/auth/login", credentials(options.admin, "admin"))["access_token"]
    refresh(admin, step)

    step = show.Step("Score")
    score = person.run("/profiles/score-jobs/me", step.progress) or {}
    if score.get("total"):
        step.done(f"{score.get('scored', 0)} of {score['total']} jobs scored, "
                  f"{score.get('matches', 0)} matches")
    else:
        step.done("nothing new to score")

    step = show.Step("Matches")
    page = person.get(f"/profiles/matches/me?limit={options.limit}")
    items = page["items"]
    step.done(f"the best {len(items)}" if items else "none")
    if items:
        print()
        show.matches(items)
        apply_to(person, items[0])
    print(f"The main job took {time.monotonic() - began:.1f} s.")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--base", required=True, metavar="URL", help="the server, e.g. http://127.0.0.1:8080")
    parser.add_argument("--sandbox", required=True, metavar="URL", help="the sandbox whose feed is searched")
    parser.add_argument("--admin", required=True, metavar="FILE", help="JSON with an admin's email and password")
    parser.add_argument("--account", required=True, metavar="FILE",
                        help="JSON with the demo's email and password; made when it is not there")
    parser.add_argument("--resume", required=True, metavar="FILE", help="PDF, DOCX, ODT, RTF or TXT")
    parser.add_argument("--email", default="amara.whitfield@example.com", help="of a new account (%(default)s)")
    parser.add_argument("--limit", type=int, default=5, help="matches to print (%(default)s)")
    parser.add_argument("--timeout", type=float, default=60, help="seconds for one request (%(default)s)")
    options = parser.parse_args()
    options.sandbox = options.sandbox.rstrip("/")
    if not os.path.exists(options.admin):
        parser.error(f"{options.admin} is not there")
    try:
        run(options)
    except (DemoError, OSError) as error:
        print(f"\ndemo: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main())
