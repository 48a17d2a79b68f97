# Ruby's Net::HTTP. Modes as in pieces.py.
require "net/http"

mode, *urls = ARGV
$stdout.sync = true
start = Process.clock_gettime(Process::CLOCK_MONOTONIC)
urls.map { |url| URI(url) }.each do |uri|
  http = Net::HTTP.new(uri.host, uri.port)
  http.use_ssl = uri.scheme == "https"
  http.max_retries = 0
  http.start do
    http.request_get(uri) do |response|
      abort response.message unless response.is_a?(Net::HTTPSuccess)
      response.read_body do |piece|
        ms = (Process.clock_gettime(Process::CLOCK_MONOTONIC) - start) * 1000
        print mode == "stream" ? format("%d %s\n", ms, piece.strip) : piece
      end
    end
  end
end
