-- Reads the last void records of a partition.
--
-- KEYS[1] the partition's root
--
-- Returns {} if the partition has no live generation, or one that a commit has left midway; else
-- {layout, catch_up, position, {void record, …}}.
local root = redis.call('HMGET', KEYS[1], 'generation', 'layout', 'catch_up')
if not root[1] then
  return {}
end
local prefix = KEYS[1] .. ':' .. root[1] .. ':'
local head = redis.call('HMGET', prefix .. 'head', 'position', 'dirty')
if head[2] then
  return {}
end
return {root[2], root[3], head[1],
  redis.call('LRANGE', prefix .. 'voids', 0, -1)}
