-- Reads some accounts of a partition in the order of their holders' names, bytewise.
--
-- KEYS[1] the partition's root
-- ARGV[1] what the names begin with   ARGV[2] the member behind which to begin, '' for the first
-- ARGV[3] how many
--
-- Follows live.lua. Returns {layout, catch_up, position, {member, account, …}}.
local from = ARGV[2] ~= '' and '(' .. ARGV[2] or ARGV[1] ~= '' and '[' .. ARGV[1] or '-'
-- No UTF-8 has this byte, so it is behind whatever begins so.
local to = ARGV[1] ~= '' and '(' .. ARGV[1] .. '\255' or '+'
local result = {}
for _, member in ipairs(redis.call('ZRANGEBYLEX', prefix .. 'names', from, to, 'LIMIT', 0, ARGV[3])) do
  result[#result + 1] = member
  result[#result + 1] = redis.call('HGET', prefix .. 'accounts', string.sub(member, -16))
end
return {root[2], root[3], head[1], result}
