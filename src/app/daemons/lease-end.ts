/** The wish of a monitor that stops: that the lease of its host ends before it does. */
export class LeaseEnd {
  private readonly over = Promise.withResolvers<void>();
  isWanted = false;

  /** Resolves when nothing is armed any more. */
  want(): Promise<void> {
    this.isWanted = true;
    return this.over.promise;
  }

  /** Nothing is. */
  tellEnded(): void {
    this.over.resolve();
  }
}
