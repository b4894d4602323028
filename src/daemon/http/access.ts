import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** Compares without telling by its time how much was right. */
function isSame(a: string, b: string): boolean {
  const hash = (text: string): Buffer => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(a), hash(b));
}

/** The token of an `Authorization: Bearer …` header. A cookie would be sent by other people's pages, too; a header is not. */
export function hasToken(header: string | undefined, token: string | undefined): boolean {
  const given = /^Bearer +(\S+)$/i.exec(header ?? '')?.[1];
  return token !== undefined && given !== undefined && isSame(given, token);
}

/** `sha256=<hex>` over the body, as GitHub and Gitea sign their hooks. */
export function isSigned(body: Uint8Array, header: string | undefined, secret: string): boolean {
  const given = /^(?:sha256=)?([0-9a-f]{64})$/i.exec(header ?? '')?.[1];
  if (given === undefined) return false;
  return isSame(given.toLowerCase(), createHmac('sha256', secret).update(body).digest('hex'));
}
