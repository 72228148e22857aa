import type { EvidenceReport } from '../../../contracts/evidence.ts';
import type { CheckReport } from '../../../contracts/report.ts';
import { coordinatesFigure } from './coordinates.ts';
import { descentFigure } from './descent.ts';
import type { Figure } from './figure.ts';
import { float32Figure } from './float32.ts';
import { sliceFigure } from './slice.ts';
import { stepsFigure } from './steps.ts';
import { termsFigure } from './terms.ts';

/** In the order that people ask: is it wrong, where, and is the measurement to be trusted? */
const ORDER: readonly EvidenceReport['kind'][] = ['slice', 'coordinates', 'steps', 'float32', 'terms', 'descent'];

export function figuresOf({ evidence = [] }: CheckReport): readonly Figure[] {
  return evidence.toSorted((a, b) => ORDER.indexOf(a.kind) - ORDER.indexOf(b.kind)).map(figureOf);
}

function figureOf(evidence: EvidenceReport): Figure {
  switch (evidence.kind) {
    case 'slice':
      return sliceFigure(evidence);
    case 'steps':
      return stepsFigure(evidence);
    case 'coordinates':
      return coordinatesFigure(evidence);
    case 'float32':
      return float32Figure(evidence);
    case 'terms':
      return termsFigure(evidence);
    case 'descent':
      return descentFigure(evidence);
  }
}

/** Checks that can be drawn. */
const DRAWN = ['gradient-match', 'precision', 'term-balance', 'descent'];

/** Why a check that can be drawn is not; null for one that is, or has no picture. */
export function whyNoFigure({ id, status, summary, evidence = [] }: CheckReport): string | null {
  if (!DRAWN.includes(id) || evidence.length > 0) return null;
  if (status === 'skip') return `${id} does not apply: ${summary}`;
  if (status === 'inconclusive') return `${id} could not decide: ${summary}`;
  return `${id} kept no numbers to draw`;
}
