import { z } from 'zod';
import { numberOrText } from './evidence.ts';

/** What `losscheck selftest` measures: planted faults and how many of them are caught, version 1. */

const plantedCountSchema = z.object({ fault: z.string(), planted: z.int(), caught: z.int() });

const powerSchema = z.object({
  /** Coordinates in which faults were planted: those whose gradient is not zero. */
  coordinates: z.int(),
  /** Coordinates that fail without any planted fault. */
  alreadyWrong: z.int(),
  /** A single coordinate times (1 + delta). */
  deltas: z.array(z.object({ delta: z.number(), planted: z.int(), caught: z.int() })).readonly(),
  faults: z.array(plantedCountSchema).readonly(),
  /** The relative fault in a single coordinate at which half, and all, are caught; null without coordinates. */
  halfCaughtAt: numberOrText.nullable(),
  allCaughtAt: numberOrText.nullable(),
  /** The coordinate in which a fault can hide best. */
  weakest: z
    .object({ input: z.string(), index: z.array(z.int()), at: z.string(), gradient: z.number(), threshold: numberOrText })
    .nullable(),
});

export const lossPowerSchema = powerSchema.extend({ id: z.string() });

/** The answer of `selftest --reporter json`, version 1. */
export interface SelftestReport {
  readonly schemaVersion: 1;
  readonly seed: number;
  readonly samples: number;
  readonly losses: readonly LossPower[];
  /** 0 when every fault that must be caught was. */
  readonly exitCode: number;
}

export type PlantedCount = z.infer<typeof plantedCountSchema>;
export type Power = z.infer<typeof powerSchema>;
export type LossPower = z.infer<typeof lossPowerSchema>;

/** The smallest relative fault in a single coordinate that must never be missed. */
export const GUARANTEED_DELTA = 1e-4;

/** Nothing was wrong before, something was planted, and of what must be caught everything was. */
export function isGuaranteed({ coordinates, alreadyWrong, deltas, faults }: Power): boolean {
  const required = [...faults, ...deltas.filter(({ delta }) => delta >= GUARANTEED_DELTA)];
  return alreadyWrong === 0 && coordinates > 0 && required.every(({ planted, caught }) => planted === caught);
}
