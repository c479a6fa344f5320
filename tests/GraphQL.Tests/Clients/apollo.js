// npm's @apollo/client over HTTP, with automatic persisted queries, and over WebSockets: apollo.js URL
const { ApolloClient, ApolloLink, InMemoryCache, HttpLink, CombinedGraphQLErrors, gql } = require('@apollo/client/core');
const { PersistedQueryLink } = require('@apollo/client/link/persisted-queries');
const { GraphQLWsLink } = require('@apollo/client/link/subscriptions');
const { createHash } = require('node:crypto');
const { createClient } = require('graphql-ws');
const WebSocket = require('ws');
const { check, equal, messages, open, eventually, finish } = require('./checks.js');
const url = process.argv[2];

const sha256 = (text) => createHash('sha256').update(text).digest('hex');
const sockets = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
const make = (link) => new ApolloClient({ link, cache: new InMemoryCache() });

const main = async () => {
  const requests = [];
  const http = new HttpLink({
    uri: url,
    fetch: async (address, options) => {
      const response = await fetch(address, options);
      requests.push(`${options.method} ${options.body?.includes('"query"') ? 'text' : 'hash'} ${response.status}`);
      return response;
    },
  });
  const subscriptions = new GraphQLWsLink(sockets);
  const isSubscription = ({ operationType }) => operationType === 'subscription';
  const client = make(ApolloLink.split(isSubscription, subscriptions, http));

  await check('a query with variables', async () => {
    const { data } = await client.query({ query: gql`query Hello($name: String) { hello(name: $name) }`, variables: { name: 'Apollo' } });
    equal(data, { hello: 'Hello, Apollo!' });
  });
  await check('objects get into the cache by type and id', async () => {
    const { data } = await client.query({ query: gql`{ person(id: "7") { id name friends { id } } }` });
    equal([data.person.name, client.cache.extract()['Person:7'].name], ['Person 7', 'Person 7']);
  });
  await check('a mutation', async () => {
    const before = await open(url);
    const { data } = await client.mutate({ mutation: gql`mutation { increment }` });
    equal(data.increment, before + 1);
    await client.mutate({ mutation: gql`mutation { decrement }` });
  });
  await check('errors of fields come with the data of the others', async () => {
    const { data, error } = await client.query({ query: gql`{ fails refuses hello }`, errorPolicy: 'all' });
    equal([data.hello, messages(error.errors)], ['Hello, world!', ['Unexpected error', 'Not for you.']]);
  });
  await check('a document that is not valid is an error of GraphQL, not of the network', async () => {
    const error = await client.query({ query: gql`{ unknown }` }).catch((thrown) => thrown);
    equal([CombinedGraphQLErrors.is(error), messages(error.errors)], [true, ['Cannot query field "unknown" on type "Query".']]);
  });
  await check('a subscription', async () => {
    const seen = [];
    await new Promise((resolve, reject) =>
      client.subscribe({ query: gql`subscription { countTo(last: 3) }` })
        .subscribe({ next: ({ data }) => seen.push(data.countTo), error: reject, complete: resolve }));
    equal(seen, [1, 2, 3]);
  });
  await check('what is unsubscribed ends on the server', async () => {
    const before = await open(url);
    await new Promise((resolve) => {
      const subscription = client.subscribe({ query: gql`subscription { countsAndWaits(last: 1) }` })
        .subscribe({ next: () => { subscription.unsubscribe(); resolve(); } });
    });
    await eventually(async () => (await open(url)) === before, 'the source is gone');
  });
  await check('automatic persisted queries: the text is sent once, then GET with the hash is enough', async () => {
    const link = new PersistedQueryLink({ sha256, useGETForHashedQueries: true }).concat(http);
    requests.length = 0;
    for (const name of ['a', 'b', 'c']) {
      const { data } = await make(link).query({ query: gql`query Persisted($name: String) { hello(name: $name) }`, variables: { name } });
      equal(data.hello, `Hello, ${name}!`);
    }
    equal(requests, ['GET hash 400', 'POST text 200', 'GET hash 200', 'GET hash 200']);
  });
  await check('automatic persisted queries: mutations', async () => {
    const link = new PersistedQueryLink({ sha256 }).concat(http);
    requests.length = 0;
    for (let time = 0; time < 2; time++) {
      await make(link).mutate({ mutation: gql`mutation Both { increment decrement }` });
    }
    equal(requests, ['POST hash 400', 'POST text 200', 'POST hash 200']);
  });
  finish();
};
main();
