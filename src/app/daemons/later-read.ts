/**
 * Reads something for everybody who asks for it, each time with a reading that begins after the question: one that began
 * before may have missed what the question is about. However many ask, no two readings run at once.
 */
export class LaterRead<T> {
  private readonly begin: () => Promise<T>;
  private running: Promise<T> | null = null;
  private next: Promise<T> | null = null;

  constructor(begin: () => Promise<T>) {
    this.begin = begin;
  }

  read(): Promise<T> {
    if (this.running === null) return this.start();
    this.next ??= this.running.then(
      () => this.start(),
      () => this.start(),
    );
    return this.next;
  }

  private start(): Promise<T> {
    this.next = null;
    const running = this.begin().finally(() => {
      if (this.running === running) this.running = null;
    });
    this.running = running;
    return running;
  }
}
