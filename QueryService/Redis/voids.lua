-- Reads the last void records of a partition.
--
-- KEYS[1] the partition's root
--
-- Returns {} if the partition has no live generation, else {layout, catch_up, position, {void record, …}}.
local root = redis.call('HMGET', KEYS[1], 'generation', 'layout', 'catch_up')
if not root[1] then
  return {}
end
local prefix = KEYS[1] .. ':' .. root[1] .. ':'
return {root[2], root[3], redis.call('HGET', prefix .. 'head', 'position'),
  redis.call('LRANGE', prefix .. 'voids', 0, -1)}
