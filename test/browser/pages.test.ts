/**
 * The built bundle in headless Chromium, on a page that does what Grafana's frontend does, against a running exporter with the demo
 * world. It proves that the bundle loads and shows; it does not prove that a Grafana server accepts it.
 */
import { mkdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import path from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Browser, Page } from 'playwright-core';
import { endAll } from '../e2e/exporter.js';
import { requireOrSkip } from '../servers/require.js';
import { caught, launch, open, overflow, violations, type Look, type Seen } from './browser.js';
import { hostFolder } from './host-build.js';
import { serveHost } from './host-server.js';
import { startWorld, type World } from './world.js';

const PICTURES = path.resolve(import.meta.dirname, '../../docs/img');
const SECONDS = 1000;

/** Written anew only when asked to: `PICTURES=1 npm test -- --testPathPatterns test/browser`. Looking at them is a person's part. */
async function picture(page: Page, name: string, fullPage = false): Promise<void> {
  if (process.env['PICTURES'] === '1')
    await page.screenshot({ path: path.join(PICTURES, `${name}.png`), fullPage });
}

let world: World;
let host: Awaited<ReturnType<typeof serveHost>>;
let browser: Browser;

const withChromium = requireOrSkip('chromium') ? describe : describe.skip;

withChromium('the plugin in a browser', () => {
  beforeAll(async () => {
    mkdirSync(PICTURES, { recursive: true });
    const [folder, started] = await Promise.all([hostFolder(), startWorld()]);
    world = started;
    host = await serveHost(folder, world.sources);
    browser = await launch();
  }, 300 * SECONDS);

  afterAll(async () => {
    await browser?.close();
    await host?.[Symbol.asyncDispose]();
    await world?.[Symbol.asyncDispose]();
    await endAll();
  });

  const at = (pathname: string, query = '') => `${host.url}${pathname}?ds=gk${query}`;
  const app = (page: string, query = '') => at(`/a/greenkube-app/${page}`, query);

  /** Pages and panels, with a text that stands there once the data do. */
  const VIEWS: readonly (readonly [name: string, url: () => string, ready: string | RegExp])[] = [
    ['overview', () => app('overview'), /Download CSV/],
    ['explore', () => app('explore', '&cluster=demo'), /Download CSV/],
    ['recommendations', () => app('recommendations'), /as a whole: .* a year fall at once/],
    ['accuracy', () => app('accuracy'), /Nothing is measured|All meters/],
    ['nodes', () => app('nodes'), /Grid zone .*: \d+ nodes/],
    ['grid', () => app('grid'), 'In use now'],
    ['reports', () => app('reports'), 'Rows of the file'],
    ['configuration', () => at('/host/app-config'), 'API_OPERATOR_TOKEN'],
    ['recommendations-panel', () => at('/host/panel/recommendations-panel'), /active, together/],
    ['accuracy-panel', () => at('/host/panel/accuracy-panel'), /Nothing is measured|RMSE/],
    ['query-editor', () => at('/host/query'), 'Group by'],
    ['config-editor', () => at('/host/config'), 'Operator token'],
  ];

  const LOOKS: readonly Required<Look>[] = [
    { theme: 'dark', width: 1280 },
    { theme: 'light', width: 1280 },
    { theme: 'dark', width: 400 },
    { theme: 'light', width: 400 },
  ];

  async function settled({ page }: Seen, ready: string | RegExp): Promise<void> {
    await page
      .getByText(ready)
      .first()
      .waitFor({ timeout: 20 * SECONDS });
    await page.waitForFunction('!/Loading/.test(document.body.innerText)', null, { timeout: 20 * SECONDS });
    // Charts draw after the text is there.
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))');
  }

  async function expectSound({ page, errors }: Seen): Promise<void> {
    expect(errors).toEqual([]);
    expect(await caught(page)).toEqual([]);
    expect(await page.getByTestId('crash').count()).toBe(0);
  }

  describe.each(VIEWS)('%s', (name, url, ready) => {
    it.each(LOOKS)('in $theme, $width px wide', async (look) => {
      const seen = await open(browser, url(), look);
      await settled(seen, ready);
      await expectSound(seen);
      expect(await overflow(seen.page)).toBe(0);
      expect(await violations(seen.page)).toEqual([]);
      await picture(seen.page, `${name}-${look.theme}-${look.width}`, true);
      await seen.page.context().close();
    });
  });

  describe('what goes wrong', () => {
    const CASES = [
      ['wrong', 'The exporter does not accept the token of the data source.', 'API_TOKEN'],
      ['down', 'The exporter does not answer.', 'URL of the data source'],
      ['empty', 'Nothing is known of this time range', 'Choose another range'],
    ] as const;

    it.each(CASES)('is said: %s', async (source, message, help) => {
      for (const name of ['overview', 'explore', 'nodes', 'reports']) {
        const seen = await open(browser, `${host.url}/a/greenkube-app/${name}?ds=${source}`);
        await seen.page
          .getByText(message)
          .first()
          .waitFor({ timeout: 20 * SECONDS });
        expect(await seen.page.getByText(help).count()).toBeGreaterThan(0);
        await expectSound(seen);
        if (name === 'overview') {
          expect(await violations(seen.page)).toEqual([]);
          await picture(seen.page, `state-${source}`);
        }
        await seen.page.context().close();
      }
    });

    it('is said in a panel too', async () => {
      const seen = await open(browser, `${host.url}/host/panel/recommendations-panel?ds=wrong`);
      await seen.page.getByText('Ask a GreenKube history data source for "Recommendations".').waitFor();
      await expectSound(seen);
      await seen.page.context().close();
    });

    it('lets nothing through that no route names', async () => {
      const status = async (method: string, rest: string) =>
        (await fetch(`${host.url}/api/datasources/proxy/uid/gk/${rest}`, { method })).status;
      expect(await status('GET', 'api/v1/totals')).toBe(200);
      expect(await status('POST', 'api/v1/backfill')).toBe(404);
      expect(await status('GET', 'metrics')).toBe(404);
      expect(await status('DELETE', 'api/v1/totals')).toBe(404);
    });
  });

  describe('a way through', () => {
    const pathOf = (page: Page) => new URL(page.url()).pathname.split('/').at(-1);
    const queryOf = (page: Page) => new URL(page.url()).searchParams;

    it('from the overview to a workload, its recommendation and patch, and back', async () => {
      const seen = await open(browser, app('overview', '&from=now-24h&to=now'));
      const { page } = seen;
      await settled(seen, /Download CSV/);
      const [workload, namespace] = await targetOfFirst();
      await page.getByRole('link', { name: 'Explore all' }).click();
      await page.getByRole('link', { name: 'demo', exact: true }).first().click();
      await page.getByRole('link', { name: namespace, exact: true }).click();
      await page.getByRole('link', { name: workload, exact: true }).click();
      await page.getByRole('navigation', { name: 'Where you are' }).getByText(workload).waitFor();
      expect([pathOf(page), queryOf(page).get('namespace'), queryOf(page).get('from')]).toEqual([
        'explore',
        namespace,
        'now-24h',
      ]);
      await page.getByRole('link', { name: 'What can be saved here' }).click();

      const card = page.getByRole('article').first();
      await card.getByRole('button', { name: 'Copy patch' }).click();
      await card.getByRole('button', { name: 'Copied' }).waitFor();
      expect(await page.evaluate<string>('navigator.clipboard.readText()')).toMatch(/kubectl|apiVersion/);

      const named = (await card.getAttribute('aria-label'))!;
      const same = page.getByRole('article', { name: named, exact: true });
      await card.getByRole('button', { name: 'Ignore' }).click();
      await page.getByText('Ignored. It stays so until you restore it.').waitFor();
      await same.waitFor({ state: 'detached' });
      await page.getByRole('radio', { name: 'ignored' }).check();
      await same.getByRole('button', { name: 'Restore' }).click();
      await page.getByText('Restored.').waitFor();
      await page.getByRole('radio', { name: 'active' }).check();
      await same.waitFor();
      await expectSound(seen);
      await page.context().close();
    });

    /** A namespaced recommendation that the way leads to. */
    async function targetOfFirst(): Promise<readonly [workload: string, namespace: string]> {
      const answer = await fetch(
        `${host.url}/api/datasources/proxy/uid/gk/api/v1/recommendations?limit=1000`,
      );
      const { items } = (await answer.json()) as {
        items: { target: { namespace?: string; workload?: string } }[];
      };
      const { target } = items.find(({ target: t }) => t.namespace && t.workload)!;
      return [target.workload!, target.namespace!];
    }

    it('from a number to its explanation, and on to its parts', async () => {
      const seen = await open(browser, app('overview'));
      const { page } = seen;
      await settled(seen, /Download CSV/);
      await page.getByRole('button', { name: 'Explain Emissions' }).click();
      const drawer = page.getByRole('dialog');
      await drawer.getByRole('button').nth(1).waitFor();
      await drawer.getByText('This is the sum of its namespaces').waitFor();
      await drawer
        .getByRole('button', { name: /^[a-z-]+$/ })
        .first()
        .click();
      await drawer.getByText('Formula').waitFor();
      await drawer.getByText('Largest parts').waitFor();
      await picture(page, 'explain');
      await expectSound(seen);
      await page.context().close();
    });

    it('lets a Viewer look, not change', async () => {
      const seen = await open(browser, app('recommendations', '&role=Viewer'));
      await settled(seen, /active, together/);
      expect(await seen.page.getByRole('button', { name: 'Ignore' }).count()).toBe(0);
      expect(await seen.page.getByRole('button', { name: 'Copy patch' }).count()).toBeGreaterThan(0);
      await seen.page.context().close();
    });

    it('says what is missing when an Editor may but the data source cannot', async () => {
      const seen = await open(browser, `${host.url}/a/greenkube-app/recommendations?ds=reader`);
      await settled(seen, /active, together/);
      await seen.page.getByRole('article').first().getByRole('button', { name: 'Ignore' }).click();
      await seen.page
        .getByText(/API_OPERATOR_TOKEN/)
        .first()
        .waitFor();
      await seen.page.context().close();
    });
  });

  it(
    'shows each page with data within a second',
    async () => {
      // What else runs on the machine takes its share of the time.
      const limit = 1000 * Math.max(1, loadavg()[0]! / availableParallelism());
      for (const [name, url, ready] of VIEWS.slice(0, 7)) {
        const { page } = await open(browser, url());
        const times: number[] = [];
        await page.getByText(ready).first().waitFor();
        while (times.length < 5 && !times.some((time) => time < limit)) {
          const began = performance.now();
          await page.reload();
          await page.getByText(ready).first().waitFor();
          const took = performance.now() - began;
          // The host page itself, 10 MB in one file, takes part of it; Grafana has that loaded.
          times.push(
            took - (await page.evaluate<number>('performance.getEntriesByName("host-ready")[0].startTime')),
          );
        }
        expect([name, times.some((time) => time < limit), times]).toEqual([name, true, times]);
        await page.context().close();
      }
    },
    240 * SECONDS,
  );
});
