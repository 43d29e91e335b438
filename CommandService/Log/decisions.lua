-- Reads kept decisions of a partition's live generation.
--
-- KEYS[1] the partition's root       ARGV the offsets, each modulo the number of decisions kept
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation then
  return {}
end
return redis.call('HMGET', KEYS[1] .. ':' .. generation .. ':decisions', unpack(ARGV))
