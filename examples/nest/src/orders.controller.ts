import { Body, Controller, Get, HttpException, Inject, NotFoundException, Param, Post } from '@nestjs/common';
import { FinConnectError } from 'finconnect';
import { Payments } from './payments.service.js';

const REFUSALS: Record<string, number> = { INVALID_REQUEST: 400, REFERENCE_CONFLICT: 409 };

@Controller('orders')
export class OrdersController {
  constructor(@Inject(Payments) private readonly payments: Payments) {}

  /** The browser makes the reference when it shows the form: a second click has the first one's answer. */
  @Post()
  async order(@Body() { reference, phone }: { reference: string; phone: string }) {
    try {
      const { status, advice } = await this.payments.charge(reference, phone);
      return { reference, status, advice };
    } catch (error) {
      const status = error instanceof FinConnectError ? REFUSALS[error.code] : undefined;
      // What the database says is for the log.
      if (status === undefined) throw error;
      throw new HttpException((error as FinConnectError).message, status, { cause: error });
    }
  }

  @Get(':reference')
  async status(@Param('reference') reference: string) {
    const payment = await this.payments.ledger.get(reference);
    if (!payment) throw new NotFoundException('There is no such order.');
    const { status, advice } = payment;
    return { reference, status, advice, tickets: this.payments.tickets(reference) };
  }
}
