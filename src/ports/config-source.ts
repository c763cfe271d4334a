/** Parameter texts of this host, as they stand in its files; validation is config's business. */
export interface ConfigSource {
  /** Override file and last good copy of the pool's parameters. Never rejects; a missing override file is empty. */
  read(): Promise<ConfigTexts>;
  /** Replaces the last good copy, atomically; only called when it changed. */
  saveLastGood(values: Readonly<Record<string, string>>): Promise<void>;
}

/** The override file of this host, as an administrator changes it. */
export interface OverrideWriter {
  /**
   * Gives one parameter this value and leaves every other line as it is; the file is replaced as a whole, mode 0600, and
   * made when there is none. null when it is done, else why it is not. Never rejects.
   */
  setOverride(name: string, value: string): Promise<string | null>;
  /** Takes every line of one parameter out and leaves the others as they are. Answers as `setOverride` does. */
  removeOverride(name: string): Promise<string | null>;
}

export interface ConfigTexts {
  /** `/etc/ha-lizard/ha-lizard.conf`, by parameter name; null when it is there but cannot be read. */
  readonly override: Readonly<Record<string, string>> | null;
  /** Parameters whose line there is not understood: they are set, and nobody knows to what. */
  readonly unclear?: readonly string[];
  /** `/etc/ha-lizard/ha-lizard.pool.conf`, by parameter name; null when there is none yet, or it cannot be read. */
  readonly lastGood: Readonly<Record<string, string>> | null;
  /** Lines that were not understood, files that could not be read: sentences with file and line number. */
  readonly problems: readonly string[];
}
