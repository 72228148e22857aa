import type { GradientEvaluation } from '../contracts/engine.ts';

/** What TensorFlow.js says where a backend has no kernel for an operation. */
const MESSAGE = /Kernel '(\w+)' not registered for (?:the )?backend/;

/** The kernel that a message says is missing; null for other messages. */
export function missingKernelOf(message: string): string | null {
  return MESSAGE.exec(message)?.[1] ?? null;
}

/** The kernel for want of which a loss, or its gradient, could not be computed; null where it was, or threw for another reason. */
export function kernelMissingIn({ evaluation, error }: GradientEvaluation): { readonly kernel: string; readonly part: 'loss' | 'gradient' } | null {
  const part = evaluation.kind === 'threw' ? 'loss' : 'gradient';
  const kernel = missingKernelOf((evaluation.kind === 'threw' ? evaluation.error : error)?.message ?? '');
  return kernel === null ? null : { kernel, part };
}
