-- Begins a new, empty generation at position 0, unless another owner did so meanwhile.
--
-- KEYS[1] the partition's root
-- ARGV[1] the generation that it takes the place of, '' if there is none
-- ARGV[2] layout   ARGV[3] the empty digest   ARGV[4] the empty head
--
-- Returns the new generation, or 0 if the root says otherwise. The number comes from the clock, so that
-- it is new even where Redis has lost the root and kept old keys.
local old = redis.call('HGET', KEYS[1], 'generation') or ''
if old ~= ARGV[1] then
  return 0
end
local now = redis.call('TIME')
local generation = tonumber(now[1]) * 1000 + math.floor(tonumber(now[2]) / 1000)
-- Nor may it be the one of a rebuild that began within the same millisecond.
local taken = math.max(tonumber(old) or 0,
  tonumber(redis.call('HGET', KEYS[1], 'rebuilding') or '0'))
if generation <= taken then
  generation = taken + 1
end
local number = string.format('%.0f', generation)
local head = KEYS[1] .. ':' .. number .. ':head'
redis.call('HSET', head, 'position', 0, 'digest', ARGV[3], 'head', ARGV[4], 'first_request', 0)
-- Until its owner has said where the log ends, reads must not take it for all there is.
redis.call('HSET', KEYS[1], 'generation', number, 'layout', ARGV[2], 'catch_up', '9007199254740991')
return number
