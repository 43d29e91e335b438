-- Takes one batch of a generation that is being built: only if the lease is still this rebuild's, and the
-- generation stands exactly where the batch began. Nothing is published.
--
-- KEYS[1] the partition's root       KEYS[2] the head of the generation
-- ARGV[1] generation   ARGV[2] position   ARGV[3] log digest        where the batch began
-- ARGV[4] position     ARGV[5] log digest ARGV[6] head  ARGV[7] number of the oldest request
-- ARGV[8] writes: MessagePack array of commands, each an array of a name and its arguments
-- ARGV[9] the lease in milliseconds
--
-- Returns 1, or 0 if the rebuild has lost its place.
local there = redis.call('HMGET', KEYS[2], 'position', 'digest', 'dirty')
if redis.call('HGET', KEYS[1], 'rebuilding') ~= ARGV[1]
  or there[1] ~= ARGV[2] or there[2] ~= ARGV[3] or there[3] then
  return 0
end
redis.call('HSET', KEYS[2], 'dirty', ARGV[4])
for _, write in ipairs(cmsgpack.unpack(ARGV[8])) do
  redis.call(unpack(write))
end
redis.call('HSET', KEYS[2], 'position', ARGV[4], 'digest', ARGV[5], 'head', ARGV[6],
  'first_request', ARGV[7])
redis.call('HDEL', KEYS[2], 'dirty')
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HSET', KEYS[1], 'rebuilding_position', ARGV[4],
  'rebuilding_until', string.format('%.0f', now + tonumber(ARGV[9])))
return 1
