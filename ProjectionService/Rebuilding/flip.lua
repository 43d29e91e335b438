-- Makes a rebuilt generation the live one, if both still stand where they were found equal. The next
-- commit of the partition's owner is refused by generation, and it begins again with this one.
--
-- KEYS[1] the partition's root   KEYS[2] the head of the live generation   KEYS[3] the head of the new one
-- ARGV[1] live generation   ARGV[2] new generation   ARGV[3] position   ARGV[4] log digest
-- ARGV[5] the live head as it was compared   ARGV[6] for how many milliseconds the old keys stay
--
-- Returns 1 if it is live now, 0 if the live one moved on, 2 if the rebuild has lost its place.
local root = redis.call('HMGET', KEYS[1], 'generation', 'rebuilding')
local new = redis.call('HMGET', KEYS[3], 'position', 'digest', 'dirty')
if root[2] ~= ARGV[2] or new[1] ~= ARGV[3] or new[2] ~= ARGV[4] or new[3] then
  return 2
end
local live = redis.call('HMGET', KEYS[2], 'position', 'digest', 'head', 'dirty')
if root[1] ~= ARGV[1] or live[1] ~= ARGV[3] or live[2] ~= ARGV[4] or live[3] ~= ARGV[5] or live[4] then
  return 0
end
local time = redis.call('TIME')
local now = tonumber(time[1]) * 1000 + math.floor(tonumber(time[2]) / 1000)
redis.call('HSET', KEYS[1], 'generation', ARGV[2],
  'retired', ARGV[1], 'retired_until', string.format('%.0f', now + tonumber(ARGV[6])))
redis.call('HDEL', KEYS[1], 'rebuilding', 'rebuilding_until', 'rebuilding_position')
return 1
