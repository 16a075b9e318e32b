export interface GeneratedRule {
  readonly groupId: string
  readonly field: string
  readonly operator: string
  readonly values: ReadonlyArray<string | number | boolean>
}

export declare const main: ReadonlyArray<GeneratedRule>
export declare const many: ReadonlyArray<ReadonlyArray<GeneratedRule>>
