"""Drives the fakes from Python: needs nothing but the standard library.

    npx tokenwright serve &
    python3 fakes.py http://127.0.0.1:4010
"""

import json
import sys
import urllib.error
import urllib.parse
import urllib.request

FAKES = sys.argv[1] if len(sys.argv) > 1 else "http://127.0.0.1:4010"
JUNCTION = {"x-vital-api-key": "sk_eu_made-up"}
SFOX = {"authorization": "Bearer made-up-sfox-key"}
CLERK = {"authorization": "Bearer sk_test_made-up"}


def ask(method, path, body=None, headers=None):
    """Returns the status and the content, whatever the status."""
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(FAKES + path, data, headers or {}, method=method)
    if data is not None:
        request.add_header("content-type", "application/json")
    try:
        with urllib.request.urlopen(request) as response:
            return response.status, read(response)
    except urllib.error.HTTPError as error:
        return error.code, read(error)


def read(response):
    text = response.read().decode()
    is_json = response.headers.get("content-type", "").startswith("application/json")
    return json.loads(text) if is_json else text


def control(method, path, body=None):
    status, answer = ask(method, "/_fakes/" + path, body)
    if status >= 400:
        sys.exit(f"{method} {path}: {status} {answer}")
    return answer


def expect(what, actual, wanted):
    if actual != wanted:
        sys.exit(f"{what}: {actual!r} and not {wanted!r}")
    print(f"{what}: {actual}")


def issue_junction(user_id):
    return ask("POST", f"/junction/v2/user/{user_id}/sign_in_token", None, JUNCTION)


def issue_sfox(user_id):
    return ask("POST", f"/sfox/v1/enterprise/user-tokens/{urllib.parse.quote(user_id, safe='')}", None, SFOX)


def issue_clerk(user_id, **more):
    return ask("POST", "/clerk/v1/sign_in_tokens", {"user_id": user_id, **more}, CLERK)


expect("health", control("GET", "health")["status"], "ok")
control("POST", "reset")

# Create a user at Junction, issue a token, use it.
status, user = ask("POST", "/junction/v2/user", {"client_user_id": "alice", "fallback_time_zone": "Europe/London"}, JUNCTION)
expect("Junction creates a user", status, 200)
status, token = issue_junction(user["user_id"])
expect("Junction issues", status, 200)
used = control("POST", "junction/consume", {"token": token["sign_in_token"]})
expect("the token belongs to the user", used["userId"], user["user_id"])
expect("a second time", ask("POST", "/_fakes/junction/consume", {"token": token["sign_in_token"]})[0], 400)
expect("not an id of Junction's", issue_junction("alice")[0], 422)

# Set which users and keys sFOX and Clerk know.
for provider, user_id in (("junction", user["user_id"]), ("sfox", "alice"), ("clerk", "user_alice")):
    control("POST", f"{provider}/users", {"userId": user_id})
for provider, key in (("junction", "sk_eu_made-up"), ("sfox", "made-up-sfox-key"), ("clerk", "sk_test_made-up")):
    control("POST", f"{provider}/keys", {"key": key})
expect("sFOX issues", issue_sfox("alice")[0], 201)
expect("sFOX does not know", issue_sfox("mallory")[0], 404)
expect("Clerk does not know", issue_clerk("user_mallory")[0], 404)
expect("Clerk refuses a lifetime", issue_clerk("user_alice", expires_in_seconds=0)[0], 422)
expect("another key", ask("POST", "/clerk/v1/sign_in_tokens", {}, {"authorization": "Bearer sk_test_other"})[0], 401)

# Failures on demand: once, and until they are removed.
ISSUE = {
    "junction": lambda: issue_junction(user["user_id"])[0],
    "sfox": lambda: issue_sfox("alice")[0],
    "clerk": lambda: issue_clerk("user_alice")[0],
}
for provider, issue in ISSUE.items():
    success = 201 if provider == "sfox" else 200
    control("POST", f"{provider}/fail-next", {"status": 429, "retryAfter": 7, "times": 2})
    expect(f"{provider}, three times", [issue(), issue(), issue()], [429, 429, success])
    control("PUT", f"{provider}/failure", {"status": 500, "delay": 10})
    expect(f"{provider}, until told otherwise", [issue(), issue()], [500, 500])
    control("DELETE", f"{provider}/failure")
    control("PUT", f"{provider}/limit", {"requests": 1, "perSeconds": 10, "penaltySeconds": 60})
    expect(f"{provider}, beyond its limit", [issue(), issue()], [success, 429])
    control("POST", "clock/advance", {"milliseconds": 60_000})
    expect(f"{provider}, a minute later", issue(), success)
    control("DELETE", f"{provider}/limit")
    expect(f"{provider}, the last call", control("GET", f"{provider}/calls")[-1]["status"], success)
    last = control("GET", f"{provider}/tokens")[-1]
    expect(f"{provider}, used", control("POST", f"{provider}/consume", {"token": last["token"]})["token"], last["token"])

# Clerk's tokens are revoked, redeemed once, and expire.
_, first = issue_clerk("user_alice")
expect("Clerk revokes", ask("POST", f"/clerk/v1/sign_in_tokens/{first['id']}/revoke", None, CLERK)[1]["status"], "revoked")
expect("once", ask("POST", f"/clerk/v1/sign_in_tokens/{first['id']}/revoke", None, CLERK)[0], 400)
_, second = issue_clerk("user_alice")
form = urllib.parse.urlencode({"strategy": "ticket", "ticket": second["token"]}).encode()
with urllib.request.urlopen(FAKES + "/clerk/v1/client/sign_ins", form) as response:
    expect("Clerk signs in", json.load(response)["response"]["status"], "complete")
_, third = issue_clerk("user_alice", expires_in_seconds=300)
control("PUT", "clock", {"now": "2030-01-01T00:00:00Z"})
link = urllib.parse.urlsplit(third["url"])
status, answer = ask("GET", f"{link.path}?{link.query}")
expect("the link has expired", (status, answer["errors"][0]["code"]), (400, "ticket_expired_code"))

control("POST", "reset")
expect("after a reset", control("GET", "clerk/tokens"), [])
print("All of it works.")
