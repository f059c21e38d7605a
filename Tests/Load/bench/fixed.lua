-- Sends prepared requests with wrk (one thread), one or several in turn. With a single one no Lua runs between a
-- request and its answer, so that the generator takes as little of the machine as it can.
--   LOAD_REQUESTS  file: one request a line, METHOD TAB path TAB headers ("Name: value" joined by 0x1F) TAB body
--   LOAD_PAUSE     milliseconds that a connection waits before each request (may be absent)
--   LOAD_RESULT    file for the result, one line of JSON
local prepared, turn = {}, 0

local function read(line)
  local method, path, head, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
  local headers = {}
  for name, value in head:gmatch("([^:\31]+): ([^\31]*)") do headers[name] = value end
  return method, path, headers, body ~= "" and body or nil
end

local texts = {}
for line in io.lines(os.getenv("LOAD_REQUESTS")) do texts[#texts + 1] = line end
wrk.method, wrk.path, wrk.headers, wrk.body = read(texts[1])

local pause = tonumber(os.getenv("LOAD_PAUSE"))
if pause then function delay() return pause end end

if #texts > 1 then
  function init()
    for place, line in ipairs(texts) do prepared[place] = wrk.format(read(line)) end
  end

  function request()
    turn = turn % #prepared + 1
    return prepared[turn]
  end
end

function done(summary, latency)
  local errors = summary.errors
  local out = io.open(os.getenv("LOAD_RESULT"), "w")
  out:write(string.format(
    '{"good": %d, "bad": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "broken": %d, "fault": ""}\n',
    summary.requests - errors.status, errors.status, summary.duration / 1e6, latency:percentile(50) / 1000,
    latency:percentile(99) / 1000, errors.connect + errors.read + errors.write + errors.timeout))
  out:close()
end
