-- Reads what is kept of a position: the chunk that its decision is in, and the transfer that began there.
--
-- KEYS[1] the partition's root
-- ARGV[1] the place of its chunk of decisions   ARGV[2] the offset, 8 bytes
--
-- Follows live.lua. Returns {layout, catch_up, position, chunk, transfer}.
return {root[2], root[3], head[1],
  redis.call('GET', prefix .. 'decisions:' .. ARGV[1]),
  redis.call('HGET', prefix .. 'transfers', ARGV[2])}
