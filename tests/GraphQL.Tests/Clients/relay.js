// What Relay's compiler accepts, npm's relay-runtime executes over HTTP and WebSockets: relay.js URL
const { mkdtempSync, mkdirSync, writeFileSync, readFileSync, rmSync } = require('node:fs');
const { execFileSync } = require('node:child_process');
const { dirname, join } = require('node:path');
const { tmpdir } = require('node:os');
const { buildClientSchema, getIntrospectionQuery, printSchema } = require('graphql');
const { createClient } = require('graphql-ws');
const { Environment, Network, Observable, RecordSource, Store, commitMutation, fetchQuery, requestSubscription } = require('relay-runtime');
const WebSocket = require('ws');
const { check, equal, post, finish } = require('./checks.js');
const url = process.argv[2];
const folder = mkdtempSync(join(tmpdir(), 'relay-'));

const source = `
import { graphql } from 'relay-runtime';
graphql\`query AppQuery($id: ID!) { person(id: $id) { id name friends(first: 2) { ...App_person } } }\`;
graphql\`fragment App_person on Person { id friend { name } }\`;
graphql\`mutation AppMutation { increment decrement }\`;
graphql\`subscription AppSubscription($last: Int!) { countTo(last: $last) }\`;
`;

const sockets = createClient({ url: url.replace('http', 'ws'), webSocketImpl: WebSocket });
const network = Network.create(
  (operation, variables) => post(url, { query: operation.text, variables }),
  (operation, variables) =>
    Observable.create((sink) => sockets.subscribe({ query: operation.text, operationName: operation.name, variables }, sink)),
);
const environment = new Environment({ network, store: new Store(new RecordSource()) });
const artifact = (name) => require(join(folder, 'artifacts', `${name}.graphql.js`));

const main = async () => {
  await check('the compiler accepts the schema and the operations', async () => {
    const { data } = await post(url, { query: getIntrospectionQuery() }, { 'x-developer': '1' });
    writeFileSync(join(folder, 'schema.graphql'), printSchema(buildClientSchema(data)));
    mkdirSync(join(folder, 'artifacts'));
    writeFileSync(join(folder, 'App.js'), source);
    writeFileSync(join(folder, 'relay.config.json'), JSON.stringify({
      src: '.', schema: './schema.graphql', language: 'javascript', artifactDirectory: './artifacts', excludes: ['artifacts/**'],
      persistConfig: { file: './persisted.json', algorithm: 'SHA256', include_query_text: true },
    }));
    writeFileSync(join(folder, 'persisted.json'), '{}');
    const compiler = join(dirname(require.resolve('relay-compiler/package.json')), 'cli.js');
    execFileSync(process.execPath, [compiler, 'relay.config.json'], { cwd: folder, stdio: 'pipe' });
    equal(Object.keys(JSON.parse(readFileSync(join(folder, 'persisted.json'), 'utf8'))).length, 3);
  });
  await check('a query with a fragment', async () => {
    const data = await fetchQuery(environment, artifact('AppQuery'), { id: '5' }).toPromise();
    equal([data.person.id, data.person.name, data.person.friends.length], ['5', 'Person 5', 2]);
    equal(environment.getStore().getSource().get('1').name, 'Person 1');
  });
  await check('a mutation', async () => {
    const data = await new Promise((resolve, reject) =>
      commitMutation(environment, { mutation: artifact('AppMutation'), variables: {}, onCompleted: resolve, onError: reject }));
    equal(data.increment - data.decrement, 1);
  });
  await check('a subscription', async () => {
    const seen = [];
    await new Promise((resolve, reject) =>
      requestSubscription(environment, {
        subscription: artifact('AppSubscription'), variables: { last: 3 },
        onNext: (data) => seen.push(data.countTo), onCompleted: resolve, onError: reject,
      }));
    equal(seen, [1, 2, 3]);
  });
  rmSync(folder, { recursive: true });
  finish();
};
main();
