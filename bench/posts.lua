-- Forms that were filled in beforehand, each sent once: wrk -s posts.lua URL -- FILE (lines of path, cookie, body, address)
local lines, turn, seen = {}, 0, {}
local threads = {}

function setup(thread)
   table.insert(threads, thread)
end

function init(args)
   statuses = ""
   for line in io.lines(args[1]) do lines[#lines + 1] = line end
end

function request()
   turn = turn + 1
   if turn > #lines then
      wrk.thread:stop()
      return wrk.format("GET", "/healthz")
   end
   local path, cookie, body, address = lines[turn]:match("^(.-)\t(.-)\t(.-)\t(.-)$")
   return wrk.format("POST", path, {
      ["Content-Type"] = "application/x-www-form-urlencoded", ["Cookie"] = cookie, ["X-Forwarded-For"] = address,
      ["Accept-Language"] = "kk-KZ,kk;q=0.9", ["Accept-Encoding"] = "gzip, deflate, br",
   }, body)
end

function response(status)
   seen[status] = (seen[status] or 0) + 1
   statuses = ""
   for code, n in pairs(seen) do statuses = statuses .. code .. "=" .. n .. " " end
end

function done(summary, latency)
   for _, thread in ipairs(threads) do print("STATUSES " .. thread:get("statuses")) end
   local errors = summary.errors
   print(string.format("RESULT %d %d %d %f %f", summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.timeout,
      latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end
