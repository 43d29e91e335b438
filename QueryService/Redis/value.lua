-- Reads one value together with the position that it reflects: root and data in one script.
--
-- KEYS[1] the partition's root       ARGV[1] the name of the hash   ARGV[2] the field
--
-- Follows live.lua. Returns {layout, catch_up, position, value}.
return {root[2], root[3], head[1],
  redis.call('HGET', prefix .. ARGV[1], ARGV[2])}
