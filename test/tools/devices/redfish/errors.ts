import { errorBody } from "./resources.ts";

/** The error of DMTF's schema in the spellings that are met. */
export const ERRORS: Readonly<
  Record<"id" | "ID" | "object" | "bare" | "old" | "page", (id: string, text: string) => string>
> = {
  id: (id) => JSON.stringify(errorBody(id, "")),
  ID: (id) =>
    JSON.stringify({
      error: {
        message: "See @Message.ExtendedInfo for more information.",
        "@Message.ExtendedInfo": [{ MessageID: id }],
      },
    }),
  object: (id, text) =>
    JSON.stringify({
      error: { message: "See ExtendedInfo", "@Message.ExtendedInfo": { MessageId: id, Message: text } },
    }),
  bare: (id, text) => JSON.stringify({ "@Message.ExtendedInfo": [{ MessageId: id, Message: text }] }),
  old: (id) => JSON.stringify({ Messages: [{ MessageID: id }], Type: "ExtendedError.1.0.0" }),
  page: (_id, text) => `<html><body><h1>${text}</h1>\n<p>lighttpd</p></body></html>`,
};
