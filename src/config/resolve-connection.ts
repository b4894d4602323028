import type { Finding } from '../core/errors.ts';
import { ReconcileError } from '../core/errors.ts';
import { isObject, type Json, type JsonObject } from '../core/json.ts';
import type { Pointer } from '../core/pointer.ts';
import type { Connection } from '../core/provider.ts';
import { providerSchemas } from '../generated/registry.ts';
import { createLookup, type Environment } from '../manifest/environment.ts';
import { sortFindings } from '../manifest/index.ts';
import { interpolate } from '../manifest/interpolate.ts';
import type { PointedFinding } from '../manifest/schema-errors.ts';
import { validatorFor } from '../manifest/schema-validator.ts';
import type { TargetConfig } from './config.ts';

export interface ConnectionRules {
  environment: Environment;
  /** Called with every secret value. */
  redact(secret: string): void;
}

export interface ResolvedConnection {
  /** Absent when there are errors. */
  connection?: Connection;
  findings: Finding[];
}

type ConnectionTarget = Pick<TargetConfig, 'name' | 'provider' | 'url' | 'tenant' | 'credentials'> &
  Partial<Pick<TargetConfig, 'locate'>>;

/** How to reach a target: references filled in, JSON texts parsed, credentials checked and made known to the redactor. */
export function resolveConnection(target: ConnectionTarget, rules: ConnectionRules): ResolvedConnection {
  const { connection, findings } = resolveOnce(target, rules);
  const placed = sortFindings(findings.map((finding) => placeFinding(finding, target)));
  if (connection === undefined) return { findings: placed };
  const reload = async (): Promise<JsonObject> => {
    const again = resolveOnce(target, rules);
    if (again.connection !== undefined) return again.connection.credentials;
    throw new ReconcileError(`The credentials of target "${target.name}" cannot be read again.`, {
      code: 'CREDENTIALS_UNREADABLE',
      category: 'invalid',
      remedy: 'Check the variables and files that the credentials refer to.',
      findings: again.findings.map((finding) => placeFinding(finding, target)),
    });
  };
  return { connection: { ...connection, reload }, findings: placed };
}

function resolveOnce(
  target: ConnectionTarget,
  rules: ConnectionRules,
): { connection?: Connection; findings: PointedFinding[] } {
  const { name, provider, url, tenant, credentials } = target;
  const written: JsonObject = {
    credentials,
    ...(url !== undefined && { url }),
    ...(tenant !== undefined && { tenant }),
  };
  const lookup = createLookup({
    environment: rules.environment,
    variables: undefined,
    allowEnv: undefined,
    allowFiles: true,
    redact: rules.redact,
    placeholders: false,
  });
  const filled = interpolate(written, lookup);
  if (filled.findings.length > 0) return { findings: filled.findings };
  const value = filled.value as { url?: string; tenant?: JsonObject; credentials: JsonObject };
  const parsed = parseDocuments(value.credentials);
  redactSecrets(parsed.credentials, rules.redact);
  const findings = [...parsed.findings, ...check(provider, parsed.credentials, value.tenant)];
  if (findings.length > 0) return { findings };
  return {
    connection: {
      target: name,
      ...(value.url !== undefined && { url: value.url }),
      ...(value.tenant !== undefined && { tenant: value.tenant }),
      credentials: parsed.credentials,
    },
    findings,
  };
}

/** Whole documents (`vcap`, `serviceKey`) may be given as their JSON text. */
function parseDocuments(credentials: JsonObject): { credentials: JsonObject; findings: PointedFinding[] } {
  const copy: JsonObject = { ...credentials };
  const findings: PointedFinding[] = [];
  for (const field of ['vcap', 'serviceKey']) {
    const text = copy[field];
    if (typeof text !== 'string') continue;
    const value = parseObject(text);
    if (value !== undefined) copy[field] = value;
    else {
      findings.push({
        code: 'CREDENTIALS_NOT_JSON',
        severity: 'error',
        message: `${field} is not a JSON object.`,
        expected: 'the JSON text of a whole document',
        remedy:
          'Check what the reference gives: the file or variable may be empty, cut off or something else.',
        pointer: `/credentials/${field}`,
      });
    }
  }
  return { credentials: copy, findings };
}

/** Tools print a line or two around the JSON (`cf service-key`); what lies between the outermost braces counts. */
function parseObject(text: string): JsonObject | undefined {
  try {
    const value: Json = JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function check(provider: string, credentials: JsonObject, tenant: JsonObject | undefined): PointedFinding[] {
  const schemas = providerSchemas.find((entry) => entry.provider === provider);
  if (schemas === undefined) return [];
  const below = (field: string, findings: PointedFinding[]): PointedFinding[] =>
    findings.map((finding) => ({ ...finding, pointer: `/${field}${finding.pointer}` }));
  const inCredentials = below(
    'credentials',
    validatorFor(schemas.credentials)(credentials, () => false),
  );
  if (tenant === undefined || schemas.tenant === undefined) return inCredentials;
  return [...inCredentials, ...below('tenant', validatorFor(schemas.tenant)(tenant))];
}

const secretKey = /secret|password|passwd|token|key|certificate/i;

/** Values that are secret by their names; addresses and ids stay readable. */
function redactSecrets(value: Json, redact: (secret: string) => void, secret = false): void {
  if (typeof value === 'string') {
    if (secret && !/^https?:\/\//i.test(value)) redact(value);
    return;
  }
  if (Array.isArray(value)) {
    for (const item of value) redactSecrets(item, redact, secret);
    return;
  }
  if (!isObject(value)) return;
  for (const [key, item] of Object.entries(value)) {
    redactSecrets(item, redact, typeof item === 'string' && secretKey.test(key));
  }
}

function placeFinding(
  { at, offset, absent: _absent, ...finding }: PointedFinding,
  target: ConnectionTarget,
): Finding {
  const options = { ...(at !== undefined && { at }), ...(offset !== undefined && { offset }) };
  const pointer: Pointer = finding.pointer;
  const place = target.locate?.(pointer, options);
  return { ...finding, ...(place !== undefined && { place }) };
}
