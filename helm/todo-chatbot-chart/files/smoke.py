"""What `helm test` runs inside the cluster: every service ready, and one task through the API and back out."""

import json
import os
import secrets
import sys
import time
import urllib.error
import urllib.request

BACKEND, AGENT, FRONTEND = (os.environ[name] for name in ("BACKEND_URL", "AI_AGENT_URL", "FRONTEND_URL"))


def call(method: str, url: str, body: object = None, token: str = "") -> tuple[int, bytes]:
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {token}"} if token else {})}
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=10) as answer:
            return answer.status, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def check(what: str, wanted: int, result: tuple[int, bytes]) -> dict:
    status, body = result
    print("ok  " if status == wanted else "FAIL", what, status, flush=True)
    if status != wanted:
        sys.exit(f"{what}: expected {wanted}, got {status} {body[:300]!r}")
    return json.loads(body) if body[:1] == b"{" else {}


def first_answer(url: str, seconds: float = 30) -> tuple[int, bytes]:
    """Tries again while nothing answers: network policies reach a new pod a moment after it has started."""
    give_up = time.monotonic() + seconds
    while True:
        try:
            return call("GET", url)
        except OSError as error:
            if time.monotonic() > give_up:
                sys.exit(f"{url} does not answer: {error}")
            time.sleep(0.5)


for name, url in {"backend": BACKEND, "ai-agent": AGENT, "frontend": FRONTEND}.items():
    check(f"{name} is alive", 200, first_answer(f"{url}/health"))
    check(f"{name} is ready", 200, call("GET", f"{url}/ready"))
check("the landing page", 200, call("GET", f"{FRONTEND}/"))

password = secrets.token_urlsafe(18)
account = {"email": f"helm-test-{secrets.token_hex(6)}@example.org", "password": password}
session = check("sign up", 201, call("POST", f"{BACKEND}/api/v1/auth/signup", account))["session"]["token"]
task = check("add a task", 201, call("POST", f"{BACKEND}/api/v1/tasks", {"title": "helm test"}, session))
check("read the task", 200, call("GET", f"{BACKEND}/api/v1/tasks/{task['id']}", token=session))
check("delete the account", 204, call("DELETE", f"{BACKEND}/api/v1/me", {"password": password}, session))
print("all well")
