import { type Command, InvalidArgumentError, Option } from 'commander';
import { renderExplanationText, renderTimeIssueText } from '../../report/explain-text.ts';
import { renderJson } from '../../report/json.ts';
import { parseSapDate } from '../../time/index.ts';
import type { Configure } from '../configure.ts';
import { openContext } from '../context.ts';
import { exitCodes } from '../exit-codes.ts';
import { explainExpression } from '../explain-expression.ts';
import { type Notation, notations } from '../notations.ts';
import { outputOption, wholeNumber } from '../options.ts';

interface Options {
  as?: Notation;
  from?: number;
  count: number;
  output: 'text' | 'json';
}

/** `reconcile explain <expression>`. */
export const configureExplain: Configure = (command, invocation) => {
  command
    .argument('<expression...>', 'the expression; quote it, the shell reads * otherwise')
    .addOption(new Option('--as <notation>', 'how to read it (default: guessed)').choices(notations))
    .option('--from <instant>', 'count the next runs from here, ISO 8601 (default: now)', readInstant)
    .option('--count <n>', 'how many runs to show, 0 to 1000', wholeNumber(0, 1000), 5)
    .addOption(outputOption(['text', 'json']))
    .addHelpText(
      'after',
      `
Examples:
  $ reconcile explain "* * * -1.sun 9 0 0"        SAP cron: year month day dayOfWeek hour minute second
  $ reconcile explain "0 6 * * 1-5"               Unix crontab, and what it is in SAP cron
  $ reconcile explain "2 hours"                   repeatInterval
  $ reconcile explain 18.40                       repeatAt
  $ reconcile explain tomorrow at 4pm             a one-time text; shows the instant
  $ reconcile explain PT1H30M --as duration --from 2027-01-01T00:00:00Z --count 3 -o json`,
    )
    .action((expression: string[], options: Options, self: Command) => {
      const context = openContext(self, invocation);
      const text = expression.join(' ');
      const explained = explainExpression(text, {
        ...(options.as === undefined ? {} : { as: options.as }),
        // Whole seconds: nothing here is finer, and the output is easier to read.
        from: options.from ?? Math.ceil(context.io.now() / 1000) * 1000,
        count: options.count,
      });
      if (!explained.ok) {
        const look = { ...context.render, palette: context.errPalette };
        context.io.err(renderTimeIssueText(text, explained.as, explained.issue, look));
        invocation.exitCode = exitCodes.invalid;
        return;
      }
      context.io.out(
        options.output === 'json'
          ? renderJson(explained.explanation)
          : renderExplanationText({ ...explained.explanation }, explained, context.render),
      );
    });
};

function readInstant(text: string): number {
  const parsed = parseSapDate(text);
  if (!parsed.ok) throw new InvalidArgumentError('Expected an instant such as 2027-01-01T00:00:00Z.');
  const year = new Date(parsed.value.at).getUTCFullYear();
  if (year < 1970 || year > 2099) throw new InvalidArgumentError('Expected an instant within 1970 to 2099.');
  return parsed.value.at;
}
