<?php
// php_multi.php --https PORT --http PORT --breaker PORT --ca FILE [--direct]:
// PHP's curl_exec and curl_multi, in the transcripts that curl_lab writes.

const PATHS = [
    ['https', 'https', '/hello'], ['https', 'https', '/large'],
    ['http', 'http', '/hello'], ['https', 'https', '/busy'],
    ['https', 'https', '/reset'], ['http', 'breaker', '/truncated'],
    ['https', 'https', '/from'],
];

function transfer(array $lab, string $scheme, string $server, string $path)
{
    $transfer = new stdClass;
    $transfer->path = $path;
    $transfer->heads = [];
    $transfer->bytes = 0;
    $port = $lab[$server];
    $transfer->easy = curl_init("$scheme://api.test:$port$path");
    curl_setopt_array($transfer->easy, [
        CURLOPT_CAINFO => $lab['ca'],
        CURLOPT_HTTP_VERSION => CURL_HTTP_VERSION_1_1,
        CURLOPT_FOLLOWLOCATION => true,
        CURLOPT_TIMEOUT => 20,
        CURLOPT_WRITEFUNCTION => function ($easy, $bytes) use ($transfer) {
            $transfer->bytes += strlen($bytes);
            return strlen($bytes);
        },
        CURLOPT_HEADERFUNCTION => function ($easy, $line) use ($transfer) {
            if (strncmp($line, 'HTTP/', 5) === 0) {
                $transfer->heads[] = trim($line);
            }
            return strlen($line);
        },
    ]);
    if (isset($lab['direct'])) {
        curl_setopt($transfer->easy, CURLOPT_RESOLVE,
            ["api.test:$port:127.0.0.1"]);
    }
    return $transfer;
}

function tell(stdClass $transfer, int $result): void
{
    $info = curl_getinfo($transfer->easy);
    echo "-- $transfer->path\n";
    foreach ($transfer->heads as $head) {
        echo "< $head\n";
    }
    echo "body: $transfer->bytes bytes\n";
    echo "result: $result\n";
    echo "response code: $info[http_code]\n";
    echo "redirects: $info[redirect_count]\n";
    echo "downloaded: $info[size_download]\n";
    echo 'content type: ', $info['content_type'] ?? 'none', "\n";
    echo "primary IP: $info[primary_ip]\n";
}

function run_easy(array $transfers): void
{
    foreach ($transfers as $transfer) {
        curl_exec($transfer->easy);
        tell($transfer, curl_errno($transfer->easy));
    }
}

function run_multi(array $transfers): void
{
    $multi = curl_multi_init();
    $results = new SplObjectStorage;
    foreach ($transfers as $transfer) {
        curl_multi_add_handle($multi, $transfer->easy);
    }
    do {
        curl_multi_exec($multi, $running);
        while ($message = curl_multi_info_read($multi)) {
            $results[$message['handle']] = $message['result'];
        }
        if ($running) {
            curl_multi_select($multi, 0.2);
        }
    } while ($running);
    foreach ($transfers as $transfer) {
        tell($transfer, $results[$transfer->easy]);
        curl_multi_remove_handle($multi, $transfer->easy);
    }
    curl_multi_close($multi);
}

$lab = getopt('', ['https:', 'http:', 'breaker:', 'ca:', 'direct']);
foreach (['php-easy' => 'run_easy', 'php-multi' => 'run_multi'] as $name => $run) {
    echo "== $name\n";
    $run(array_map(fn ($row) => transfer($lab, ...$row), PATHS));
}
