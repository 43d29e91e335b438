-- Begins a generation beside the live one, and takes the lease on it.
--
-- KEYS[1] the partition's root
-- ARGV[1] the empty digest   ARGV[2] the empty head   ARGV[3] the lease in milliseconds
--
-- Returns {1, generation}, {0} if there is no live generation, or {2, generation} of a rebuild elsewhere.
local root = redis.call('HMGET', KEYS[1], 'generation', 'rebuilding', 'rebuilding_until')
if not root[1] then
  return {0}
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
if root[2] and now < tonumber(root[3] or '0') then
  return {2, root[2]}
end
local generation = math.max(now, tonumber(root[1]) + 1, tonumber(root[2] or '0') + 1)
local number = string.format('%.0f', generation)
redis.call('HSET', KEYS[1] .. ':' .. number .. ':head',
  'position', 0, 'digest', ARGV[1], 'head', ARGV[2], 'first_request', 0)
redis.call('HSET', KEYS[1], 'rebuilding', number,
  'rebuilding_until', string.format('%.0f', now + tonumber(ARGV[3])), 'rebuilding_position', 0)
return {1, number}
