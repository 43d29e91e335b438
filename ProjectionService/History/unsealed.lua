-- Reads the oldest leaves of a history that are due to be sealed.
--
-- KEYS[1] the partition's root
-- ARGV[1] the generation, '' for the live one   ARGV[2] the account
-- ARGV[3] from how many unsealed leaves on      ARGV[4] how many leaves a page holds
--
-- Returns {} if none are, else {generation, number of sealed pages, leaf, …}.
local generation = ARGV[1] ~= '' and ARGV[1] or redis.call('HGET', KEYS[1], 'generation')
if not generation then
  return {}
end
local prefix = KEYS[1] .. ':' .. generation
local history = prefix .. ':history:' .. ARGV[2]
if redis.call('LLEN', history) < tonumber(ARGV[3]) then
  return {}
end
local leaves = redis.call('LRANGE', history, 0, ARGV[4] - 1)
return {generation, redis.call('HLEN', prefix .. ':pages:' .. ARGV[2]), unpack(leaves)}
