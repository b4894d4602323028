export type { Calendar, Lane, Top } from './calendar.ts';
export { type CalendarDocument, calendarDocument } from './calendar-document.ts';
export { renderCalendarHtml } from './calendar-html.ts';
export { renderCalendarSvg } from './calendar-svg.ts';
export { renderCalendarText } from './calendar-text.ts';
