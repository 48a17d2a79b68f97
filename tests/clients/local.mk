# Real clients, one program each; tests/lib/clients.sh runs them.
EXTRA_DIST += \
	tests/clients/JavaHttp.java \
	tests/clients/JavaUrl.java \
	tests/clients/node_fetch.mjs \
	tests/clients/node_https.mjs \
	tests/clients/php_curl.php \
	tests/clients/php_stream.php \
	tests/clients/pieces.py \
	tests/clients/pl_http_tiny.pl \
	tests/clients/pl_lwp.pl \
	tests/clients/py_aiohttp.py \
	tests/clients/py_httpx.py \
	tests/clients/py_pycurl.py \
	tests/clients/py_requests.py \
	tests/clients/py_urllib.py \
	tests/clients/rb_net_http.rb
