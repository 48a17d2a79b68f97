<?php
// Tests of chat.php, on production URLs; see README.md. Prints TAP.
require __DIR__ . '/chat.php';

const PROVIDERS = ['openai', 'anthropic', 'openrouter'];

// The same command reaches the real APIs under `offwire run --live`.
$live = getenv('OFFWIRE_MODE') === 'live';

function same(mixed $want, mixed $got): void
{
    if ($want !== $got)
        throw new Exception('expected ' . json_encode($want) . ', got ' . json_encode($got));
}

// The error that $work ends with.
function failing(callable $work): ChatError
{
    try {
        $work();
    } catch (ChatError $error) {
        return $error;
    }
    throw new Exception('expected an error');
}

// Asks the session; see offwire-control(7). Null without one.
function session(string $method, string $path, ?array $body = null): ?array
{
    $curl = curl_init("http://offwire.test$path");
    curl_setopt_array($curl, [CURLOPT_CUSTOMREQUEST => $method, CURLOPT_RETURNTRANSFER => true]);
    if ($body !== null)
        curl_setopt($curl, CURLOPT_POSTFIELDS, json_encode($body));
    $answer = curl_exec($curl);
    if ($answer === false)
        return null;
    $answer = json_decode($answer, true);
    if (isset($answer['error']))
        throw new Exception($answer['error']['message']);
    return $answer;
}

function scenario(string $name): void
{
    session('POST', '/scenario', ['only' => [$name]]);
}

// A chat that notes how long it would sleep.
function chat(array|string $providers, ?array &$slept = null, mixed ...$more): Chat
{
    $slept = [];
    return new Chat((array) $providers, ...$more,
        sleep: function (float $seconds) use (&$slept) { $slept[] = $seconds; });
}

// What real APIs would pass, too.
$everywhere = [];
foreach (PROVIDERS as $name) {
    $everywhere["$name answers"] = [$name, function () use ($name) {
        same('4', trim(chat($name)->ask('What is 2 + 2? Answer with the number alone.'), " .\n"));
    }];
    $everywhere["$name streams in pieces"] = [$name, function () use ($name) {
        $pieces = [];
        $text = chat($name)->stream('Count from 1 to 3, a number on each line, nothing else.',
            function (string $piece) use (&$pieces) { $pieces[] = $piece; });
        same("1\n2\n3", trim($text));
        same($text, implode('', $pieces));
        same(true, count($pieces) > 1);
    }];
    $everywhere["$name remembers what was said"] = [$name, function () use ($name) {
        $chat = chat($name);
        $chat->ask('My name is Alice.');
        same(true, str_contains($chat->ask('What is my name?'), 'Alice'));
    }];
    $everywhere["$name writes code"] = [$name, function () use ($name) {
        same(true, str_contains(
            chat($name)->ask('Write a Python function that adds two numbers.'), 'def '));
    }];
    $everywhere["$name does not know every model"] = [$name, function () use ($name) {
        same('invalid', failing(fn () => chat($name, models: [$name => 'does-not-exist'])->ask('Hello'))->kind);
    }];
}

// What no real API does when it is asked to.
$mocked = [
    'each provider is itself' => function () {
        same('I am Claude, an AI made by Anthropic.', chat('anthropic')->ask('Who are you?'));
        same('I am a model of OpenAI.', chat('openai')->ask('Who are you?'));
    },
    'two chats know nothing of each other' => function () {
        chat('openai')->ask('My name is Alice.');
        same('I do not know your name.', chat('openai')->ask('What is my name?'));
    },
    'a rate limit is waited for as the API says' => function () {
        scenario('limited');
        same('4', chat('openai', $slept)->ask('2+2'));
        same([7.0], $slept);
        session('POST', '/verify', ['path' => '/v1/chat/completions', 'times' => 2]);
    },
    'a rate limit that stays is told' => function () {
        foreach (['openai', 'anthropic'] as $name) {
            $chat = chat($name, $slept);
            $error = failing(fn () => $chat->ask('always limited'));
            same(['rate_limit', 2.0, 'Too many requests.'],
                [$error->kind, $error->retryAfter, $error->getMessage()]);
            same([2.0, 2.0], $slept);
        }
    },
    'waiting grows where the API says nothing' => function () {
        scenario('openai_down');
        $chat = chat('openai', $slept, attempts: 4);
        same('unavailable', failing(fn () => $chat->ask('Hello'))->kind);
        same([0.5, 1.0, 2.0], $slept);
    },
    'a wrong key is told, and not tried again' => function () {
        putenv('ANTHROPIC_API_KEY=sk-invalid');
        $chat = chat('anthropic', $slept);
        $error = failing(fn () => $chat->ask('Hello'));
        putenv('ANTHROPIC_API_KEY=sk-test');
        same(['auth', []], [$error->kind, $slept]);
        session('POST', '/verify', ['status' => 401, 'times' => 1]);
    },
    'the next provider goes on where one is out' => function () {
        $chat = chat(['openai', 'anthropic']);
        $chat->ask('My name is Bob.');
        same('openai', $chat->answeredBy);
        scenario('openai_down');
        same('Your name is Bob.', $chat->ask('What is my name?'));
        same('anthropic', $chat->answeredBy);
    },
    'no answer in time is told' => function () {
        scenario('silence');
        $error = failing(fn () => chat('openai', attempts: 2, timeout: 0.1)->ask('Hello'));
        same('timeout', $error->kind);
        session('POST', '/verify', ['rule' => 'nobody answers', 'times' => '<=2']);
    },
    'an answer that is no JSON is told' => function () {
        scenario('nonsense');
        same('malformed', failing(fn () => chat('anthropic')->ask('Hello'))->kind);
    },
    'what came before a stream broke off was heard' => function () {
        foreach (['openai', 'anthropic'] as $name) {
            $heard = '';
            $hear = function (string $piece) use (&$heard) { $heard .= $piece; };
            $chat = chat($name, attempts: 1);
            $error = failing(fn () => $chat->stream('break off', $hear));
            same(['One two ', 'The provider has gone.'], [$heard, $error->getMessage()]);
        }
    },
    'each API is asked in its own way' => function () {
        chat('anthropic')->ask('Hello');
        session('POST', '/verify', [[
            'host' => 'api.anthropic.com', 'rule' => 'messages.create',
            'headers' => ['x-api-key' => 'sk-test', 'anthropic-version' => 'present'],
            'json' => ['max_tokens' => ['gt' => 0],
                'messages' => [['role' => 'user', 'content' => 'Hello']]]]]);
    },
];

// Why a test is not run; null if it is.
function lacks(string $provider, bool $live): ?string
{
    $key = Chat::keyOf($provider);
    return $live && !getenv($key) ? "live, and $key is not set" : null;
}

if (!$live && !session('GET', '/health')) {
    echo "1..0 # SKIP not under offwire run: see README.md\n";
    exit;
}
if (!$live)
    foreach (PROVIDERS as $name)
        putenv(Chat::keyOf($name) . '=sk-test');

$count = $failed = 0;
function report(string $result): void
{
    global $count;
    $count++;
    echo preg_replace('/^((?:not )?ok)/', "$1 $count", $result), "\n";
}

function run(string $name, callable $test): void
{
    global $failed, $live;
    try {
        if (!$live)
            session('POST', '/reset');
        $test();
        report("ok - $name");
    } catch (Throwable $problem) {
        $failed++;
        report("not ok - $name\n# " . $problem->getMessage());
    }
}

foreach ($everywhere as $name => [$provider, $test]) {
    if ($why = lacks($provider, $live))
        report("ok - $name # SKIP $why");
    else
        run($name, $test);
}
foreach ($mocked as $name => $test) {
    if ($live)
        report("ok - $name # SKIP live");
    else
        run($name, $test);
}
echo "1..$count\n";
exit($failed ? 1 : 0);
