// Bundles the GitHub Action into one file. The same sources give the same bytes, wherever they lie.
//   node scripts/build-action.mjs [--out <dir>] [--check]
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';

const root = fileURLToPath(new URL('../', import.meta.url));
const { values } = parseArgs({
  options: {
    out: { type: 'string', default: join(root, 'dist') },
    check: { type: 'boolean', default: false },
  },
});

const lateLoader = /const load = createRequire\(import\.meta\.url\);/;

/**
 * A bundle has no node_modules to load from later. A plain `require` in a function is bundled, and still runs only when
 * the function is called.
 */
function bundleLateLoads(path) {
  const text = readFileSync(path, 'utf8');
  if (!text.includes('createRequire(')) return undefined;
  if (!lateLoader.test(text)) throw new Error(`${path} loads late in a way that cannot be bundled`);
  return text
    .replace(lateLoader, '')
    .replace(/import \{ createRequire \} from 'node:module';/, '')
    .replaceAll(/\bload\('/g, "require('");
}

const plugin = {
  name: 'reconcile',
  setup(builder) {
    builder.onLoad({ filter: /[\\/]src[\\/].*\.ts$/ }, ({ path }) => {
      const contents = bundleLateLoads(path);
      return contents === undefined ? undefined : { contents, loader: 'ts', resolveDir: dirname(path) };
    });
    // @actions/core brings an HTTP client of its own for things that are not used here.
    builder.onResolve({ filter: /^@actions\// }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === 'resolving') return undefined;
      const found = await builder.resolve(path, { ...rest, pluginData: 'resolving' });
      return { ...found, sideEffects: false };
    });
    builder.onResolve({ filter: /^\./ }, async ({ path, pluginData, ...rest }) => {
      if (pluginData === 'resolving' || !/node_modules[\\/]@actions[\\/]/.test(rest.importer))
        return undefined;
      const found = await builder.resolve(path, { ...rest, pluginData: 'resolving' });
      return { ...found, sideEffects: false };
    });
  },
};

const result = await build({
  absWorkingDir: root,
  entryPoints: ['src/github-action/main.ts'],
  // As deep as src/github-action: what looks for the package's own files finds them.
  outfile: 'dist/github-action/main.js',
  bundle: true,
  write: false,
  metafile: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  charset: 'utf8',
  legalComments: 'none',
  // A linked node_modules must not show in the result.
  preserveSymlinks: true,
  banner: {
    js: "import { createRequire as reconcileRequire } from 'node:module';const require = reconcileRequire(import.meta.url);",
  },
  plugins: [plugin],
  logLevel: 'warning',
});

const [bundled] = Object.values(result.metafile.outputs);

/** The packages that are in the bundle, with their licences: whoever passes the bundle on passes them on. */
function licences() {
  const folders = new Set(
    Object.entries(bundled.inputs).flatMap(([path, { bytesInOutput }]) => {
      const found = /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path);
      return found === null || bytesInOutput === 0 ? [] : [found[1]];
    }),
  );
  const texts = [...folders].map((folder) => {
    const { name, version, license } = JSON.parse(readFileSync(join(root, folder, 'package.json'), 'utf8'));
    const file = ['LICENSE', 'LICENSE.md', 'LICENSE.txt', 'license', 'LICENCE'].find((candidate) =>
      existsSync(join(root, folder, candidate)),
    );
    const text = file === undefined ? '' : `\n${readFileSync(join(root, folder, file), 'utf8').trim()}\n`;
    return { name: `${name} ${version}`, text: `${name} ${version} (${license})\n${text}` };
  });
  const sorted = texts
    .sort((a, b) => (a.name < b.name ? -1 : 1))
    .map(({ text }) => text.replaceAll('\r\n', '\n'));
  return `The bundle in this folder holds these packages.\n\n${sorted.join(`\n${'-'.repeat(78)}\n\n`)}`;
}

const files = new Map([
  ['github-action/main.js', result.outputFiles[0].text],
  ['third-party-licenses.txt', licences()],
]);

if (values.check) {
  const stale = [...files].filter(([name, text]) => {
    const path = join(values.out, name);
    return !existsSync(path) || readFileSync(path, 'utf8') !== text;
  });
  for (const [name] of stale)
    process.stderr.write(`${relative(process.cwd(), join(values.out, name))} is not up to date\n`);
  if (stale.length > 0) {
    process.stderr.write('Run `npm run build:action` and commit dist/.\n');
    process.exit(1);
  }
} else {
  for (const [name, text] of files) {
    const path = join(values.out, name);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
}
