/** What `--backend` accepts; `auto` is tfjs-node when it loads, else the CPU backend. */
export const BACKEND_CHOICES = ['auto', 'node', 'wasm', 'cpu'] as const;

export type BackendChoice = (typeof BACKEND_CHOICES)[number];
