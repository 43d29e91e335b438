-- Reads an account, and entries of its history by number, in one instant.
--
-- KEYS[1] the partition's root
-- ARGV[1] the account, 16 bytes    ARGV[2] the same as text
-- ARGV[3] the first number         ARGV[4] the last number; none are read if it is smaller
-- ARGV[5] how many entries a page holds         ARGV[6] how many a leaf holds
--
-- Follows live.lua. Returns {layout, catch_up, position, account, {page, …}, {leaf, …}}: the sealed pages that hold any
-- of the numbers, and the leaves that are not sealed. The newest entries are a part of the account.
local result = {root[2], root[3], head[1],
  redis.call('HGET', prefix .. 'accounts', ARGV[1]), {}, {}}
local first, last = tonumber(ARGV[3]), tonumber(ARGV[4])
local size, leaf = tonumber(ARGV[5]), tonumber(ARGV[6])
if not result[4] or last < first then
  return result
end
local pages = prefix .. 'pages:' .. ARGV[2]
local sealed = redis.call('HLEN', pages) * size
if first <= sealed then
  for page = math.floor((first - 1) / size), math.floor((math.min(last, sealed) - 1) / size) do
    table.insert(result[5], redis.call('HGET', pages, page))
  end
end
if last > sealed then
  result[6] = redis.call('LRANGE', prefix .. 'history:' .. ARGV[2],
    math.floor((math.max(first - sealed, 1) - 1) / leaf), math.floor((last - sealed - 1) / leaf))
end
return result
