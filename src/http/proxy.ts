import { BlockList, isIP } from 'node:net';
import { ReconcileError } from '../core/errors.ts';

export type Environment = Readonly<Record<string, string | undefined>>;

function variable(env: Environment, name: string): string | undefined {
  return env[name] || env[name.toUpperCase()] || undefined;
}

export function isLoopbackHost(hostname: string): boolean {
  const host = bare(hostname);
  return (
    host === 'localhost' || host.endsWith('.localhost') || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
  );
}

function bare(hostname: string): string {
  return hostname
    .toLowerCase()
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '');
}

/**
 * The proxy for a URL from `https_proxy`, `http_proxy` and `no_proxy` (both cases; lower case first), or undefined.
 * This machine itself is never reached through a proxy. `https_proxy` is for https targets, `http_proxy` for http ones.
 */
export function proxyFor(url: URL, env: Environment): URL | undefined {
  const text = variable(env, url.protocol === 'https:' ? 'https_proxy' : 'http_proxy')?.trim();
  if (!text || isLoopbackHost(url.hostname) || isExempt(url, variable(env, 'no_proxy') ?? ''))
    return undefined;
  const proxy = URL.parse(text.includes('://') ? text : `http://${text}`);
  if (proxy !== null && (proxy.protocol === 'http:' || proxy.protocol === 'https:')) return proxy;
  throw new ReconcileError(
    'The proxy named in the environment cannot be used: only http and https proxies can.',
    {
      code: 'PROXY_UNUSABLE',
      category: 'invalid',
      remedy: 'Set HTTPS_PROXY to something like http://proxy.example:8080, or name the service in NO_PROXY.',
    },
  );
}

/**
 * `no_proxy` entries, divided by commas or spaces: `*`, a host (with its subdomains), `.example.com`, `*.example.com`,
 * an address, an IPv4 or IPv6 range (`10.0.0.0/8`); each but the range may carry a port.
 */
function isExempt(url: URL, noProxy: string): boolean {
  const host = bare(url.hostname);
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  return noProxy
    .split(/[\s,]+/)
    .filter((entry) => entry !== '')
    .some((entry) => entry === '*' || matches(entry.toLowerCase(), host, port));
}

function matches(entry: string, host: string, port: string): boolean {
  if (entry.includes('/')) return inRange(entry, host);
  const withPort = isIP(entry) === 6 ? undefined : /^(.*):(\d+)$/.exec(entry);
  if (withPort && withPort[2] !== port) return false;
  const name = bare(withPort?.[1] ?? entry).replace(/^\*?\./, '');
  if (isIP(host) !== 0) return name === host;
  return name !== '' && (host === name || host.endsWith(`.${name}`));
}

function inRange(entry: string, host: string): boolean {
  const [network = '', bits = ''] = entry.split('/');
  const family = isIP(network);
  const length = Number(bits);
  if (family === 0 || isIP(host) !== family || !/^\d+$/.test(bits) || length > (family === 4 ? 32 : 128))
    return false;
  const list = new BlockList();
  const type = family === 4 ? 'ipv4' : 'ipv6';
  list.addSubnet(network, length, type);
  return list.check(host, type);
}
