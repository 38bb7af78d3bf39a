'use strict';

// Methods that are made of several calls. Loaded when the first of them is called.

module.exports = {
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
};
