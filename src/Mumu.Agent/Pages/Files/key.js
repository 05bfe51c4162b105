// The API key: typed by a person, kept for this tab only, sent as a header and nowhere else.
import { Trouble } from "./trouble.js";

const place = "mumu.key";

export const keep = (key) => sessionStorage.setItem(place, key);
export const forget = () => sessionStorage.removeItem(place);
export const has = () => sessionStorage.getItem(place) !== null;

/** Asks the page's own server, with the key if there is one. */
export async function ask(url, { headers, ...options } = {}) {
  const key = sessionStorage.getItem(place);
  try {
    return await fetch(url, {
      ...options,
      headers: { ...headers, ...(key === null ? {} : { Authorization: `Bearer ${key}` }) },
      credentials: "omit", // else the browser would ask for a password of its own
      cache: "no-store",
    });
  } catch (error) {
    if (options.signal?.aborted) throw error;
    throw new Trouble("The server does not answer.", "Is it running, and is this device on its network?");
  }
}
