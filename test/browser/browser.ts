/** Headless Chromium on the host page. */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { chromium, type Browser, type Page } from 'playwright-core';
import { findExecutable } from '../servers/require.js';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

export const launch = (): Promise<Browser> =>
  chromium.launch({
    executablePath: findExecutable('chromium') ?? 'chromium',
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });

export interface Look {
  readonly theme?: 'dark' | 'light';
  readonly width?: number;
}

export interface Seen {
  readonly page: Page;
  /** What the page logged as an error, or threw. */
  readonly errors: readonly string[];
}

/** A page of its own; requests that were refused are no errors of the page. */
export async function open(
  browser: Browser,
  url: string,
  { theme = 'dark', width = 1280 }: Look = {},
): Promise<Seen> {
  const context = await browser.newContext({
    viewport: { width, height: 900 },
    permissions: ['clipboard-read', 'clipboard-write'],
  });
  const page = await context.newPage();
  const errors: string[] = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text()))
      errors.push(message.text());
  });
  const full = new URL(url);
  full.searchParams.set('theme', theme);
  await page.goto(String(full));
  return { page, errors };
}

/** Errors that boundaries of the host page caught. */
export const caught = (page: Page): Promise<readonly string[]> =>
  page.evaluate<string[]>('window.__host.errors');

interface Violation {
  readonly id: string;
  readonly impact: string | null;
  readonly nodes: readonly { readonly html: string }[];
}

/** Widgets of @grafana/ui whose names leave out the text that they show: the button of the time picker, and legends. */
const GRAFANAS_OWN = /data-testid TimePicker Open Button|-LegendLabel"/;

/** Violations of WCAG 2 A and AA, each with the first element that has it. */
export async function violations(page: Page): Promise<readonly string[]> {
  await page.evaluate(AXE);
  const found = await page.evaluate<Violation[]>(
    `axe.run(document, { runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa'] }).then(({ violations }) => violations)`,
  );
  return found
    .map((violation) => ({
      ...violation,
      nodes: violation.nodes.filter(({ html }) => !GRAFANAS_OWN.test(html)),
    }))
    .filter(({ nodes }) => nodes.length > 0)
    .map(({ id, impact, nodes }) => `${id} (${impact}) x${nodes.length}: ${nodes[0]?.html.slice(0, 160)}`);
}

/** Nothing sticks out to the side. */
export const overflow = (page: Page): Promise<number> =>
  page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
