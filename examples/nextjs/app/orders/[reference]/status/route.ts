import { shop } from '../../../../lib/shop';

export async function GET(_request: Request, { params }: { params: Promise<{ reference: string }> }) {
  const { ledger, tickets } = await shop();
  const payment = await ledger.get((await params).reference);
  if (!payment) return Response.json({ error: 'There is no such order.' }, { status: 404 });
  const { reference, status, advice } = payment;
  return Response.json({ reference, status, advice, tickets: tickets(reference) });
}
