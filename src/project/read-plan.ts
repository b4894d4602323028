import { readFile } from 'node:fs/promises';
import { ReconcileError } from '../core/errors.ts';
import { isObject, type Json } from '../core/json.ts';
import type { PlanDocument } from '../core/plan-document.ts';
import { planIntegrity } from '../core/saved-plan.ts';
import { planSchema } from '../generated/schemas/plan.ts';
import { validatorFor } from '../manifest/schema-validator.ts';

/** A plan that is bigger than this was not made here; reading it would only fill the memory. Bytes. */
const LARGEST = 512 * 1024 * 1024;

/**
 * Reads a plan that `plan --out` has saved, to carry it out. Damaged, foreign, newer and edited files are errors, never a
 * guess. `shown`: the file's name for messages.
 */
export async function readPlan(path: string, shown: string): Promise<PlanDocument> {
  const document = await readPlanDocument(path, shown);
  const { name } = document.tool;
  if (name !== 'reconcile-jobs') throw unreadable(`${shown} was made by another program: ${name}`);
  assertWhole(document, shown);
  return document;
}

/** Reads a plan only to look at it: also one that `plan -o json` has printed. */
export async function readPlanDocument(path: string, shown: string): Promise<PlanDocument> {
  const value = parse(await readText(path, shown), shown);
  if (!isObject(value)) throw unreadable(`${shown} is no plan: it is not a JSON object`);
  if (value['formatVersion'] !== '1' && isFormatVersion(value['formatVersion'])) {
    throw new ReconcileError(
      `${shown}: format version ${JSON.stringify(value['formatVersion'])} is not known to this version; it knows "1".`,
      {
        code: 'PLAN_FORMAT',
        category: 'invalid',
        remedy: 'Use the version of reconcile that saved the plan, or save it again with this one.',
      },
    );
  }
  const [finding] = validate(value, shown);
  if (finding !== undefined) {
    throw unreadable(`${shown} is no plan: ${finding.pointer || '/'}: ${finding.message}`);
  }
  return value as unknown as PlanDocument;
}

function isFormatVersion(value: Json | undefined): boolean {
  return typeof value === 'number' || (typeof value === 'string' && /^\d+$/.test(value));
}

/** The hash notices every change of the file. It is no signature: nothing in the file is ever carried out as it stands. */
function assertWhole(document: PlanDocument, shown: string): void {
  if (document.integrity === planIntegrity(document)) return;
  throw new ReconcileError(
    document.integrity === undefined
      ? `${shown} has no integrity hash, so that it cannot be told whether it is as it was saved.`
      : `${shown} was changed after it was saved: its content and its integrity hash do not belong together.`,
    {
      code: 'PLAN_EDITED',
      category: 'refused',
      remedy: 'A plan cannot be edited: change the manifests and save a new one with `reconcile plan --out`.',
    },
  );
}

async function readText(path: string, shown: string): Promise<string> {
  try {
    const bytes = await readFile(path);
    if (bytes.length > LARGEST) throw unreadable(`${shown} is too large to be a plan`);
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch (cause) {
    if (cause instanceof ReconcileError) throw cause;
    throw unreadable(
      `Cannot read the plan ${shown}: ${cause instanceof Error ? cause.message : 'unknown'}`,
      cause,
    );
  }
}

function parse(text: string, shown: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw unreadable(`${shown} is no plan, or only a part of one: it is not JSON`, cause);
  }
}

function validate(value: Json, shown: string): ReturnType<ReturnType<typeof validatorFor>> {
  try {
    return validatorFor(planSchema)(value);
  } catch (cause) {
    // Values nested thousands of levels deep exhaust the stack.
    throw unreadable(`${shown} is no plan: it is nested too deep`, cause);
  }
}

function unreadable(message: string, cause?: unknown): ReconcileError {
  return new ReconcileError(message, {
    code: 'PLAN_UNREADABLE',
    category: 'invalid',
    remedy: 'Give a file that `reconcile plan --out <file>` has written.',
    ...(cause === undefined ? {} : { cause }),
  });
}
