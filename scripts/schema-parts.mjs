/**
 * What the published schemas are composed of. A new kind is one file below schemas/parts/ and one line in `kinds`;
 * a new provider is its credentials (and tenant) part and one line in `providers`.
 */

/** @type {readonly { kind: string, provider: string, part: string, file: string, shared?: string, type: string }[]} */
export const kinds = [
  {
    kind: 'SapJob',
    provider: 'sap',
    part: 'sap-job',
    file: 'sap-job',
    shared: 'sap-schedule',
    type: 'SapJob',
  },
  {
    kind: 'SapTask',
    provider: 'sap',
    part: 'sap-task',
    file: 'sap-task',
    shared: 'sap-schedule',
    type: 'SapTask',
  },
  { kind: 'SapSettings', provider: 'sap', part: 'sap-settings', file: 'sap-settings', type: 'SapSettings' },
  {
    kind: 'RiversandBatchJob',
    provider: 'riversand',
    part: 'riversand-batch-job',
    file: 'riversand-batch-job',
    type: 'RiversandBatchJob',
  },
  {
    kind: 'RiversandSchedule',
    provider: 'riversand',
    part: 'riversand-schedule',
    file: 'riversand-schedule',
    type: 'RiversandSchedule',
  },
];

/** @type {readonly { provider: string, credentials: string, tenant?: string }[]} */
export const providers = [
  { provider: 'sap', credentials: 'credentials-sap', tenant: 'tenant-sap' },
  { provider: 'riversand', credentials: 'credentials-riversand' },
];
