<?php
// PHP's ext/curl against hosts whose TLS is wrong: a line for each URL.
foreach (array_slice($argv, 1) as $url) {
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    // A long time for all but the one that never goes on.
    $seconds = strpos($url, 'stall') === false ? 60 : 1;
    curl_setopt($curl, CURLOPT_CONNECTTIMEOUT, $seconds);
    $body = curl_exec($curl);
    echo $url, $body === false ? ' refused ' . curl_error($curl)
                               : " taken $body", "\n";
}
