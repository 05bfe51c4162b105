// The house rule of imports: app → features → components → lib → media → signaling; features don't know each other.
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, resolve } from "node:path";
import { describe, expect, it } from "vitest";

const root = resolve("src");
const floors = ["signaling", "media", "lib", "components", "features", "app"];
const framework = /^(react|react-dom|wouter|radix-ui|lucide-react|@tanstack\/)/;

const files = readdirSync(root, { recursive: true, encoding: "utf8" })
  .filter((file) => /\.tsx?$/.test(file))
  .map((file) => file.replaceAll("\\", "/"));

const imports = files.flatMap((file) => {
  const source = readFileSync(join(root, file), "utf8");
  const names = [...source.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1] ?? "");
  return names.map((name) => ({ file, name, target: resolveName(file, name) }));
});

function resolveName(file: string, name: string): string | null {
  if (name.startsWith("@/")) return name.slice(2);
  return name.startsWith(".") ? relative(root, resolve(root, file, "..", name)) : null;
}

const floorOf = (path: string) => floors.indexOf(path.split("/")[0] ?? "");

describe("layers", () => {
  it("imports only from the same floor or below", () => {
    const wrong = imports.filter(
      ({ file, target }) => target && floorOf(file) >= 0 && floorOf(target) > floorOf(file),
    );
    expect(wrong).toEqual([]);
  });

  it("keeps features apart", () => {
    const feature = (path: string) => /^features\/([^/]+)/.exec(path)?.[1];
    const wrong = imports.filter(({ file, target }) => {
      const to = target ? feature(target) : undefined;
      return to && feature(file) && feature(file) !== to;
    });
    expect(wrong).toEqual([]);
  });

  it("keeps signaling and media free of any framework", () => {
    const wrong = imports.filter(
      ({ file, name }) => floorOf(file) <= 1 && floorOf(file) >= 0 && framework.test(name),
    );
    expect(wrong).toEqual([]);
  });

  it("opens every file with a sentence that says what it is", () => {
    const wrong = files.filter((file) => !readFileSync(join(root, file), "utf8").startsWith("// "));
    expect(wrong).toEqual([]);
  });
});
