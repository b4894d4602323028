import { isObject, type Json, type JsonObject } from '../../core/json.ts';

/**
 * The first JSON object in a text: people save what a command printed, with a line in front of it (`cf service-key`) or
 * more behind it (`cf env`). Undefined when there is none.
 */
export function readJsonText(text: string): JsonObject | undefined {
  const start = text.indexOf('{');
  if (start < 0) return undefined;
  const whole = parseObject(text.slice(start));
  if (whole !== undefined) return whole;
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at++) {
    const char = text[at];
    if (quoted) {
      if (char === '\\') at += 1;
      else if (char === '"') quoted = false;
      continue;
    }
    if (char === '"') quoted = true;
    else if (char === '{') depth += 1;
    else if (char === '}' && --depth === 0) return parseObject(text.slice(start, at + 1));
  }
  return undefined;
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function asObject(value: Json | undefined): JsonObject | undefined {
  return typeof value === 'string' ? readJsonText(value) : isObject(value) ? value : undefined;
}

/**
 * The credentials object inside a service key: bare, below `credentials` (any depth), or a Kubernetes secret as the BTP
 * operator makes it (values in base64 below `data`, `uaa` as JSON text).
 */
export function unwrapServiceKey(document: JsonObject): JsonObject {
  const inner = asObject(document['credentials']);
  if (inner !== undefined && document['url'] === undefined) return unwrapServiceKey(inner);
  const data = document['kind'] === 'Secret' ? document['data'] : undefined;
  if (!isObject(data)) return document;
  return Object.fromEntries(
    Object.entries(data).map(([name, value]) => [
      name,
      Buffer.from(String(value), 'base64').toString('utf8'),
    ]),
  );
}

/** One binding of a VCAP_SERVICES document. */
export interface Binding {
  service: string;
  name: string;
  /** All names it goes by. */
  names: readonly string[];
  instanceId: string | undefined;
  credentials: JsonObject;
}

/** All bindings of a VCAP_SERVICES document, also when it lies below `VCAP_SERVICES` as in `cf env` or default-env.json. */
export function listBindings(document: JsonObject): Binding[] {
  const services = asObject(document['VCAP_SERVICES']) ?? asObject(document['system_env_json']) ?? document;
  if (services !== document) return listBindings(services);
  return Object.entries(services).flatMap(([service, bindings]) =>
    (Array.isArray(bindings) ? bindings : [])
      .filter(isObject)
      .map((binding) => readBinding(service, binding)),
  );
}

function readBinding(service: string, binding: JsonObject): Binding {
  const credentials = asObject(binding['credentials']) ?? {};
  const names = ['name', 'instance_name', 'binding_name', 'instance_guid']
    .map((field) => binding[field])
    .filter((name) => typeof name === 'string')
    .filter((name) => name !== '');
  const guid = binding['instance_guid'];
  return {
    service: serviceOf(service, binding, credentials),
    name: names[0] ?? '(without a name)',
    names,
    instanceId: typeof guid === 'string' ? guid : undefined,
    credentials,
  };
}

/** User-provided services carry another key, but keep the label or a tag, or at least the service's URL. */
function serviceOf(key: string, binding: JsonObject, credentials: JsonObject): string {
  const tags = Array.isArray(binding['tags']) ? binding['tags'] : [];
  const marks = [key, binding['label'], ...tags];
  const known = ['jobscheduler', 'identity'].find((service) => marks.includes(service));
  if (known !== undefined) return known;
  const url = credentials['url'];
  return typeof url === 'string' && url.includes('://jobscheduler') ? 'jobscheduler' : key;
}
