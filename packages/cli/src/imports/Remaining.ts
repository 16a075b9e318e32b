/** For how long an import goes on at the pace so far, in words. */
export const remainingText = (rowsLeft: number, rowsPerSecond: number): string => {
  const seconds = Math.ceil(rowsLeft / rowsPerSecond)
  if (seconds < 60) return `${seconds} s left`
  const minutes = Math.floor(seconds / 60)
  if (minutes < 60) return `${minutes} min ${seconds % 60} s left`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min left`
}
