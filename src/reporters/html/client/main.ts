/** The part of the report that needs a browser: pictures, filters and buttons. All text is in the page without it. */
import { startCopying } from './copy.ts';
import { startFigures } from './figures.ts';
import { startFilter } from './filter.ts';
import { startFolding } from './folding.ts';
import { startTheme } from './theme.ts';

document.documentElement.classList.add('js');
// Beside a picture its table is one click away.
for (const table of document.querySelectorAll<HTMLDetailsElement>('details.data')) table.open = false;

const redraw = startFigures();
startTheme(redraw);
startFilter();
startFolding();
startCopying();
