<?php
// A chat with models of OpenAI, Anthropic and OpenRouter: it remembers what was
// said, streams, tries again what may go better, and goes on with the next
// provider where one is out. There is nothing of Offwire in it.
//
//     $chat = new Chat(['openai', 'anthropic']);
//     echo $chat->ask('My name is Alice.');
//     $chat->stream('What is my name?', fn ($piece) => print $piece);

// How one API says it.
interface Provider
{
    public function url(): string;
    public function headers(string $key): array;
    public function request(string $model, array $messages, bool $stream): array;
    // The text of an answer; of an event of a stream; null if it has none.
    public function text(array $answer): ?string;
    public function delta(array $event): ?string;
    // Whether an event is the last one.
    public function ends(string $data): bool;
}

class OpenAI implements Provider
{
    public function url(): string
    {
        return 'https://api.openai.com/v1/chat/completions';
    }

    public function headers(string $key): array
    {
        return ["Authorization: Bearer $key"];
    }

    public function request(string $model, array $messages, bool $stream): array
    {
        return ['model' => $model, 'messages' => $messages, 'stream' => $stream];
    }

    public function text(array $answer): ?string
    {
        return $answer['choices'][0]['message']['content'] ?? null;
    }

    public function delta(array $event): ?string
    {
        return $event['choices'][0]['delta']['content'] ?? null;
    }

    public function ends(string $data): bool
    {
        return $data === '[DONE]';
    }
}

// As OpenAI's, at another place, with models of many.
class OpenRouter extends OpenAI
{
    public function url(): string
    {
        return 'https://openrouter.ai/api/v1/chat/completions';
    }
}

class Anthropic implements Provider
{
    public function url(): string
    {
        return 'https://api.anthropic.com/v1/messages';
    }

    public function headers(string $key): array
    {
        return ["x-api-key: $key", 'anthropic-version: 2023-06-01'];
    }

    public function request(string $model, array $messages, bool $stream): array
    {
        return ['model' => $model, 'messages' => $messages, 'stream' => $stream,
            'max_tokens' => 1024];
    }

    public function text(array $answer): ?string
    {
        return $answer['content'][0]['text'] ?? null;
    }

    public function delta(array $event): ?string
    {
        return $event['delta']['text'] ?? null;
    }

    public function ends(string $data): bool
    {
        return str_contains($data, '"message_stop"');
    }
}

// Why there is no answer: $kind is auth, invalid, rate_limit, unavailable,
// timeout or malformed.
class ChatError extends RuntimeException
{
    public function __construct(
        string $message,
        public readonly string $kind,
        public readonly ?float $retryAfter = null,
    ) {
        parent::__construct($message);
    }

    // Whether the next attempt may go better.
    public function isPassing(): bool
    {
        return in_array($this->kind, ['rate_limit', 'unavailable', 'timeout']);
    }
}

class Chat
{
    private const PROVIDERS = [
        'openai' => [OpenAI::class, 'OPENAI_API_KEY', 'gpt-4o-mini'],
        'anthropic' => [Anthropic::class, 'ANTHROPIC_API_KEY', 'claude-3-5-haiku-20241022'],
        'openrouter' => [OpenRouter::class, 'OPENROUTER_API_KEY', 'meta-llama/llama-3.1-8b-instruct'],
    ];
    private array $messages = [];
    public string $answeredBy = '';

    // $providers are tried in this order; $models are others than the usual
    // ones; $sleep is given seconds.
    public function __construct(
        private array $providers,
        private array $models = [],
        private int $attempts = 3,
        private float $timeout = 60,
        private ?Closure $sleep = null,
    ) {
        $this->sleep ??= fn (float $seconds) => usleep((int) ($seconds * 1e6));
    }

    public static function keyOf(string $provider): string
    {
        return self::PROVIDERS[$provider][1];
    }

    public function ask(string $prompt): string
    {
        return $this->converse($prompt, null);
    }

    // $heard is given each piece as it comes.
    public function stream(string $prompt, callable $heard): string
    {
        return $this->converse($prompt, $heard);
    }

    private function converse(string $prompt, ?callable $heard): string
    {
        $messages = [...$this->messages, ['role' => 'user', 'content' => $prompt]];
        foreach ($this->providers as $name) {
            try {
                $text = $this->tryOften($name, $messages, $heard);
                $this->answeredBy = $name;
                $this->messages = [...$messages, ['role' => 'assistant', 'content' => $text]];
                return $text;
            } catch (ChatError $error) {
                if (!$error->isPassing())
                    throw $error;
            }
        }
        throw $error;
    }

    private function tryOften(string $name, array $messages, ?callable $heard): string
    {
        for ($attempt = 1;; $attempt++) {
            try {
                return $this->try($name, $messages, $heard);
            } catch (ChatError $error) {
                if (!$error->isPassing() || $attempt >= $this->attempts)
                    throw $error;
                ($this->sleep)($error->retryAfter ?? 0.5 * 2 ** ($attempt - 1));
            }
        }
    }

    private function try(string $name, array $messages, ?callable $heard): string
    {
        [$class, $key, $model] = self::PROVIDERS[$name];
        $provider = new $class();
        $transfer = new Transfer($provider, $heard);
        $body = $transfer->perform($provider->headers((string) getenv($key)),
            $provider->request($this->models[$name] ?? $model, $messages, $heard !== null),
            $this->timeout);
        $text = $heard ? $transfer->text : $provider->text(decode($body));
        if ($text === null || $text === '')
            throw new ChatError('the answer has no text', 'malformed');
        return $text;
    }
}

// One request and its answer.
class Transfer
{
    public string $text = '';
    private string $rest = '';
    private bool $ended = false;
    private array $head = [];
    private ?ChatError $error = null;

    public function __construct(private Provider $provider, private mixed $heard)
    {
    }

    // The body, where it is no stream.
    public function perform(array $headers, array $request, float $timeout): string
    {
        $curl = curl_init($this->provider->url());
        curl_setopt_array($curl, [
            CURLOPT_HTTPHEADER => ['Content-Type: application/json', ...$headers],
            CURLOPT_POSTFIELDS => json_encode($request),
            CURLOPT_TIMEOUT_MS => (int) ($timeout * 1000),
            CURLOPT_HEADERFUNCTION => $this->takeHeader(...),
            CURLOPT_WRITEFUNCTION => $this->takeBody(...),
        ]);
        $done = curl_exec($curl);
        $status = curl_getinfo($curl, CURLINFO_RESPONSE_CODE);
        if ($this->error)
            throw $this->error;
        if (!$done)
            throw new ChatError(curl_error($curl),
                curl_errno($curl) === CURLE_OPERATION_TIMEDOUT ? 'timeout' : 'unavailable');
        if ($status !== 200)
            throw $this->refusal($status);
        if ($this->heard && !$this->ended)
            throw new ChatError('the stream ended early', 'malformed');
        return $this->rest;
    }

    private function takeHeader(CurlHandle $curl, string $line): int
    {
        [$name, $value] = explode(':', $line, 2) + [1 => ''];
        $this->head[strtolower($name)] = trim($value);
        return strlen($line);
    }

    private function takeBody(CurlHandle $curl, string $bytes): int
    {
        $this->rest .= $bytes;
        try {
            if ($this->heard && curl_getinfo($curl, CURLINFO_RESPONSE_CODE) === 200)
                $this->takeLines();
        } catch (ChatError $error) {
            $this->error = $error;
            return -1;
        }
        return strlen($bytes);
    }

    // A stream's lines, as far as they have come; comments are passed over.
    private function takeLines(): void
    {
        $lines = explode("\n", $this->rest);
        $this->rest = array_pop($lines);
        foreach ($lines as $line) {
            if (!str_starts_with($line, 'data:'))
                continue;
            $data = trim(substr($line, 5));
            $this->ended = $this->ended || $this->provider->ends($data);
            $event = $data === '[DONE]' ? [] : decode($data);
            if (isset($event['error']))
                throw new ChatError($event['error']['message'], 'unavailable');
            $piece = $this->provider->delta($event) ?? '';
            if ($piece === '')
                continue;
            $this->text .= $piece;
            ($this->heard)($piece);
        }
    }

    // What an error of the API means.
    private function refusal(int $status): ChatError
    {
        $kind = match (true) {
            $status === 401, $status === 403 => 'auth',
            $status === 429 => 'rate_limit',
            $status >= 500 => 'unavailable',
            default => 'invalid',
        };
        $after = $this->head['retry-after'] ?? null;
        if (isset($this->head['retry-after-ms']))
            $after = $this->head['retry-after-ms'] / 1000;
        $message = json_decode($this->rest, true)['error']['message'] ?? "status $status";
        return new ChatError($message, $kind, $after === null ? null : (float) $after);
    }
}

function decode(string $json): array
{
    $value = json_decode($json, true);
    if (!is_array($value))
        throw new ChatError('the answer is no JSON', 'malformed');
    return $value;
}
