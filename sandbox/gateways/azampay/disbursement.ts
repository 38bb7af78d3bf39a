import { constants, createHash, type KeyObject, privateDecrypt } from 'node:crypto';
import { openPayment } from '../../engine/lifecycle.js';
import { type Fields, isFields, json, type Reply, textOf } from '../../http/message.js';
import { isAccount } from './account.js';
import type { Call, Route, World } from './world.js';

const MAX_PROPERTIES = 4_096;
const BANK_NAMES = ['Yas', 'Vodacom', 'Airtel', 'Halotel', 'Azampesa', 'Tpesa', 'tigo', 'airtel', 'azampesa'];

async function disburse(call: Call): Promise<Reply> {
  const { world, fields = {} } = call;
  const source = side(fields['source']);
  const destination = side(fields['destination']);
  const transfer = isFields(fields['transferDetails']) ? fields['transferDetails'] : {};
  const reference = textOf(fields['externalReferenceId']);
  if (![source.bankName, destination.bankName].every((name) => BANK_NAMES.includes(name)))
    return refusal(400, 'Invalid BankName.');
  if (!/^[\w.-]{1,30}$/.test(reference)) return refusal(400, 'Invalid externalReferenceId.');
  if (!(Number(transfer['amount']) > 0) || textOf(transfer['amount']).length > 20)
    return refusal(400, 'Invalid amount.');
  if (world.switches.azampayStrictPayments && !isAccount(destination.accountNumber, destination.bankName))
    return refusal(400, 'Invalid accountNumber.');
  if (JSON.stringify(fields['additionalProperties'] ?? null).length > MAX_PROPERTIES)
    return refusal(400, 'Invalid additionalProperties.');
  if (!textOf(transfer['type'])) return refusal(400, 'Invalid type.');
  if (!/^\d{10}$/.test(textOf(transfer['dateInEpoch']))) return refusal(400, 'Invalid dateInEpoch.');
  if (world.switches.azampayStrictPayments && (source.currency !== 'TZS' || destination.currency !== 'TZS'))
    return refusal(400, 'Invalid currency.');
  const message =
    source.accountNumber +
    destination.accountNumber +
    destination.currency +
    textOf(transfer['amount']) +
    textOf(transfer['dateInEpoch']) +
    reference;
  if (!(await checksumHolds(world, fields, message))) return refusal(400, 'Invalid checksum.');
  const age = world.clock.now() / 1_000 - Number(transfer['dateInEpoch']);
  const { azampayEpochSeconds, azampayDuplicateStatus } = world.switches;
  if (azampayEpochSeconds > 0 && age > azampayEpochSeconds) return refusal(402, 'Request expired');
  if (world.payments.byRef('azampay', reference, 'payout')) {
    return refusal(
      azampayDuplicateStatus,
      `Detected duplicate transaction: Duplicate ExternalReferenceId: ${reference}`,
    );
  }
  const payment = await openPayment(call, {
    kind: 'payout',
    id: world.random.hex(32),
    reference,
    amount: textOf(transfer['amount']),
    currency: destination.currency,
    phone: destination.accountNumber,
    operator: destination.bankName,
    detail: { additionalProperties: fields['additionalProperties'] },
  });
  return json(200, {
    pgReferenceId: payment.id,
    message: 'Your transaction is in process',
    success: true,
    statusCode: 200,
    status: 'Pending',
  });
}

async function nameLookup({ world, fields = {} }: Call): Promise<Reply> {
  const bankName = textOf(fields['bankName']);
  const accountNumber = textOf(fields['accountNumber']);
  if (!BANK_NAMES.includes(bankName)) return refusal(400, 'Invalid BankName.');
  if (world.switches.azampayStrictPayments && !isAccount(accountNumber, bankName))
    return refusal(400, 'Invalid accountNumber.');
  if (!(await checksumHolds(world, fields, bankName + accountNumber))) return refusal(400, 'Invalid checksum.');
  const [fspName, fspId] = FSPS.find(([numbers]) => numbers.test(accountNumber))?.slice(1) ?? ['Azampesa', '500'];
  return json(200, {
    status: true,
    statusCode: 200,
    ...(world.switches.azampayLookupName === 'whole' && { name: 'Asha Juma' }),
    fName: 'Asha',
    lName: 'Juma',
    idNumber: null,
    accountNumber,
    // By the number, whatever was asked for.
    bankName: fspName,
    fspName,
    fspId,
    message: 'Success',
  });
}

/** What a look-up calls an operator, by how its numbers begin. The last two ids are of our own making. */
const FSPS: [RegExp, string, string][] = [
  [/^(?:255|0)?7[24569]/, 'M-pesa', '503'],
  [/^(?:255|0)?6[0689]|^(?:255|0)?78/, 'Airtel Money', '504'],
  [/^(?:255|0)?(?:6[57]|7[017])/, 'Tigo', '505'],
  [/^(?:255|0)?6[123]/, 'Halopesa', '506'],
];

const PROGRESS: Record<string, string> = {
  pending: 'pending',
  paid: 'success',
  // A payout that failed is money that came back.
  reversed: 'failure',
  refunded: 'failure',
};

function status(call: Call): Reply {
  const { world, query } = call;
  const own = query.get('externalReferenceId');
  const asksByOwn = own !== null && world.switches.azampayStatusByReference;
  const id = query.get('pgReferenceId');
  if (!id && !asksByOwn) return refusal(400, 'Either pgReferenceId or externalReferenceId must be provided.');
  const payment = asksByOwn ? world.payments.byRef('azampay', own, 'payout') : world.payments.get('azampay', id!);
  if (payment?.kind !== 'payout')
    return json(402, { data: null, message: 'Transaction not found', success: false, statusCode: 404 });
  const progress = PROGRESS[payment.status] ?? 'pending';
  if (world.switches.azampayPayoutStatus === 'data') return told(progress);
  return json(200, {
    transId: payment.id,
    statusCode: 200,
    success: true,
    message: null,
    fspReferenceId: payment.receipt || null,
    initiatorReferenceId: payment.reference,
    pgReferenceId: payment.id,
    amount: payment.amount,
    status: progress === 'pending' ? 'Pending' : progress,
    additionalProperties: payment.detail['additionalProperties'] ?? {},
    operator: payment.operator,
    signature: null,
  });
}

/** The answer of the former path, and of older copies of the specification. */
function legacyStatus({ world, query }: Call): Reply {
  const payment = world.payments.get('azampay', query.get('pgReferenceId') ?? '');
  return payment?.kind === 'payout'
    ? told(PROGRESS[payment.status] ?? 'pending')
    : refusal(402, 'Transaction not found');
}

const told = (data: string) =>
  json(200, { data, message: 'Transaction Status successfuly fetch', success: true, statusCode: 200 });

const refusal = (statusCode: number, message: string) => json(statusCode, { message, success: false, statusCode });

function side(value: unknown) {
  const fields = isFields(value) ? value : {};
  const member = (name: string) => textOf(fields[name]);
  return { bankName: member('bankName'), accountNumber: member('accountNumber'), currency: member('currency') };
}

/** Base64 of RSA PKCS#1 v1.5, by the published key, of the SHA-512 of the fields. */
async function checksumHolds(world: World, fields: Fields, message: string): Promise<boolean> {
  const digest = createHash('sha512').update(message, 'utf8').digest();
  return unpad(await world.own.keys.signing(), textOf(fields['checksum']))?.equals(digest) ?? false;
}

/** Node refuses PKCS#1 v1.5 decryption by default; the padding is taken off by hand, for a key that guards nothing. */
function unpad(key: KeyObject, checksum: string): Buffer | undefined {
  try {
    const block = privateDecrypt({ key, padding: constants.RSA_NO_PADDING }, Buffer.from(checksum, 'base64'));
    const end = block.indexOf(0, 2);
    return block[0] === 0 && block[1] === 2 && end > 9 ? block.subarray(end + 1) : undefined;
  } catch {
    return undefined;
  }
}

export const disbursementRoutes: Route[] = [
  { method: 'POST', path: '/api/v1/azampay/disburse', creates: true, handle: disburse },
  { method: 'POST', path: '/api/v1/azampay/namelookup', handle: nameLookup },
  { method: 'GET', path: '/api/v1/azampay/transactionstatus', handle: status },
  { method: 'GET', path: '/azampay/gettransactionstatus', handle: legacyStatus },
];
