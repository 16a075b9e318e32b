type IsUnion<T, U = T> = T extends unknown ? ([U] extends [T] ? false : true) : never

/** `string & {}` keeps an editor's suggestions, which `string` would swallow. */
type OpenText<T extends string> = [T] extends [never]
  ? never
  : string extends T
    ? T
    : IsUnion<T> extends true
      ? T | (string & {})
      : T

/**
 * An answer as any host may give it: where the contract lists names, such as the types of audiences, a newer host may know more.
 * A single name stays: it tells the members of a union apart.
 */
export type Open<T> =
  | OpenText<Extract<T, string>>
  | (Exclude<T, string> extends infer Rest
      ? Rest extends ReadonlyArray<infer Item>
        ? ReadonlyArray<Open<Item>>
        : Rest extends object
          ? { readonly [Key in keyof Rest]: Open<Rest[Key]> }
          : Rest
      : never)
