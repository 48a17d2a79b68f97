// Runs one SDK's table of checks inside of an Offwire session:
//
//     offwire run --rules PACK -- node run.mjs TABLE COVERAGE
//
// TABLE is a module beside this one; COVERAGE a file that is written: what was
// checked, and which rules answered. Prints TAP without numbers; its plan is
// the caller's. A table is
//
//     export default {
//       pack: 'openai',              // whose routes these are
//       sdk: 'openai',               // the npm package whose version is told
//       open: () => new OpenAI(...), // a client for each check
//       checks: [
//         { route: 'models.list',    // the name of the rule that has to answer
//           does: 'lists',           // a word or two, for the table
//           call: (client, t) => client.models.list(),
//           check: (result, t) => t.equal(result.data[0].object, 'model') },
//         { route: 'models.list', scenario: 'api_errors', does: '400',
//           call: (client) => client.models.list(),
//           throws: [BadRequestError, { status: 400 }] },
//       ],
//     };
//
// It may also have `ways`, the least that calls each route, with ids of nothing,
// and `sweeps`, what a scenario does to each of them:
//
//       ways: { 'models.list': (client) => client.models.list() },
//       sweeps: [{ scenario: 'outage', by: 'outage', does: '503', calls: 1,
//         open: () => new OpenAI({ maxRetries: 0, ... }),
//         ends: (end, t) => t.ok(end.error instanceof InternalServerError) }],
//
// `end` has the error or the result, the route and its number. by: a list means
// the route's own rule, too, if it has '*' in it; without: routes that the scenario
// leaves alone, or whose SDK does not look; first: what happens before the first;
// anew: each begins with a session that has forgotten.
//
// Each check begins with a session that has forgotten what was, the clock held
// (t.session.advance('10s'), or resume() for what polls), and the scenario on,
// alone. It holds if `call` ends as said, `check`
// throws nothing, and the session's own list of calls shows that the route's
// rule answered: by: 'flaky' names others instead, calls: 3 says how many
// requests there have been to be, retries included.
import fs from 'node:fs';
import { asserts } from './asserts.mjs';
import { Session } from './session.mjs';

const [tableName, coverageFile] = process.argv.slice(2);
const table = (await import(`./${tableName}.mjs`)).default;
const session = new Session();

// "messages.create: no To" is one of the ways of messages.create.
const operation = (rule) => (rule ?? '').split(': ')[0];

function listed(rules) {
  return rules.length > 0 ? rules.join(', ') : 'none';
}

// A check that waits for ever says so, and the others go on.
const patience = 180000;

function bounded(promise) {
  let timer;
  const end = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error('it does not end: time stands ' +
      'still here unless t.session.resume() or advance() is called')), patience);
  });
  return Promise.race([promise, end]).finally(() => clearTimeout(timer));
}

async function ends(check, client, t) {
  let result;
  try {
    result = await bounded(check.call(client, t));
  } catch (error) {
    if (!check.throws) throw error;
    const [type, members] = check.throws;
    if (!(error instanceof type))
      throw new Error(`${type.name} was to be thrown, not ` +
        `${error?.constructor?.name}: ${error?.message}`);
    if (members) t.has(error, members);
    if (check.check) await check.check(error, t);
    return;
  }
  if (check.throws)
    throw new Error(`${check.throws[0].name} was to be thrown, it gave ` +
      `${JSON.stringify(result)?.slice(0, 200)}`);
  if (check.check) await check.check(result, t);
}

// The rules that answered, having looked that they are those meant.
function proved(check, calls) {
  // A rule that lays something over the answers of others is one of them.
  const rules = calls.flatMap((call) => [call.rule, ...call.over ?? []])
    .filter(Boolean);
  for (const name of [check.by ?? check.route].flat())
    if (!rules.some((rule) => rule === name || operation(rule) === name))
      throw new Error(`no call was answered by "${name}", but by: ` +
        listed(rules));
  if (check.calls !== undefined && calls.length !== check.calls)
    throw new Error(`${calls.length} requests came instead of ` +
      `${check.calls}: ${listed(rules)}`);
  return rules;
}

async function run(check) {
  const since = await session.begin(check.scenario);
  const t = { ...asserts, session };
  await ends(check, table.open(t), t);
  return proved(check, await session.calls(since));
}

// One scenario on all routes: which of them it was with, and what went wrong.
async function sweep(one) {
  const t = { ...asserts, session }, client = (one.open ?? table.open)(t);
  const routes = [], faults = [];
  let since = await session.begin(one.scenario);
  if (one.first) {
    await one.first(client, t);
    since = (await session.since(since)).last;
  }
  for (const [route, way] of Object.entries(table.ways)) {
    if (one.without?.includes(route)) continue;
    if (one.anew && routes.length > 0) await session.again(one.scenario);
    const end = { route, number: routes.length + faults.length };
    try {
      await bounded(way(client, one.options)).then((result) => { end.result = result; },
        (error) => { end.error = error; });
      await one.ends(end, t);
    } catch (error) {
      end.fault = error;
    }
    const { calls, last } = await session.since(since);
    since = last;
    try {
      if (end.fault) throw end.fault;
      const by = [one.by].flat().map((name) => (name === '*' ? route : name));
      for (const rule of proved({ by, calls: one.calls }, calls)) answered.add(rule);
      routes.push(route);
    } catch (error) {
      faults.push(`${route}: ${error?.message ?? error}`);
    }
  }
  return { routes, faults };
}

// A check may leave a promise that nobody waits for any more.
process.on('unhandledRejection', (error) => console.log(`# nobody waited: ${error}`));

const done = [];
const answered = new Set();
for (const check of table.checks) {
  const name = `${table.sdk} ${check.route}` +
    `${check.scenario ? ` (${check.scenario})` : ''}: ${check.does}`;
  try {
    for (const rule of await run(check)) answered.add(rule);
    done.push({ route: check.route, scenario: check.scenario ?? '',
      by: [check.by ?? []].flat(), does: check.does });
    console.log(`ok - ${name}`);
  } catch (error) {
    console.log(`not ok - ${name}`);
    for (const line of String(error?.stack ?? error).split('\n').slice(0, 12))
      console.log(`# ${line}`);
  }
}
const swept = [];
for (const one of table.sweeps ?? []) {
  const { routes, faults } = await sweep(one);
  const isWhole = faults.length === 0 && routes.length > 0;
  console.log(`${isWhole ? '' : 'not '}ok - ${table.sdk} ${routes.length} routes ` +
    `(${one.scenario}): ${one.does}`);
  for (const fault of faults)
    console.log(`# ${fault.split('\n').slice(0, 6).join('\n# ')}`);
  if (isWhole) swept.push({ scenario: one.scenario, does: one.does, routes });
}
const isWhole = done.length === table.checks.length &&
  swept.length === (table.sweeps ?? []).length;

fs.writeFileSync(coverageFile, JSON.stringify({
  pack: table.pack, sdk: table.title ?? `${table.sdk} (npm)`,
  version: table.version ?? JSON.parse(fs.readFileSync(new URL(
    `node_modules/${table.sdk}/package.json`, import.meta.url))).version,
  whole: isWhole, checks: done, swept, answered: [...answered].sort(),
}, null, 1) + '\n');
// What an SDK left open (agents, sockets) is not to keep the run.
process.exit(isWhole ? 0 : 1);
