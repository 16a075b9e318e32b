/** Paths are taken as they are written; what is too long for an id is a malformed id, not an unknown path. */
export const routing = { caseSensitive: true, maxParamLength: 16_384 }
