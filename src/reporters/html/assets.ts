/** What the page runs and how it looks, put in by scripts/build-html-client.mjs: a reporter reads no files. */
declare const LOSSCHECK_HTML_CLIENT: {
  readonly script: string;
  readonly style: string;
  /** SHA-256 in base64, by which the page allows these two and nothing else. */
  readonly scriptHash: string;
  readonly styleHash: string;
};

export const CLIENT = LOSSCHECK_HTML_CLIENT;
