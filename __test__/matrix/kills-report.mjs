// The page that `npm run kills` writes.

const REQUIRED = {
  unwritten: 'pushes that left without a written intent',
  twice: 'orders charged twice',
  lost: 'orders that were paid and not fulfilled',
  again: 'orders fulfilled twice',
  unpaid: 'orders fulfilled that nobody paid',
  open: 'orders that were paid, and are not `succeeded` in the ledger',
};

export function page({ run, minutes, kills, results }) {
  const holds = results.every(({ wrong }) => Object.values(wrong).every((count) => count === 0));
  const steps = Object.keys(results[0].counts);
  const row = (...cells) => `| ${cells.join(' | ')} |`;
  const each = (of) => results.map(of);
  return `# The kills

A shop may lose its process at any moment. So \`npm run kills\` runs a shop with a ledger under load and kills it
(\`SIGKILL\`) at one step after the other; the next process goes on with the same database. Customers press “pay” again,
the gateway refuses some pushes, and callbacks come to processes that are dead. Then it sweeps until all is quiet, and
compares the shop’s books with the gateway’s. It exits with 1 when anything below does not hold, and this page is what
it wrote.

|  |  |
| --- | --- |
${run
  .filter(([name]) => name !== 'addon')
  .map((cells) => row(...cells))
  .join('\n')}
${row('size', `${kills} kills on each database, in ${minutes.toFixed(0)} minutes`)}
${row('verdict', holds ? 'everything holds' : '**something does not hold**')}

${row('', ...each(({ kind }) => kind))}
${row('---', ...each(() => '---:'))}
${row('processes killed', ...each(({ deaths }) => deaths))}
${row('processes that never reached their step', ...each(({ books }) => books.survivors))}
${row('orders', ...each(({ books }) => books.orders))}
${row('pushes that the gateways had', ...each(({ books }) => books.pushes))}
${row('orders that were paid', ...each(({ books }) => books.paid))}
${row('orders that were fulfilled', ...each(({ books }) => books.fulfilled))}

## What is required

${row('', 'at most', ...each(({ kind }) => kind))}
${row('---', '---:', ...each(() => '---:'))}
${Object.entries(REQUIRED)
  .map(([name, what]) => row(what, 0, ...each(({ wrong }) => wrong[name])))
  .join('\n')}

## Where they died

${row('step', ...each(({ kind }) => kind))}
${row('---', ...each(() => '---:'))}
${steps.map((step) => row(step, ...each(({ counts }) => counts[step]))).join('\n')}
`;
}
