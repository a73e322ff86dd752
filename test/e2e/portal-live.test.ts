import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import type { Browser, Page } from 'playwright-core';
import { browserMissing, startBrowser } from './browser.ts';
import { bareServer, type Platform, startPlatform, until } from './harness.ts';

const inBrowser = (name: string, body: () => Promise<void>): void => {
  test(name, { skip: browserMissing }, body);
};

describe('J1: the portal of a running platform', () => {
  let platform: Platform;
  let browser: Browser;
  let page: Page;
  let clone: string;
  const complaints: string[] = [];

  before(async () => {
    if (browserMissing) return;
    [platform, browser] = await Promise.all([
      startPlatform({}, 'environments: {regions: [eu-central-1]}\n'),
      startBrowser(),
    ]);
    const admin = JSON.parse(await readFile(join(platform.data, 'credentials', 'admin.json'), 'utf8'));
    page = await browser.newPage();
    page.setDefaultTimeout(30_000);
    page.on('pageerror', error => complaints.push(String(error)));
    await page.goto(`http://127.0.0.1:${platform.port}/#token=${encodeURIComponent(admin.token)}`);
  });
  after(async () => {
    await browser?.close();
    await platform?.down();
  });

  inBrowser('empty, it teaches the command; the service appears by itself', async () => {
    await page.getByText('platform create service --name payments-api --template http-service').waitFor();
    const { code, stderr } = await platform.cli(
      'create',
      'service',
      '--name',
      'orders',
      '--template',
      'empty',
    );
    assert.equal(code, 0, stderr);
    await page.getByRole('link', { name: 'orders', exact: true }).click();
    await page.getByText('Nothing has been pushed yet').first().waitFor();
  });

  inBrowser('a push is seen from the commit to the traffic, and the program’s log with it', async () => {
    clone = await platform.clone('orders', {});
    const server = bareServer('one')['server.js'] ?? '';
    const pushed = await platform.push(clone, {
      'server.js': `console.log('hello from orders');\n${server}`,
    });
    assert.equal(pushed.code, 0, pushed.stderr);
    await page.getByText('takes the traffic').waitFor();
    await page.getByRole('row').filter({ hasText: 'orders.1' }).filter({ hasText: 'Serving' }).waitFor();
    await page.getByRole('log').filter({ hasText: 'hello from orders' }).waitFor();
  });

  inBrowser('a change that does not start says why; what served goes on', async () => {
    await platform.push(clone, { 'server.js': 'throw new Error("nothing to see");\n' });
    await page.getByRole('heading', { name: 'The newest change failed' }).waitFor();
    await page.getByText('orders.1 keeps serving').waitFor();
    assert.match(await page.getByLabel('Evidence').first().innerText(), /nothing to see/);
  });

  inBrowser('a rollback in two clicks holds', async () => {
    const pushed = await platform.push(clone, bareServer('three'));
    assert.equal(pushed.code, 0, pushed.stderr);
    await page.getByRole('row').filter({ hasText: 'orders.3' }).filter({ hasText: 'Serving' }).waitFor();
    await page
      .getByRole('row')
      .filter({ hasText: 'orders.1' })
      .getByRole('button', { name: 'Roll back to this' })
      .click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page.getByRole('row').filter({ hasText: 'orders.1' }).filter({ hasText: 'Serving' }).waitFor();
    await page.getByText('It holds until a newer push or deploy.').waitFor();
    await until('the old answer', async () => (await platform.visit('orders.localhost')).body === 'one');
    assert.deepEqual(complaints, []);
  });

  inBrowser('[ENV22] an environment is asked for in a form that says what is wrong where it is', async () => {
    await page.getByRole('link', { name: 'Environments', exact: true }).click();
    await page.getByText('No environment has been asked for yet').waitFor();
    await page.getByRole('link', { name: 'Request an environment' }).click();
    await page.getByLabel('Name').fill('orders-test');
    await page.getByLabel('Region').fill('eu-centra-1');
    await page.getByLabel('Purpose').fill('demo');
    const wrong = page.getByRole('alert');
    await wrong
      .filter({ hasText: "not offered. Offered: eu-central-1. Did you mean 'eu-central-1'?" })
      .waitFor();
    assert.equal(await page.getByLabel('Region').getAttribute('aria-invalid'), 'true');
    await page.getByLabel('Region').fill('eu-central-1');
    await page.getByLabel('Lifetime').fill('forever');
    await page.getByLabel('Purpose').focus();
    await page.locator('#lifetime-wrong').filter({ hasText: /\S/ }).waitFor();
    await page.getByLabel('Lifetime').fill('2d');
    await page.getByLabel('Purpose').focus();
    await page.getByText('Checked: it would be made').waitFor();
    const file = join(platform.folder, 'orders-test.yaml');
    await writeFile(file, await page.getByLabel('The request as YAML').innerText());
    const tried = await platform.cli('apply', '-f', file, '--dry-run');
    assert.equal(tried.code, 0, tried.stderr);
    await page.getByRole('button', { name: 'Request environment' }).click();
    await page.getByRole('heading', { name: 'orders-test Ready' }).waitFor();
    await page.getByText('after it was asked for').waitFor();
    await page.getByText('in 48 h').or(page.getByText('in 2 d')).first().waitFor();
    assert.equal((await platform.visit('orders.orders-test.default.localhost')).status, 200);
  });

  inBrowser('[ENV22] it is extended, put to sleep and deleted, and each is seen', async () => {
    await page.getByRole('button', { name: 'Extend 7 days' }).click();
    await page.getByText('in 9 d').waitFor();
    await page.getByRole('button', { name: 'Sleep' }).click();
    await page.getByRole('heading', { name: 'orders-test Asleep' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText("There is no environment 'orders-test' in default").waitFor();
    assert.deepEqual(complaints, []);
  });

  inBrowser('[CHG10] a pushed change is read, discussed and merged', async () => {
    await page.getByRole('link', { name: 'Changes', exact: true }).click();
    await page.getByText('git push -o change').waitFor();
    await platform.git(clone, 'checkout', '-q', '-b', 'better');
    await writeFile(join(clone, 'NOTES.md'), 'Better <b>notes</b>.\n');
    await platform.git(clone, 'add', 'NOTES.md');
    await platform.git(clone, 'commit', '-q', '-m', 'Say what is better');
    const pushed = await platform.git(clone, 'push', '-q', '-o', 'change', 'origin', 'better');
    assert.equal(pushed.code, 0, pushed.stderr);
    await page.getByRole('link', { name: 'Say what is better' }).click();
    await page.getByText('+ Better <b>notes</b>.').waitFor();
    await page.getByText('Nothing is in the way').waitFor();
    await page.getByText('You opened it: somebody else approves it.').waitFor();
    await page.getByRole('textbox', { name: 'Comment' }).fill('In a hurry.');
    await page.getByRole('button', { name: 'Comment' }).click();
    await page.getByText('In a hurry.').waitFor();
    await page.getByLabel('How it is merged').selectOption('squash');
    await page.getByRole('button', { name: 'Merge' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Merge' }).click();
    await page.getByText('merged it').waitFor();
    await page.getByRole('heading', { name: 'Say what is better Merged' }).waitFor();
    await platform.git(clone, 'fetch', '-q', 'origin', 'main');
    const { stdout } = await platform.git(clone, 'show', 'FETCH_HEAD:NOTES.md');
    assert.equal(stdout, 'Better <b>notes</b>.\n');
    assert.deepEqual(complaints, []);
  });
});
