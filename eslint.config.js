import tseslint from 'typescript-eslint';

const PURE = ['exporter/src/domain/**/*.ts'];

export default tseslint.config(
  {
    ignores: [
      'grafana-app-plugin/src/api/schema.ts',
      '**/dist/**',
      '**/node_modules/**',
      '**/coverage/**',
      '.dependency-cruiser.cjs',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked.map((c) => ({ ...c, files: ['**/*.ts', '**/*.tsx'] })),
  {
    files: ['**/*.ts', '**/*.tsx'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': 'error',
      '@typescript-eslint/require-await': 'off',
      'max-lines': ['error', { max: 400, skipBlankLines: true, skipComments: true }],
      'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
      'no-restricted-globals': [
        'error',
        { name: 'process', message: 'Only main.ts touches the process; pass what you need.' },
        { name: '__proto__', message: 'Use a Map for keys from outside.' },
      ],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
        { selector: 'TSEnumDeclaration', message: 'Use a const array and its union type.' },
      ],
      eqeqeq: ['error', 'smart'],
    },
  },
  {
    files: ['grafana-app-plugin/src/**/*.{ts,tsx}'],
    languageOptions: {
      parserOptions: {
        project: './grafana-app-plugin/tsconfig.json',
        tsconfigRootDir: import.meta.dirname,
        ecmaFeatures: { jsx: true },
      },
    },
  },
  {
    // Tables of data: their length is that of what they list.
    files: ['exporter/src/data/**/*.ts', 'exporter/src/demo/workloads-*.ts'],
    rules: { 'max-lines': 'off' },
  },
  {
    files: PURE,
    ignores: ['**/*.test.ts', '**/testing/**'],
    rules: {
      'no-restricted-syntax': [
        'error',
        { selector: ':function[async=true]', message: 'The domain is pure: no async.' },
        { selector: 'ExportDefaultDeclaration', message: 'Named exports only.' },
      ],
      'no-restricted-globals': ['error', 'process', 'Date', 'fetch', 'setTimeout', 'setInterval', 'console'],
    },
  },
  {
    files: ['exporter/src/**/*.ts'],
    ignores: [
      'exporter/src/main.ts',
      'exporter/src/app/system.ts',
      '**/*.test.ts',
      '**/*.contract.ts',
      '**/testing/**',
    ],
    rules: {
      'no-restricted-properties': [
        'error',
        { object: 'Date', property: 'now', message: 'Time is injected: take a Clock.' },
        { object: 'Math', property: 'random', message: 'Randomness is injected or seeded.' },
      ],
    },
  },
  {
    files: [
      '**/*.test.ts',
      '**/*.test.tsx',
      '**/*.contract.ts',
      '**/testing/**',
      'test/**/*.ts',
      'exporter/src/main.ts',
    ],
    rules: {
      'max-lines-per-function': 'off',
      'no-restricted-globals': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
    },
  },
);
