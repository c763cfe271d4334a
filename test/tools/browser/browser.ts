import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const START_MS = 60_000;
const ANSWER_MS = 60_000;

/** Nothing but the page: no network, no profile that stays, no questions. */
const OPTIONS = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-extensions",
  "--no-first-run",
  "--hide-scrollbars",
  "--remote-debugging-port=0",
];

interface Answer {
  readonly id?: number;
  readonly method?: string;
  readonly result?: Readonly<Record<string, unknown>>;
  readonly error?: { readonly message: string };
}

export type Media = "light" | "dark" | "print";

/** A headless Chromium with one page, driven by the DevTools protocol; one page at a time is looked at. */
export class Browser {
  private readonly child: Bun.Subprocess;
  private readonly folder: string;
  private readonly socket: WebSocket;
  private readonly waiting = new Map<number, (answer: Answer) => void>();
  private loaded: () => void = () => undefined;
  private last = 0;

  private constructor(child: Bun.Subprocess, folder: string, socket: WebSocket) {
    this.child = child;
    this.folder = folder;
    this.socket = socket;
    socket.onmessage = ({ data }) => {
      const answer = JSON.parse(String(data)) as Answer;
      if (answer.method === "Page.loadEventFired") this.loaded();
      this.waiting.get(answer.id ?? -1)?.(answer);
    };
  }

  static async start(): Promise<Browser> {
    const folder = mkdtempSync(join(tmpdir(), "ha-lizard-browser-"));
    const child = Bun.spawn(["chromium", ...OPTIONS, `--user-data-dir=${folder}`, "about:blank"], {
      ...{ stdin: "ignore", stdout: "ignore", stderr: "ignore" },
    });
    try {
      const port = await portOf(child, folder);
      const pages = (await (
        await fetch(`http://127.0.0.1:${port}/json/list`, { signal: AbortSignal.timeout(ANSWER_MS) })
      ).json()) as readonly { type: string; webSocketDebuggerUrl: string }[];
      const page = pages.find(({ type }) => type === "page");
      if (page === undefined) throw new Error("Chromium has no page");
      const socket = new WebSocket(page.webSocketDebuggerUrl);
      await within(new Promise((resolve) => socket.addEventListener("open", resolve)), "a connection");
      const browser = new Browser(child, folder, socket);
      await browser.ask("Page.enable");
      return browser;
    } catch (error) {
      await end(child, folder);
      throw error;
    }
  }

  async stop(): Promise<void> {
    this.socket.close();
    await end(this.child, this.folder);
  }

  /** Shows a page in a window of this width, on a screen that is light or dark, or as on paper. */
  async show(html: string, width: number, media: Media): Promise<void> {
    const file = join(this.folder, "page.html");
    writeFileSync(file, html);
    await this.ask("Emulation.setDeviceMetricsOverride", {
      ...{ width, height: 900, deviceScaleFactor: 1, mobile: false },
    });
    await this.ask("Emulation.setEmulatedMedia", {
      media: media === "print" ? "print" : "screen",
      features: [{ name: "prefers-color-scheme", value: media === "dark" ? "dark" : "light" }],
    });
    const loaded = new Promise<void>((resolve) => {
      this.loaded = resolve;
    });
    await this.ask("Page.navigate", { url: `file://${file}` });
    await within(loaded, "the page");
  }

  /** What an expression comes to in the page; the page itself can run nothing. */
  async evaluate<T>(expression: string): Promise<T> {
    const { result, exceptionDetails } = (await this.ask("Runtime.evaluate", {
      ...{ expression, returnByValue: true },
    })) as { result: { value: T }; exceptionDetails?: { exception?: { description?: string } } };
    if (exceptionDetails !== undefined)
      throw new Error(exceptionDetails.exception?.description ?? "it threw");
    return result.value;
  }

  /** The page on paper of A4, as PDF. */
  async print(): Promise<Buffer> {
    const paper = { paperWidth: 8.27, paperHeight: 11.69, preferCSSPageSize: true };
    const { data } = (await this.ask("Page.printToPDF", paper)) as { data: string };
    return Buffer.from(data, "base64");
  }

  /** The whole page as PNG, to be looked at by a person. */
  async picture(): Promise<Buffer> {
    const { data } = (await this.ask("Page.captureScreenshot", { captureBeyondViewport: true })) as {
      data: string;
    };
    return Buffer.from(data, "base64");
  }

  private async ask(method: string, params: object = {}): Promise<Readonly<Record<string, unknown>>> {
    this.last += 1;
    const id = this.last;
    const came = new Promise<Answer>((resolve) => this.waiting.set(id, resolve));
    this.socket.send(JSON.stringify({ id, method, params }));
    const { result, error } = await within(came, method);
    this.waiting.delete(id);
    if (result === undefined) throw new Error(`Chromium refuses ${method}: ${error?.message}`);
    return result;
  }
}

async function within<T>(what: Promise<T>, name: string): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Chromium gave no answer in time: ${name}`)), ANSWER_MS);
  });
  try {
    return await Promise.race([what, late]);
  } finally {
    clearTimeout(timer);
  }
}

/** The port that it has chosen itself. */
async function portOf(child: Bun.Subprocess, folder: string): Promise<string> {
  const file = join(folder, "DevToolsActivePort");
  const endMs = performance.now() + START_MS;
  while (performance.now() < endMs && child.exitCode === null) {
    const [port] = existsSync(file) ? readFileSync(file, "utf8").split("\n") : [];
    if (port !== undefined && port !== "") return port;
    await Bun.sleep(50);
  }
  throw new Error("Chromium does not start");
}

async function end(child: Bun.Subprocess, folder: string): Promise<void> {
  child.kill("SIGKILL");
  await child.exited;
  // Its helpers may still write for a moment.
  rmSync(folder, { recursive: true, force: true, maxRetries: 10, retryDelay: 100 });
}
