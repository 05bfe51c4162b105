// What went wrong, as people can read it, and what the page does next.

/** A sentence on what happened, one on what helps; whether a key is asked for; how long to wait before the next try, in seconds. */
export class Trouble extends Error {
  constructor(message, hint, { needsKey = false, wait, other = false } = {}) {
    super(message);
    this.hint = hint;
    this.needsKey = needsKey;
    this.wait = wait;
    this.other = other; // the page of the other protocol may work
  }
}

const goesOn = "This page goes on by itself as soon as there is something to play.";

/** The trouble that a refusal of the server is. */
export async function troubleOf(reply, hadKey) {
  const detail = await reply
    .json()
    .then((body) => (typeof body.detail === "string" ? body.detail : ""))
    .catch(() => "");
  switch (reply.status) {
    case 401:
      return hadKey
        ? new Trouble("This key is not valid.", "It may be mistyped or revoked. Type another.", { needsKey: true })
        : new Trouble("This camera needs an API key.", "", { needsKey: true });
    case 403:
      return new Trouble("This key is not for this camera.", detail || "Type one that may read it.", { needsKey: true });
    case 404:
      return new Trouble(
        detail || "There is no such camera.",
        `Check the name in the address. If a program publishes it, start that program. ${goesOn}`,
      );
    case 406:
      return new Trouble(detail || "Nothing of this camera can be carried by HLS.", "The other player page may show it.", {
        wait: 30,
        other: true,
      });
    case 429:
      return new Trouble(detail || "There were too many wrong keys from here.", "Wait a while, then try again.", { wait: 60 });
    case 400:
      return new Trouble(detail || "The server cannot use what this browser offers.", "Another browser may play it, or the other player page.", {
        wait: 30,
        other: true,
      });
    case 503:
      return new Trouble(detail || "The camera does not play now.", `Is it switched on and connected? ${goesOn}`);
    default:
      return new Trouble(detail || `The server answered with error ${reply.status}.`, "Its log says why.");
  }
}

/** The trouble that an exception is. */
export function troubleFrom(error) {
  if (error instanceof Trouble) return error;
  console.error(error);
  return new Trouble("The picture could not be played.", `The browser says: ${error?.message ?? error}`, { other: true });
}
