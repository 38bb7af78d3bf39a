import { randomBytes } from 'node:crypto';
import { redirect } from 'next/navigation';
import { FinConnectError } from 'finconnect';
import { shop } from '../lib/shop';

export const dynamic = 'force-dynamic';

async function pay(form: FormData) {
  'use server';
  const { ledger } = await shop();
  const reference = String(form.get('reference'));
  const phone = String(form.get('phone'));
  const order = { reference, phone, amount: '25000', currency: 'TZS', description: 'One ticket' };
  let isWrong = false;
  try {
    await ledger.charge(order);
  } catch (error) {
    console.warn(error);
    isWrong = error instanceof FinConnectError && error.code === 'INVALID_REQUEST';
  }
  // After any other error the phone may ring: a new form would be a second push, and the order's page tells what came.
  redirect(isWrong ? '/?wrong=phone' : `/orders/${encodeURIComponent(reference)}`);
}

export default async function Page({ searchParams }: { searchParams: Promise<{ wrong?: string }> }) {
  const { wrong } = await searchParams;
  // Made with the form: the form sent twice is one order, and one push.
  const reference = `ORD${randomBytes(6).toString('hex').toUpperCase()}`;
  return (
    <form action={pay}>
      <h1>One ticket, TZS 25,000</h1>
      {wrong && <p role="alert">Nothing was taken. Is the number right?</p>}
      <input type="hidden" name="reference" value={reference} />
      <label>
        Your number <input name="phone" type="tel" required placeholder="0712 345 678" />
      </label>
      <button type="submit">Pay</button>
    </form>
  );
}
