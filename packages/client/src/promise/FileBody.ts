/** A file to send: a stream may be one of the web or of Node. Texts, bytes and blobs are sent again if need be. */
export type FileBody = string | Uint8Array | Blob | ReadableStream<Uint8Array> | AsyncIterable<Uint8Array>

const isIterable = (file: FileBody): file is AsyncIterable<Uint8Array> =>
  typeof file === "object" && !(file instanceof ReadableStream) && Symbol.asyncIterator in file

/** `ReadableStream.from` is younger than the runtimes that this has to run on. */
const streamOf = (chunks: AsyncIterable<Uint8Array>): ReadableStream<Uint8Array> => {
  const reading = chunks[Symbol.asyncIterator]()
  return new ReadableStream({
    pull: async (controller) => {
      const { done, value } = await reading.next()
      if (done === true) controller.close()
      else controller.enqueue(value)
    },
    cancel: async (reason) => {
      await reading.return?.(reason)
    }
  })
}

export const isReplayable = (file: FileBody): boolean => !(file instanceof ReadableStream || isIterable(file))

export const bodyOf = (file: FileBody): BodyInit => (isIterable(file) ? streamOf(file) : (file as BodyInit))
