import { notFound } from 'next/navigation';
import { shop } from '../../../lib/shop';

export const dynamic = 'force-dynamic';

const OPEN = ['pending', 'authorized', 'processing', 'unknown'];

export default async function Page({ params }: { params: Promise<{ reference: string }> }) {
  const { ledger, tickets } = await shop();
  const payment = await ledger.get((await params).reference);
  if (!payment) notFound();
  const { reference, status, advice } = payment;
  return (
    <main>
      {OPEN.includes(status) && <meta httpEquiv="refresh" content="2" />}
      <h1>Order {reference}</h1>
      <p>{status}</p>
      {advice && <p lang="sw">{advice.customer.sw}</p>}
      {tickets(reference).map(({ number }) => (
        <p key={number}>Ticket {number}</p>
      ))}
    </main>
  );
}
