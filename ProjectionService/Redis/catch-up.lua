-- Notes up to which offset reads are behind: of the generation that the owner has loaded, and of no other.
--
-- KEYS[1] the partition's root
-- ARGV[1] generation   ARGV[2] the end that the log had when the owner began
--
-- Returns 1, or 0 if another generation is the live one.
if redis.call('HGET', KEYS[1], 'generation') ~= ARGV[1] then
  return 0
end
redis.call('HSET', KEYS[1], 'catch_up', ARGV[2])
return 1
