/**
 * Cells that begin like this are run as formulas by spreadsheets. Those that have apostrophes before it get one more, so that taking
 * one off gives back what was there.
 */
const formula = /^'*[=+\-@\t\r]/

export const guardCell = (cell: string): string => (formula.test(cell) ? `'${cell}` : cell)

export const unguardCell = (cell: string): string => (cell.startsWith("'") && formula.test(cell) ? cell.slice(1) : cell)
