import { DatabaseSync } from 'node:sqlite';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { FintechSDK } from 'finconnect';
import { type Ledger, openLedger, sqlite } from 'finconnect/ledger';
import type { Webhooks } from 'finconnect/webhooks';

const { AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET } = process.env;
const { SHOP_DB = 'shop.db' } = process.env;

const azampay = new FintechSDK({
  provider: 'azampay',
  config: { baseUrl: AZAMPAY_BASE_URL, AZAMPAY_APP_NAME, AZAMPAY_CONSUMER_KEY, AZAMPAY_CONSUMER_SECRET },
});

/** The shop's books: one SQLite database for its tickets and the ledger. */
@Injectable()
export class Payments implements OnModuleInit, OnApplicationShutdown {
  private readonly log = new Logger('Payments');
  private readonly db = new DatabaseSync(SHOP_DB);
  private sweeps?: NodeJS.Timeout;
  ledger!: Ledger;
  hooks!: Webhooks;

  async onModuleInit() {
    this.db.exec('CREATE TABLE IF NOT EXISTS ticket (number INTEGER PRIMARY KEY, reference TEXT NOT NULL)');
    this.ledger = await openLedger(sqlite(this.db), {
      gateways: { azampay },
      // In the transaction of the status: a payment has one ticket, however often its callback comes.
      async onPayment({ reference, status }, tx) {
        if (status === 'succeeded') await tx.query('INSERT INTO ticket (reference) VALUES (?)', [reference]);
      },
      onError: (error, { reference }) => this.log.error(`${reference}: ${error}`),
    });
    this.hooks = this.ledger.webhooks({ onEvent: (event) => event.status >= 400 && this.log.warn(event) });
    this.sweeps = setInterval(() => this.ledger.sweep().catch((error) => this.log.error(error)), 60_000);
  }

  /** Asks the phone for the money, once for each reference. */
  charge(reference: string, phone: string) {
    return this.ledger.charge({ reference, phone, amount: '25000', currency: 'TZS', description: 'One ticket' });
  }

  tickets(reference: string) {
    return this.db.prepare('SELECT number FROM ticket WHERE reference = ?').all(reference);
  }

  async onApplicationShutdown() {
    clearInterval(this.sweeps);
    await this.ledger.close();
    this.db.close();
  }
}
