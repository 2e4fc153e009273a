"""What Schemathesis is to look at beside its own checks."""

import time

import requests
import schemathesis


@schemathesis.check
def no_lasting_server_error(ctx, response, case):
    """No 5xx. A 503 that says when to come back is asked again then, as its client would; it must not stay one."""
    status, headers = response.status_code, response.headers
    for _ in range(3):
        if status < 500:
            return
        wait = headers.get("retry-after")
        if status != 503 or not wait:
            break
        time.sleep(min(int(wait[0] if isinstance(wait, list) else wait), 5))
        again = requests.Session().send(response.request, timeout=60)
        status, headers = again.status_code, again.headers
    assert status < 500, f"answered {status}: {response.text[:500]}"
