// Server-sent events as npm's graphql-sse speaks them, in both modes, and what that client never does: eventstream.js URL
const { createClient } = require('graphql-sse');
const { check, equal, messages, eventually, post, open, finish } = require('./checks.js');
const url = process.argv[2];

const collect = (client, payload) =>
  new Promise((resolve, reject) => {
    const events = [];
    client.subscribe(payload, {
      next: (result) => events.push(result.errors ? messages(result.errors) : result.data),
      error: reject,
      complete: () => resolve([...events, 'complete']),
    });
  });

const withClient = async (singleConnection, body) => {
  const client = createClient({ url, singleConnection, retryAttempts: 0 });
  try {
    await body(client);
  } finally {
    client.dispose();
  }
};

const stream = { accept: 'text/event-stream' };
const reserve = async () => (await fetch(url, { method: 'PUT' })).text();
const withToken = (token, more = {}) => ({ 'x-graphql-event-stream-token': token, ...more });
const start = (token, id, query) =>
  fetch(url, {
    method: 'POST',
    headers: withToken(token, { 'content-type': 'application/json' }),
    body: JSON.stringify({ query, extensions: { operationId: id } }),
  });

const main = async () => {
  for (const single of [false, true]) {
    const mode = single ? 'single connection' : 'distinct connections';
    const named = (name, body) => check(`${mode}: ${name}`, () => withClient(single, body));
    await named('a query', async (client) =>
      equal(await collect(client, { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 'you' } }), [
        { hello: 'Hello, you!' }, 'complete',
      ]));
    await named('a subscription', async (client) =>
      equal(await collect(client, { query: 'subscription { countTo(last: 3) }' }), [
        { countTo: 1 }, { countTo: 2 }, { countTo: 3 }, 'complete',
      ]));
    await named('a long subscription comes whole and in order', async (client) => {
      const results = await collect(client, { query: 'subscription { countTo(last: 3000) }' });
      equal(results.map((one) => one.countTo ?? one), [...Array(3000).keys()].map((number) => number + 1).concat('complete'));
    });
    await named('thirty subscriptions at once', async (client) => {
      const all = await Promise.all([...Array(30)].map(() => collect(client, { query: 'subscription { countTo(last: 50) }' })));
      equal(all.map((results) => results.length), Array(30).fill(51));
    });
    await named('a subscription that fails at once', async (client) =>
      equal(await collect(client, { query: 'subscription { failsAtOnce }' }), [['Unexpected error'], 'complete']));
    await named('a subscription that fails later', async (client) =>
      equal(await collect(client, { query: 'subscription { failsLater }' }), [{ failsLater: 1 }, ['Unexpected error'], 'complete']));
    await named('what is unsubscribed ends on the server', async (client) => {
      const subscription = client.iterate({ query: 'subscription { countsAndWaits(last: 2) }' });
      equal((await subscription.next()).value, { data: { countsAndWaits: 1 } });
      equal(await open(url), 1);
      await subscription.return();
      await eventually(async () => (await open(url)) === 0, 'the source is gone');
    });
  }
  await check('distinct connections: a document that is not valid is told in the stream', () =>
    withClient(false, async (client) =>
      equal(await collect(client, { query: '{ unknown }' }), [['Cannot query field "unknown" on type "Query".'], 'complete'])));
  await check('single connection: a document that is not valid is told at once', async () => {
    const response = await start(await reserve(), '1', '{ unknown }');
    equal([response.status, messages((await response.json()).errors)], [400, ['Cannot query field "unknown" on type "Query".']]);
  });
  await check('a client that accepts both gets a stream for subscriptions only', async () => {
    const headers = { accept: 'application/json, text/event-stream' };
    equal(await post(url, { query: '{ hello }' }, headers), { data: { hello: 'Hello, world!' } });
    const response = await fetch(url, {
      method: 'POST', headers: { ...headers, 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'subscription { countTo(last: 1) }' }),
    });
    equal(response.headers.get('content-type'), 'text/event-stream; charset=utf-8');
    equal(await response.text(), ':\n\nevent: next\ndata: {"data":{"countTo":1}}\n\nevent: complete\ndata: \n\n');
  });
  await check('idle streams show that they live', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${url}?query=subscription{countsAndWaits(last:0)}`, { headers: stream, signal: leaving.signal });
    const reader = response.body.getReader();
    for (let seen = 0; seen < 3; seen++) equal(Buffer.from((await reader.read()).value).toString().slice(0, 3), ':\n\n');
    leaving.abort();
    await eventually(async () => (await open(url)) === 0, 'the source is gone');
  });
  await check('a mutation is refused over GET', async () =>
    equal((await fetch(`${url}?query=mutation{increment}`, { headers: stream })).status, 405));
  await check('a reservation is opened once, and names its operations', async () => {
    const token = await reserve();
    equal((await start(token, 'a', 'subscription { countTo(last: 1) }')).status, 202);
    const leaving = new AbortController();
    const first = await fetch(`${url}?token=${token}`, { headers: stream, signal: leaving.signal });
    const second = await fetch(url, { headers: withToken(token, stream) });
    equal([first.status, second.status], [200, 409]);
    let text = '';
    for await (const part of first.body) {
      text += Buffer.from(part).toString();
      if (text.includes('complete')) break;
    }
    equal(text.replaceAll(':\n\n', ''), 'event: next\ndata: {"id":"a","payload":{"data":{"countTo":1}}}\n\nevent: complete\ndata: {"id":"a"}\n\n');
    leaving.abort();
    await eventually(async () => (await start(token, 'b', '{ hello }')).status === 404, 'the reservation is gone');
  });
  await check('a reservation that is not opened is forgotten, with what was started', async () => {
    const token = await reserve();
    equal((await start(token, 'a', 'subscription { countsAndWaits(last: 0) }')).status, 202);
    await eventually(async () => (await open(url)) === 1, 'the source is there');
    await eventually(async () => (await start(token, 'b', '{ hello }')).status === 404, 'the reservation is gone');
    await eventually(async () => (await open(url)) === 0, 'the source is gone');
  });
  await check('operations of a reservation need an id of their own', async () => {
    const token = await reserve();
    const waiting = 'subscription { countsAndWaits(last: 0) }';
    const statuses = [await start(token, 'a', waiting), await start(token, 'a', waiting), await start(token, undefined, waiting)];
    equal(statuses.map((response) => response.status), [202, 409, 400]);
    equal((await fetch(`${url}?operationId=a`, { method: 'DELETE', headers: withToken(token) })).status, 200);
    equal((await start(token, 'a', waiting)).status, 202);
  });
  await check('an unknown token is refused', async () => {
    const responses = [
      await start('guess', 'a', '{ hello }'),
      await fetch(`${url}?token=guess`, { headers: stream }),
      await fetch(`${url}?operationId=a`, { method: 'DELETE', headers: withToken('guess') }),
      await fetch(`${url}?operationId=a`, { method: 'DELETE' }),
    ];
    equal(responses.map((response) => response.status), [404, 404, 404, 404]);
  });
  await check('all sources are gone at the end', () => eventually(async () => (await open(url)) === 0, 'none is left'));
  finish();
};
main();
