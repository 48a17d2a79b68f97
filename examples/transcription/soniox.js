'use strict';
// A client of Soniox: uploads, transcriptions that are waited for, real-time
// streams. It tries again what may go better, and goes on where a stream broke
// off. On Node's fetch and the package ws; there is nothing of Offwire in it.
//
//     const client = new Client(process.env.SONIOX_API_KEY);
//     const text = await client.transcribeFile('talk.wav', bytes);
//     const said = await client.transcribeLive(chunks);

const WebSocket = require('ws');

const REST = 'https://api.soniox.com/v1';
const REALTIME = 'wss://stt-rt.soniox.com/transcribe-websocket';
const PASSING = [408, 429, 500, 502, 503];

// What the API says went wrong; passes if it may go better the next time.
class SonioxError extends Error {
  constructor(message, status, { type, retryAfter } = {}) {
    super(message);
    this.status = status;
    this.type = type;
    this.retryAfter = retryAfter; // ms
    this.passes = PASSING.includes(status);
  }

  static async from(response) {
    const said = await response.json().catch(() => ({}));
    const after = response.headers.get('retry-after');
    return new SonioxError(said.message ?? response.statusText, response.status,
      { type: said.error_type, retryAfter: after === null ? undefined : after * 1000 });
  }
}

// Nobody could be asked, or did not answer in time.
class ConnectionError extends Error {
  constructor(message, cause) {
    super(message, { cause });
    this.passes = true;
  }
}

class WaitedTooLong extends Error {}

const later = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

class Client {
  // retries: how often a request is sent again; timeout: of one attempt, in ms;
  // sleep: how to wait between them.
  constructor(apiKey, { retries = 3, timeout = 60000, sleep = later } = {}) {
    Object.assign(this, { apiKey, retries, timeout, sleep });
  }

  async attempt(method, path, body) {
    const headers = { authorization: `Bearer ${this.apiKey}` };
    if (typeof body === 'string') headers['content-type'] = 'application/json';
    try {
      const response = await fetch(REST + path,
        { method, headers, body, signal: AbortSignal.timeout(this.timeout) });
      if (!response.ok) throw await SonioxError.from(response);
      return response.status === 204 ? null : await response.json();
    } catch (problem) {
      if (problem instanceof SonioxError) throw problem;
      throw new ConnectionError(problem.cause?.code ?? problem.message, problem);
    }
  }

  // What work gives, tried again as often as retries says.
  async often(work) {
    for (let n = 0; ; n++) {
      try {
        return await work();
      } catch (problem) {
        if (!problem.passes || n >= this.retries) throw problem;
        await this.sleep(problem.retryAfter ?? 250 * 2 ** n);
      }
    }
  }

  request(method, path, body) {
    return this.often(() => this.attempt(method, path, body));
  }

  upload(name, bytes) {
    const form = new FormData();
    form.append('file', new Blob([bytes]), name);
    return this.request('POST', '/files', form);
  }

  transcribe(fileId, options = {}) {
    return this.request('POST', '/transcriptions',
      JSON.stringify({ model: 'stt-async-v4', file_id: fileId, ...options }));
  }

  // The transcription, when it is done. progress hears of each new status.
  async wait(id, { interval = 1000, timeout = 300000, progress = () => {} } = {}) {
    const end = performance.now() + timeout;
    for (let seen; ;) {
      const job = await this.request('GET', `/transcriptions/${id}`);
      if (job.status !== seen) progress(seen = job.status);
      if (seen === 'completed') return job;
      if (seen === 'error') throw new SonioxError(job.error_message, 200, { type: job.error_type });
      if (performance.now() > end) throw new WaitedTooLong(`${id} is still ${seen}`);
      await later(interval);
    }
  }

  // Uploads, waits, and takes away what was uploaded.
  async transcribeFile(name, bytes, options) {
    const file = await this.upload(name, bytes);
    try {
      const job = await this.transcribe(file.id);
      await this.wait(job.id, options);
      return (await this.request('GET', `/transcriptions/${job.id}/transcript`)).text;
    } finally {
      await this.request('DELETE', `/files/${file.id}`);
    }
  }

  // What is said in chunks of audio, each of chunkMs. Where the stream breaks
  // off, a new one begins with the first chunk whose text is not final yet.
  async transcribeLive(chunks, { chunkMs = 120, progress = () => {} } = {}) {
    const finals = [];
    let done = 0; // chunks whose text is final
    await this.often(() => {
      const from = done;
      return this.stream(chunks.slice(from), (answer) => {
        finals.push(...answer.tokens.filter((token) => token.is_final));
        done = from + Math.floor(answer.final_audio_proc_ms / chunkMs);
        progress(finals.map((token) => token.text).join(''),
          answer.tokens.filter((token) => !token.is_final).map((token) => token.text).join(''));
      });
    });
    return finals.map((token) => token.text).join('');
  }

  // One connection: ends well when the server has said that it is finished.
  stream(chunks, heard) {
    return new Promise((resolve, reject) => {
      const socket = new WebSocket(REALTIME, { headers: { authorization: `Bearer ${this.apiKey}` } });
      socket.on('open', () => {
        socket.send(JSON.stringify({ api_key: this.apiKey, model: 'stt-rt-v4', audio_format: 'auto' }));
        for (const chunk of chunks) socket.send(chunk);
        socket.send(''); // the end of the audio
      });
      socket.on('message', (text) => {
        const answer = JSON.parse(text);
        if (answer.error_code)
          reject(new SonioxError(answer.error_message, answer.error_code));
        else if (answer.tokens)
          heard(answer);
        if (answer.finished) resolve();
      });
      socket.on('error', (problem) => reject(new ConnectionError(problem.code ?? problem.message, problem)));
      socket.on('close', (code) => reject(new ConnectionError(`closed with ${code} before the end`)));
    });
  }
}

module.exports = { Client, SonioxError, ConnectionError, WaitedTooLong };
