import { problemIssue, type ValidationIssue } from "@audiences/domain/ValidationError"

/** Of a row that has more or fewer cells than the header. */
export const raggedIssue = (cells: number, headers: number): ValidationIssue =>
  problemIssue(undefined, {
    path: [],
    type: "cells",
    expected: `${headers} cells`,
    message: `The row has ${cells} cells where the header has ${headers}: a delimiter or a quote is missing or too many`
  })
