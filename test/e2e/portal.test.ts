import assert from 'node:assert/strict';
import { after, afterEach, before, beforeEach, describe, test } from 'node:test';
import type { Browser, BrowserContext, Page } from 'playwright-core';
import { push, service } from '../../packages/portal/testing/sample-objects.ts';
import { samplePlatform } from '../../packages/portal/testing/sample-platform.ts';
import {
  type StandInPlatform,
  startStandInPlatform,
} from '../../packages/portal/testing/stand-in-platform.ts';
import { browserMissing, startBrowser } from './browser.ts';
import { until } from './harness.ts';

const inBrowser = (name: string, body: () => Promise<void>): void => {
  test(name, { skip: browserMissing }, body);
};

describe('the portal, in a real browser', () => {
  let browser: Browser;
  let platform: StandInPlatform;
  let context: BrowserContext;
  let page: Page;
  /** What the browser complained of: errors of scripts, refusals of the Content-Security-Policy. */
  let complaints: string[];

  before(async () => {
    if (browserMissing) return;
    browser = await startBrowser();
  });
  after(() => browser?.close());

  beforeEach(async () => {
    platform = await startStandInPlatform(samplePlatform(Date.now()));
    context = await browser.newContext({ viewport: { width: 1200, height: 900 }, reducedMotion: 'reduce' });
    page = await context.newPage();
    page.setDefaultTimeout(15_000);
    complaints = [];
    page.on('pageerror', error => complaints.push(String(error)));
    page.on('console', message => {
      const expected = /Failed to load resource|ERR_/.test(message.text());
      if (message.type() === 'error' && !expected) complaints.push(message.text());
    });
  });
  afterEach(async () => {
    await context.close();
    await platform.close();
  });

  const open = async (route = '#/services'): Promise<void> => {
    await page.goto(`${platform.url}/#token=${platform.token}`);
    await page.getByRole('heading', { name: 'Services', level: 1 }).waitFor();
    // What is shown of the page before is the same as the new one's, but not the one to type into.
    const before = await page.$('.page');
    await page.evaluate(`location.hash = ${JSON.stringify(route)}`);
    await before?.waitForElementState('hidden');
  };
  const row = (name: string) => page.getByRole('row').filter({ hasText: name });
  const text = (selector: string): Promise<string> => page.locator(selector).innerText();

  inBrowser('a token that is handed over leaves the address bar and stays in the tab', async () => {
    await open();
    assert.equal(await page.evaluate('location.href'), `${platform.url}/#/services`);
    assert.equal(await page.evaluate(`sessionStorage.getItem('causeway.token')`), platform.token);
    assert.deepEqual(await page.evaluate('[sessionStorage.length, localStorage.length, document.cookie]'), [
      1,
      0,
      '',
    ]);
    await page.reload();
    await row('payments-api').waitFor();
    await page.getByText('ada', { exact: true }).first().waitFor();
    assert.deepEqual(complaints, []);
  });

  inBrowser('without a token it says how to get one; a wrong one is refused in words', async () => {
    await page.goto(platform.url);
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.match(await text('main'), /platform open[\s\S]*platform login/);
    await page.getByLabel('Token').fill('wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').filter({ hasText: 'The token is unknown or has expired.' }).waitFor();
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
    await page.getByLabel('Token').fill(platform.token);
    await page.keyboard.press('Enter');
    await row('payments-api').waitFor();
    await page.getByRole('button', { name: 'Sign out' }).click();
    await page.getByRole('heading', { name: 'Sign in' }).waitFor();
    assert.equal(await page.evaluate('sessionStorage.length'), 0);
    assert.deepEqual(complaints, []);
  });

  inBrowser('services change, come and go by themselves, also after the connection was lost', async () => {
    await open();
    await row('payments-api').waitFor();
    assert.match(
      await row('payments-api').innerText(),
      /payments[\s\S]*Running[\s\S]*payments-api\.7[\s\S]*ada/,
    );
    const now = new Date().toISOString();
    const fresh = service('shop', 'orders', now, { phase: 'Building', ...push(1, 'grace', now) });
    platform.put(fresh);
    await row('orders').filter({ hasText: 'Building' }).waitFor();
    platform.put({ ...fresh, status: { ...fresh.status, phase: 'Running', release: 'orders.1' } });
    await row('orders').filter({ hasText: 'orders.1' }).filter({ hasText: 'Running' }).waitFor();
    platform.cut();
    platform.remove(fresh);
    await row('orders').waitFor({ state: 'detached' });
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  });

  inBrowser('the list is filtered by text and team, and the filter is an address', async () => {
    await open();
    await row('payments-api').waitFor();
    await page.keyboard.press('/');
    await page.locator('input[type=search]:focus').waitFor();
    await page.getByRole('searchbox').fill('ada');
    await row('checkout').waitFor({ state: 'detached' });
    assert.equal(await page.evaluate('location.hash'), '#/services?text=ada');
    await page.reload();
    await row('payments-api').waitFor();
    assert.equal(await page.getByRole('searchbox').inputValue(), 'ada');
    await page.getByRole('searchbox').fill('');
    await page.getByLabel('Team').selectOption('shop');
    await row('payments-api').waitFor({ state: 'detached' });
    await row('checkout').waitFor();
  });

  inBrowser('a service: its story, its failure, its log as it grows', async () => {
    await open('#/services/payments/payments-api');
    await page.getByText('1.4 s after the push').waitFor();
    platform.print('8 web.0 | <b>hello</b> from a replica');
    await page.getByRole('log').filter({ hasText: '<b>hello</b> from a replica' }).waitFor();
    assert.equal(await page.getByRole('log').locator('b').count(), 0);
    await page.getByText('payments-api.6', { exact: true }).click();
    await page.getByText('1 of 14 tests failed.').waitFor();
    await page.goto(`${platform.url}/#/services/shop/checkout`);
    await page
      .getByText('web.0 did not listen on port 41873 within 60 s.', { exact: false })
      .first()
      .waitFor();
    assert.match(await text('main'), /ECONNREFUSED[\s\S]*Next: Listen on the port/);
    await page.getByRole('link', { name: 'Service: the data, as JSON' }).click();
    await page.getByText('"kind": "Service"').waitFor();
    assert.deepEqual(complaints, []);
  });

  inBrowser('a rollback is asked for once, after a yes', async () => {
    await open('#/services/payments/payments-api');
    const button = page.getByRole('row').filter({ hasText: 'payments-api.5' }).getByRole('button');
    await button.click();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await button.click();
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    assert.deepEqual(platform.actions, []);
    await button.click();
    await page.getByRole('dialog').getByRole('button', { name: 'Roll back' }).click();
    await page
      .getByRole('status')
      .filter({ hasText: 'payments-api.5 is on its way to production.' })
      .waitFor();
    assert.deepEqual(platform.actions, [
      'POST /apis/causeway.dev/v1/namespaces/payments/services/payments-api/rollback {"to":"payments-api.5"}',
    ]);
    assert.deepEqual(complaints, []);
  });

  inBrowser('everything can be reached with the keyboard', async () => {
    await open();
    await row('payments-api').waitFor();
    await page.reload();
    await row('payments-api').waitFor();
    const names: unknown[] = [];
    for (let presses = 0; presses < 14; presses += 1) {
      await page.keyboard.press('Tab');
      names.push(
        await page.evaluate(
          '(document.activeElement.getAttribute("aria-label") ?? document.activeElement.textContent).trim()',
        ),
      );
    }
    assert.equal(names[0], 'Skip to content');
    for (const name of [
      'Services',
      'Teams',
      'Sign out',
      'Filter the services',
      'Team',
      'checkout',
      'checkout.localhost:7080',
    ])
      assert.ok(names.includes(name), `${name} not among ${names.join(', ')}`);
    await page.getByRole('link', { name: 'ledger', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: /^ledger/, level: 1 }).waitFor();
    assert.equal(await page.evaluate('document.activeElement.id'), 'content');
  });

  inBrowser('nothing is wider than a small phone, and nothing moves while it loads', async () => {
    const routes = [
      '#/services',
      '#/services/payments/payments-api',
      '#/services/shop/checkout',
      '#/services/shop/new-idea',
      '#/teams',
      '#/environments',
      '#/environments/shop/try-it',
      '#/environments/new',
      '#/changes?state=all',
      '#/changes/payments/payments-api.12',
      '#/source/apis/causeway.dev/v1/teams',
    ];
    await page.addInitScript(`
      globalThis.shifted = 0;
      new PerformanceObserver(list => {
        for (const { value } of list.getEntries()) globalThis.shifted += value;
      }).observe({ type: 'layout-shift', buffered: true });
      if (location.protocol === 'http:') sessionStorage.setItem('causeway.token', '${platform.token}');
    `);
    for (const width of [360, 1200]) {
      await page.setViewportSize({ width, height: 900 });
      for (const route of routes) {
        await page.goto('about:blank');
        await page.goto(`${platform.url}/${route}`);
        await page.locator('main section, main tr, main pre, main form').first().waitFor();
        // Two frames after the last answer, everything is in place.
        await page.waitForLoadState('load');
        await page.evaluate(
          'new Promise(resolve => requestAnimationFrame(() => requestAnimationFrame(resolve)))',
        );
        const [wide, shifted] = await page.evaluate<[number, number]>(
          '[document.documentElement.scrollWidth - document.documentElement.clientWidth, shifted]',
        );
        assert.equal(wide, 0, `${route} at ${width} is ${wide} px too wide`);
        assert.ok(shifted < 0.01, `${route} at ${width} shifted by ${shifted}`);
      }
    }
    assert.deepEqual(complaints, []);
  });

  inBrowser('what people wrote is never markup', async () => {
    await open();
    const evil = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    const now = new Date().toISOString();
    platform.put(
      service('shop', 'evil', now, { phase: 'Running', url: 'javascript:alert(1)' }, { description: evil }),
    );
    await row('evil').waitFor();
    assert.equal(await row('evil').getByRole('link').count(), 1);
    await page.getByRole('link', { name: 'evil', exact: true }).click();
    await page.getByText(evil).waitFor();
    assert.equal(await page.locator('main img, main script').count(), 0);
    assert.equal(await page.title(), 'evil · Causeway');
    const markup = await page.evaluate(
      `(() => { try { document.body.innerHTML = '<i>x</i>'; return 'taken'; } catch (error) { return error.name; } })()`,
    );
    assert.equal(markup, 'TypeError');
  });

  inBrowser('a page holds two connections at most, a hidden tab none', async () => {
    await open('#/services/payments/payments-api');
    await page.getByRole('log').filter({ hasText: 'listening' }).waitFor();
    await until('one watch, one log', async () => platform.held() === 2);
    const turn = (hidden: boolean): Promise<unknown> =>
      page.evaluate(`
        Object.defineProperty(document, 'hidden', { value: ${hidden}, configurable: true });
        document.dispatchEvent(new Event('visibilitychange'));
      `);
    await turn(true);
    await until('no connection', async () => platform.held() === 0);
    platform.print('7 web.0 | printed while nobody looked');
    await turn(false);
    await page.getByRole('log').filter({ hasText: 'printed while nobody looked' }).waitFor();
    await page.getByRole('link', { name: 'Teams' }).click();
    await page.getByRole('heading', { name: 'Payments' }).waitFor();
    await until('one watch', async () => platform.held() === 1);
    assert.deepEqual(complaints, []);
  });

  inBrowser('an environment is deleted after a yes, and the list hears of it', async () => {
    await open('#/environments');
    await row('payments-staging').filter({ hasText: 'in 13 d' }).waitFor();
    await page.getByRole('link', { name: 'payments-staging', exact: true }).click();
    await page.getByRole('button', { name: 'Extend 7 days' }).click();
    await page.getByRole('status').filter({ hasText: 'lasts 7 days longer' }).waitFor();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByText('payments-api, ledger').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('status').filter({ hasText: 'is being deleted' }).waitFor();
    const own = '/apis/causeway.dev/v1/namespaces/payments';
    assert.deepEqual(platform.actions, [
      `POST ${own}/environments/payments-staging/extend {"by":"7d"}`,
      `DELETE ${own}/environmentrequests/payments-staging `,
    ]);
    await page.getByRole('link', { name: 'Environments' }).first().click();
    await row('payments-staging').waitFor();
    for (const one of samplePlatform(Date.now()))
      if (one.metadata.name === 'payments-staging') platform.remove(one);
    await row('payments-staging').waitFor({ state: 'detached' });
    await page.getByRole('combobox', { name: 'Team' }).selectOption('shop');
    assert.equal(await page.evaluate('location.hash'), '#/environments?team=shop');
    assert.deepEqual(complaints, []);
  });

  inBrowser('[CHG10] a change is read, discussed and approved at the commit that is shown', async () => {
    await open('#/changes/payments/payments-api.12');
    await page.getByText('const whole = Math.floor(cents);').waitFor();
    await page.getByRole('textbox', { name: 'Comment' }).fill('Fine <b>with</b> me');
    await page.getByRole('button', { name: 'Comment' }).click();
    await page.getByRole('status').filter({ hasText: 'Said.' }).waitFor();
    await page.getByRole('button', { name: 'Approve' }).click();
    await page.getByRole('status').filter({ hasText: 'Approved' }).waitFor();
    assert.equal(await page.getByRole('button', { name: 'Merge' }).isDisabled(), true);
    assert.equal(await page.getByRole('textbox', { name: 'Comment' }).inputValue(), '');
    const own = '/apis/causeway.dev/v1/namespaces/payments/changerequests/payments-api.12';
    assert.deepEqual(
      platform.actions.map(action => action.replace(/"commit":"[0-9a-f]{40}"/, '"commit":"…"')),
      [`POST ${own}/comment {"text":"Fine <b>with</b> me"}`, `POST ${own}/approve {"commit":"…"}`],
    );
    await until('one watch', async () => platform.held() === 1);
    assert.deepEqual(complaints, []);
  });

  inBrowser('a lost platform is said, and when it is back the page goes on', async () => {
    await open();
    await row('payments-api').waitFor();
    await context.setOffline(true);
    platform.cut();
    await page.getByText('Reconnecting', { exact: true }).waitFor();
    assert.ok(await row('payments-api').isVisible());
    await context.setOffline(false);
    await page.getByText('Live', { exact: true }).waitFor();
    assert.deepEqual(complaints, []);
  });
});
