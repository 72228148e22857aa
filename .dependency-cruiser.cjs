/** The rooms of the house and who may import whom: see CONTRIBUTING.md. Type-only imports count too. */
const only = (room, allowed) => ({
  name: `${room}-imports`,
  severity: 'error',
  comment: `src/${room} may import only: ${allowed.join(', ')}`,
  from: { path: `^src/${room}/` },
  to: { path: '^src/', pathNot: [`^src/${room}/`, ...allowed.map((name) => `^src/${name}`)] },
});
const never = (room, forbidden) => ({
  name: `${room}-never`,
  severity: 'error',
  comment: `src/${room} may not use ${forbidden.join(', ')}`,
  from: { path: `^src/${room}/` },
  to: { path: forbidden.join('|') },
});

module.exports = {
  forbidden: [
    { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
    only('contracts', []),
    only('numerics', ['contracts/']),
    only('engines', ['contracts/', 'numerics/', 'package-root', 'cache', 'scripts']),
    only('losses', ['contracts/']),
    only('checks', ['contracts/', 'numerics/']),
    only('load', ['contracts/', 'numerics/', 'package-root', 'cache']),
    only('reporters', ['contracts/']),
    only('run', ['contracts/', 'numerics/', 'engines/', 'checks/', 'load/', 'package-root', 'cache', 'scripts']),
    only('testing', ['contracts/', 'load/paths', 'run/', 'reporters/', 'package-root', 'scripts']),
    {
      name: 'numerics-takes-only-types-from-contracts',
      severity: 'error',
      from: { path: '^src/numerics/' },
      to: { path: '^src/contracts/', dependencyTypesNot: ['type-only'] },
    },
    never('contracts', ['^(node:)?(fs|path|process|child_process|os)', 'node_modules/(?!zod|@tensorflow/tfjs-core|@types)']),
    never('numerics', ['node_modules/', '^(node:)?(fs|path|process|perf_hooks|child_process)']),
    never('checks', ['node_modules/', '^(node:)?(fs|path|process|child_process)']),
    never('load', ['node_modules/(chalk|cli-table3|commander|@tensorflow)']),
    never('run', ['node_modules/(chalk|cli-table3|commander|@tensorflow)']),
    never('reporters', ['^(node:)?(fs|child_process)']),
    {
      name: 'html-client-is-for-browsers',
      severity: 'error',
      comment: 'what runs in the page may use only what a browser has',
      from: { path: '^src/reporters/html/client/' },
      to: { pathNot: ['^src/reporters/html/client/', '^src/reporters/html/plot\\.ts$', '^src/reporters/numbers\\.ts$', 'node_modules/uplot/'] },
    },
    {
      name: 'html-client-is-only-for-browsers',
      severity: 'error',
      from: { path: '^src/', pathNot: '^src/reporters/html/client/' },
      to: { path: '^src/reporters/html/client/' },
    },
  ],
  options: {
    doNotFollow: { path: 'node_modules' },
    tsConfig: { fileName: 'tsconfig.json' },
    tsPreCompilationDeps: true,
    enhancedResolveOptions: { exportsFields: ['exports'], conditionNames: ['import', 'require', 'node', 'default'] },
  },
};
