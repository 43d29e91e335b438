-- Reads how a partition is, in one instant.
--
-- KEYS[1] the partition's root   KEYS[2] what its owner reports
--
-- Returns {milliseconds of Redis' clock, generation, rebuilding_position, position, digest, head,
-- unsettled transfers, instance, process_id, state, why, seen_at, oldest_unsettled_at,
-- channels towards the partition}.
local time = redis.call('TIME')
local result = {tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)}
local root = redis.call('HMGET', KEYS[1], 'generation', 'rebuilding_position')
local prefix = KEYS[1] .. ':' .. (root[1] or '0') .. ':'
local head = redis.call('HMGET', prefix .. 'head', 'position', 'digest', 'head')
local owner = redis.call('HMGET', KEYS[2],
  'instance', 'process_id', 'state', 'why', 'seen_at', 'oldest_unsettled_at')
result[2], result[3] = root[1], root[2]
result[4], result[5], result[6] = head[1], head[2], head[3]
result[7] = redis.call('HLEN', prefix .. 'unsettled')
for number = 1, 6 do
  result[7 + number] = owner[number]
end
result[14] = redis.call('HGETALL', prefix .. 'channels-in')
return result
