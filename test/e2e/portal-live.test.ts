import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
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
    [platform, browser] = await Promise.all([startPlatform(), startBrowser()]);
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
});
