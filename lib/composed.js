'use strict';

// Methods that are made of several calls. Loaded when the first of them is called.

/** How long an IPN id that was found is answered again, and how many of an SDK object: a gateway's list lags behind. */
const KEPT_MS = 600_000;
const MAX_KEPT = 100;

module.exports = ({ ownOf }) => ({
  /** All payments or payouts that `filter` lets through, the oldest first; `page` asks for one page of them. */
  listed(sdk, page, filter, options) {
    return {
      async *[Symbol.asyncIterator]() {
        const seen = new Set();
        let skip = 0;
        for (;;) {
          const { rows, total } = await page.call(sdk, { ...filter, skip }, options);
          // Rows that come in meanwhile move others to the next page.
          for (const row of rows) {
            const id = row.transactionId ?? row.reference;
            if (id === null || !seen.has(id)) yield row;
            seen.add(id);
          }
          skip += rows.length;
          if (rows.length === 0 || (total !== null && skip >= total)) return;
        }
      },
    };
  },

  /** One look, and at most one registration, for all who ask for the same at one time. */
  ensured(sdk, ensure, given) {
    const own = ownOf(sdk);
    const [url, type] = given;
    const key = JSON.stringify([url, typeof type === 'string' ? type.toUpperCase() : 'GET']);
    own.ipns ??= new Map();
    const kept = own.ipns.get(key);
    if (kept !== undefined && performance.now() - kept.at < KEPT_MS) return kept.id;
    const id = ensure.apply(sdk, given);
    own.ipns.delete(key);
    own.ipns.set(key, { id, at: performance.now() });
    if (own.ipns.size > MAX_KEPT) own.ipns.delete(own.ipns.keys().next().value);
    id.catch(() => own.ipns.get(key)?.id === id && own.ipns.delete(key));
    return id;
  },
});
