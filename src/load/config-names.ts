/** What a config file may be called, in the order in which they are looked for. */
export const CONFIG_NAMES = ['ts', 'mts', 'cts', 'js', 'mjs', 'cjs', 'json'].map((extension) => `losscheck.config.${extension}`);
