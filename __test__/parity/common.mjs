// What the documented package does whatever the gateway is.
import { createRequire } from 'node:module';

const { column, GATEWAYS } = createRequire(import.meta.url)('../support/gateways.cjs');
const { login, config: CONFIG } = GATEWAYS.clickpesa;
const construct = (options) => ['new', options];

export const common = {
  gateway: 'clickpesa',
  title: 'Whatever the gateway',
  answers: {},
  rows: [
    {
      mark: 'same',
      does: "`new FintechSDK({ provider, config })` takes the documented keys, and sends nothing. `provider` counts in any letters: `'ClickPesa'` is `'clickpesa'`.",
      calls: [construct({ provider: 'ClickPesa', config: CONFIG })],
      sent: [],
    },
    {
      mark: 'same',
      does: '`new` throws when keys are missing. The message begins as documented, and then names the keys.',
      calls: [construct({ provider: 'clickpesa', config: { CLICKPESA_CLIENT_ID: undefined, CLICKPESA_API_KEY: '' } })],
      sent: [],
      error: {
        code: 'INVALID_CONFIG',
        message:
          'Invalid configuration: Missing required fields for Clickpesa. Missing: CLICKPESA_CLIENT_ID, CLICKPESA_API_KEY.',
      },
    },
    {
      mark: 'same',
      does: '`new` throws for a gateway that does not exist: `Unsupported provider type: …`, and then the names that exist.',
      calls: [construct({ provider: 'mpesa', config: CONFIG })],
      sent: [],
      error: { code: 'INVALID_CONFIG', message: /^Unsupported provider type: mpesa\b/ },
    },
    {
      mark: 'same',
      does: '`config` may be a spread `process.env`: the variables of the documented examples and those of other programs are let be.',
      calls: [
        construct({
          provider: 'azampay',
          config: {
            ...column('config').azampay,
            AZAMPAY_BASE_URL: 'https://sandbox.azampay.co.tz',
            AZAMPAY_CLIENT_ID: 'k',
            PATH: '/bin',
            NODE_ENV: 'production',
          },
        }),
      ],
      sent: [],
    },
    {
      mark: 'fixed',
      does: '`new` refuses an option or a key that does not exist, and names the one that was meant.',
      was: 'It was ignored, so that a misspelt setting had no effect.',
      calls: [construct({ provider: 'clickpesa', config: { ...CONFIG, CLICKPESA_CHECKSUM: 'c' } })],
      sent: [],
      error: { code: 'INVALID_CONFIG', message: /CLICKPESA_CHECKSUM, .*CLICKPESA_CHECKSUM_KEY/ },
    },
    {
      mark: 'fixed',
      does: '`new` refuses a `baseUrl` with plain `http://` to another machine. `allowInsecureHttp: true` takes it.',
      was: 'It was taken, and the credentials went out unencrypted.',
      calls: [construct({ provider: 'clickpesa', config: { ...CONFIG, baseUrl: 'http://api.clickpesa.com' } })],
      sent: [],
      error: { code: 'INVALID_CONFIG', message: /^Invalid configuration: .*https/ },
    },
    {
      mark: 'added',
      does: '`supports(name)` tells whether the gateway has a method.',
      instead: 'A list of your own.',
      calls: [['supports', 'registerIpn']],
      sent: [],
      value: false,
    },
    {
      mark: 'added',
      does: 'Every rejection is a `FinConnectError`, whose `outcome` says whether money may have moved, and whose `code` says why. It is an `Error` as before, and its message begins as documented.',
      instead: 'Reading the message.',
      answers: { [login]: [503, 'Service Unavailable'] },
      calls: [['pay', { amount: '1000' }]],
      sent: [{ method: 'POST', path: login, headers: {}, body: '{}' }],
      error: {
        name: 'FinConnectError',
        code: 'GATEWAY_ERROR',
        outcome: 'not_sent',
        retryable: true,
        statusCode: 503,
        message: /^Payment request failed: Authentication failed: /,
      },
    },
  ],
};
