// GraphiQL in a real browser: graphiql.js URL BROWSER
const { chromium } = require('playwright-core');
const { check, equal, open, eventually, finish } = require('./checks.js');
const [url, executablePath] = process.argv.slice(2);

const main = async () => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  const complaints = [];
  page.on('console', (line) => line.type() === 'error' && complaints.push(line.text()));
  page.on('pageerror', (error) => complaints.push(`${error}`));
  page.on('request', (request) => request.url().startsWith(new URL(url).origin) || request.url().startsWith('data:') || complaints.push(`asks ${request.url()}`));
  await page.goto(url);

  const editor = page.locator('.graphiql-query-editor .CodeMirror');
  const result = page.locator('.result-window .CodeMirror');
  const ask = async (text) => {
    await editor.click();
    await page.keyboard.press('Control+A');
    await page.keyboard.insertText(text);
    await page.keyboard.press('Control+Enter');
  };
  // The editor draws only the lines in view.
  const answers = (text) => eventually(async () => (await result.evaluate((it) => it.CodeMirror.getValue())).includes(text), `the result has ${text}`);

  await check('a query', async () => {
    await ask('{ hello(name: "GraphiQL") }');
    await answers('"hello": "Hello, GraphiQL!"');
  });
  await check('what is wrong is said', async () => {
    await ask('{ unknown }');
    await answers('Cannot query field \\"unknown\\" on type \\"Query\\".');
  });
  await check('names of the schema are known', async () => {
    await page.getByLabel('Show Documentation Explorer').click();
    await page.locator('.graphiql-doc-explorer-content').getByText('Subscription', { exact: true }).click();
    await page.getByText('countsAndWaits').first().waitFor();
  });
  await check('a subscription, until it is stopped', async () => {
    await ask('subscription { countsAndWaits(last: 3) }');
    await answers('"countsAndWaits": 3');
    equal(await open(url), 1);
    await page.locator('.graphiql-execute-button').click();
    await eventually(async () => (await open(url)) === 0, 'the source is gone');
  });
  await check('nothing was complained about or asked elsewhere', async () => equal(complaints, []));
  await browser.close();
  finish();
};

main();
