import { resolve } from 'node:path';
import { isObject, type Json } from '../core/json.ts';
import type { PlanTarget } from '../core/plan-document.ts';
import { planDifferences } from '../core/saved-plan.ts';
import { readPlan } from '../project/read-plan.ts';
import { ActionFailure } from './failure.ts';
import type { GitHub } from './github.ts';
import { isGenuine } from './marker.ts';
import { digestsOf } from './outputs.ts';
import type { Session } from './session.ts';
import { findComment } from './sticky.ts';

/** What was reviewed. */
export interface Approval {
  /** Target → digest. */
  digests: Readonly<Record<string, string>>;
  /** For people: `pull request #12`. */
  where: string;
  pull?: number;
  /** The plans themselves, where they are known. */
  plans?: readonly PlanTarget[];
}

/** How to go on when nothing was approved, or something else. */
const manualRemedy =
  'Look at the plan below. To apply it, run the workflow for manual apply, or open a new pull request.';

/** The digests that were approved: those of `plan-file`, else of the comment on the merged pull request. */
export async function findApproval(session: Session, github: GitHub | undefined): Promise<Approval> {
  const { inputs, cwd } = session;
  if (inputs.planFile !== undefined) return readPlanFile(resolve(cwd, inputs.planFile), inputs.planFile);
  if (github === undefined) {
    throw notApproved('Without `github-token` the comment with the approved plan cannot be read.');
  }
  try {
    return await approvalOfComment(session, github);
  } catch (error) {
    if (error instanceof ActionFailure) throw error;
    // What cannot be read was not approved.
    throw notApproved(`GitHub did not say what was approved: ${error instanceof Error ? error.message : ''}`);
  }
}

async function approvalOfComment({ inputs, event, env }: Session, github: GitHub): Promise<Approval> {
  const { repository, sha, branch } = event;
  const pull = mergedPull(await github.list(`/repos/${repository}/commits/${sha}/pulls`), sha, branch);
  if (pull === undefined) throw notApproved(`The commit ${sha} did not come from a merged pull request.`);
  const where = `pull request #${pull}`;
  const comment = await findComment(github, repository, pull, inputs.label);
  if (comment === undefined) {
    throw notApproved(`There is no plan with the label "${inputs.label}" on ${where}.`);
  }
  const { marker } = comment;
  if (marker.targets === undefined) throw notApproved(`The last plan on ${where} had failed.`);
  const key = env['RECONCILE_STATE_KEY'];
  if (key !== undefined && !isGenuine(marker, placeOf(repository, pull), key)) {
    throw notApproved(
      `The plan on ${where} is not signed with RECONCILE_STATE_KEY: it was made without it, or changed by hand.`,
    );
  }
  return { digests: marker.targets, where, pull };
}

/** What a signature is bound to, so that it cannot be copied to another pull request. */
export function placeOf(repository: string, pull: number): string {
  return `${repository.toLowerCase()}#${pull}`;
}

/**
 * The merged pull request that this commit came from. A squash and a merge have the commit as their own; after a rebase,
 * or a merge that somebody pushed, it is the one that was merged into this branch.
 */
function mergedPull(pulls: readonly Json[], sha: string, branch: string): number | undefined {
  const merged = pulls.filter(isObject).filter((pull) => typeof pull['merged_at'] === 'string');
  const own = merged.find((pull) => pull['merge_commit_sha'] === sha);
  const here = merged.filter((pull) => {
    const base = pull['base'];
    return isObject(base) && base['ref'] === branch;
  });
  const number = (own ?? (here.length === 1 ? here[0] : undefined))?.['number'];
  return typeof number === 'number' ? number : undefined;
}

async function readPlanFile(path: string, shown: string): Promise<Approval> {
  const { targets } = await readPlan(path, shown);
  return { digests: digestsOf(targets), plans: targets, where: `the plan ${shown}` };
}

function notApproved(message: string): ActionFailure {
  return new ActionFailure('no-approved-plan', `${message} Nothing was written.`, manualRemedy);
}

/** Throws unless every plan that would change something is the one that was approved. */
export function assertApproved(targets: readonly PlanTarget[], { digests, where, plans }: Approval): void {
  const changing = targets.filter(({ changes }) => changes.length > 0);
  const unknown = changing.filter(({ name }) => !Object.hasOwn(digests, name));
  if (unknown.length > 0) {
    const names = unknown.map(({ name }) => `"${name}"`).join(', ');
    throw notApproved(`The plan approved on ${where} has no target ${names}.`);
  }
  const other = changing.filter(({ name, digest }) => digests[name] !== digest);
  if (other.length === 0) return;
  const each = other.flatMap((target) => {
    const { name, digest } = target;
    const approved = plans?.find((plan) => plan.name === name);
    const differences = approved === undefined ? [] : planDifferences(approved, target);
    return [
      `Target ${name}: approved was ${digests[name]}, now it is ${digest}.`,
      ...differences.map(({ address, message }) =>
        address === undefined ? message : `${address}: ${message}`,
      ),
    ];
  });
  throw new ActionFailure(
    'plan-changed',
    [`The plan is no longer the one that was approved on ${where}. Nothing was written.`, ...each].join('\n'),
    `The service, the config or another merge has changed since. ${manualRemedy}`,
  );
}
