-- Removes, in one bounded step, keys of generations that are neither live, nor being built under a lease,
-- nor retired so lately that a slow reader may still look at them.
--
-- KEYS[1] the partition's root
-- ARGV[1] cursor   ARGV[2] pattern of the partition's keys   ARGV[3] how many keys to look at, about
--
-- Returns {next cursor, keys removed, keys that have to go later}.
local root = redis.call('HMGET', KEYS[1],
  'generation', 'rebuilding', 'rebuilding_until', 'retired', 'retired_until')
if not root[1] then
  return {'0', 0, 0}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if root[2] and now >= tonumber(root[3] or '0') then
  -- Before its first key goes: a rebuild that was only slow must not write on.
  redis.call('HDEL', KEYS[1], 'rebuilding', 'rebuilding_until', 'rebuilding_position')
  root[2] = false
end
if root[4] and now >= tonumber(root[5] or '0') then
  redis.call('HDEL', KEYS[1], 'retired', 'retired_until')
  root[4] = false
end
local removed, later = 0, 0
local page = redis.call('SCAN', ARGV[1], 'MATCH', ARGV[2], 'COUNT', ARGV[3])
for _, key in ipairs(page[2]) do
  local generation = string.match(string.sub(key, #KEYS[1] + 1), '^:(%d+):')
  if generation and generation ~= root[1] then
    if generation == root[2] or generation == root[4] then
      later = later + 1
    else
      redis.call('UNLINK', key)
      removed = removed + 1
    end
  end
end
return {page[1], removed, later}
