import { readFileSync, readlinkSync } from 'node:fs';
import { hostname, userInfo } from 'node:os';

/** What a lock says about the process that holds it. */
export interface ThisProcess {
  owner: string;
  host: string;
  pid: number;
  machine?: string;
  /** Is there a process with this pid on this machine? `undefined`: cannot tell. */
  isAlive(pid: number): boolean | undefined;
}

/** For entry points alone: looks at the process and the machine it runs on. `env`: names the CI's actor, if there is one. */
export function thisProcess(env: Readonly<Record<string, string | undefined>>): ThisProcess {
  const machine = machineOf();
  return {
    owner: env['GITHUB_ACTOR'] ?? env['GITLAB_USER_LOGIN'] ?? env['BUILD_REQUESTEDFOR'] ?? userName(env),
    host: hostname(),
    pid: process.pid,
    ...(machine === undefined ? {} : { machine }),
    isAlive,
  };
}

function userName(env: Readonly<Record<string, string | undefined>>): string {
  try {
    return userInfo().username;
  } catch {
    // A container may run under a uid without a name.
    return env['USER'] ?? 'unknown';
  }
}

/** The boot and the pid namespace: only where both are the same does a pid mean the same process. */
function machineOf(): string | undefined {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    return `${boot} ${readlinkSync('/proc/self/ns/pid')}`;
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean | undefined {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined;
    if (code === 'ESRCH') return false;
    return code === 'EPERM' ? true : undefined;
  }
}
