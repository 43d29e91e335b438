-- Reads the channels of a generation, if it still stands at the position at which it was loaded.
--
-- KEYS[1] the partition's root   KEYS[2] the head   KEYS[3] … the hashes to read
-- ARGV[1] generation             ARGV[2] position
--
-- Returns {} if it stands elsewhere, else the fields and values of each hash.
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1]
  or redis.call('HGET', KEYS[2], 'position') ~= ARGV[2] then
  return {}
end
local result = {}
for number = 3, #KEYS do
  result[#result + 1] = redis.call('HGETALL', KEYS[number])
end
return result
