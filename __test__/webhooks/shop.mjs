// A shop that handles callbacks: what its books hold, and what its handlers were given.
import { webhooks } from 'finconnect/webhooks';
import { azampay, callback } from '../support/azampay.mjs';

let made = 0;

/** A genuine callback of AzamPay for an order that nobody else has. */
export const orderPaid = (members) => callback({ utilityref: `ORDER-${++made}`, ...members });

/** `webhooks` with handlers that keep what they are given; `options` in place of them. */
export function shopOf({ sdk = azampay({ replay: 'memory' }), ...options } = {}) {
  const handled = [];
  const events = [];
  const hooks = webhooks(sdk, {
    expect: (_callback, { reference }) => ({ reference, amount: 1000 }),
    onPayment: (payment, context) => void handled.push({ payment, context }),
    onEvent: (event) => void events.push(event),
    ...options,
  });
  return { hooks, handled, events };
}

/** A request of the Web standard with a callback as JSON. */
export const requestOf = (body, more = {}) =>
  new Request('http://shop.example/hooks/azampay', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    ...more,
  });

/** A promise and what settles it. */
export function gate() {
  let open;
  const opened = new Promise((resolve) => {
    open = resolve;
  });
  return { open, opened };
}
