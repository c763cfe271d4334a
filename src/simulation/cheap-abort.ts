/**
 * `AbortController` for the simulator, where nothing native listens: the platform's costs a third of a history, most of
 * it for events, wrappers and finalisers. The same listeners are called in the same order.
 */
type Listener = () => void;

class CheapSignal {
  aborted = false;
  reason: unknown = undefined;
  /** Most have one listener, few have more than a dozen: an array in their order, which costs less than a set. */
  private listeners: Listener[] | null = null;

  addEventListener(_type: "abort", listener: Listener): void {
    if (this.aborted) return;
    if (this.listeners === null) this.listeners = [listener];
    else if (!this.listeners.includes(listener)) this.listeners.push(listener);
  }

  removeEventListener(_type: "abort", listener: Listener): void {
    const { listeners } = this;
    if (listeners === null) return;
    const at = listeners.indexOf(listener);
    if (at < 0) return;
    if (listeners.length === 1) this.listeners = null;
    else listeners.splice(at, 1);
  }

  throwIfAborted(): void {
    if (this.aborted) throw this.reason;
  }

  fire(reason: unknown): void {
    if (this.aborted) return;
    this.aborted = true;
    this.reason = reason;
    const { listeners } = this;
    this.listeners = null;
    if (listeners !== null) for (const listener of listeners) listener();
  }
}

class CheapController {
  readonly signal = new CheapSignal();

  abort(reason: unknown): void {
    this.signal.fire(reason);
  }
}

/** A signal that aborts with the first of these. */
function any(signals: readonly CheapSignal[]): CheapSignal {
  const { signal } = new CheapController();
  for (const one of signals) {
    if (one.aborted) signal.fire(one.reason);
    else one.addEventListener("abort", () => signal.fire(one.reason));
  }
  return signal;
}

/** From now on this process has only cheap ones: for a process that only plays simulated histories. */
export function installCheapAbort(): void {
  Object.assign(globalThis, { AbortController: CheapController, AbortSignal: { any } });
}
