import { Module } from '@nestjs/common';
import { HooksController } from './hooks.controller.js';
import { OrdersController } from './orders.controller.js';
import { Payments } from './payments.service.js';

@Module({ controllers: [OrdersController, HooksController], providers: [Payments] })
export class AppModule {}
