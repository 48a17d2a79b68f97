<?php
// Forks behind a first request; the child asks, the parent asks once more.
// A line for each: who it was, its process, and what it got.
function ask($who, $url) {
    $curl = curl_init($url);
    curl_setopt($curl, CURLOPT_RETURNTRANSFER, true);
    echo $who, ' ', getmypid(), ' ', curl_exec($curl), "\n";
}
ask('parent', $argv[1]);
$child = pcntl_fork();
if ($child === 0) {
    ask('child', $argv[1]);
    exit(0);
}
pcntl_waitpid($child, $status);
ask('parent', $argv[1]);
exit($status);
