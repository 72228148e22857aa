import type { Progress } from '../contracts/options.ts';
import { clean, truncate } from '../reporters/text.ts';
import type { Terminal } from './terminal.ts';

export interface ProgressLine {
  update(progress: Progress): void;
  /** Erases the line. */
  end(): void;
}

/** A run that is over within this time needs no progress. */
const DELAY_MS = 1000;
const ERASE_LINE = '\r\u001b[2K';

/** One line on stderr that shows what runs now; nothing at all when stderr is no terminal. */
export function startProgress(terminal: Terminal): ProgressLine {
  if (!terminal.stderrIsTty) return { update() {}, end() {} };
  let latest: Progress | null = null;
  let visible = false;
  const draw = () => {
    if (latest === null) return;
    const line = truncate(describeProgress(latest), terminal.stderrColumns - 1);
    void terminal.writeError(ERASE_LINE + line);
    visible = true;
  };
  let delayed = false;
  const timer = setTimeout(() => {
    delayed = true;
    draw();
  }, DELAY_MS);
  timer.unref();
  return {
    update(progress) {
      latest = progress;
      if (delayed) draw();
    },
    end() {
      clearTimeout(timer);
      delayed = false;
      if (visible) void terminal.writeError(ERASE_LINE);
      visible = false;
    },
  };
}

/** `2 of 9 losses done, myloss.ts#focal: gradient-match`. */
function describeProgress({ done, total, loss, check }: Progress): string {
  const counts = `${done} of ${total} losses done`;
  if (loss === null) return counts;
  return `${counts}, ${clean(loss)}${check === null ? '' : `: ${check}`}`;
}
