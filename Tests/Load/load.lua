-- Sends prepared requests with wrk (one thread) and writes what came of them as one line of JSON.
--   LOAD_REQUESTS  file: one request a line, METHOD TAB path TAB headers ("Name: value" joined by 0x1F) TAB body
--   LOAD_MODE      cycle: all of them again and again
--                  once: each one time; the rate is of these alone
--                  rotate: a body holds @TOKEN@; the tokens are in LOAD_TOKENS, and each answer brings the next
--   LOAD_EXPECTED  the status of a good answer
--   LOAD_COLLECT   file: codes found in Location, one a line (may be absent)
--   LOAD_RESULT    file for the result
local ffi = require("ffi")
ffi.cdef [[ struct load_time { long s; long ns; }; int clock_gettime(int clock, struct load_time *time); ]]
local time = ffi.new("struct load_time")
local function now()
  ffi.C.clock_gettime(1, time)
  return tonumber(time.s) + tonumber(time.ns) / 1e9
end

local function lines(name)
  local found, path = {}, os.getenv(name)
  if path then for line in io.lines(path) do found[#found + 1] = line end end
  return found
end

local mode, expected = os.getenv("LOAD_MODE"), tonumber(os.getenv("LOAD_EXPECTED"))
local prepared, tokens = {}, {}
local first_token, last_token, next_request = 1, 0, 1
local collected
-- An address that is not there: what connections ask in mode "once" while others wait for the last answers.
local filler = "/nothing-left-to-ask"
good, bad, began, ended, fault = 0, 0, 0, 0, ""

local function read(line)
  local method, path, head, body = line:match("^([^\t]*)\t([^\t]*)\t([^\t]*)\t(.*)$")
  local headers = {}
  for name, value in head:gmatch("([^:\31]+): ([^\31]*)") do headers[name] = value end
  return { method = method, path = path, headers = headers, body = body ~= "" and body or nil }
end

function init()
  for _, line in ipairs(lines("LOAD_REQUESTS")) do
    local one = read(line)
    one.text = wrk.format(one.method, one.path, one.headers, one.body)
    prepared[#prepared + 1] = one
  end
  tokens = lines("LOAD_TOKENS")
  last_token = #tokens
  local path = os.getenv("LOAD_COLLECT")
  collected = path and io.open(path, "w")
end

local function rotating()
  local token = tokens[first_token]
  tokens[first_token] = nil
  first_token = first_token + 1
  local one = prepared[1]
  -- Without a token there is something wrong, and the answer will be counted as such.
  return wrk.format(one.method, one.path, one.headers, (one.body:gsub("@TOKEN@", token or "none")))
end

local is_verified = false

function request()
  -- wrk looks at one request before it sends any.
  if not is_verified then
    is_verified = true
    return prepared[1].text
  end
  if began == 0 then began = now() end
  if mode == "rotate" then return rotating() end
  local one = prepared[next_request]
  if mode == "once" then
    if not one then return wrk.format("GET", filler, prepared[1].headers) end
    next_request = next_request + 1
    return one.text
  end
  next_request = next_request % #prepared + 1
  return one.text
end

function response(status, headers, body)
  if mode == "once" and good + bad >= #prepared then return wrk.thread:stop() end
  if mode == "once" and status == 404 then return end
  if status ~= expected then
    bad = bad + 1
    if fault == "" then fault = status .. " " .. body:sub(1, 200):gsub("[^ -~]", " "):gsub('["\\]', "'") end
    return
  end
  good, ended = good + 1, now()
  if mode == "rotate" then
    last_token = last_token + 1
    tokens[last_token] = body:match('"refresh_token":"([^"]+)"')
  end
  if collected then
    for name, value in pairs(headers) do
      local code = name:lower() == "location" and value:match("[?&]code=([^&]+)")
      if code then collected:write(code, "\n") end
    end
  end
end

local thread
function setup(only) thread = only end

function done(summary, latency)
  local seconds = thread:get("ended") - thread:get("began")
  local errors = summary.errors
  local out = io.open(os.getenv("LOAD_RESULT"), "w")
  out:write(string.format(
    '{"good": %d, "bad": %d, "seconds": %.6f, "p50": %.3f, "p99": %.3f, "broken": %d, "fault": "%s"}\n',
    thread:get("good"), thread:get("bad"), seconds, latency:percentile(50) / 1000, latency:percentile(99) / 1000,
    errors.connect + errors.read + errors.write + errors.timeout, thread:get("fault")))
  out:close()
end
