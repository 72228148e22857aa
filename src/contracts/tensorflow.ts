import { z } from 'zod';

/** Something about an installation that who trains with it should know, and what to do about it. */
export const installationNoteSchema = z.object({ message: z.string(), fix: z.string() });

export type InstallationNote = z.infer<typeof installationNoteSchema>;

/** Scripts of one copy of TensorFlow.js, by their keys in the cache. */
const scriptsSchema = z.object({ reference64: z.string(), production32: z.string() });

/** The TensorFlow.js that a module is verified with; it crosses to the process of the module. */
export const tensorflowSchema = z.object({
  /** Of tfjs-core. */
  version: z.string(),
  /** Null where losscheck's own copy is taken, or is the same. */
  scripts: scriptsSchema.nullable(),
  /** Its wasm backend: the key of the script and the folder of the binaries, null for losscheck's own; or why there is none. */
  wasm: z.union([z.object({ script: z.string(), binaries: z.string() }), z.object({ missing: z.string() })]).nullable(),
  /** The native backend that computes with this copy; or why there is none. */
  native: z.union([z.object({ name: z.string(), version: z.string(), root: z.string() }), z.object({ missing: z.string() })]),
  /** What somebody who trains with this installation should know. */
  notes: z.array(installationNoteSchema),
});

export type Tensorflow = z.infer<typeof tensorflowSchema>;
export type NativePackage = Extract<Tensorflow['native'], { readonly root: string }>;
