import type { Kind } from '../../../core/provider.ts';
import { settingsDefault } from '../defaults.ts';
import { normalizeSettings } from '../normalize.ts';
import { settingsOperations } from '../operations.ts';
import { SETTINGS_ID } from '../settings.ts';
import { validateSettings } from '../validate.ts';

/** The settings of the service instance; one per target, so all names mean the same object. */
export const sapSettings: Kind = {
  kind: 'SapSettings',
  schemaFile: 'sap-settings.schema.json',
  preExisting: true,
  deletable: false,
  replace: 'guarded',
  unreadable: [],
  atomic: [],
  secret: [],
  activeField: 'active',
  resetValue: settingsDefault,
  identity: () => SETTINGS_ID,
  normalize: normalizeSettings,
  validate: validateSettings,
  correlate: () => ({ matched: new Map(), ambiguous: [] }),
  classify: () => ({ how: 'in-place' }),
  settled: () => undefined,
  impact: () => undefined,
  operations: settingsOperations,
};
