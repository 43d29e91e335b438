-- Reads one account together with the position that it reflects: root and data in one script.
--
-- KEYS[1] the partition's root       ARGV[1] the account's id, 16 bytes
--
-- Returns {} if the partition has no live generation, else {layout, catch_up, position, account}.
local root = redis.call('HMGET', KEYS[1], 'generation', 'layout', 'catch_up')
if not root[1] then
  return {}
end
local prefix = KEYS[1] .. ':' .. root[1] .. ':'
return {root[2], root[3], redis.call('HGET', prefix .. 'head', 'position'),
  redis.call('HGET', prefix .. 'accounts', ARGV[1])}
