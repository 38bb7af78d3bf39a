// What people see. Whatever comes from outside is escaped.
import { randomBytes } from 'node:crypto';
import { ROOMS } from './rooms.mjs';

const METHODS = {
  mobile: ['Mobile money', 'a request comes to your phone'],
  card: ['Card', 'on the page of PesaPal'],
};

const escaped = (value) => String(value).replace(/[&<>"']/g, (sign) => `&#${sign.charCodeAt(0)};`);
const money = (amount) => `TZS ${Number(amount).toLocaleString('en')}`;
const nightsOf = (nights) => (Number(nights) === 1 ? '1 night' : `${nights} nights`);

const page = (title, body, { follows = '' } = {}) => `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>${escaped(title)}</title>
<link rel="icon" href="/icon.svg"><link rel="stylesheet" href="/style.css">
${follows && '<script type="module" src="/follow.js"></script><noscript><meta http-equiv="refresh" content="3"></noscript>'}
</head>
<body data-shown="${escaped(follows)}">
<header><a href="/">Nyumba ya Pwani</a></header>
<main>
${body}
</main>
</body>
</html>`;

const radio = (name, value, isChecked, label) =>
  `<label class="choice"><input type="radio" name="${name}" value="${value}"${isChecked ? ' checked' : ''} required>
<span>${label}</span></label>`;

const field = (name, label, attributes) =>
  `<div class="field"><label for="${name}">${label}</label><input id="${name}" name="${name}" ${attributes}></div>`;

const payFields = (
  methods,
  phone,
) => `${field('phone', 'Phone that pays', `${phone} inputmode="tel" autocomplete="tel"`)}
<fieldset><legend>Pay by</legend>
${methods.map((method, at) => radio('method', method, at === 0, `${METHODS[method][0]}<small>${METHODS[method][1]}</small>`)).join('')}
</fieldset>`;

/** The form. It makes the reference, so that a booking that is sent twice is one. */
export function homePage(methods) {
  const rooms = Object.entries(ROOMS).map(([room, { name, about, price }], at) =>
    radio('room', room, at === 0, `${name}<b>${money(price)}</b><small>${about}</small>`),
  );
  return page(
    'Nyumba ya Pwani',
    `<div class="sea"></div>
<h1>A house by the sea</h1>
<p class="soft">Bagamoyo, ten minutes from the old town.</p>
<form method="post" action="/bookings">
<input type="hidden" name="reference" value="BK${randomBytes(6).toString('hex').toUpperCase()}">
<fieldset><legend>Room, for a night</legend>${rooms.join('')}</fieldset>
${field('nights', 'Nights', 'type="number" value="2" min="1" max="30" required')}
${field('guest', 'Your name', 'autocomplete="name" maxlength="60" required')}
${payFields(methods, 'placeholder="0712 345 678" required')}
<button>Book and pay</button>
</form>`,
  );
}

/** What to tell of a booking: a title and a sentence, in Swahili too where the payment has failed or is in doubt. */
function stateOf({ status, payment, rail, advice }) {
  const { en, sw } = advice?.customer ?? {};
  if (payment === null) return ['Not paid yet', 'The payment was not started, and nothing was taken.'];
  if (status === 'CANCELLED') return ['Cancelled', 'Your money was given back.'];
  if (payment === 'SUCCESS') return ['Paid, asante!', 'Your room is booked. Karibu sana.'];
  if (payment === 'FAILED') return ['The payment failed', en, sw];
  if (payment === 'REFUNDED') return ['Paid back', 'Your money was given back.'];
  if (advice) return ['We are checking your payment', en, sw];
  if (rail === 'page') return ['Waiting for your payment', 'Pay on the page of PesaPal. This page follows by itself.'];
  return ['Look at your phone', 'Enter your PIN there. This page follows by itself.'];
}

/** One booking, and what became of its payment. While that is open the page follows it. */
export function bookingPage(view, methods) {
  const { reference, room, nights, amount, guest, status, payment, attempt, redirectUrl, advice } = view;
  const [title, en, sw] = stateOf(view);
  const isOpen = payment === 'PENDING';
  const mayTry = payment === null || (payment === 'FAILED' && advice?.next !== 'ask-support');
  const rows = [
    ['Room', `${ROOMS[room].name}, ${nightsOf(nights)}`],
    ['Guest', guest],
    ['Amount', money(amount)],
    ['Booking', status],
    ['Payment', payment ?? 'none'],
    ['Reference', reference],
  ];
  return page(
    `${title}: ${reference}`,
    `<h1>Your booking</h1>
<div class="card">
<p class="state ${escaped(payment)}" role="status">${isOpen ? '<i></i>' : ''}${escaped(title)}</p>
<p>${escaped(en)}</p>${sw ? `<p lang="sw" class="soft">${escaped(sw)}</p>` : ''}
<dl>${rows.map(([name, value]) => `<dt>${name}</dt><dd>${escaped(value)}</dd>`).join('')}</dl>
${isOpen && redirectUrl ? `<a class="button" href="${escaped(redirectUrl)}">Go to the payment page</a>` : ''}
</div>
${
  mayTry
    ? `<h2>Try again</h2>
<form method="post" action="/bookings/${escaped(reference)}/retry">${payFields(methods, 'placeholder="the same as before"')}
<button>Pay ${money(amount)}</button></form>`
    : ''
}`,
    { follows: isOpen ? `${status} ${payment} ${attempt}` : '' },
  );
}

/** What the staff sees: the newest bookings, and what may be done with the money of each. */
export function staffPage(bookings) {
  const act = ({ reference }, name, label) =>
    `<form method="post" action="/staff/${escaped(reference)}/${name}"><button class="small">${label}</button></form>`;
  const cards = bookings.map((booking) => {
    const { reference, room, nights, amount, guest, status, payment, gateway } = booking;
    const { host, cleaner, back } = booking;
    const isPaid = payment === 'SUCCESS';
    const told = Object.entries({ host, cleaner, back }).filter(([, state]) => state);
    const isDue = (...states) => isPaid && states.some((state) => !state || state === 'failed');
    return `<li class="card"><div class="line"><b>${escaped(guest)}</b><b>${money(amount)}</b></div>
<div class="line"><span>${ROOMS[room].name}, ${nightsOf(nights)}</span>
<span class="${escaped(payment)}">${escaped(status)}, ${escaped(payment ?? 'not paid')}</span></div>
<small>${escaped([gateway, ...told.map(([name, state]) => `${name}: ${state}`)].filter(Boolean).join(', '))}</small>
<div class="acts"><a href="/money/payment?reference=${encodeURIComponent(reference)}">${escaped(reference)}</a>
${!back && isDue(host, cleaner) ? act(booking, 'payout', 'Pay the host') : ''}
${!host && isDue(back) ? act(booking, 'refund', 'Give the money back') : ''}</div></li>`;
  });
  return page(
    'Bookings',
    `<h1>Bookings</h1><p><a class="button" href="/money">See the money</a></p>
<ul>${cards.join('') || '<li>There is none yet.</li>'}</ul>`,
  );
}

/** What did not work, and the way back. */
export const problemPage = (words, back = '/') =>
  page('This did not work', `<h1>${escaped(words)}</h1><p><a class="button" href="${escaped(back)}">Back</a></p>`);
