import 'reflect-metadata';
import { All, Controller, Module, Next, Req, Res } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import type { NextFunction, Request as ExpressRequest, Response as ExpressResponse } from 'express';
import { createClerk } from 'tokenwright';
import { createTokenEndpoint, toNodeHandler } from 'tokenwright/endpoint';
import { readSession } from './session.mjs';

const endpoint = createTokenEndpoint({
  issuer: () => createClerk({ expiresInSeconds: 60, timeout: 5_000, retry: 0 }), // the key from CLERK_SECRET_KEY
  authorize: readSession,
});

@Controller('token')
class TokenController {
  readonly #handle = toNodeHandler(endpoint);

  @All()
  token(@Req() req: ExpressRequest, @Res() res: ExpressResponse, @Next() next: NextFunction): Promise<void> {
    return this.#handle(req, res, next);
  }
}

@Module({ controllers: [TokenController] })
class AppModule {}

const app = await NestFactory.create(AppModule, { logger: ['error'] });
await app.listen(Number(process.env.PORT ?? 3000), '127.0.0.1');
console.log(`${await app.getUrl()}/token`);
