import type { Page } from "@audiences/domain/Page"
import { Listing } from "../Listing.ts"
import type { Path } from "./Address.ts"
import type { FileBody } from "./FileBody.ts"
import type { Open } from "./Open.ts"
import type { Content, Transport } from "./Transport.ts"

/** What the operations are made of. The type of an answer is the contract's; that it holds is not checked. */
export class Calls {
  readonly #transport: Transport

  constructor(transport: Transport) {
    this.#transport = transport
  }

  call<A>(method: string, path: Path | string, content?: Content): Promise<Open<A>> {
    return this.#transport.json(method, path, content)
  }

  list<Item, Query extends object>(path: Path | string, query: Query): Listing<Open<Item>, Query> {
    return new Listing((query) => this.#transport.json<Page<Open<Item>>>("GET", path, { query }), query)
  }

  bytes(path: Path, query: object): Promise<ReadableStream<Uint8Array>> {
    return this.#transport.bytes(path, query)
  }

  /** Sends a file to an upload URL. */
  put(uploadUrl: string, file: FileBody): Promise<void> {
    return this.#transport.put(uploadUrl, file)
  }

  /** Ends with the reason of the caller's signal, if that comes first. */
  sleep(millis: number): Promise<void> {
    return this.#transport.sleep(millis)
  }
}
