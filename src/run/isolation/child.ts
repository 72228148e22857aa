import { keepCodeFor, loadScript } from '../../scripts.ts';

/** First lines of the process that a user's module runs in; the parent says for what kind of request it is. */

keepCodeFor(`child ${process.argv[2] ?? ''}`);
loadScript('program/child-work.cjs');
