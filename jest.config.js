const transform = {
  '^.+\\.ts$': [
    '@swc/jest',
    {
      jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
      module: { type: 'es6' },
      sourceMaps: 'inline',
    },
  ],
};
const project = (displayName, root, extra = {}) => ({
  displayName,
  rootDir: import.meta.dirname,
  roots: [`<rootDir>/${root}`],
  testMatch: ['**/*.test.ts'],
  testPathIgnorePatterns: ['/node_modules/', '/dist/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  modulePathIgnorePatterns: ['<rootDir>/exporter/dist'],
  transform,
  ...extra,
});

/** Packages that are ES modules only, which a CommonJS project has to compile. */
const ESM_ONLY = [
  '@react-hookz',
  '@ver0',
  'd3',
  'd3-[a-z-]+',
  'delaunator',
  'internmap',
  'marked',
  'ol',
  'react-calendar',
  'get-user-locale',
  'memoize',
  'mimic-function',
  'robust-predicates',
  'uuid',
  '@wojtekmaj',
  'react-colorful',
];

/** The Grafana plugin: a browser's modules in jsdom. */
const plugin = project('plugin', 'grafana-app-plugin/src', {
  testMatch: ['**/*.test.ts', '**/*.test.tsx'],
  testEnvironment: '<rootDir>/grafana-app-plugin/node_modules/jest-environment-jsdom',
  setupFiles: ['<rootDir>/grafana-app-plugin/jest-setup.js'],
  extensionsToTreatAsEsm: [],
  moduleNameMapper: {
    '\\.css$': '<rootDir>/grafana-app-plugin/src/testing/no-styles.ts',
    // Icons are fetched, and arrive when a test is over.
    '^react-inlinesvg$': '<rootDir>/grafana-app-plugin/src/testing/no-icons.tsx',
    '^grafana-runtime-file/(.*)$': '<rootDir>/grafana-app-plugin/node_modules/@grafana/runtime/dist/cjs/$1',
  },
  modulePathIgnorePatterns: ['<rootDir>/grafana-app-plugin/dist'],
  transform: {
    '^.+\\.m?[jt]sx?$': [
      '@swc/jest',
      {
        jsc: {
          parser: { syntax: 'typescript', tsx: true },
          target: 'es2022',
          transform: { react: { runtime: 'automatic' } },
        },
        module: { type: 'commonjs' },
        sourceMaps: 'inline',
      },
    ],
  },
  transformIgnorePatterns: [`node_modules/(?!\\.pnpm/|(?:${ESM_ONLY.join('|')})/)`],
});

/** Every suite of the workspace in one run; NODE_OPTIONS=--experimental-vm-modules is set by scripts/test.mjs. */
export default {
  projects: [
    project('exporter', 'exporter/src'),
    project('dashboards', 'dashboards/src'),
    plugin,
    project('test', 'test'),
  ],
};
