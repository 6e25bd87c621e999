// Copies the browser libraries we serve into static/vendor/<name>@<version>/, and writes what they are to manifest.json:
// version, licence, SHA-256 of each file. The result is committed; nobody but a maintainer needs Node.
//
//   cd tools/vendor && npm ci && npm run vendor
//
// To take a newer version: change it in package.json, `npm install`, `npm run vendor`, read the difference, and change
// the address in templates/base.html. tests/clinic/test_shell.py holds the files against the manifest.
import { createHash } from "node:crypto";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";

const FILES = {
  "htmx.org": ["dist/htmx.min.js", "LICENSE"],
};

const here = import.meta.dirname;
const target = join(here, "../../static/vendor");
// The browser would look for the map beside the file, and the hashed static storage fails where it is missing.
const withoutSourceMap = (text) => text.replace(/^\/\/[#@] sourceMappingURL=.*$\n?/gm, "");

rmSync(target, { recursive: true, force: true });
const manifest = {};
for (const [name, paths] of Object.entries(FILES)) {
  const source = join(here, "node_modules", name);
  const { version, license } = JSON.parse(readFileSync(join(source, "package.json"), "utf8"));
  const folder = `${name}@${version}`;
  mkdirSync(join(target, folder), { recursive: true });
  const files = {};
  for (const path of paths) {
    const text = withoutSourceMap(readFileSync(join(source, path), "utf8"));
    writeFileSync(join(target, folder, basename(path)), text);
    files[`${folder}/${basename(path)}`] = createHash("sha256").update(text).digest("hex");
  }
  manifest[name] = { version, licence: license, files };
}
writeFileSync(join(target, "manifest.json"), JSON.stringify(manifest, null, 2) + "\n");
