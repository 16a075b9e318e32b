/** Where a server on this machine answers. */
export const defaultBaseUrl = "http://127.0.0.1:4800/api"
