export {
  type DriftDocument,
  type DriftedField,
  type DriftedObject,
  type DriftTarget,
  driftOf,
  hasDrift,
} from './drift.ts';
export { renderDriftMarkdown } from './drift-markdown.ts';
export { renderDriftText } from './drift-text.ts';
export { renderErrorText } from './error-text.ts';
export { type ErrorView, viewError } from './error-view.ts';
export { renderFindingsMarkdown } from './findings-markdown.ts';
export { countFindings, renderFindingsText, sortFindings } from './findings-text.ts';
export { type HistoryDocument, type HistoryTarget, renderHistoryText } from './history-text.ts';
export type { ImportDocument } from './import-document.ts';
export { renderImportText } from './import-text.ts';
export { renderJson } from './json.ts';
export { renderOutcomeMarkdown } from './outcome-markdown.ts';
export { renderOutcomeText } from './outcome-text.ts';
export { makePalette, type Palette, plainPalette, type RenderOptions, type Styler } from './palette.ts';
export { renderPlanHtml } from './plan-html.ts';
export { renderPlanMarkdown } from './plan-markdown.ts';
export { renderPlanText } from './plan-text.ts';
export { type StatusDocument, type StatusTarget, statusOf } from './status.ts';
export { renderStatusText } from './status-text.ts';
