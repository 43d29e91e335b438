-- Reads what is kept of decisions in a partition's live generation.
--
-- KEYS[1] the partition's root
-- ARGV[1] the hash: "decisions" (by offset modulo the number kept) or "transfers" (by offset)
-- ARGV[2] … the fields
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation then
  return {}
end
return redis.call('HMGET', KEYS[1] .. ':' .. generation .. ':' .. ARGV[1], unpack(ARGV, 2))
