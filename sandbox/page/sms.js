import { money } from './dom.js';

/** What the operator writes to the customer, in two languages. */
const WORDS = {
  en: {
    received: (sum, _shop, ref) => `You have received ${sum}. Ref ${ref}.`,
    paid: (sum, shop, ref, receipt) => `${receipt} confirmed. You have paid ${sum} to ${shop}. Ref ${ref}.`,
    failed: (sum, shop, why) => `Payment of ${sum} to ${shop} failed. ${why}`,
    returned: (sum, shop, ref) => `${sum} from ${shop} was returned to you. Ref ${ref}.`,
    declined: 'You cancelled the request.',
    'insufficient-funds': 'Your balance is too low.',
    'wrong-pin': 'The PIN was wrong.',
    'prompt-expired': 'The request ran out of time.',
  },
  sw: {
    received: (sum, _shop, ref) => `Umepokea ${sum}. Kumb. ${ref}.`,
    paid: (sum, shop, ref, receipt) => `${receipt} imethibitishwa. Umelipa ${sum} kwa ${shop}. Kumb. ${ref}.`,
    failed: (sum, shop, why) => `Malipo ya ${sum} kwa ${shop} hayakufanikiwa. ${why}`,
    returned: (sum, shop, ref) => `${sum} kutoka ${shop} zimerudishwa kwako. Kumb. ${ref}.`,
    declined: 'Umesitisha ombi.',
    'insufficient-funds': 'Salio lako halitoshi.',
    'wrong-pin': 'Namba ya siri si sahihi.',
    'prompt-expired': 'Muda wa ombi umekwisha.',
  },
};

/** The SMS that a payment's present state brings; undefined when there is none. */
export function sms({ kind, status, amount, currency, reference, receipt, reason }, shop, language) {
  const words = WORDS[language];
  const sum = money(amount, currency);
  if (kind === 'payout') return status === 'paid' ? words.received(sum, shop, reference) : undefined;
  if (status === 'paid' || status === 'settled') return words.paid(sum, shop, reference, receipt);
  if (status === 'failed') return words.failed(sum, shop, words[reason] ?? '');
  return status === 'reversed' || status === 'refunded' ? words.returned(sum, shop, reference) : undefined;
}
