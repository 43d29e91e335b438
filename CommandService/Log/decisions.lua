-- Reads what is kept of decisions in a partition's live generation; nothing while none can be there.
--
-- KEYS[1] the partition's root
-- ARGV[1] "decisions" (chunks, by their places) or "transfers" (by offset)
-- ARGV[2] the lowest offset that is asked for
-- ARGV[3] … the places or offsets
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation then
  return {}
end
local keys = KEYS[1] .. ':' .. generation .. ':'
local position = redis.call('HGET', keys .. 'head', 'position')
if not position or tonumber(position) <= tonumber(ARGV[2]) then
  return {}
end
if ARGV[1] == 'transfers' then
  return redis.call('HMGET', keys .. 'transfers', unpack(ARGV, 3))
end
local chunks = {}
for number = 3, #ARGV do
  chunks[number - 2] = redis.call('GET', keys .. 'decisions:' .. ARGV[number])
end
return chunks
