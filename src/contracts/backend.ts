/** The ways to choose the one engine that computes in float32; `auto` is tfjs-node when it loads, else the CPU backend. */
export const ENGINE_CHOICES = ['auto', 'node', 'wasm', 'cpu'] as const;

/** What `--backend` of `verify` accepts: `all` is the engine of `auto`, and beside it every other one that loads. */
export const BACKEND_CHOICES = [...ENGINE_CHOICES, 'all'] as const;

export type EngineChoice = (typeof ENGINE_CHOICES)[number];
export type BackendChoice = (typeof BACKEND_CHOICES)[number];
