/** Files that an administrator names: parameters with passwords among them, and metrics that everybody may read. */
export interface PrivateFiles {
  /** The text of an ordinary file of at most 1 MB. Never rejects; `why` begins with what is wrong, not with the name. */
  read(path: string): Promise<FileText>;
  /** `ordinary`: a file that can be replaced; `other`: a folder, link, device or pipe, which must not be. */
  look(path: string): Promise<"none" | "ordinary" | "other">;
  /** Replaces the file as a whole, atomically, mode 0600. null when it is done, else why it is not. */
  write(path: string, text: string): Promise<string | null>;
  /** The same, mode 0644: for a text without secrets that other programs read. */
  publish(path: string, text: string): Promise<string | null>;
}

export type FileText =
  | { readonly ok: true; readonly text: string }
  | { readonly ok: false; readonly why: string };
