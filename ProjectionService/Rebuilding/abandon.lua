-- Gives the lease on a generation back. Its keys are removed like any others that are not live.
--
-- KEYS[1] the partition's root   ARGV[1] the generation
if redis.call('HGET', KEYS[1], 'rebuilding') == ARGV[1] then
  redis.call('HDEL', KEYS[1], 'rebuilding', 'rebuilding_until', 'rebuilding_position')
  return 1
end
return 0
