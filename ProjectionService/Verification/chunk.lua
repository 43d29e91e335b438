-- Reads parts of a partition's live state together with where that state stands. It writes nothing.
--
-- KEYS[1] the partition's root
-- ARGV[1] the generation that the reads are about, '' if there are none
-- ARGV[2] reads: MessagePack array of commands, each an array of a name and its arguments
--
-- Returns {} if there is no live generation, {generation} if it is another one, else
-- {generation, position, digest, dirty, head, first_request, answer of the first read, …}.
local generation = redis.call('HGET', KEYS[1], 'generation')
if not generation then
  return {}
end
if ARGV[1] ~= '' and generation ~= ARGV[1] then
  return {generation}
end
local head = redis.call('HMGET', KEYS[1] .. ':' .. generation .. ':head',
  'position', 'digest', 'dirty', 'head', 'first_request')
local result = {generation, head[1], head[2], head[3], head[4], head[5]}
for _, read in ipairs(cmsgpack.unpack(ARGV[2])) do
  result[#result + 1] = redis.call(unpack(read))
end
return result
