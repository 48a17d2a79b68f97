<?php
// PHP's ext/curl. Modes as in pieces.py.
$mode = $argv[1];
$start = microtime(true);
foreach (array_slice($argv, 2) as $url) {
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_FAILONERROR, true);
    curl_setopt($curl, CURLOPT_WRITEFUNCTION,
        function ($curl, $piece) use ($mode, $start) {
            $ms = (microtime(true) - $start) * 1000;
            echo $mode === 'stream' ? sprintf("%d %s\n", $ms, trim($piece)) : $piece;
            return strlen($piece);
        });
    if (!curl_exec($curl)) {
        fwrite(STDERR, curl_error($curl) . "\n");
        exit(1);
    }
}
