'use strict';

// What requests ask for, read with care.

const { iso } = require('../ledger/rows.js');
const { STATUSES } = require('./words.js');

module.exports = { formOf, isFromHere, listFilterOf, cursorOf, referenceOf };

const DATE = /^\d{4}-\d\d-\d\d$/;
const CURSOR = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z)~(\d{1,18})$/;
/** The longest reference that is looked for. */
const LONGEST = 256;

/**
 * Whether a form was sent by a page of this origin. Browsers say so, and no page of another site can change it: by
 * `Sec-Fetch-Site`, or by `Origin` where there is no TLS.
 */
function isFromHere(header) {
  const site = header('sec-fetch-site');
  if (site !== undefined) return site === 'same-origin';
  try {
    return new URL(header('origin')).host === header('host');
  } catch {
    return false;
  }
}

/** The fields of a form, each a text, wherever its body is by now. */
async function formOf(read) {
  let body;
  try {
    body = await read();
  } catch (cause) {
    throw Object.assign(new Error('The form could not be read: nothing was done.', { cause }), { status: 400 });
  }
  const isBytes = ArrayBuffer.isView(body) || body instanceof ArrayBuffer;
  const members = isBytes || typeof body === 'string' ? new URLSearchParams(String(body)) : Object.entries(body);
  return Object.fromEntries([...members].map(([name, value]) => [name, String(value)]));
}

/** What a list is limited to. What is no status and no day is as if it were not there. */
function listFilterOf(query, clock) {
  const status = query.get('status');
  const begins = (name, later) => {
    const date = query.get(name) ?? '';
    const time = DATE.test(date) ? clock.begins(date) : Number.NaN;
    return Number.isNaN(time) ? undefined : iso(later === 0 ? time : clock.begins(date, later));
  };
  const filter = {
    status: STATUSES.includes(status) ? status : undefined,
    from: begins('from', 0),
    to: begins('to', 1),
  };
  return Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
}

/** After which payment a page begins. */
function cursorOf(text) {
  const [, createdAt, id] = CURSOR.exec(text ?? '') ?? [];
  return createdAt === undefined || Number.isNaN(Date.parse(createdAt)) ? undefined : { createdAt, id: Number(id) };
}

function referenceOf(text) {
  if (typeof text === 'string' && text !== '' && text.length <= LONGEST && !text.includes('\0')) return text;
  throw Object.assign(new Error('There is no such payment.'), { status: 404 });
}
