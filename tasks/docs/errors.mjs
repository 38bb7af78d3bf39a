// Run by `npm run build:debug`: writes docs/guide/errors.md from the codes that `npx finconnect explain` tells of.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import codes from '../../lib/cli/codes.js';

const { errors, ledger, MONEY, reasons } = codes;
const file = fileURLToPath(new URL('../../docs/guide/errors.md', import.meta.url));

const INTRODUCTION = `# When it goes wrong

<!-- tasks/docs/errors.mjs writes this page from lib/cli/codes.js: edit it there. -->

A call that fails rejects with a \`FinConnectError\`. Look at two members, in this order:

1. \`outcome\` says whether money may have moved. Decide by it.
2. \`code\` says what happened. This page tells of each.

| \`outcome\` | money | what to do |
| --- | --- | --- |
| \`not_sent\` | not moved by this call | correct what is wrong; make the same call again if \`retryable\` |
| \`refused\` | not moved | tell the customer; \`gatewayMessage\` has the gateway's words |
| \`unknown\` | may have moved | do **not** pay again: wait for the callback, or call [\`recover\`](recovery.md) |

In a shop that is all there is to decide:

\`\`\`ts
try {
  await azampay.charge({ amount: order.amount, currency: 'TZS', phone: '0712345678', reference: order.reference });
} catch (error) {
  if (!(error instanceof FinConnectError)) throw error;
  console.error(error.code, error.outcome, error.message); // no secret and no whole phone number is in it
  if (error.outcome === 'unknown') reconcileLater(order);
}
\`\`\`

The same on the command line, without this page:

\`\`\`sh
npx finconnect explain TIMEOUT
npx finconnect explain # lists all codes
\`\`\`

[The ledger](ledger.md) makes these decisions for you. [The doctor](doctor.md) looks for causes on your machine.

## What a rejection holds

Beside \`outcome\`, \`code\` and \`retryable\` it has \`provider\`, \`operation\`, \`statusCode\`, \`gatewayCode\`,
\`gatewayMessage\` and \`response\`; \`index.d.ts\` documents each. All of them are in \`JSON.stringify(error)\`. One
rejection is no \`FinConnectError\`: a call with a signal that was aborted before rejects with that signal's own reason,
and nothing was sent.

No error holds a key, a secret, a token or the payer's whole telephone number. This is so even when a gateway or your
own \`fetch\` repeats one: as it is, percent-encoded, escaped for JSON or HTML, in base64 or in hexadecimal. For this
reason an error that your own \`fetch\` threw is not kept as \`cause\`. Only what a getter or \`toJSON\` of your own
object throws is, as you made it.

## What is tried again

A payment request that may have reached the gateway is never sent again. A request is tried again when no connection
could be made: then nothing left. It is also tried again when it cannot move money, as logins and questions cannot.
When the gateway refuses the access token, and its answer says nothing else, the library gets a new token and sends the
request once more.
`;

const section = (code, lines) => `### ${code}\n\n${lines.join('\n\n')}\n`;
const ofError = ([code, [calls, what, money, todo]]) =>
  section(code, [what, `**Did money move?** ${MONEY[money]}`, `**What to do.** ${todo}`, `Given by: ${calls}.`]);
// Without headings: two of these are codes of errors too, whose anchors they would take.
const ofReason = ([code, [what, answer, todo]]) => `| \`${code}\` | ${what} | ${answer} | ${todo} |`;

/** The page as it has to be. */
export function page() {
  return `${INTRODUCTION}
## Codes of errors

${Object.entries(errors).map(ofError).join('\n')}
## Codes of the ledger

\`charge\`, \`payout\` and \`refund\` of \`finconnect/ledger\` resolve with the payment when a gateway fails: its \`code\` is
then one of those above. They reject with \`INVALID_REQUEST\` or with a code below, where nothing was sent or the database
fails. What a failed payment means for the customer, in English and Swahili, is its [\`advice\`](ledger.md).

${Object.entries(ledger).map(ofError).join('\n')}
## Reasons of callbacks

\`handleCallback\` tells why a callback is not valid by \`reason\`. [\`webhooks\`](webhooks.md) answers the gateway as
this table says, and tells your \`onEvent\` the reason. A callback that is not valid moves no money, and says nothing of
the payment: leave the order as it is.

| \`reason\` | what was found | answer | what to do |
| --- | --- | --- | --- |
${Object.entries(reasons).map(ofReason).join('\n')}

Where \`handleCallback\` cannot decide it rejects, with one of the codes above. Answer 500 or 503, and the gateway sends
the callback again.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) writeFileSync(file, page());
