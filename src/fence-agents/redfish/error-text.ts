import { type Fields, fieldsOf, parseJson, textOf } from "./resources.ts";

/** What an error says when it says nothing. */
const GENERAL = /ExtendedInfo|\.GeneralError$|general error has occurred/i;
const MOST_MESSAGES = 16;

/**
 * What the body of an error says for people, the most telling first. Services differ in where they put it (DMTF's
 * `@Message.ExtendedInfo`, a list or a single object, inside of `error` or beside it; `Messages` of old iLOs) and in how
 * they write its names (`MessageId`, `MessageID`). What is no JSON is a page of their web server.
 */
export function readErrorTexts(body: string): readonly string[] {
  const parsed = parseJson(body);
  const whole = fieldsOf(parsed);
  if (whole === null) return parsed === undefined ? readPage(body) : [];
  const error = fieldsOf(fieldOf(whole, "error"));
  const places = [error, whole].filter((place) => place !== null);
  const messages = places
    .flatMap((place) => [fieldOf(place, "@message.extendedinfo"), fieldOf(place, "messages")])
    .flatMap((value) => (Array.isArray(value) ? value.slice(0, MOST_MESSAGES) : [value]))
    .flatMap(readMessage);
  const general = places.flatMap((place) => texts(place, ["message", "code"]));
  const all = [...new Set([...messages, ...general])];
  const telling = all.filter((text) => !GENERAL.test(text));
  return telling.length > 0 ? telling : all;
}

/** Its sentence, and its name, by which it can be looked up. */
function readMessage(value: unknown): readonly string[] {
  if (typeof value === "string" && value !== "") return [value];
  const message = fieldsOf(value);
  return message === null ? [] : texts(message, ["message", "messageid"]);
}

function texts(place: Fields, names: readonly string[]): readonly string[] {
  return names.flatMap((name) => textOf(fieldOf(place, name)) ?? []);
}

/** A field, in whatever case its name is written. */
function fieldOf(place: Fields, name: string): unknown {
  const key = Object.keys(place).find((candidate) => candidate.toLowerCase() === name);
  return key === undefined ? undefined : place[key];
}

/** The title of a page, else its text without the markup. */
function readPage(body: string): readonly string[] {
  const page = body.slice(0, 4_000);
  const title = /<title>([^<]*)<\/title>/i.exec(page)?.[1]?.trim();
  const plain = page
    .replace(/<[^>]*>/g, " ")
    .replace(/\s+/g, " ")
    .trim();
  const text = title || plain;
  return text === "" ? [] : [text];
}
