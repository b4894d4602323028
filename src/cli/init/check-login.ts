import { createConfigEnvironment, resolveConnection } from '../../config/index.ts';
import { ReconcileError } from '../../core/errors.ts';
import { providerOf } from '../../project/load-project.ts';
import type { Context } from '../context.ts';
import type { Answers } from './answers.ts';
import { targetOf } from './init-files.ts';

/** `reached`, or why it could not be tried. Throws what the service says against the credentials. */
export type LoginCheck = { reached: string } | { notTried: string };

/** Logs in and reads once, with a connection that cannot write. */
export async function checkLogin(context: Context, answers: Answers, root: string): Promise<LoginCheck> {
  const environment = createConfigEnvironment({ root, allowFiles: [] }, context.io.env);
  const written = targetOf(answers);
  const url = answers.url;
  const { connection, findings } = resolveConnection(
    {
      name: answers.target,
      provider: answers.provider,
      ...(url === undefined || url === '' ? {} : { url }),
      credentials: written['credentials'] as Record<string, never>,
    },
    { environment, redact: (secret) => context.invocation.redactor.add(secret) },
  );
  const unset = findings.filter(({ code }) => code === 'UNRESOLVED_SECRET' || code === 'UNRESOLVED_ENV');
  if (connection === undefined && unset.length > 0) {
    return { notTried: unset.map(({ message }) => message).join(' ') };
  }
  if (connection === undefined) {
    throw new ReconcileError('The credentials cannot be used. Nothing was written.', {
      code: 'INVALID',
      category: 'invalid',
      findings,
    });
  }
  const provider = providerOf({ name: answers.target, provider: answers.provider });
  const { surroundings } = await context.gather(1);
  const session = await provider.open(connection, 'read', surroundings);
  try {
    const instance = await session.instance();
    const kind = provider.kinds[0]?.kind ?? '';
    await session.read({ kind, identity: 'reconcile-init-looks-for-nothing' });
    return { reached: instance };
  } finally {
    await session.close();
  }
}
