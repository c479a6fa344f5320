// What the scripts of this folder share: named checks, one after the other, whose results are printed as JSON.
const results = [];
const patience = 20_000;

const late = (name) =>
  new Promise((_, reject) => setTimeout(() => reject(new Error(`${name} did not end in time`)), patience));

const check = async (name, body) => {
  try {
    await Promise.race([body(), late(name)]);
    results.push({ name, problem: null });
  } catch (error) {
    results.push({ name, problem: `${error?.stack ?? JSON.stringify(error)}` });
  }
};

const equal = (found, expected) => {
  const [left, right] = [JSON.stringify(found), JSON.stringify(expected)];
  if (left !== right) throw new Error(`found ${left} instead of ${right}`);
};

// Without what differs from call to call.
const messages = (errors) => {
  const text = JSON.stringify(errors);
  if (text.includes('secret')) throw new Error(`an internal message came out: ${text}`);
  return errors.map((error) => error.message);
};

const eventually = async (condition, what) => {
  for (let left = 400; left > 0; left--) {
    if (await condition()) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain until ${what}`);
};

const post = async (url, body, headers = {}) => {
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  return response.json();
};

// How many sources of events are open on the server.
const open = async (url) => (await post(url, { query: '{ count }' })).data.count;

const finish = () => {
  process.stdout.write(`${JSON.stringify(results)}\n`, () => process.exit(0));
};

module.exports = { check, equal, messages, eventually, post, open, finish };
