// npm's @urql/core over HTTP, and with subscriptions over WebSockets and over server-sent events: urql.js URL
const { Client, cacheExchange, fetchExchange, subscriptionExchange } = require('@urql/core');
const { createClient } = require('graphql-ws');
const WebSocket = require('ws');
const { check, equal, messages, open, eventually, finish } = require('./checks.js');
const url = process.argv[2];

const sockets = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
const overSockets = subscriptionExchange({
  forwardSubscription: ({ query, variables }) => ({
    subscribe: (sink) => ({ unsubscribe: sockets.subscribe({ query: query ?? '', variables }, sink) }),
  }),
});
const clients = {
  WebSockets: new Client({ url, exchanges: [cacheExchange, fetchExchange, overSockets], preferGetMethod: false }),
  'server-sent events': new Client({ url, exchanges: [cacheExchange, fetchExchange], fetchSubscriptions: true, preferGetMethod: false }),
  'server-sent events and GET': new Client({ url, exchanges: [cacheExchange, fetchExchange], fetchSubscriptions: true, preferGetMethod: 'force' }),
};

const main = async () => {
  for (const [name, client] of Object.entries(clients)) {
    await check(`${name}: a query with variables`, async () => {
      const { data, error } = await client.query('query Hello($name: String) { hello(name: $name) }', { name: 'urql' }).toPromise();
      equal([data, error], [{ hello: 'Hello, urql!' }, undefined]);
    });
    await check(`${name}: a mutation`, async () => {
      const { data } = await client.mutation('mutation Both { increment decrement }', {}).toPromise();
      equal(data.increment - data.decrement, 1);
    });
    await check(`${name}: errors of fields come with the data of the others`, async () => {
      const { data, error } = await client.query('{ fails refuses hello }', {}).toPromise();
      equal([data.hello, messages(error.graphQLErrors)], ['Hello, world!', ['Unexpected error', 'Not for you.']]);
    });
    await check(`${name}: a document that is not valid`, async () => {
      const { error } = await client.query('{ unknown }', {}).toPromise();
      equal([messages(error.graphQLErrors), error.networkError], [['Cannot query field "unknown" on type "Query".'], undefined]);
    });
    await check(`${name}: a subscription`, async () => {
      const seen = await new Promise((resolve) => {
        const all = [];
        const { unsubscribe } = client.subscription('subscription { countsAndWaits(last: 3) }', {}).subscribe(({ data, error }) => {
          all.push(data?.countsAndWaits ?? messages(error.graphQLErrors));
          if (all.length === 3) {
            resolve(all);
            setTimeout(() => unsubscribe());
          }
        });
      });
      equal(seen, [1, 2, 3]);
      await eventually(async () => (await open(url)) === 0, 'the source is gone');
    });
  }
  finish();
};
main();
