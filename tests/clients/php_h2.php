<?php
// PHP's ext/curl over HTTP/2: "HTTP-version status body" of each URL, all at
// once by curl_multi on one connection.
$multi = curl_multi_init();
curl_multi_setopt($multi, CURLMOPT_PIPELINING, CURLPIPE_MULTIPLEX);
$handles = [];
foreach (array_slice($argv, 1) as $url) {
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_2TLS);
    curl_setopt($curl, CURLOPT_PIPEWAIT, true);
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    curl_multi_add_handle($multi, $curl);
    $handles[] = $curl;
}
do {
    curl_multi_exec($multi, $running);
    curl_multi_select($multi, 0.1);
} while ($running);
foreach ($handles as $curl) {
    $version = curl_getinfo($curl, CURLINFO_HTTP_VERSION);
    $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
    echo "$version $status ", curl_multi_getcontent($curl), "\n";
}
