/**
 * What the process of a user's module sees of the environment: what a numeric program may depend on, and nothing that
 * could be a secret.
 */

const HARMLESS = new Set([
  'NODE_ENV', 'NODE_NO_WARNINGS', 'NODE_DISABLE_COLORS', 'TZ', 'LANG', 'LANGUAGE', 'CI', 'GITHUB_ACTIONS', 'GITLAB_CI', 'TERM', 'COLORTERM', 'COLUMNS', 'LINES', 'FORCE_COLOR', 'NO_COLOR', 'DEBUG',
  'PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'PWD', 'TMPDIR', 'TMP', 'TEMP', 'XDG_CACHE_HOME', 'LD_LIBRARY_PATH', 'DYLD_LIBRARY_PATH', 'DYLD_FALLBACK_LIBRARY_PATH',
  'SYSTEMROOT', 'SYSTEMDRIVE', 'WINDIR', 'COMSPEC', 'PATHEXT', 'APPDATA', 'LOCALAPPDATA', 'USERPROFILE', 'USERNAME', 'HOMEDRIVE', 'HOMEPATH', 'NUMBER_OF_PROCESSORS', 'PROCESSOR_ARCHITECTURE',
]);

// What Terraform reads begins with TF_ as well, tokens among it.
const HARMLESS_PREFIX = /^(LC_|TF_(CPP|FORCE|ENABLE|NUM|GPU|XLA|USE|DISABLE|CUDNN|DETERMINISTIC)_|OMP_|MKL_|KMP_|CUDA_|NVIDIA_|XLA_|VITEST|JEST_|LOSSCHECK_)/;

/** What Node itself was started with is decided by losscheck, and what npm says about itself concerns no loss: neither is missed. */
const NOT_PASSED_ON = /^(NODE_OPTIONS|NODE_CHANNEL_FD|NODE_UNIQUE_ID|NODE_CHANNEL_SERIALIZATION_MODE|_|OLDPWD|SHLVL|INIT_CWD)$|^npm_[a-z]/;

export interface Environment {
  readonly passed: Readonly<Record<string, string>>;
  /** Names that exist and are kept back: who asks for one is told. */
  readonly withheld: readonly string[];
}

/** @param allowed names that a person allows */
export function environmentFor(allowed: readonly string[], all: Readonly<Record<string, string | undefined>> = process.env): Environment {
  const passed: Record<string, string> = {};
  const withheld: string[] = [];
  for (const [name, value] of Object.entries(all)) {
    if (value === undefined) continue;
    if (allowed.includes(name) || isHarmless(name)) passed[name] = value;
    else if (!NOT_PASSED_ON.test(name)) withheld.push(name);
  }
  return { passed, withheld };
}

function isHarmless(name: string): boolean {
  return HARMLESS.has(name.toUpperCase()) || HARMLESS_PREFIX.test(name);
}
