/** What a command has to say, for the summary of the job and for the comment. */
export interface Report {
  /** `Plan`, `Apply`, `Drift`, `Validate` */
  title: string;
  /** One line with the result, in Markdown. */
  verdict: string;
  /** Paragraphs above the details, in Markdown. */
  notes: readonly string[];
  /** The details in at most about so many characters; everything without a number. */
  details(maxLength?: number): string;
  /** In place of the details when not even shortened ones fit. */
  brief: string;
}

export interface Frame {
  /** First line, hidden. */
  marker?: string;
  label: string;
  /** Below all. */
  footer: string;
  /** Where the whole is, when this is shortened. */
  pointer: string;
}

/** What a comment may hold; GitHub refuses 65,537 characters. A little is left for what counts otherwise there. */
export const commentLimit = 65_000;
/** Of a step's summary, 1 MiB in all. */
export const summaryLimit = 1_000_000;

/** Characters, as GitHub counts them in comments. */
export function characters(text: string): number {
  return text.length;
}

export function bytes(text: string): number {
  return Buffer.byteLength(text);
}

/** The report as Markdown that `measure`s at most `limit`; when shortened, it says so and where the whole is. */
export function renderReport(
  report: Report,
  frame: Frame,
  limit: number,
  measure: (text: string) => number,
): string {
  const whole = assemble(report, frame, report.details(), '');
  if (measure(whole) <= limit) return whole;
  const note = `_Shortened, because it is too long for this place. ${frame.pointer}_`;
  let budget = limit;
  for (let tries = 0; tries < 5; tries += 1) {
    const used = measure(assemble(report, frame, '', note));
    budget = Math.floor(Math.min(budget * 0.9, limit - used));
    if (budget < 500) break;
    const shorter = assemble(report, frame, report.details(budget), note);
    if (measure(shorter) <= limit) return shorter;
  }
  const brief = assemble(report, frame, report.brief, note);
  if (measure(brief) <= limit) return brief;
  return assemble({ ...report, notes: [] }, frame, '', note);
}

function assemble(
  { title, verdict, notes }: Report,
  { marker, label, footer }: Frame,
  details: string,
  note: string,
): string {
  const parts = [`## ${title} · ${label}`, verdict, ...notes, note, details.trim(), `---\n\n${footer}`];
  const text = parts.filter((part) => part !== '').join('\n\n');
  return `${marker === undefined ? '' : `${marker}\n`}${text}\n`;
}
