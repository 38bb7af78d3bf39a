// The web side: a form to book, a page that follows the payment, the gateways' callbacks, and pages for the staff.
import { fileURLToPath } from 'node:url';
import express from 'express';
import { returned } from 'finconnect/webhooks';
import { openBooks, viewOf } from './books.mjs';
import { bookingOf, payerOf } from './forms.mjs';
import { loginOf } from './login.mjs';
import { moneyOf } from './money.mjs';
import { bookingPage, homePage, problemPage, staffPage } from './pages.mjs';

const SWEEP_MS = 60_000;

/** `env`: the settings of `.env.example`. Gives the Express app, its books, and what ends both. */
export async function openApp(env, log = () => {}) {
  const books = await openBooks(env, log);
  const { gateways, ledger } = books;
  // With the id in the environment the app starts while PesaPal does not answer.
  const ipnId = env.PESAPAL_IPN_ID || (await gateways.pesapal?.ensureIpn(`${env.PUBLIC_URL}/hooks/pesapal`));
  const money = moneyOf(books, { publicUrl: env.PUBLIC_URL, ipnId });
  const methods = methodsOf(gateways);

  const app = express().disable('x-powered-by');
  app.use((_req, res, next) => {
    // In no frame: what the staff clicks moves money.
    const policy = "default-src 'self'; frame-ancestors 'none'; base-uri 'none'";
    res.set({ 'content-security-policy': policy, 'referrer-policy': 'same-origin' });
    next();
  });
  app.use(express.static(fileURLToPath(new URL('public', import.meta.url))));

  // #region webhook
  // /hooks/azampay, /hooks/clickpesa, /hooks/pesapal, /hooks/selcom: proven, compared with the ledger, taken in once.
  const onEvent = ({ source, outcome, reference, paymentStatus, reason, error }) =>
    log(`${source}, ${reference ?? 'nobody'}: ${outcome}, ${error?.message ?? reason ?? paymentStatus}`);
  app.use('/hooks', ledger.webhooks({ onEvent }));

  // What no callback tells of is asked for.
  const sweeps = setInterval(() => ledger.sweep().catch((error) => log(error.message)), SWEEP_MS);
  // #endregion webhook

  app.use(express.urlencoded({ extended: false }), express.json());

  app.get('/', (_req, res) => res.set('cache-control', 'no-store').send(homePage(Object.keys(methods))));

  app.post('/bookings', async (req, res) => {
    const { problem, via, ...asked } = bookingOf(req.body ?? {}, methods);
    if (problem) return refuse(req, res, 400, problem);
    const booking = await books.book(asked);
    return show(req, res, booking, () => money.charge(booking, via));
  });

  app.post('/bookings/:reference/retry', async (req, res) => {
    const booking = await books.find(req.params.reference);
    if (!booking) return refuse(req, res, 404, 'There is no such booking.');
    const { phone, method } = req.body ?? {};
    const { problem, ...payer } = payerOf({ phone: phone || booking.phone, method }, methods);
    if (problem) return refuse(req, res, 400, problem);
    return show(req, res, booking, () => money.tryAgain(booking, payer));
  });

  /** Leads to the gateway's page, or to the booking's. That one tells what the ledger says, whatever was thrown. */
  async function show(req, res, { reference }, pay) {
    const payment = await pay().catch((error) => log(`${reference}: ${error.message}`));
    const page = payment?.status === 'pending' && !wantsJson(req) && payment.redirectUrl;
    res.redirect(303, page || `/bookings/${reference}`);
  }

  // #region returned
  // The browser comes back from PesaPal's page. Its address proves nothing: `returned` asks PesaPal for the payment.
  if (gateways.pesapal) {
    const onReturn = (_payment, req, res) => res.redirect(303, `/bookings/${req.params.reference}`);
    app.get('/bookings/:reference/return', returned(gateways.pesapal, { onReturn }));
  }
  // #endregion returned

  // #region status
  // The page asks for its own address as JSON every two seconds, and loads again when something moved: follow.js.
  app.get('/bookings/:reference', async (req, res) => {
    const booking = await books.find(req.params.reference);
    if (!booking) return refuse(req, res, 404, 'There is no such booking.');
    const view = viewOf(booking, await ledger.get(booking.reference));
    res.set({ 'cache-control': 'no-store', vary: 'accept' });
    res.send(wantsJson(req) ? view : bookingPage(view, Object.keys(methods)));
  });
  // #endregion status

  // #region dashboard
  // The dashboard has no login of its own: it stands behind the app's.
  if (env.STAFF_TOKEN) {
    const staff = loginOf(env.STAFF_TOKEN);
    app.use('/money', staff, ledger.dashboard({ act: true, user: (req) => req.staff }));
    app.use('/staff', staff, staffRoutes());
  }
  // #endregion dashboard

  function staffRoutes() {
    const acts = { refund: money.giveBack, payout: money.payHost };
    const routes = express.Router();
    routes.get('/', async (_req, res) => res.set('cache-control', 'no-store').send(staffPage(await books.newest())));
    routes.post('/:reference/:act', async (req, res) => {
      const { reference, act } = req.params;
      const booking = await books.find(reference);
      if (!booking || !Object.hasOwn(acts, act)) return refuse(req, res, 404, 'There is no such booking.');
      try {
        await acts[act](booking, req.staff);
        res.redirect(303, '/staff');
      } catch (error) {
        log(`${reference}: ${error.message}`);
        refuse(req, res, 409, error.message, '/staff');
      }
    });
    return routes;
  }

  app.use((req, res) => refuse(req, res, 404, 'There is no such page.'));
  app.use((error, req, res, _next) => {
    log(error.stack);
    refuse(req, res, 503, 'This does not work now. Please try again in a minute.');
  });

  async function close() {
    clearInterval(sweeps);
    await books.close();
  }
  return { app, books, money, close };
}

/** The ways to pay, each with its gateways. The next one is asked only where the one before has done nothing. */
function methodsOf(gateways) {
  const all = { mobile: ['azampay', 'clickpesa', 'selcom'], card: ['pesapal'] };
  const used = Object.entries(all).map(([method, via]) => [method, via.filter((name) => gateways[name])]);
  return Object.fromEntries(used.filter(([, via]) => via.length > 0));
}

const wantsJson = (req) => req.accepts(['json', 'html']) === 'json';

const refuse = (req, res, status, words, back) =>
  res.status(status).send(wantsJson(req) ? { error: words } : problemPage(words, back));
