// Starts GraphiQL on the page's own server. Everything it asks goes over server-sent events, so that subscriptions need nothing else.
'use strict';

// Nothing is sent twice: it may be a mutation.
const client = graphqlSse.createClient({ url: document.body.dataset.endpoint, retryAttempts: 0 });

ReactDOM.createRoot(document.getElementById('graphiql')).render(
  React.createElement(GraphiQL, {
    fetcher: request => client.iterate(request),
    defaultQuery: document.getElementById('example').textContent,
    isHeadersEditorEnabled: false,
  }),
);
