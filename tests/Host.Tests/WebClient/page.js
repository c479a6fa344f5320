// The page of samples/web-client in a real browser: page.js FOLDER PORT API BROWSER. What it has seen it tells by files in FOLDER.
const fs = require('node:fs');
const http = require('node:http');
const path = require('node:path');
const { chromium } = require('playwright-core');
const [folder, port, api, executablePath] = process.argv.slice(2);

const types = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' };
const pages = http.createServer((request, response) => {
  const file = path.join(folder, 'dist', request.url.split('?')[0].replace(/\/$/, '/index.html'));
  response.setHeader('Content-Type', types[path.extname(file)] ?? 'application/octet-stream');
  fs.createReadStream(file).on('error', () => response.writeHead(404).end()).pipe(response);
});

const main = async () => {
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  page.setDefaultTimeout(60_000);
  const seen = (what) => fs.writeFileSync(path.join(folder, what), '');
  const steps = () => page.locator('#steps li').evaluateAll((lines) => lines.map((it) => [it.dataset.position, it.textContent.trim()]));

  await page.goto(`http://127.0.0.1:${port}/?pipeline=debug-echo&api=${encodeURIComponent(api)}`);
  await page.locator('#videos li', { hasText: 'any.mp4' }).getByRole('button', { name: 'Start a job' }).click();
  await page.locator('#steps li', { hasText: 'requested' }).waitFor();
  seen('requested');
  await page.locator('#state', { hasText: 'Interrupted' }).waitFor();
  seen('interrupted');
  await page.locator('#steps li', { hasText: 'The job is completed.' }).waitFor();
  const live = await steps();
  await page.locator('#videos li', { hasText: 'COMPLETED' }).waitFor();
  await page.reload();
  await page.locator('#steps li', { hasText: 'The job is completed.' }).waitFor();
  const again = await steps();
  await browser.close();
  process.stdout.write(`${JSON.stringify({ live, again })}\n`, () => process.exit(0));
};

pages.listen(port, '127.0.0.1', () => main().catch((error) => { console.error(error); process.exit(1); }));
