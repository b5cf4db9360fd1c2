/**
 * The import rule: domain <- ports <- pipeline <- {adapters} <- app <- main. Adapters never import each other. No cycles.
 * Tests, contract suites and their helpers are free.
 */
const src = '^exporter/src';
const tests = '(\\.test\\.ts$|\\.contract\\.ts$|/testing/)';
const only = (name, folder, allowed, comment) => ({
  name,
  severity: 'error',
  comment,
  from: { path: `${src}/${folder}/`, pathNot: tests },
  to: { path: src, pathNot: [...[folder, ...allowed].map((f) => `${src}/${f}/`)] },
});
const adapters = ['collectors', 'repositories', 'exposition', 'http', 'demo'];

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    {
      name: 'domain-is-pure',
      severity: 'error',
      comment: 'domain/ imports nothing from outside itself, not even Node.',
      from: { path: `${src}/domain/`, pathNot: tests },
      to: { pathNot: `${src}/domain/` },
    },
    only('ports', 'ports', ['domain']),
    only('pipeline', 'pipeline', ['domain', 'ports']),
    only('data', 'data', ['domain']),
    only('net', 'net', ['domain', 'ports']),
    ...adapters.map((folder) =>
      only(folder, folder, [
        'domain',
        'ports',
        'pipeline',
        'data',
        ...(folder === 'collectors' ? ['net'] : []),
      ]),
    ),
    {
      name: 'collectors-apart',
      severity: 'error',
      comment: 'One source never knows another.',
      from: { path: `${src}/collectors/([^/]+)/`, pathNot: tests },
      to: { path: `${src}/collectors/[^/]+/`, pathNot: [`${src}/collectors/$1/`] },
    },
    {
      name: 'repositories-apart',
      severity: 'error',
      comment: 'One database never knows another; factory.ts picks one.',
      from: { path: `${src}/repositories/([^/]+)/`, pathNot: tests },
      to: { path: `${src}/repositories/[^/]+/`, pathNot: [`${src}/repositories/$1/`] },
    },
    {
      name: 'only-main-above-app',
      severity: 'error',
      from: { path: `${src}/`, pathNot: [`${src}/app/`, `${src}/main.ts`, tests] },
      to: { path: [`${src}/app/`, `${src}/main.ts`] },
    },
    { name: 'not-to-test', severity: 'error', from: { pathNot: [tests, '^test/'] }, to: { path: tests } },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    exclude: { path: 'dist' },
  },
};
