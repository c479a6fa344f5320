// graphql-transport-ws as npm's graphql-ws speaks it, and what that client never does: websocket.js URL
const { createClient } = require('graphql-ws');
const WebSocket = require('ws');
const { check, equal, messages, eventually, open, finish } = require('./checks.js');
const url = process.argv[2];
const socketUrl = url.replace('http', 'ws');

const collect = (client, payload) =>
  new Promise((resolve) => {
    const events = [];
    client.subscribe(payload, {
      next: (result) => events.push(result.data ?? result),
      error: (errors) => resolve([...events, Array.isArray(errors) ? messages(errors) : errors]),
      complete: () => resolve([...events, 'complete']),
    });
  });

const withClient = async (body, options = {}) => {
  const client = createClient({ url: socketUrl, webSocketImpl: WebSocket, retryAttempts: 0, ...options });
  try {
    await body(client);
  } finally {
    await client.dispose();
  }
};

// A socket without a client: what it has received, and how it was closed.
const raw = (frames, { protocol = 'graphql-transport-ws', origin, until } = {}) =>
  new Promise((resolve, reject) => {
    const socket = new WebSocket(socketUrl, protocol ?? [], { origin });
    const received = [];
    socket.on('open', () => frames.forEach((frame) => socket.send(typeof frame === 'object' && !Buffer.isBuffer(frame) ? JSON.stringify(frame) : frame)));
    socket.on('message', (data) => {
      received.push(JSON.parse(data));
      if (until?.(received, socket)) {
        socket.close();
        resolve({ received });
      }
    });
    socket.on('close', (code, reason) => resolve({ received, code, reason: reason.toString() }));
    socket.on('error', reject);
  });

const init = { type: 'connection_init' };
const subscribe = (id, query, variables) => ({ id, type: 'subscribe', payload: { query, variables } });
const closesWith = async (code, frames, options) => {
  const result = await raw(frames, options);
  equal([result.code], [code]);
  return result;
};

const main = async () => {
  await check('a query', () =>
    withClient(async (client) =>
      equal(await collect(client, { query: 'query ($name: String) { hello(name: $name) }', variables: { name: 'you' } }), [
        { hello: 'Hello, you!' }, 'complete',
      ])));
  await check('a subscription', () =>
    withClient(async (client) =>
      equal(await collect(client, { query: 'subscription { countTo(last: 3) }' }), [
        { countTo: 1 }, { countTo: 2 }, { countTo: 3 }, 'complete',
      ])));
  await check('a long subscription comes whole and in order', () =>
    withClient(async (client) => {
      const results = await collect(client, { query: 'subscription { countTo(last: 3000) }' });
      equal(results.map((one) => one.countTo ?? one), [...Array(3000).keys()].map((number) => number + 1).concat('complete'));
    }));
  await check('thirty subscriptions at once', () =>
    withClient(async (client) => {
      const all = await Promise.all([...Array(30)].map(() => collect(client, { query: 'subscription { countTo(last: 50) }' })));
      equal(all.map((results) => results.length), Array(30).fill(51));
    }));
  await check('a document that is not valid', () =>
    withClient(async (client) =>
      equal(await collect(client, { query: '{ unknown }' }), [['Cannot query field "unknown" on type "Query".']])));
  await check('a subscription that fails at once', () =>
    withClient(async (client) =>
      equal(await collect(client, { query: 'subscription { failsAtOnce }' }), [['Unexpected error']])));
  await check('a subscription that fails later', () =>
    withClient(async (client) =>
      equal(await collect(client, { query: 'subscription { failsLater }' }), [{ failsLater: 1 }, ['Unexpected error']])));
  await check('what is unsubscribed ends on the server', () =>
    withClient(async (client) => {
      const subscription = client.iterate({ query: 'subscription { countsAndWaits(last: 2) }' });
      equal((await subscription.next()).value, { data: { countsAndWaits: 1 } });
      equal(await open(url), 1);
      await subscription.return();
      await eventually(async () => (await open(url)) === 0, 'the source is gone');
    }, { lazy: false }));
  await check('what a lost client has subscribed to ends on the server', async () => {
    const socket = new WebSocket(socketUrl, 'graphql-transport-ws');
    socket.on('open', () => socket.send(JSON.stringify(init)));
    socket.on('message', () => socket.send(JSON.stringify(subscribe('1', 'subscription { countsAndWaits(last: 0) }'))));
    await eventually(async () => (await open(url)) === 1, 'the source is there');
    socket.terminate();
    await eventually(async () => (await open(url)) === 0, 'the source is gone');
  });
  await check('pings of the client are answered', () =>
    new Promise((resolve) =>
      withClient(() => new Promise(() => {}), {
        lazy: false,
        keepAlive: 50,
        on: { pong: (received) => received && resolve() },
      })));
  await check('a ping is answered before and after the acknowledgement, with its payload', async () => {
    const { received } = await raw([{ type: 'ping', payload: { a: 1 } }, init, { type: 'ping' }, { type: 'pong' }], {
      until: (all) => all.length === 3,
    });
    equal(received, [{ type: 'pong', payload: { a: 1 } }, { type: 'connection_ack' }, { type: 'pong' }]);
  });
  await check('an id may be used again after the end, and stopping what is not there does nothing', async () => {
    const { received } = await raw([init, { id: 'x', type: 'complete' }, subscribe('x', '{ hello }')], {
      until: (all, socket) => {
        if (all.length === 3) socket.send(JSON.stringify(subscribe('x', '{ count }')));
        return all.length === 5;
      },
    });
    equal(received.map(({ id, type }) => `${id} ${type}`), [
      'undefined connection_ack', 'x next', 'x complete', 'x next', 'x complete',
    ]);
  });
  await check('what is stopped says nothing more', async () => {
    const { received } = await raw([
      init, subscribe('x', 'subscription { countsAndWaits(last: 100000) }'), { id: 'x', type: 'complete' }, subscribe('x', '{ hello }'),
    ], { until: (all) => all.some((one) => one.type === 'complete') });
    equal(received.slice(-2).map((one) => one.payload?.data ?? one.type), [{ hello: 'Hello, world!' }, 'complete']);
  });
  const broken = {
    'no JSON': '{', 'an array': '[]', 'an unknown type': { type: 'start' }, 'no type': { id: '1' }, 'a frame of bytes': Buffer.from('{"type":"ping"}'),
    'no id': { type: 'subscribe', payload: { query: '{ hello }' } }, 'an empty id': subscribe('', '{ hello }'),
    'an id that is a number': subscribe(1, '{ hello }'), 'a payload that is none': { type: 'ping', payload: 'text' },
    'half a surrogate pair': '{"type":"ping","payload":{"a":"\\ud800"}}', 'a payload that is an array': { type: 'connection_init', payload: [] },
  };
  for (const [what, frame] of Object.entries(broken)) await check(`${what} closes with 4400`, () => closesWith(4400, [frame]));
  await check('a query that is no text closes with 4400', () => closesWith(4400, [init, subscribe('1', 5)]));
  await check('variables that are no object close with 4400', () => closesWith(4400, [init, subscribe('1', '{ hello }', [1])]));
  await check('an operation without connection_init closes with 4401', () => closesWith(4401, [subscribe('1', '{ hello }')]));
  await check('a connection that is not welcome closes with 4403', async () => {
    const { reason, received } = await closesWith(4403, [{ type: 'connection_init', payload: { refuse: true } }]);
    equal([reason, received], ['Forbidden', []]);
  });
  await check('no protocol closes with 4406', () => closesWith(4406, [], { protocol: null }));
  await check('silence closes with 4408', async () =>
    equal((await closesWith(4408, [])).reason, 'Connection initialisation timeout'));
  await check('an id in use closes with 4409', async () => {
    const waiting = subscribe('one', 'subscription { countsAndWaits(last: 0) }');
    equal((await closesWith(4409, [init, waiting, waiting])).reason, 'Subscriber for one already exists');
    await eventually(async () => (await open(url)) === 0, 'the source is gone');
  });
  await check('a second connection_init closes with 4429', () => closesWith(4429, [init, init]));
  await check('a message that is too large closes with 1009', () =>
    closesWith(1009, [init, subscribe('1', `{ hello } #${'x'.repeat(3_000_000)}`)]));
  await check('a page of another origin is refused', async () => {
    const refused = await raw([init], { origin: 'https://evil.example.com' }).catch((error) => error.message);
    equal(refused, 'Unexpected server response: 403');
  });
  await check('a page of an allowed origin and of the same origin is welcome', async () => {
    for (const origin of ['https://app.example.com', new URL(url).origin])
      equal((await raw([init], { origin, until: () => true })).received, [{ type: 'connection_ack' }]);
  });
  await check('too many operations at once are refused', () =>
    withClient(async (client) => {
      const waiting = [...Array(50)].map(() => client.iterate({ query: 'subscription { countsAndWaits(last: 1) }' }));
      await Promise.all(waiting.map((one) => one.next()));
      equal(await collect(client, { query: 'subscription { countTo(last: 1) }' }), [
        ['This connection already has the 50 subscriptions that are allowed.'],
      ]);
      const queries = [...Array(50)].map(() => client.iterate({ query: '{ waits }' }));
      queries.forEach((one) => one.next());
      await eventually(async () => {
        const [first] = await collect(client, { query: '{ hello }' });
        return Array.isArray(first) && first[0] === 'This connection already has the 100 operations that are allowed.';
      }, 'there are a hundred operations');
    }));
  await check('all sources are gone at the end', () => eventually(async () => (await open(url)) === 0, 'none is left'));
  finish();
};
main();
