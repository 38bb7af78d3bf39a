import type { IncomingMessage, ServerResponse } from 'node:http';
// #region webhook
import { All, Controller, Inject, Req, Res } from '@nestjs/common';
import { Payments } from './payments.service.js';

@Controller('hooks')
export class HooksController {
  constructor(@Inject(Payments) private readonly payments: Payments) {}

  /** It answers by itself, with or without Nest's body parser. */
  @All(':gateway')
  deliver(@Req() request: IncomingMessage, @Res() response: ServerResponse) {
    return this.payments.hooks(request, response);
  }
}
// #endregion webhook
