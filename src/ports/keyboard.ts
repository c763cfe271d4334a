/** The person, or the pipe, at standard input. */
export interface Keyboard {
  /** Standard input and standard error are a terminal: somebody can see a question and answer it. */
  readonly isTerminal: boolean;
  /**
   * Shows `prompt` on a terminal (and nothing elsewhere), and reads one line, without its end. `echo` false: what is
   * typed is not shown. null: the input ended, or holds no text that can be a line. Never rejects.
   */
  readLine(prompt: string, echo: boolean): Promise<string | null>;
}
