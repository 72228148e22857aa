/** A picture on the page. */
export interface Drawing {
  destroy(): void;
}

/** Where the drawing says what is under the pointer or the cursor. */
export type Readout = (text: string) => void;
