-- Reads one value together with the position that it reflects: root and data in one script.
--
-- KEYS[1] the partition's root       ARGV[1] the name of the hash   ARGV[2] the field
--
-- Returns {} if the partition has no live generation, or one that a commit has left midway; else
-- {layout, catch_up, position, value}.
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
  redis.call('HGET', prefix .. ARGV[1], ARGV[2])}
