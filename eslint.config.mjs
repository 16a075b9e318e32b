import js from "@eslint/js"
import nx from "@nx/eslint-plugin"
import ts from "typescript-eslint"

const noFormat = "the wire and the clock decide: use DateTime, Clock or Random of Effect"

export default ts.config(
  { ignores: ["**/dist", "**/out-tsc", "**/node_modules", ".nx", "data"] },
  {
    files: ["**/*.ts"],
    extends: [js.configs.recommended, ...ts.configs.recommended],
    plugins: { "@nx": nx },
    rules: {
      "require-yield": "off",
      "@typescript-eslint/no-unused-vars": [
        "error",
        { argsIgnorePattern: "^_", varsIgnorePattern: "^_", destructuredArrayIgnorePattern: "^_" }
      ],
      "@nx/enforce-module-boundaries": [
        "error",
        {
          enforceBuildableLibDependency: true,
          banTransitiveDependencies: true,
          allowCircularSelfDependency: true,
          // Test set-up and build settings are shared by path: as a package they would depend on every package that depends on them.
          allow: ["../../tools/**", "../../../tools/**", "../../../../tools/**"],
          depConstraints: [
            {
              sourceTag: "scope:domain",
              onlyDependOnLibsWithTags: [],
              bannedExternalImports: ["@effect/platform*", "@effect/sql*", "pg*", "node:*"]
            },
            {
              sourceTag: "scope:client",
              onlyDependOnLibsWithTags: ["scope:domain"],
              bannedExternalImports: ["pg*", "@effect/sql-*"]
            },
            {
              sourceTag: "scope:engine",
              onlyDependOnLibsWithTags: ["scope:domain"],
              bannedExternalImports: ["pg*", "@effect/sql-*"]
            },
            { sourceTag: "scope:storage", onlyDependOnLibsWithTags: ["scope:domain", "scope:engine"] },
            {
              sourceTag: "scope:server",
              onlyDependOnLibsWithTags: ["scope:domain", "scope:client", "scope:engine", "scope:storage"]
            },
            { sourceTag: "scope:cli", onlyDependOnLibsWithTags: ["scope:domain", "scope:client"] },
            { sourceTag: "scope:tools", onlyDependOnLibsWithTags: ["*"] }
          ]
        }
      ]
    }
  },
  {
    files: ["packages/*/src/**/*.ts"],
    rules: {
      "no-restricted-globals": ["error", { name: "Date", message: noFormat }],
      "no-restricted-properties": ["error", { object: "Math", property: "random", message: noFormat }]
    }
  }
)
