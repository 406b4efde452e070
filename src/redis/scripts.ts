/*
 * A place is a member of the sorted set `places`; a place of a single call is also in `singles`. Its score is the time when
 * it is free again, in milliseconds by the server's clock: one window after the answer, or, without an answer, one window
 * after the end of the lease. The rules are those of `limits/window.ts`, and one more, because no line orders the processes:
 * a single call that found no place is noted in `singles-waiting`, and bulk leaves it the next one. Otherwise the process with
 * the shortest way to Redis would always ask first.
 */

/** Takes a place. Returns `{1, 0}`, or `{0, milliseconds}` until the next try. */
export const takeScript = `
local places, singles, singlesSince, penalty, singlesWaiting = KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5]
local id, isSingle = ARGV[1], ARGV[2] == 'single'
local requests, window, lease = tonumber(ARGV[3]), tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)

local refused = redis.call('PTTL', penalty)
if refused > 0 then return {0, refused} end

redis.call('ZREMRANGEBYSCORE', places, '-inf', now)
redis.call('ZREMRANGEBYSCORE', singles, '-inf', now)
local taken, takenBySingles = redis.call('ZCARD', places), redis.call('ZCARD', singles)
local missing = taken - requests
if not isSingle and takenBySingles > 0 then
  -- Bulk calls leave as many places free as single calls take in one window, and a few more.
  local watched = math.max(500, now - tonumber(redis.call('GET', singlesSince) or 0))
  local expected = takenBySingles * window / math.min(window, watched)
  local reserve = math.ceil(expected + 0.02 * requests)
  missing = math.max(missing, taken - takenBySingles + math.min(requests - 1, reserve) - requests)
end
if not isSingle and redis.call('EXISTS', singlesWaiting) == 1 then missing = math.max(missing, taken + 1 - requests) end
if missing >= 0 then
  local nextFree = redis.call('ZRANGE', places, missing, missing, 'WITHSCORES')[2]
  local wait = math.max(1, math.ceil(nextFree and math.min(window, nextFree - now) or window))
  -- Until a window after it asks again: that is how late it may be.
  if isSingle then redis.call('SET', singlesWaiting, '1', 'PX', wait + window) end
  return {0, wait}
end

local untilFree = now + lease + window
local function put(set)
  redis.call('ZADD', set, untilFree, id)
  redis.call('PEXPIREAT', set, redis.call('ZRANGE', set, -1, -1, 'WITHSCORES')[2])
end
put(places)
if isSingle then
  put(singles)
  -- It ends with the first window: after that, single calls count as watched for a whole one.
  if takenBySingles == 0 then redis.call('SET', singlesSince, now, 'PX', window) end
end
return {1, 0}
`;

/** Ends an attempt: its place is free after one window, or at once if the provider did not count it. */
export const endScript = `
local places, singles, penalty = KEYS[1], KEYS[2], KEYS[4]
local id, isSingle, isCounted = ARGV[1], ARGV[2] == 'single', ARGV[3] == '1'
local window, penaltyLength = tonumber(ARGV[4]), tonumber(ARGV[5])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.ceil(time[2] / 1000)

local function settle(set)
  -- First a command that Redis runs while its memory is full: it then runs the rest of the script as well.
  redis.call('ZREM', set, id)
  if not isCounted then return end
  redis.call('ZADD', set, now + window, id)
  redis.call('PEXPIREAT', set, redis.call('ZRANGE', set, -1, -1, 'WITHSCORES')[2])
end
settle(places)
if isSingle then settle(singles) end
if penaltyLength > 0 and redis.call('PTTL', penalty) < penaltyLength then
  redis.call('SET', penalty, '1', 'PX', penaltyLength)
end
return 1
`;
