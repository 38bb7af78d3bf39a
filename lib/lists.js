'use strict';

// Lists of a gateway, page after page. Loaded when the first of them is asked for.

module.exports = ({ refuse }) => ({
  /** All payments or payouts that `filter` lets through, the oldest first; `page` asks for one page of them. */
  listed(sdk, page, filter, options) {
    return {
      async *[Symbol.asyncIterator]() {
        if (filter !== undefined && (filter === null || typeof filter !== 'object' || Array.isArray(filter)))
          throw refuse(page.name, 'filter must be an object.');
        const seen = new Set();
        for (let skip = 0; ; ) {
          const { rows, total } = await page.call(sdk, { ...filter, skip }, options);
          skip += rows.length;
          const fresh = rows.filter(({ transactionId }) => transactionId === null || !seen.has(transactionId));
          // A gateway that gives no new row would be asked for ever.
          if (rows.length > 0 && fresh.length === 0)
            throw refuse(
              page.name,
              'the gateway gives the same rows again: the list cannot be told to its end.',
              'INVALID_RESPONSE',
            );
          for (const row of fresh) {
            seen.add(row.transactionId);
            yield row;
          }
          if (rows.length === 0 || (rows.length < sizeOf(filter) && (total === null || skip >= total))) {
            if (total !== null && skip < total)
              throw refuse(page.name, `the gateway tells of ${total} rows and gave ${skip}.`, 'INVALID_RESPONSE');
            return;
          }
        }
      },
    };
  },
});

/** The rows of a full page. */
const sizeOf = (filter) => filter?.pageSize ?? 100;
