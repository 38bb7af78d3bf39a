// What the code in documents stands among: the names that it takes from the reader's own app.
import type { Express } from 'express';
import type { Expectation, FintechConfig, Payment, PaymentStatus, ReplayStore, FintechSDK as Sdk } from 'finconnect';
import type { Ledger } from 'finconnect/ledger';
import type { Webhooks } from 'finconnect/webhooks';

interface Order {
  reference: string;
  amount: number;
  transactionId?: string | null;
  status: PaymentStatus;
}

declare global {
  const app: Express;
  const express: typeof import('express');
  const sdk: Sdk;
  const azampay: Sdk;
  const clickpesa: Sdk;
  const pesapal: Sdk;
  const selcom: Sdk;
  const config: FintechConfig;
  const order: Order;
  const orders: {
    find(reference: string | null): Promise<Order | undefined>;
    set(reference: string | null, status: PaymentStatus): Promise<void>;
  };
  const payment: { externalId: string };
  const fieldsThatClickpesaGaveYou: Record<string, unknown>;
  const privateKey: string;
  const transactionId: string;
  const ipnId: string;
  const store: ReplayStore;
  const body: any;
  const hooks: Webhooks;
  const ledger: Ledger;
  const queue: { add(name: string, payment: Payment): Promise<void> };
  function expect(callback: any, payment: Payment): Promise<Expectation | undefined>;
  function onPayment(payment: Payment): Promise<void>;
  function ship(reference: string): void;
  function reconcileLater(order: Order): void;
}
