-- Readers from many networks, in three languages, with compression: wrk -s readers.lua URL -- PATH...
local requests, turn = {}, 0

function init(args)
   math.randomseed(20261121)
   local languages = { "kk-KZ,kk;q=0.9,ru;q=0.8", "ru-RU,ru;q=0.9", "en-US,en;q=0.9" }
   local paths = #args > 0 and args or { "/" }
   for n = 1, math.max(3000, #paths) do
      local headers = {
         ["X-Forwarded-For"] = string.format("10.%d.%d.%d", math.random(0, 255), math.random(0, 255), math.random(1, 254)),
         ["Accept-Language"] = languages[n % 3 + 1],
         ["Accept-Encoding"] = "gzip, deflate, br",
         ["User-Agent"] = "Mozilla/5.0 (Android 14; Mobile)",
         ["Accept"] = "text/html,application/xhtml+xml,*/*;q=0.8",
      }
      requests[n] = wrk.format("GET", paths[(n - 1) % #paths + 1], headers)
   end
end

function request()
   turn = turn % #requests + 1
   return requests[turn]
end

function done(summary, latency)
   local errors = summary.errors
   print(string.format("RESULT %d %d %d %f %f", summary.requests, summary.duration,
      errors.connect + errors.read + errors.write + errors.timeout + errors.status,
      latency:percentile(50) / 1000, latency:percentile(95) / 1000))
end
