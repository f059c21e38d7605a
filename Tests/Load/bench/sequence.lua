-- Sends requests with wrk (one thread) that follow from answers, and looks at every answer.
--   LOAD_REQUESTS  file: one request a line, METHOD TAB path TAB headers ("Name: value" joined by 0x1F) TAB body
--   LOAD_MODE      cycle: all of them again and again
--                  once: each one time; the rate is of these alone
--                  rotate: a body holds @TOKEN@; the tokens are in LOAD_TOKENS, and each answer brings the next
--                  flow: the first request is answered with a code in Location, the second has @CODE@ in its body;
--                  whoever comes redeems a code that is waiting, or else asks for one. Only redeemed codes count
--   LOAD_EXPECTED  the status of a good answer; in a flow, of a redeemed code
--   LOAD_COLLECT   file: codes found in Location, one a line (may be absent)
--   LOAD_RESULT    file for the result, one line of JSON
local ffi = require("ffi")
ffi.cdef [[
  struct load_time { long s; long ns; };
  int clock_gettime(int clock, struct load_time *time);
  int getpid(void);
  int kill(int process, int signal);
]]
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
local prepared, waiting = {}, {}
-- Tokens or codes, first in, first out.
local first, last, next_request = 1, 0, 1
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
  waiting = lines("LOAD_TOKENS")
  last = #waiting
  local path = os.getenv("LOAD_COLLECT")
  collected = path and io.open(path, "w")
end

local function take()
  local found = waiting[first]
  if found then
    waiting[first] = nil
    first = first + 1
  end
  return found
end

local function keep(found)
  if found then
    last = last + 1
    waiting[last] = found
  end
end

local function filled(one, place, value)
  return wrk.format(one.method, one.path, one.headers, (one.body:gsub(place, value)))
end

-- As if interrupted at the keyboard: wrk's main thread would sleep to the end otherwise. It tells what was measured all
-- the same.
local function finish()
  ffi.C.kill(ffi.C.getpid(), 2)
end

local is_verified, is_over = false, false

function request()
  -- wrk looks at one request before it sends any.
  if not is_verified then
    is_verified = true
    return prepared[1].text
  end
  if began == 0 then began = now() end
  -- Without a token there is something wrong, and the answer will be counted as such.
  if mode == "rotate" then return filled(prepared[1], "@TOKEN@", take() or "none") end
  if mode == "flow" then
    local code = take()
    return code and filled(prepared[2], "@CODE@", code) or prepared[1].text
  end
  local one = prepared[next_request]
  if mode == "once" then
    if not one then return wrk.format("GET", filler, prepared[1].headers) end
    next_request = next_request + 1
    return one.text
  end
  next_request = next_request % #prepared + 1
  return one.text
end

local function code_in(headers)
  for name, value in pairs(headers) do
    if name:lower() == "location" then return value:match("[?&]code=([^&]+)") end
  end
end

function response(status, headers, body)
  if mode == "once" and status == 404 then return end
  if mode == "flow" and (status == 302 or status == 303) then
    local code = code_in(headers)
    keep(code)
    if code then return end
  end
  if status ~= expected then
    bad = bad + 1
    if fault == "" then fault = status .. " " .. body:sub(1, 200):gsub("[^ -~]", " "):gsub('["\\]', "'") end
  else
    good, ended = good + 1, now()
  end
  if mode == "once" and good + bad >= #prepared and not is_over then
    is_over = true
    finish()
  end
  if status ~= expected then return end
  if mode == "rotate" then keep(body:match('"refresh_token"%s*:%s*"([^"]+)"')) end
  if collected then
    local code = code_in(headers)
    if code then collected:write(code, "\n") end
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
