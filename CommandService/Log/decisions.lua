-- Reads what is kept of decisions in a partition's live generation; nothing while none can be there.
--
-- KEYS[1] the partition's root
-- ARGV[1] the hash: "decisions" (by offset modulo the number kept) or "transfers" (by offset)
-- ARGV[2] the lowest offset that is asked for
-- ARGV[3] … the fields
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation then
  return {}
end
local keys = KEYS[1] .. ':' .. generation .. ':'
local position = redis.call('HGET', keys .. 'head', 'position')
if not position or tonumber(position) <= tonumber(ARGV[2]) then
  return {}
end
return redis.call('HMGET', keys .. ARGV[1], unpack(ARGV, 3))
