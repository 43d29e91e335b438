-- What every read of a partition begins with: the script goes on in the file that follows, if there is anything.
--
-- KEYS[1] the partition's root
--
-- Returns {} if the partition has no live generation, or one that a commit has left midway. Otherwise the rest begins
-- with root {generation, layout, catch_up}, the prefix of the generation's keys, and head {position, dirty}.
local root = redis.call('HMGET', KEYS[1], 'generation', 'layout', 'catch_up')
if not root[1] then
  return {}
end
local prefix = KEYS[1] .. ':' .. root[1] .. ':'
local head = redis.call('HMGET', prefix .. 'head', 'position', 'dirty')
if head[2] then
  return {}
end
