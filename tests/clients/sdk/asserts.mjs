// What checks look at results with; a table gets them as members of `t`.
import assert from 'node:assert/strict';

// Members that have to be there, at any depth: a value for equality, a pattern
// for strings, a function for all else. More members may be there.
function has(actual, wanted, path = 'it') {
  for (const [key, want] of Object.entries(wanted)) {
    const is = actual?.[key];
    const at = `${path}.${key}`;
    if (want instanceof RegExp) {
      assert.match(String(is), want, `${at} is ${JSON.stringify(is)}`);
    } else if (typeof want === 'function') {
      assert.ok(want(is), `${at} is ${JSON.stringify(is)}`);
    } else if (want !== null && typeof want === 'object' &&
               !Array.isArray(want)) {
      has(is, want, at);
    } else {
      assert.deepEqual(is, want, `${at} is ${JSON.stringify(is)}`);
    }
  }
}

// The types of members: 'string', 'number', 'boolean', 'array', 'object', with
// '?' behind it where null may stand. None may be missing: what an SDK declares
// as not optional is read by programs without asking.
function typed(actual, types, path = 'it') {
  for (const [key, want] of Object.entries(types)) {
    const is = actual?.[key];
    const at = `${path}.${key}`;
    assert.notEqual(is, undefined, `${at} is missing`);
    if (typeof want === 'object') {
      typed(is, want, at);
      continue;
    }
    if (is === null) {
      assert.ok(want.endsWith('?'), `${at} is null`);
      continue;
    }
    const kind = Array.isArray(is) ? 'array' : typeof is;
    assert.equal(kind, want.replace('?', ''), `${at} is ${kind}`);
  }
}

// All of an async iterable: a stream, or all pages of a list.
async function all(iterable) {
  const items = [];
  for await (const item of await iterable) items.push(item);
  return items;
}

// All that comes of a stream, and how it ends.
async function ending(open) {
  const chunks = [];
  try {
    for await (const chunk of await open()) chunks.push(chunk);
    return { chunks };
  } catch (error) {
    return { chunks, error };
  }
}

// That a stream arrives in pieces and as time goes on, without a look at a
// clock: the session's stands still while the first pieces are read, and what is
// paced cannot end before it goes on. `open` starts the stream.
async function paced(session, open) {
  await session.freeze();
  const stream = await open();
  const iterator = stream[Symbol.asyncIterator]();
  const items = [];
  let goesOn = false;
  // Whoever reads to the end before the clock goes on was not paced.
  const reader = (async () => {
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) return goesOn;
      items.push(value);
    }
  })();
  // A second question's answer comes behind what was due at the first.
  await session.calls();
  await session.calls();
  goesOn = true;
  await session.resume();
  assert.ok(await reader, 'it ended while the clock stood still');
  assert.ok(items.length > 1, 'it came in one piece');
  return items;
}

// That calling `f` throws this class, with these members.
async function fails(f, type, members) {
  let error;
  try {
    await f();
  } catch (caught) {
    error = caught;
  }
  assert.ok(error, `${type.name} was to be thrown`);
  assert.ok(error instanceof type, `${type.name} was to be thrown, not ` +
    `${error?.constructor?.name}: ${error?.message}`);
  if (members) has(error, members);
  return error;
}

// Requests that get no answer: each attempt ends by the program's own timeout,
// until the session has seen so many of them. (One that a busy machine has not
// sent in time is none.)
async function timeOut(session, rule, count, f, type) {
  let seen = 0;
  while (seen < count) {
    await fails(f, type);
    const calls = await session.calls();
    seen = calls.filter((call) => call.rule === rule).length;
  }
}

export const asserts = { all, ending, equal: assert.deepEqual, fails, has,
  match: assert.match, ok: assert.ok, paced, timeOut, typed };
