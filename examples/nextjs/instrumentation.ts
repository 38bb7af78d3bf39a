/** Next calls it once when the server starts: from then on the ledger asks about what no callback has told of. */
export async function register() {
  if (process.env.NEXT_RUNTIME !== 'nodejs') return;
  const { shop } = await import('./lib/shop');
  const { ledger } = await shop();
  setInterval(() => ledger.sweep().catch(console.error), 60_000);
}
