export const CI_CHOICES = ['github', 'gitlab', 'shell', 'none'] as const;

export type CiChoice = (typeof CI_CHOICES)[number];

/** What `init` is to write. */
export interface Choices {
  /** Folder of the losses, relative to the project, with forward slashes. */
  readonly losses: string;
  readonly ci: CiChoice;
  readonly starter: boolean;
  readonly preCommit: boolean;
}
