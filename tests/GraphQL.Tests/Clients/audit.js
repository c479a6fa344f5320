// The audit suite of graphql-http: audit.js URL. Prints what it found of each audit.
const { auditServer } = require('graphql-http');

const main = async () => {
  const results = await auditServer({ url: process.argv[2] });
  console.log(JSON.stringify(results.map(({ id, name, status, reason }) => ({ id, name, status, reason }))));
};
main();
