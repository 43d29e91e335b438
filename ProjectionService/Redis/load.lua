-- Reads where a partition's state stands, for an owner that begins with it.
--
-- KEYS[1] the partition's root
--
-- Returns {} if there is none, else
-- {generation, layout, position, digest, dirty, head, first_request, producer, last seen, producer, …}.
local root = redis.call('HMGET', KEYS[1], 'generation', 'layout')
if not root[1] then
  return {}
end
local prefix = KEYS[1] .. ':' .. root[1] .. ':'
local head = redis.call('HMGET', prefix .. 'head', 'position', 'digest', 'dirty', 'head', 'first_request')
local result = {root[1], root[2], head[1], head[2], head[3], head[4], head[5]}
for _, value in ipairs(redis.call('ZRANGE', prefix .. 'producer-order', 0, -1, 'WITHSCORES')) do
  result[#result + 1] = value
end
return result
