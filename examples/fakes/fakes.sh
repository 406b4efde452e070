#!/usr/bin/env bash
# Drives the fakes from a shell: needs curl and jq.
#
#   npx tokenwright serve &
#   ./fakes.sh http://127.0.0.1:4010
set -euo pipefail

fakes="${1:-http://127.0.0.1:4010}"
junction=(-H 'x-vital-api-key: sk_eu_made-up')
clerk=(-H 'authorization: Bearer sk_test_made-up')
json=(-H 'content-type: application/json')

# Prints only the status.
status() { curl -s -o /dev/null -w '%{http_code}' "$@"; }
control() { curl -sS --fail-with-body "$@"; }
expect() {
  if [ "$2" != "$3" ]; then
    echo "$1: $2 and not $3" >&2
    exit 1
  fi
  echo "$1: $2"
}

expect 'health' "$(control "$fakes/_fakes/health" | jq -r .status)" ok
control -X POST "$fakes/_fakes/reset"

# Create a user at Junction, issue a token, use it.
user_id="$(curl -s "${junction[@]}" "${json[@]}" -d '{"client_user_id": "alice"}' "$fakes/junction/v2/user" | jq -r .user_id)"
token="$(curl -s "${junction[@]}" -X POST "$fakes/junction/v2/user/$user_id/sign_in_token" | jq -r .sign_in_token)"
used="$(jq -n --arg token "$token" '{$token}' | control -d @- "$fakes/_fakes/junction/consume" | jq -r .userId)"
expect 'the token belongs to the user' "$used" "$user_id"
expect "not an id of Junction's" "$(status "${junction[@]}" -X POST "$fakes/junction/v2/user/alice/sign_in_token")" 422

# From now on Clerk knows only Alice.
control -d '{"userId": "user_alice"}' "$fakes/_fakes/clerk/users"
issue() { curl -s "${clerk[@]}" "${json[@]}" "$@" "$fakes/clerk/v1/sign_in_tokens"; }
issue_status() { issue -o /dev/null -w '%{http_code}' -d "$1"; }
expect 'Clerk issues' "$(issue_status '{"user_id": "user_alice"}')" 200
expect 'Clerk does not know' "$(issue_status '{"user_id": "user_mallory"}')" 404
expect 'Clerk refuses a lifetime' "$(issue_status '{"user_id": "user_alice", "expires_in_seconds": 0}')" 422

# Failures on demand.
control -d '{"status": 429, "retryAfter": 7}' "$fakes/_fakes/clerk/fail-next"
expect 'too many' "$(issue_status '{"user_id": "user_alice"}')" 429
control -X PUT -d '{"status": 500}' "$fakes/_fakes/clerk/failure"
expect 'broken' "$(issue_status '{"user_id": "user_alice"}')" 500
control -X DELETE "$fakes/_fakes/clerk/failure"

# Revoke one token; sign in with another, which works once.
id="$(issue -d '{"user_id": "user_alice"}' | jq -r .id)"
expect 'Clerk revokes' "$(curl -s "${clerk[@]}" -X POST "$fakes/clerk/v1/sign_in_tokens/$id/revoke" | jq -r .status)" revoked
ticket="$(issue -d '{"user_id": "user_alice"}' | jq -r .token)"
sign_in() { curl -s -d strategy=ticket --data-urlencode "ticket=$ticket" "$fakes/clerk/v1/client/sign_ins"; }
expect 'Clerk signs in' "$(sign_in | jq -r .response.status)" complete
expect 'once' "$(sign_in | jq -r '.errors[0].code')" sign_in_token_already_used_code

# Advance the clock by a day.
control -d '{"milliseconds": 86400000}' "$fakes/_fakes/clock/advance" > /dev/null
expect 'calls' "$(control "$fakes/_fakes/clerk/calls" | jq -r '.[-1].path')" /v1/client/sign_ins
expect 'tokens' "$(control "$fakes/_fakes/clerk/tokens" | jq -r '.[-1].status')" accepted
echo 'All of it works.'
