// The session, asked from inside: http://offwire.test/ (offwire-control(7)).
import http from 'node:http';

// By node:http and not by fetch, whose pool an SDK's own requests may fill.
function ask(method, path, body) {
  return new Promise((resolve, reject) => {
    const request = http.request(`http://offwire.test${path}`, { method },
      (response) => {
        const parts = [];
        response.on('data', (part) => parts.push(part));
        response.on('end', () => {
          const text = Buffer.concat(parts).toString();
          if (response.statusCode >= 400)
            reject(new Error(`${method} ${path}: ${text}`));
          else
            resolve(JSON.parse(text));
        });
      });
    request.on('error', reject);
    request.end(body === undefined ? undefined : JSON.stringify(body));
  });
}

export class Session {
  // Forgets all, switches the scenario on, alone, and holds the clock: what a busy
  // machine does late is not late for the session. Returns the last call's number.
  async begin(scenario) {
    if (this.added) await ask('DELETE', '/rules');
    this.added = false;
    await ask('POST', '/reset');
    await ask('POST', '/clock', { freeze: true, speed: 100 });
    await ask('POST', '/scenario', { only: scenario ? [scenario] : [] });
    return (await ask('GET', '/calls?limit=1')).last;
  }

  // Forgets all, and has the scenario begin again.
  async again(scenario) {
    await ask('POST', '/reset');
    await ask('POST', '/scenario', { only: [scenario] });
  }

  // What was called behind that number: the journal's records, and the last number.
  since(number) {
    return ask('GET', `/calls?since=${number}&limit=5000`);
  }

  async calls(number = 0) {
    return (await this.since(number)).calls;
  }

  // Its last call by a rule of this name, as the journal has it.
  async lastOf(rule) {
    const { calls } = await ask('GET',
      `/calls?rule=${encodeURIComponent(rule)}&limit=1`);
    return calls[0];
  }

  // Rules and replies that stand before the pack until the check has ended.
  rules(file) {
    this.added = true;
    return ask('POST', '/rules', { offwire: 1, ...file });
  }

  freeze() {
    return ask('POST', '/clock', { freeze: true });
  }

  // For what asks again and again, or waits: time goes on, a hundredfold.
  resume() {
    return ask('POST', '/clock', { resume: true });
  }

  // What takes seconds is there at once.
  hurry() {
    return ask('POST', '/clock', { resume: true, speed: 100000 });
  }

  // So much is over now: advance('10s'). What has fallen due by it has come.
  advance(duration) {
    return ask('POST', '/clock', { advance: duration });
  }

  resources(type) {
    return ask('GET', `/resources/${encodeURIComponent(type)}`);
  }

  verify(expectations) {
    return ask('POST', '/verify', expectations);
  }
}
