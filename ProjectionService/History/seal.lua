-- Moves the oldest leaves of a history into a sealed page, if the generation is still in use and nobody
-- sealed that page meanwhile. Leaves never change, so whoever is late would have done the same.
--
-- KEYS[1] the partition's root   KEYS[2] the history   KEYS[3] its sealed pages
-- ARGV[1] generation   ARGV[2] the number of the page, which is that of the pages before it
-- ARGV[3] the page     ARGV[4] how many leaves it holds
--
-- Returns 1 if it is sealed now, else 0.
local root = redis.call('HMGET', KEYS[1], 'generation', 'rebuilding')
if (root[1] ~= ARGV[1] and root[2] ~= ARGV[1])
  or redis.call('HLEN', KEYS[3]) ~= tonumber(ARGV[2])
  or redis.call('LLEN', KEYS[2]) < tonumber(ARGV[4]) then
  return 0
end
redis.call('HSET', KEYS[3], ARGV[2], ARGV[3])
redis.call('LTRIM', KEYS[2], ARGV[4], -1)
return 1
