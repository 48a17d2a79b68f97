<?php
// PHP's own https:// streams. Modes as in pieces.py. A connection that breaks
// is no more than a notice to PHP, so notices end this program.
$mode = $argv[1];
set_error_handler(function ($level, $message) {
    fwrite(STDERR, "$message\n");
    exit(1);
});
$start = microtime(true);
foreach (array_slice($argv, 2) as $url) {
    $stream = fopen($url, 'r');
    // With a filter (chunked) PHP fills its buffer before it hands out a line.
    stream_set_chunk_size($stream, 1);
    while (!feof($stream)) {
        $piece = fgets($stream);
        if ($piece === false)
            continue;
        $ms = (microtime(true) - $start) * 1000;
        echo $mode === 'stream' ? sprintf("%d %s\n", $ms, trim($piece)) : $piece;
    }
}
