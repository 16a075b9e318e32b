/** The column of a report that says why a row was rejected. An import passes over it. */
export const errorColumn = "import_error"
