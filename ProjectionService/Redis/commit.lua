-- Takes one batch of a partition, all or nothing: only if Redis stands exactly where the batch began.
--
-- KEYS[1] the partition's root       KEYS[2] the head of its live generation
-- ARGV[1] generation   ARGV[2] position   ARGV[3] log digest        where the batch began
-- ARGV[4] position     ARGV[5] log digest ARGV[6] head  ARGV[7] number of the oldest request
-- ARGV[8] writes: MessagePack array of commands, each an array of a name and its arguments
-- ARGV[9] messages: MessagePack array of [channel, message]
--
-- Returns {1}, or {0, generation, position, digest, dirty} of what is there instead.
local generation = redis.call('HGET', KEYS[1], 'generation')
local there = redis.call('HMGET', KEYS[2], 'position', 'digest', 'dirty')
if generation ~= ARGV[1] or there[1] ~= ARGV[2] or there[2] ~= ARGV[3] or there[3] then
  return {0, generation, there[1], there[2], there[3]}
end

-- A script that dies midway keeps its earlier writes: the mark tells the next owner.
redis.call('HSET', KEYS[2], 'dirty', ARGV[4])
for _, write in ipairs(cmsgpack.unpack(ARGV[8])) do
  redis.call(unpack(write))
end
redis.call('HSET', KEYS[2], 'position', ARGV[4], 'digest', ARGV[5], 'head', ARGV[6],
  'first_request', ARGV[7])
redis.call('HDEL', KEYS[2], 'dirty')

for _, message in ipairs(cmsgpack.unpack(ARGV[9])) do
  redis.call('PUBLISH', message[1], message[2])
end
return {1}
