// Opens a page in headless Chromium and prints what is wrong with it, a line for each fault; nothing where it is
// right. Each look is at one width and one colour scheme, with every <details> as the page has it and with all of
// them open: axe-core's rules (WCAG 2.2 A and AA and best practices), no overflow to the side, ids that are
// unique, links that lead somewhere and show what they lead to. Then the page is printed.
//
// Usage: node check_page.mjs NODE_MODULES CHROMIUM PAGE.html MOST_PRINTED_PAGES LOOK…
// A LOOK is a colour scheme and a width in pixels, such as light:1280. The first one prints the page, too.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';
import path from 'node:path';

const [modules, chromium, page_file, most_pages, ...looks] = process.argv.slice(2);
const require = createRequire(path.join(path.resolve(modules), 'any.js'));
const puppeteer = require('puppeteer-core');
const axe = require.resolve('axe-core/axe.min.js');

const browser = await puppeteer.launch({
  executablePath: chromium,
  headless: true,
  // The page is our own; root has no sandbox.
  args: ['--no-sandbox', '--disable-gpu', '--disable-dev-shm-usage'],
});

const faults = new Set();

/** What axe-core finds wrong with what the page shows now. */
async function look_by_axe(page, where) {
  const violations = await page.evaluate(async () => {
    const found = await window.axe.run(document, {
      runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'],
      resultTypes: ['violations'],
    });
    return found.violations.map((violation) => `${violation.id}: ${violation.help}: ${violation.nodes[0].html}`);
  });
  for (const violation of violations) {
    faults.add(`${where}: axe: ${violation}`);
  }
}

async function look_at_width(page, where) {
  const [content, window_width] = await page.evaluate(() => [
    document.documentElement.scrollWidth, window.innerWidth]);
  if (content > window_width) {
    faults.add(`${where}: overflow: the page is ${content} wide in a window of ${window_width}`);
  }
}

async function look_at_links(page) {
  const found = await page.evaluate(() => {
    const said = [];
    const seen = new Set();
    for (const element of document.querySelectorAll('[id]')) {
      if (seen.has(element.id)) {
        said.push(`ids: '${element.id}' twice`);
      }
      seen.add(element.id);
    }
    for (const link of document.querySelectorAll('a[href^="#"], use[href^="#"]')) {
      const target = decodeURIComponent(link.getAttribute('href').slice(1));
      if (!seen.has(target)) {
        said.push(`links: '#${target}' leads nowhere`);
      }
    }
    return said;
  });
  found.forEach((fault) => faults.add(fault));
}

/** A link into something folded opens it, by the browser alone. */
async function look_at_folded_targets(page) {
  const target = await page.evaluate(() => {
    const link = [...document.querySelectorAll('a.field')].find((each) => document.getElementById(
      each.getAttribute('href').slice(1))?.closest('details:not([open])'));
    return link?.getAttribute('href').slice(1);
  });
  if (target === undefined) {
    return;
  }
  await page.evaluate((id) => document.querySelector(`a.field[href="#${id}"]`).click(), target);
  const shown = await page.evaluate((id) => {
    const rectangle = document.getElementById(id).getBoundingClientRect();
    return rectangle.height > 0 && rectangle.bottom > 0 && rectangle.top < window.innerHeight;
  }, target);
  if (!shown) {
    faults.add(`links: '#${target}' stays folded`);
  }
}

async function look_at_print(page) {
  const pdf = Buffer.from(await page.pdf({ format: 'A4' })).toString('latin1');
  const pages = pdf.match(/\/Type\s*\/Page\b(?!s)/g)?.length ?? 0;
  if (pages < 1 || pages > Number(most_pages)) {
    faults.add(`print: ${pages} pages`);
  }
}

try {
  for (const [index, look] of looks.entries()) {
    const [scheme, width] = look.split(':');
    const where = `${scheme}, ${width} px`;
    const page = await browser.newPage();
    await page.setViewport({ width: Number(width), height: 800 });
    await page.emulateMediaFeatures([{ name: 'prefers-color-scheme', value: scheme }]);
    // The page's own policy forbids every script, and axe is one.
    await page.setBypassCSP(true);
    await page.goto(pathToFileURL(path.resolve(page_file)).href);
    await look_at_width(page, where);
    await look_at_links(page);
    await page.addScriptTag({ path: axe });
    await look_by_axe(page, where);
    await look_at_folded_targets(page);
    await page.evaluate(() => document.querySelectorAll('details').forEach((each) => { each.open = true; }));
    await look_at_width(page, `${where}, all open`);
    await look_by_axe(page, `${where}, all open`);
    if (index === 0) {
      await page.reload();
      await look_at_print(page);
    }
    await page.close();
  }
} finally {
  await browser.close();
}
for (const fault of faults) {
  console.log(fault);
}
