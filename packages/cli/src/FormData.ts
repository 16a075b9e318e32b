/**
 * No command sends a form. Effect asks of every body whether it is one, and for Node's own `FormData` to answer, Node loads all of
 * `fetch`; so it does to define the property anew, but not to assign it.
 */
globalThis.FormData = class {} as unknown as typeof FormData
