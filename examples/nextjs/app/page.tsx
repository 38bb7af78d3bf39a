import { randomBytes } from 'node:crypto';
import { redirect } from 'next/navigation';
import { shop } from '../lib/shop';

export const dynamic = 'force-dynamic';

async function pay(form: FormData) {
  'use server';
  const { ledger } = await shop();
  const reference = String(form.get('reference'));
  const phone = String(form.get('phone'));
  const order = { reference, phone, amount: '25000', currency: 'TZS', description: 'One ticket' };
  let wrong: string | undefined;
  try {
    await ledger.charge(order);
  } catch (error) {
    console.warn(error);
    wrong = 'Nothing was taken. Is the number right?';
  }
  redirect(wrong ? `/?wrong=${encodeURIComponent(wrong)}` : `/orders/${reference}`);
}

export default async function Page({ searchParams }: { searchParams: Promise<{ wrong?: string }> }) {
  const { wrong } = await searchParams;
  // Made with the form: the form sent twice is one order, and one push.
  const reference = `ORD${randomBytes(6).toString('hex').toUpperCase()}`;
  return (
    <form action={pay}>
      <h1>One ticket, TZS 25,000</h1>
      {wrong && <p role="alert">{wrong}</p>}
      <input type="hidden" name="reference" value={reference} />
      <label>
        Your number <input name="phone" type="tel" required placeholder="0712 345 678" />
      </label>
      <button type="submit">Pay</button>
    </form>
  );
}
