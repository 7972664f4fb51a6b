import js from "@eslint/js";
import { defineConfig, globalIgnores } from "eslint/config";
import tseslint from "typescript-eslint";
import { PROGRAMS } from "./scripts/entries.mjs";

export default defineConfig(
  globalIgnores([
    "scripts/examples-context.d.ts",
    "dist/",
    "docs/",
    "coverage/",
    ".examples/",
    "**/.sluice/",
  ]),
  js.configs.recommended,
  // What prepares text for a terminal looks for control characters.
  { rules: { "no-control-regex": "off" } },
  {
    files: ["**/*.{ts,mts}"],
    extends: [tseslint.configs.strictTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    linterOptions: { reportUnusedDisableDirectives: "error" },
    rules: {
      // Numbers read well in messages; everything else is converted by name.
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      // `() => sink.write(x)` is what a listener looks like.
      "@typescript-eslint/no-confusing-void-expression": [
        "error",
        { ignoreArrowShorthand: true, ignoreVoidReturningFunctions: true },
      ],
      // `signal.reason` is whatever the aborting side gave; passing it on unchanged is the point.
      "@typescript-eslint/prefer-promise-reject-errors": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      "@typescript-eslint/only-throw-error": [
        "error",
        { allowThrowingAny: true, allowThrowingUnknown: true },
      ],
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        { considerDefaultExhaustiveForUnions: true },
      ],
      "@typescript-eslint/consistent-type-imports": [
        "error",
        { fixStyle: "inline-type-imports", disallowTypeAnnotations: false },
      ],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      "@typescript-eslint/explicit-module-boundary-types": "error",
      "@typescript-eslint/prefer-nullish-coalescing": "error",
      "@typescript-eslint/prefer-optional-chain": "error",
      // `[...text]` is how a text is taken apart into code points.
      "@typescript-eslint/no-misused-spread": ["error", { allow: ["string"] }],
      // A job's function may return nothing.
      "@typescript-eslint/no-invalid-void-type": "off",
      // `Record<never, never>` is what a pipeline without params has.
      "@typescript-eslint/no-generated-empty-object-type": "off",
      eqeqeq: "error",
      "no-console": "error",
      "prefer-template": "error",
    },
  },
  {
    // A library never ends its host's process; only the program that a person started may set its exit code.
    files: ["src/**"],
    ignores: [...Object.values(PROGRAMS), "src/cli/**"],
    rules: {
      "no-restricted-properties": [
        "error",
        { object: "process", property: "exit", message: "only src/cli ends a process" },
      ],
      "no-restricted-syntax": [
        "error",
        { selector: "Program > ExpressionStatement > AwaitExpression", message: "no top-level await" },
        { selector: "Program > VariableDeclaration[kind='let']", message: "no mutable state of a module" },
      ],
    },
  },
  {
    files: ["test/**", "bench/**"],
    rules: {
      "no-console": "off",
      "@typescript-eslint/explicit-module-boundary-types": "off",
      // `expect(object.method)` compares; it calls nothing.
      "@typescript-eslint/unbound-method": "off",
      // A missing element fails the test by itself.
      "@typescript-eslint/no-non-null-assertion": "off",
      // Parsed JSON is compared with what is expected, not used.
      "@typescript-eslint/no-unsafe-assignment": "off",
      "@typescript-eslint/no-unsafe-member-access": "off",
      "@typescript-eslint/no-unsafe-argument": "off",
      // Test doubles of asynchronous interfaces have nothing to wait for.
      "@typescript-eslint/require-await": "off",
      "@typescript-eslint/no-empty-function": "off",
      // `void value` reads a property for its effect, or for its type.
      "@typescript-eslint/no-meaningless-void-operator": "off",
    },
  },
  {
    // These are compiled, never run.
    files: ["test/types/**"],
    rules: {
      "@typescript-eslint/no-unused-vars": "off",
      "@typescript-eslint/no-unused-expressions": "off",
      "@typescript-eslint/no-unsafe-call": "off",
      "@typescript-eslint/no-unsafe-return": "off",
      "@typescript-eslint/restrict-template-expressions": "off",
      "@typescript-eslint/no-base-to-string": "off",
    },
  },
  {
    files: ["examples/**"],
    rules: { "no-console": "off", "@typescript-eslint/explicit-module-boundary-types": "off" },
  },
  {
    files: ["**/*.{js,mjs,cjs}"],
    languageOptions: {
      globals: Object.fromEntries(
        [...Object.getOwnPropertyNames(globalThis), "module", "require"].map((name) => [name, "readonly"]),
      ),
    },
    rules: { "no-unused-vars": ["error", { argsIgnorePattern: "^_" }] },
  },
);
