-- Returns the eviction policy of the server that holds a partition.
--
-- KEYS[1] the partition's root
return string.match(redis.call('INFO', 'memory'), 'maxmemory_policy:(%S+)')
