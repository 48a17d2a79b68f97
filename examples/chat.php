<?php
// chat.php [-s] PROMPT: asks a model with PHP's curl; with -s the answer is
// streamed and printed as it comes. There is nothing of Offwire in it.
//
//     offwire run --rules chat.json:openai -- php chat.php -s "Who are you?"

const URL = 'https://api.openai.com/v1/chat/completions';

function prepare(string $prompt, bool $stream): CurlHandle
{
    $curl = curl_init(URL);
    curl_setopt_array($curl, [
        CURLOPT_HTTPHEADER => [
            'Authorization: Bearer ' . getenv('OPENAI_API_KEY'),
            'Content-Type: application/json'],
        CURLOPT_POSTFIELDS => json_encode([
            'model' => 'gpt-4o-mini', 'stream' => $stream,
            'messages' => [['role' => 'user', 'content' => $prompt]]]),
        CURLOPT_CONNECTTIMEOUT => 10,
        CURLOPT_LOW_SPEED_LIMIT => 1,
        CURLOPT_LOW_SPEED_TIME => 60,
        CURLOPT_RETURNTRANSFER => true,
    ]);
    return $curl;
}

function decode(string $json): array
{
    $answer = json_decode($json, true, flags: JSON_THROW_ON_ERROR);
    if (isset($answer['error']))
        throw new RuntimeException('the API says: ' . $answer['error']['message']);
    return $answer;
}

function ask(string $prompt): void
{
    $curl = prepare($prompt, false);
    $body = curl_exec($curl);
    if ($body === false)
        throw new RuntimeException(curl_error($curl));
    echo decode($body)['choices'][0]['message']['content'];
}

function stream(string $prompt): void
{
    $curl = prepare($prompt, true);
    $rest = '';     // a line that has not come to its end, or an error's body
    $done = false;
    curl_setopt($curl, CURLOPT_WRITEFUNCTION,
        function (CurlHandle $curl, string $bytes) use (&$rest, &$done): int {
            $lines = explode("\n", $rest . $bytes);
            $rest = array_pop($lines);
            foreach ($lines as $line) {
                if (!str_starts_with($line, 'data:'))
                    continue;
                $data = trim(substr($line, 5));
                if ($data === '[DONE]')
                    $done = true;
                else
                    echo decode($data)['choices'][0]['delta']['content'] ?? '';
            }
            return strlen($bytes);
        });
    if (!curl_exec($curl))
        throw new RuntimeException(curl_error($curl));
    if (curl_getinfo($curl, CURLINFO_RESPONSE_CODE) !== 200)
        decode($rest);
    if (!$done)
        throw new RuntimeException('the stream ended early');
}

$streams = ($argv[1] ?? '') === '-s';
$prompt = $argv[$streams ? 2 : 1] ?? null;
if ($prompt === null || getenv('OPENAI_API_KEY') === false) {
    fwrite(STDERR, "usage: OPENAI_API_KEY=... chat.php [-s] PROMPT\n");
    exit(2);
}
try {
    $streams ? stream($prompt) : ask($prompt);
    echo "\n";
} catch (RuntimeException | JsonException $problem) {
    fwrite(STDERR, "\nchat.php: " . $problem->getMessage() . "\n");
    exit(1);
}
