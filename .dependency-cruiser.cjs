/** The arrows that are allowed between the rooms of src/. Everything that is not said here is forbidden. */
const room = (name) => `^src/${name}/`;
/** May import: itself, and the rooms named. */
const onlyFrom = (name, allowed) => ({
  name: `${name}-imports-only-${allowed.join('-') || 'itself'}`,
  severity: 'error',
  from: { path: room(name) },
  to: {
    path: '^src/',
    pathNot: [name, ...allowed].map((other) => (other.endsWith('.ts') ? `^src/${other}$` : room(other))),
  },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    onlyFrom('core', []),
    onlyFrom('time', []),
    onlyFrom('generated', ['core']),
    onlyFrom('http', ['core', 'time']),
    onlyFrom('lint', ['core', 'time']),
    onlyFrom('manifest', ['core', 'time', 'generated']),
    onlyFrom('config', ['core', 'time', 'manifest', 'generated']),
    onlyFrom('providers', ['core', 'time', 'http', 'generated']),
    onlyFrom('state', ['core']),
    onlyFrom('engine', ['core', 'time', 'state']),
    onlyFrom('report', ['core', 'time']),
    onlyFrom('emulator', ['time']),
    onlyFrom('project', ['core', 'time', 'generated', 'config', 'manifest', 'state', 'engine', 'providers']),
    onlyFrom('github-action', [
      'core',
      'time',
      'config',
      'manifest',
      'state',
      'engine',
      'report',
      'project',
      'http',
    ]),
    onlyFrom('daemon', ['core', 'config', 'manifest', 'state', 'engine', 'project']),
    {
      name: 'the-daemon-is-started-by-the-command-line',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/daemon/', '^src/cli/(commands/)?(watch|daemon)[^/]*$'] },
      to: { path: '^src/daemon/' },
    },
    {
      name: 'entry-points-do-not-import-the-action',
      severity: 'error',
      from: { path: '^src/(cli|daemon)/' },
      to: { path: '^src/github-action/' },
    },
    {
      name: 'project-is-for-entry-points',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/(project|cli|daemon|github-action)/' },
      to: { path: '^src/project/' },
    },
    {
      name: 'providers-never-import-a-sibling',
      severity: 'error',
      from: { path: '^src/providers/([^/]+)/' },
      to: { path: '^src/providers/([^/]+)/', pathNot: '^src/providers/$1/' },
    },
    {
      name: 'the-registry-is-for-entry-points',
      severity: 'error',
      from: { path: '^src/', pathNot: ['^src/(project|cli|daemon|github-action)/', '^src/index\\.ts$'] },
      to: { path: '^src/providers/registry\\.ts$' },
    },
    {
      name: 'core-and-time-do-no-io',
      severity: 'error',
      from: { path: ['^src/core/', '^src/time/'] },
      to: { dependencyTypes: ['core'], pathNot: ['^(node:)?crypto$', '^(node:)?module$'] },
    },
    {
      name: 'core-needs-no-library',
      severity: 'error',
      from: { path: '^src/core/' },
      to: { path: 'node_modules' },
    },
    {
      name: 'nothing-of-the-tests',
      severity: 'error',
      from: { path: '^src/' },
      to: { path: '^(test|bench|scripts)/' },
    },
    {
      name: 'resolvable',
      severity: 'error',
      // The pages are served as they are: ./htm.js is a package's file under another name.
      from: { pathNot: '^src/daemon/web/' },
      to: { couldNotResolve: true },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsPreCompilationDeps: true,
    tsConfig: { fileName: 'tsconfig.json' },
    enhancedResolveOptions: {
      extensions: ['.ts', '.js', '.json'],
      conditionNames: ['import', 'node', 'default'],
      exportsFields: ['exports'],
    },
  },
};
