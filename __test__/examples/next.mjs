// The shop on Next.js as a browser without scripts sees it: a form, which a server action takes.
import assert from 'node:assert/strict';
import { ask } from './shop.mjs';

export const ordersByForm = {
  async order(url, reference, phone) {
    const page = await (await ask(url)).text();
    const form = new FormData();
    for (const [input] of page.matchAll(/<input[^>]+type="hidden"[^>]*>/g)) {
      const [name, value] = ['name', 'value'].map((of) => new RegExp(`${of}="([^"]*)"`).exec(input)?.[1] ?? '');
      form.append(name, value);
    }
    assert.match(form.get('reference'), /^ORD[0-9A-F]{12}$/);
    form.set('reference', reference);
    form.set('phone', phone);
    const response = await fetch(url, { method: 'POST', body: form, redirect: 'manual' });
    const leads = response.headers.get('location') ?? `nowhere (${response.status})`;
    return { accepted: leads.endsWith(`/orders/${reference}`), refused: /\/\?wrong=/.test(leads) };
  },
  statusOf: (url, reference) => `${url}/orders/${reference}/status`,
};

/** The customer's own page. */
export async function seesTheTicket({ url }) {
  const page = await (await ask(`${url}/orders/DRIVE0001`)).text();
  assert.match(page.replace(/<!--.*?-->/g, ''), /Ticket 1/);
  assert.doesNotMatch(page, /http-equiv="refresh"/i, 'nothing more is to be waited for');
  assert.equal((await ask(`${url}/orders/NOBODY`)).status, 404);
}
