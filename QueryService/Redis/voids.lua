-- Reads the last void records of a partition.
--
-- KEYS[1] the partition's root
--
-- Follows live.lua. Returns {layout, catch_up, position, {void record, …}}.
return {root[2], root[3], head[1],
  redis.call('LRANGE', prefix .. 'voids', 0, -1)}
