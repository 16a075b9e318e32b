import { Effect, Stream } from "effect"
import { Uploads } from "@audiences/client/Uploads"
import { note } from "../output/Output.ts"
import { Progress } from "../output/Progress.ts"
import type { UserFile } from "../UserFile.ts"
import { sizeText } from "./SizeText.ts"

/** Sends the file and shows how much of it is on its way. */
export const upload = Effect.fnUntraced(
  function* (uploadUrl: string, { bytes, size }: UserFile) {
    const { uploadCsv } = yield* Uploads
    const progress = yield* Progress
    const counted = Stream.suspend(() => {
      let sent = 0
      return Stream.tap(bytes, (chunk) => {
        sent += chunk.length
        return progress.show({
          label: "Uploading",
          ...(size === undefined || size === 0 ? {} : { percent: Math.min(100, (100 * sent) / size) }),
          details: [sizeText(sent)]
        })
      })
    })
    yield* uploadCsv(uploadUrl, counted, { replayable: size !== undefined, ...(size === undefined ? {} : { size }) })
  },
  Effect.ensuring(Effect.flatMap(Progress, ({ end }) => end)),
  Effect.onInterrupt(() => note("The file has not arrived in full: nothing of it is imported."))
)
