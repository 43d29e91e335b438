-- Reads what is kept of a position: the chunk that its decision is in, and the transfer that began there.
--
-- KEYS[1] the partition's root
-- ARGV[1] the place of its chunk of decisions   ARGV[2] the offset, 8 bytes
--
-- Returns {} if the partition has no live generation, or one that a commit has left midway; else
-- {layout, catch_up, position, chunk, transfer}.
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
  redis.call('GET', prefix .. 'decisions:' .. ARGV[1]),
  redis.call('HGET', prefix .. 'transfers', ARGV[2])}
