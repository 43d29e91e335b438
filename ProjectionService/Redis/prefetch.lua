-- Reads values together with the position that they belong to.
--
-- KEYS[1] the partition's root       KEYS[2] the head of the generation
-- ARGV[1] the number from which remembered requests are wanted, oldest first   ARGV[2] how many
-- ARGV[3] the list of remembered requests
-- ARGV[4] reads: MessagePack array of {key, field, field …}
--
-- Returns {generation, position, digest, dirty, oldest requests, values of the first read, …}.
local there = redis.call('HMGET', KEYS[2], 'position', 'digest', 'dirty', 'first_request')
local result = {redis.call('HGET', KEYS[1], 'generation'), there[1], there[2], there[3], {}}
if tonumber(ARGV[2]) > 0 and there[4] then
  local start = tonumber(ARGV[1]) - tonumber(there[4])
  if start >= 0 then
    result[5] = redis.call('LRANGE', ARGV[3], start, start + tonumber(ARGV[2]) - 1)
  end
end
for _, read in ipairs(cmsgpack.unpack(ARGV[4])) do
  result[#result + 1] = redis.call('HMGET', unpack(read))
end
return result
