-- The load of wrk: each request is a look of its own. Arguments: a file with the stories in the
-- order in which readers come to them, a line each, and a number that no run before had.
local threads = 0
local agents = {
  "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36",
  "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  "Mozilla/5.0 (X11; Linux x86_64; rv:127.0) Gecko/20100101 Firefox/127.0",
  "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Mobile Safari/537.36",
}

function setup(thread)
  thread:set("number", threads)
  threads = threads + 1
end

function init(arguments)
  stories = {}
  for story in io.lines(arguments[1]) do
    stories[#stories + 1] = story
  end
  run = tonumber(arguments[2])
  looks = number * 7919
  tails = {}
  for i = 1, #agents do
    tails[i] = "\r\nUser-Agent: " .. agents[i] .. "\r\nHost: bench.example\r\n" ..
        (arguments[3] == "close" and "Connection: close\r\n" or "") .. "\r\n"
  end
end

function request()
  looks = looks + 1
  local reader = looks * 40503 % 1000003
  return "GET /v1/views/" .. stories[looks % #stories + 1] ..
      string.format(".gif?id=%08x-%04x-4000-8000-%012x HTTP/1.1\r\nX-Forwarded-For: 10.%d.%d.%d",
          run, number, looks, reader / 65536, reader / 256 % 256, reader % 256) ..
      tails[looks % #tails + 1]
end

done = function(summary, latency, requests)
  io.write(string.format('\nJSON{"requests":%d,"microseconds":%d,"errors":%d,"p50_us":%d,"p99_us":%d}\n',
    summary.requests, summary.duration,
    summary.errors.connect + summary.errors.read + summary.errors.write + summary.errors.status +
    summary.errors.timeout, latency:percentile(50), latency:percentile(99)))
end
