// A rough measure of a password: length first, then how many kinds of characters and how much repetition.

export type Strength = 0 | 1 | 2 | 3 | 4;

export const shortestPassword = 8;

export function passwordStrength(password: string): Strength {
  if (password.length < shortestPassword) return 0;
  const kinds = [/[a-z]/, /[A-Z]/, /[0-9]/, /[^a-zA-Z0-9]/].filter((kind) => kind.test(password)).length;
  const different = new Set(password.toLowerCase()).size;
  const bits = Math.min(password.length, different * 2) * (2 + kinds);
  if (bits < 36) return 1;
  if (bits < 52) return 2;
  return bits < 72 ? 3 : 4;
}
