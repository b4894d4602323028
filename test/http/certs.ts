import { readFileSync } from 'node:fs';

function pem(name: string): string {
  return readFileSync(new URL(`certs/${name}.pem`, import.meta.url), 'utf8');
}

export const ca = pem('ca');
export const serverTls = { cert: pem('server'), key: pem('server.key') };
export const clientTls = { cert: pem('client'), key: pem('client.key') };
export const expiredTls = { cert: pem('client-expired'), key: pem('client-expired.key') };
export const strangerTls = { cert: pem('client-stranger'), key: pem('client-stranger.key') };
